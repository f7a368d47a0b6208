from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FacilitiesConfig(AppConfig):
    name = "facilities"
    verbose_name = _("Facilities")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from facilities import personal as own, pictures, services
        from network import personal
        from network.services import reference
        from notifications import outbox

        reference.register(services.load_indicators)

        def kind(code: str, words: object, topic: str = "") -> outbox.Kind:
            return outbox.Kind(code, f"facilities/email/{code.replace('-', '_')}", topic=topic, words=words)  # type: ignore[arg-type]

        outbox.register(
            kind("assessment-called-off", _("A visit to assess a facility, called off")),
            kind("assessment-compare", _("Answers of a visit to compare")),
            kind("assessment-dropped", _("A visit that you assess no longer")),
            kind("assessment-halted", _("A visit that does not take place for now")),
            kind("assessment-planned", _("A visit to assess a facility")),
            kind("facility-change-accepted", _("Change of a facility, accepted")),
            kind("facility-change-declined", _("Change of a facility, not accepted")),
            kind("facility-change-late", _("Change of a facility that waits too long")),
            kind("facility-change-waiting", _("Change of a facility that waits")),
            kind("facility-disputed", _("Facility of which sides say different things")),
            kind("facility-still-right", _("Is a facility's page still right?"), "facilities"),
            kind("report-late", _("Reminder of a monthly report"), "monthly-reports"),
            kind("reports-missing", _("Monthly reports that are missing"), "monthly-reports"),
            topics={
                "facilities": _("Once a quarter: is the page of a facility that I keep still right?"),
                "monthly-reports": _("Reminders of monthly reports"),
            },
        )
        personal.register(
            personal.Part(
                "facilities",
                template="facilities/_my_part.html",
                show=own.my_page,
                copy=own.my_copy,
                leave=services.give_up_work,
                known=own.known,
            )
        )
        pictures.register(pictures.FUNCTIONALITY, pictures.NUMBER)
