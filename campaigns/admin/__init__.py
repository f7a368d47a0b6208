from campaigns.admin import awareness, campaigns, desks, duplicates, entries, judging, media, waiting

__all__ = ["awareness", "campaigns", "desks", "duplicates", "entries", "judging", "media", "waiting"]
