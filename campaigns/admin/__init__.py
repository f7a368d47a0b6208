from campaigns.admin import media

__all__ = ["media"]
