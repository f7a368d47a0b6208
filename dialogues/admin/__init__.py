from dialogues.admin import attendance, cases, sessions

__all__ = ["attendance", "cases", "sessions"]
