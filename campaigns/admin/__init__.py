from campaigns.admin import campaigns, entries

__all__ = ["campaigns", "entries"]
