from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    name = "outreach"
    verbose_name = _("Mobile units and outreach")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from network import personal
        from network.services import reference
        from outreach import personal as own, services

        reference.register(services.load_topics)
        personal.register(
            personal.Part(
                "outreach",
                template="outreach/_my_part.html",
                show=own.my_page,
                copy=own.my_copy,
                leave=services.give_up_teams,
                known=own.known,
            )
        )
