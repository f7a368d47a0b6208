"""Sessions with people in every state, and who is told what."""

from datetime import timedelta

from dialogues import services
from dialogues.enums import RegistrationState
from dialogues.models import Session
from network.models import User
from notifications.outbox import Message, MessageState
from tests.factories.dialogues import seat
from tests.factories.network import PractitionerFactory


def moved(session: Session, by: User) -> Session:
    session.starts_at += timedelta(days=1)
    session.ends_at += timedelta(days=1)
    return services.edit_session(session=session, changed=["starts_at", "ends_at"], by=by)


def mail(kind: str) -> list[int]:
    rows = Message.objects.filter(kind=kind, channel="email", state=MessageState.DUE)
    return sorted(rows.values_list("recipient_id", flat=True))


def audience(session: Session) -> dict[str, int]:
    """Let somebody be in each state, and somebody lead; return their accounts."""
    people = {state: seat(session=session, state=state).practitioner.user_id for state in RegistrationState}
    leader = PractitionerFactory()
    session.facilitators.add(leader)
    return {**people, "leader": leader.user_id}
