"""From a name on a paper sheet to a member: invited, applied, verified; and then the attendance is their own."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dialogues import selectors
from dialogues.enums import RegistrationMove, RegistrationState, Via
from dialogues.models import Presence, Registration, WalkIn
from dialogues.services import codes
from dialogues.services.seats import lock, move, release
from network import policies as network_policies
from network.enums import DomainError
from network.models import Practitioner, User
from network.services import record_transition
from notifications import outbox

INVITATION_LASTS = timedelta(days=60)


class NotInvitable(DomainError):
    message = _("This person is no longer on the list of those who came unannounced.")


class InvitationUsed(DomainError):
    message = _("This code is no longer valid. Please ask the coordinator who gave it to you for a new one.")


def invitation_address(code: str) -> str:
    """Return the address of an invitation, or of the page that takes its code, without its scheme.

    In an SMS each letter counts, and telephones make a link of it anyway.
    """
    site = urlsplit(settings.SITE_URL)
    here = reverse("short:invitation", args=[code]) if code else reverse("short:invitation_code")
    return site.netloc + site.path + here


@transaction.atomic
def invite_walk_in(*, walk_in: WalkIn, by: User) -> WalkIn:
    """Invite somebody who came unannounced to apply for membership: by SMS where there is a telephone, else by a code on paper.

    Invited again, they keep the code as long as nobody has used it; an SMS goes out once a day at the most. Raises NotInvitable.
    """
    lock(walk_in.session)
    now = timezone.now()
    rows = WalkIn.objects.all() if network_policies.is_national(by) else WalkIn.objects.editable_by(by)
    row = rows.present().filter(pk=walk_in.pk, claimed_at__isnull=True).first()
    if row is None:
        raise NotInvitable
    row.invitation = row.invitation or codes.fresh_invitation()
    row.invited_at, row.invited_by = now, by
    row.save(update_fields=["invitation", "invited_at", "invited_by"])
    record_transition(row, "invite", from_state="", to_state="", by=by, at=now)
    if row.phone:
        outbox.enqueue_to_address(
            "walk-in-invited",
            address=row.phone,
            channel=outbox.Channel.SMS,
            context={"invitation": invitation_address(row.invitation)},
            dedup=f"{row.pk}:{timezone.localdate(now)}",
            expires_at=now + timedelta(days=2),
        )
    return row


def open_invitation(code: str) -> WalkIn | None:
    """Return whom an invitation is for; None for a code that is wrong, too old or used up."""
    rows = WalkIn.objects.present().filter(invited_at__gt=timezone.now() - INVITATION_LASTS)
    return rows.filter(invitation=code).select_related("session").first() if code else None


@transaction.atomic
def claim_invitation(*, code: str, user: User) -> WalkIn:
    """Connect an account with the walk-in whose code it was given. Twice is as once; raises InvitationUsed for anybody else's."""
    found = open_invitation(code)
    if found is None:
        raise InvitationUsed
    lock(found.session)
    row = open_invitation(code)
    if row is None or (row.claimed_by_id and row.claimed_by_id != user.pk):
        raise InvitationUsed
    if row.claimed_by_id is None:
        now = timezone.now()
        row.claimed_at, row.claimed_by = now, user
        row.save(update_fields=["claimed_at", "claimed_by"])
        record_transition(row, "claim", from_state="", to_state="", by=user, at=now)
    return row


@transaction.atomic
def adopt_walk_in(*, walk_in: WalkIn) -> Registration | None:
    """Let a walk-in who has become an active member of the side that was noted have attended in their own name.

    The row of the walk-in is counted no more and forgets name and telephone, which the membership holds now. None where nobody has
    come in (yet), or somebody of another side, whom a coordinator should look at.
    """
    session, now = lock(walk_in.session), timezone.now()
    row = WalkIn.objects.adoptable().filter(pk=walk_in.pk).select_related("site").first()
    if row is None or row.claimed_by is None:
        return None
    person = row.claimed_by.practitioner
    registration = _attended(row, selectors.live_registration(session, person), person)
    row.became, row.name, row.phone, row.invitation = person, "", "", ""
    row.save(update_fields=["became", "name", "phone", "invitation"])
    record_transition(row, "become", from_state="", to_state="", by=None, at=now)
    return registration


def _attended(row: WalkIn, existing: Registration | None, person: Practitioner) -> Registration:
    """Return the registration with which a person attended: the one they have, else one made of the walk-in."""
    now = timezone.now()
    if existing and existing.state == RegistrationState.ATTENDED:
        return existing
    marked = {"marked_at": row.added_at, "marked_by": row.added_by, "marked_via": Via.WALK_IN}
    if existing and existing.state in (RegistrationState.CONFIRMED, RegistrationState.ABSENT):
        move(existing, RegistrationMove.ATTEND, by=None, at=now, why=None, **marked)
        return existing
    if existing:
        offered = existing.state == RegistrationState.OFFERED
        move(existing, RegistrationMove.EXPIRE, by=None, at=now)
        if offered:
            release(existing)
    registration = Registration.objects.create(
        session_id=row.session_id,
        site=row.site,
        practitioner=person,
        side_id=row.region_id,
        profession_id=person.profession_id,
        state=RegistrationState.ATTENDED,
        requested_at=row.added_at,
        confirmed_at=row.added_at,
        walked_in=True,
        **marked,
    )
    record_transition(
        registration,
        RegistrationMove.ATTEND,
        from_state="",
        to_state=registration.state,
        by=None,
        at=now,
        reason="walk-in",
    )
    return registration


@transaction.atomic
def forget_attendance(*, practitioner: Practitioner) -> None:
    """Erase of somebody who left what tells when they were online, their codes, and what a paper sheet said of them."""
    mine = Registration.objects.filter(practitioner=practitioner)
    Presence.objects.filter(registration__in=mine.values("pk")).delete()
    mine.exclude(code="").update(code="")
    # The row stays: it was counted.
    WalkIn.objects.filter(claimed_by_id=practitioner.user_id).update(name="", phone="", invitation="")
