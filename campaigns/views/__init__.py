from campaigns.views.media import media_detail, media_feed, media_list

__all__ = ["media_detail", "media_feed", "media_list"]
