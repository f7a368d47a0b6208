"""The states and steps of keeping a facility's page right, of its services and of visits that assess it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from network.enums import Move


class RequestState(TextChoices):
    WAITING = "waiting", pgettext_lazy("a change that was asked for", "waits for the coordinator")
    ACCEPTED = "accepted", pgettext_lazy("a change that was asked for", "accepted")
    DECLINED = "declined", pgettext_lazy("a change that was asked for", "not accepted")
    WITHDRAWN = "withdrawn", pgettext_lazy("a change that was asked for", "taken back")


class RequestMove(TextChoices):
    """The steps of a change that a focal point asks for."""

    ASK = "ask", _("asked for")
    ACCEPT = "accept", pgettext_lazy("a change that was asked for", "accepted")
    DECLINE = "decline", pgettext_lazy("a change that was asked for", "not accepted")
    WITHDRAW = "withdraw", pgettext_lazy("a change that was asked for", "taken back")


_WAITING = frozenset({RequestState.WAITING})
REQUEST_MOVES: dict[RequestMove, Move] = {
    RequestMove.ASK: Move(frozenset({""}), RequestState.WAITING),
    RequestMove.ACCEPT: Move(_WAITING, RequestState.ACCEPTED),
    RequestMove.DECLINE: Move(_WAITING, RequestState.DECLINED),
    RequestMove.WITHDRAW: Move(_WAITING, RequestState.WITHDRAWN),
}


class Availability(TextChoices):
    """Whether a service is there, in the terms of WHO's HeRAMS."""

    AVAILABLE = "available", pgettext_lazy("a service", "available")
    PARTLY = "partly", pgettext_lazy("a service", "partly available")
    NOT = "not", pgettext_lazy("a service", "not available")
    NOT_HERE = "not_here", pgettext_lazy("a service", "not normally given here")


class AssessmentState(TextChoices):
    PLANNED = "planned", pgettext_lazy("an assessment", "planned")
    FIELD = "in_field", _("in the field")
    RECONCILED = "reconciled", _("reconciled")
    PUBLISHED = "published", pgettext_lazy("an assessment", "published")
    CALLED_OFF = "called_off", pgettext_lazy("an assessment", "called off")


class AssessmentMove(TextChoices):
    """The steps of a visit that assesses a facility."""

    PLAN = "plan", pgettext_lazy("an assessment", "planned")
    START = "start", _("begun in the field")
    RECONCILE = "reconcile", _("reconciled")
    PUBLISH = "publish", pgettext_lazy("an assessment", "published")
    CALL_OFF = "call_off", pgettext_lazy("an assessment", "called off")


ASSESSMENT_MOVES: dict[AssessmentMove, Move] = {
    AssessmentMove.PLAN: Move(frozenset({""}), AssessmentState.PLANNED),
    AssessmentMove.START: Move(frozenset({AssessmentState.PLANNED}), AssessmentState.FIELD),
    AssessmentMove.RECONCILE: Move(frozenset({AssessmentState.FIELD}), AssessmentState.RECONCILED),
    AssessmentMove.PUBLISH: Move(frozenset({AssessmentState.RECONCILED}), AssessmentState.PUBLISHED),
    AssessmentMove.CALL_OFF: Move(
        frozenset({AssessmentState.PLANNED, AssessmentState.FIELD}), AssessmentState.CALLED_OFF
    ),
}


class Finding(TextChoices):
    """What an assessor found of a tracer item."""

    PRESENT = "present", _("there and works")
    FAULTY = "faulty", _("there, does not work")
    ABSENT = "absent", _("not there")
    UNSEEN = "unseen", _("could not be seen")
