from dialogues.admin import attendance, cases, minutes, sessions

__all__ = ["attendance", "cases", "minutes", "sessions"]
