from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "measures"
    verbose_name = _("Collective measures")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from dialogues import sequels
        from notifications import outbox

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

        def begun_from(session: Any, decision: Any) -> str:
            return f"{reverse('measures:new')}?session={session.slug}&decision={decision.key}"

        sequels.register(sequels.Sequel("measure", _("Make it a collective measure"), begun_from))
