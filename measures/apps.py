from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "measures"
    verbose_name = _("Collective measures")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from notifications import outbox

        def kind(code: str, topic: str, **options: object) -> outbox.Kind:
            return outbox.Kind(code, f"measures/email/{code.replace('-', '_')}", topic=topic, **options)  # type: ignore[arg-type]

        outbox.register(
            kind("measure-author-asked", ""),
            kind("action-given", ""),
            kind("action-claimed", ""),
            kind("action-returned", ""),
            kind("action-reminder", "actions"),
            kind("vote-reminder", "votes"),
            topics={
                "actions": _("Reminders of actions that I own"),
                "votes": _("A reminder a day before a vote closes in which I may vote"),
            },
        )
