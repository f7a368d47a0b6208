from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network import selectors
from network.enums import MEMBER_MOVES, DomainError, MemberMove, MemberState
from network.models import CodeOfConduct, ConductAcceptance, Practitioner, User
from network.services.journal import record_transition, require_move


class NotAMember(DomainError):
    message = _("Please fill in your profile first.")


class TextHasChanged(DomainError):
    message = _("The code of conduct was changed while you were reading. Please read the new text.")


@transaction.atomic
def accept_conduct(*, user: User, conduct: CodeOfConduct, language: str, text_sha256: str) -> Practitioner:
    """Record that the person accepted this version, as read in this language; a verified one becomes active.

    `text_sha256` is the hash of the text on the page. Raises NotAMember, and TextHasChanged when it is not the text that is kept.
    """
    practitioner = Practitioner.objects.select_for_update(of=("self",)).filter(user=user).first()
    if practitioner is None or practitioner.state == MemberState.LEFT:
        raise NotAMember
    if conduct.sha256_in(language) != text_sha256 or selectors.conduct_in_force() != conduct:
        raise TextHasChanged
    now = timezone.now()
    ConductAcceptance.objects.get_or_create(
        practitioner=practitioner,
        conduct=conduct,
        defaults={"language": language, "text_sha256": text_sha256, "accepted_at": now},
    )
    if practitioner.state == MemberState.VERIFIED:
        activate(practitioner, by=user)
    return practitioner


def activate(practitioner: Practitioner, *, by: User) -> None:
    """Make a verified member active if they have accepted the code of conduct in force. The caller holds the lock."""
    if not selectors.has_accepted_conduct(practitioner):
        return
    before, now = practitioner.state, timezone.now()
    practitioner.state = require_move(MEMBER_MOVES, MemberMove.ACTIVATE, practitioner)
    practitioner.save(update_fields=["state"])
    record_transition(practitioner, MemberMove.ACTIVATE, from_state=before, to_state=practitioner.state, by=by, at=now)
