from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from campaigns import services
        from network.services import reference

        reference.register(services.load_media)
