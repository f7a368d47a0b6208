"""How an entrant is reached, put right as long as it is not proved: one wrong digit is not the end of an entry."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import policies
from campaigns.enums import ENTRY_MOVES, EntryMove, Via
from campaigns.models import Entry
from campaigns.services import entries
from network.enums import DomainError
from network.models import User
from network.services import ReasonMissing, record_transition, require_move


class NotYourEntrant(DomainError):
    message = _("A contact is corrected by whoever gave it, or by the coordinators of the side on which they live.")


@transaction.atomic
def correct_contact(*, entry: Entry, phone: str, email: str, by: User | None = None, reason: str = "") -> Entry:
    """Change how an entrant is reached while that is not proved, and send a code there; the one before is worth nothing any more.

    The entrant does it where they have the entry open; or `by`, a coordinator of their side, for a reason: they may also send a further
    code to the same contact, and leave an entry from paper without any. To the entrant the same contact again is as once.

    Raises IllegalMove, entries.NoContact, SentJustNow and SentTooOften, and with `by` NotYourEntrant and ReasonMissing.
    """
    entry, now = entries.lock(entry), timezone.now()
    if by and not policies.corrects_contact(by, entry):
        raise NotYourEntrant
    if by and not reason.strip():
        raise ReasonMissing
    require_move(ENTRY_MOVES, EntryMove.CONFIRM, entry)
    given = {"phone": phone, "email": email.strip().lower()}
    reached = bool(given["phone"] or given["email"])
    if not reached and not (by and entry.via == Via.PAPER):
        raise entries.NoContact
    changed = sorted(name for name in given if given[name] != getattr(entry, name))
    sent, last = entries.sent_so_far(entry)
    sent_just_now = last is not None and now < last + policies.PROOF_PAUSE
    if not changed and (by is None or sent_just_now or not reached):
        return entry
    if reached:
        # The first code went elsewhere, with the form: whoever sees that at once waits for nothing.
        if sent > 1 and sent_just_now:
            raise entries.SentJustNow
        if (
            by is None
            and max(sent, entries.unanswered(entry, phone=given["phone"], email=given["email"])) >= policies.PROOFS_SENT
        ):
            raise entries.SentTooOften
    entry.phone, entry.email = given["phone"], given["email"]
    entry.save(update_fields=["phone", "email"])
    record_transition(
        entry,
        "edit",
        from_state=entry.state,
        to_state=entry.state,
        by=by,
        at=now,
        reason=reason.strip(),
        changes={"fields": changed},
    )
    return _proved_anew(entry, reached=reached, by=by, at=now)


def _proved_anew(entry: Entry, *, reached: bool, by: User | None, at: datetime) -> Entry:
    """Void the codes that were sent, and send one to the contact as it is now."""
    # By the time of it possible duplicates are looked for anew.
    entry.proofs.update(code_hash="", sent_at=at)
    if reached:
        entries.send_proof(entry, at)
        return entry
    return entries.settle(entry=entry, by=by, at=at)
