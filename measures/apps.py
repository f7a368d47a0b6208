from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "measures"
    verbose_name = _("Collective measures")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from dialogues import suggestions
        from measures import accountability
        from notifications import outbox

        suggestions.register("actions", accountability.suggested_for)

        def kind(code: str, topic: str, **options: object) -> outbox.Kind:
            return outbox.Kind(code, f"measures/email/{code.replace('-', '_')}", topic=topic, **options)  # type: ignore[arg-type]

        outbox.register(
            kind("measure-author-asked", ""),
            kind("action-given", ""),
            kind("action-claimed", ""),
            kind("action-returned", ""),
            kind("action-reminder", "actions"),
            topics={"actions": _("Reminders of actions that I own")},
        )
