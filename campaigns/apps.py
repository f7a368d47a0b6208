from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        from notifications import outbox

        outbox.register(
            outbox.Kind(
                "entry-received",
                "campaigns/email/entry_received",
                secret=True,
                plain=True,
                words=_("Receipt of an entry"),
            ),
        )
