from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DialoguesConfig(AppConfig):
    name = "dialogues"
    verbose_name = _("Dialogues")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from dialogues import notices, selectors, services
        from network import personal
        from notifications import outbox

        both = (outbox.Channel.EMAIL, outbox.Channel.SMS)

        def kind(code: str, topic: str, **options: object) -> outbox.Kind:
            return outbox.Kind(code, f"dialogues/email/{code.replace('-', '_')}", topic=topic, **options)  # type: ignore[arg-type]

        outbox.register(
            kind("session-published", "sessions"),
            kind("session-rescheduled", "", channels=both, attach=notices.invite),
            kind("session-rescheduled-waiting", ""),
            kind("session-changed", "", attach=notices.invite),
            kind("session-changed-waiting", ""),
            kind("session-cancelled", "", channels=both, attach=notices.revoke),
            kind("seat-confirmed", "", attach=notices.invite),
            kind("seat-waiting", "seats"),
            kind("seat-offered", "", channels=both),
            kind("seat-offer-expired", "seats"),
            kind("seat-withdrawn", "", attach=notices.revoke),
            kind("session-reminder", "reminders"),
            kind("certificate-issued", "certificates"),
            kind("certificate-revoked", ""),
            topics={
                "sessions": _("New sessions to which I am invited"),
                "seats": _("My place on waiting lists"),
                "reminders": _("Reminders before a session"),
                "certificates": _("My certificates of attendance"),
            },
        )
        personal.register(
            personal.Part(
                "sessions",
                template="dialogues/_mine.html",
                show=selectors.my_page,
                copy=selectors.my_copy,
                leave=services.give_up_places,
                erase=services.empty_certificates,
            )
        )
