from typing import Any

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "measures"
    verbose_name = _("Collective measures")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from dialogues import sequels, suggestions
        from measures import accountability, selectors, services, waiting
        from network import personal
        from notifications import outbox

        suggestions.register("actions", accountability.suggested_for)

        def kind(code: str, topic: str, words: object) -> outbox.Kind:
            return outbox.Kind(code, f"measures/email/{code.replace('-', '_')}", topic=topic, words=words)  # type: ignore[arg-type]

        outbox.register(
            kind("measure-author-asked", "", _("Asked to write a measure")),
            kind("action-given", "", _("Named as owner of an action")),
            kind("action-claimed", "", _("An action to confirm")),
            kind("action-returned", "", _("An action not confirmed yet")),
            kind("action-without-owner", "", _("An action without an owner")),
            kind("action-reminder", "actions", _("Reminder of an action")),
            kind("measure-digest", "measures", _("News of measures")),
            kind("vote-reminder", "votes", _("Reminder of a vote")),
            topics={
                "actions": _("Reminders of actions that I own"),
                "measures": _("News of collective measures, once a day at most"),
                "votes": _("A reminder a day before a vote closes in which I may vote"),
            },
        )
        personal.register(
            personal.Part(
                "measures",
                template="measures/_mine.html",
                show=waiting.my_page,
                copy=selectors.my_copy,
                leave=services.give_up_measures,
                erase=services.forget_measures,
            )
        )

        def begun_from(session: Any, decision: Any) -> str:
            return f"{reverse('measures:new')}?session={session.slug}&decision={decision.key}"

        sequels.register(sequels.Sequel("measure", _("Make it a collective measure"), begun_from))
