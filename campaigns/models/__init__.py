from campaigns.models.media import Appearance, Outlet, Speaker

__all__ = ["Appearance", "Outlet", "Speaker"]
