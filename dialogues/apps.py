from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DialoguesConfig(AppConfig):
    name = "dialogues"
    verbose_name = _("Dialogues")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from dialogues import case_selectors, minutes, notices, outreach, selectors, services
        from network import personal
        from notifications import outbox

        both = (outbox.Channel.EMAIL, outbox.Channel.SMS)

        def kind(code: str, topic: str, **options: object) -> outbox.Kind:
            return outbox.Kind(
                code,
                f"dialogues/email/{code.replace('-', '_')}",
                topic=topic,
                words=notices.KINDS[code],
                **options,  # type: ignore[arg-type]
            )

        outbox.register(
            kind("session-published", "sessions"),
            kind("series-published", "sessions"),
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
            kind("session-reminder-hour", "soon"),
            kind("feedback-asked", "feedback"),
            kind("broadcast", ""),
            # To people without an account, who never chose between discreet and open words: its own say nothing.
            kind("walk-in-invited", "", channels=(outbox.Channel.SMS,), plain=True),
            kind("minutes-published", "minutes"),
            kind("case-submitted", "case-reviews"),
            *(kind(code, "") for code in notices.CASE_KINDS if code != "case-submitted"),
            kind("certificate-issued", "certificates"),
            kind("certificate-revoked", ""),
            topics={
                "case-reviews": _("Case studies that wait for me (coordinators)"),
                "sessions": _("New sessions to which I am invited"),
                "seats": _("My place on waiting lists"),
                "reminders": _("Reminders a week and a day before a session"),
                "soon": _("A reminder an hour before a session"),
                "feedback": _("Thanks after a session, and the question how it was"),
                "minutes": _("Minutes of sessions in which I had a place"),
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
                erase=services.forget_at_sessions,
            )
        )
        personal.register(
            personal.Part(
                "around_sessions",
                template="dialogues/_around.html",
                show=outreach.my_page,
                copy=outreach.my_copy,
                leave=services.revoke_calendar_feed,
                erase=services.forget_answering,
            )
        )
        personal.register(
            personal.Part(
                "minutes",
                template="dialogues/_minutes_to_write.html",
                show=minutes.my_page,
                copy=minutes.my_copy,
                leave=lambda **_: None,
                erase=services.forget_attributions,
            )
        )
        personal.register(
            personal.Part(
                "case_studies",
                template="dialogues/_my_cases.html",
                show=case_selectors.my_cases,
                copy=case_selectors.my_cases_copy,
                leave=services.give_up_cases,
                erase=services.forget_cases,
            )
        )
