from django.db import transaction
from django.utils import timezone

from network import selectors
from network.models import User
from network.services.journal import record_transition
from network.services.roles import NotNational
from notifications import outbox


@transaction.atomic
def resend_message(*, message: outbox.Message, by: User) -> bool:
    """Send a notice once more that gave up; False when it is in no state for that. Raises NotNational."""
    if not selectors.messages_editable_by(by).filter(pk=message.pk).exists():
        raise NotNational
    before = message.state
    if not outbox.resend(message.pk):
        return False
    record_transition(message, "resend", from_state=before, to_state=outbox.MessageState.DUE, by=by, at=timezone.now())
    return True
