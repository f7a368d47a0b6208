from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from campaigns import services
        from network.services import reference
        from notifications import outbox

        reference.register(services.load_media)

        outbox.register(
            outbox.Kind(
                "entry-received",
                "campaigns/email/entry_received",
                secret=True,
                plain=True,
                words=_("Receipt of an entry"),
            ),
        )
