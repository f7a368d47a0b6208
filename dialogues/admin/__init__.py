from dialogues.admin import attendance, minutes, sessions

__all__ = ["attendance", "minutes", "sessions"]
