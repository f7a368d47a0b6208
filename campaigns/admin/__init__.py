from campaigns.admin import campaigns, entries, media

__all__ = ["campaigns", "entries", "media"]
