from dialogues.admin import attendance, sessions

__all__ = ["attendance", "sessions"]
