"""An entry from its form to its sender's last word: received once, proved, corrected, withdrawn (rule 7)."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Sum
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language, gettext_lazy as _

from campaigns import chain, duplicates, notices, policies
from campaigns.enums import ENTRY_MOVES, SETTLED_STATES, CampaignKind, Counts, EntryMove, EntryState, Via
from campaigns.models import Campaign, ContactProof, Entry, Photo, Question, Unfinished
from campaigns.services import awards, steps
from network import codes, policies as network_policies
from network.enums import DomainError
from network.models import Municipality, User
from network.services import ReasonMissing, record_edit, record_transition, require_move
from notifications.outbox import Channel

CODE_DIGITS = 6


class EntriesClosed(DomainError):
    message = _("Entries are closed. What you have typed is still on this page, but it came after the last moment.")


class NotOpenYet(DomainError):
    message = _("Entries are not open yet.")


class NoContact(DomainError):
    message = _("Please give a telephone number or an e-mail address.")


class NotYourForm(DomainError):
    message = _("A form on paper is entered by the coordinators of the side on which its sender lives.")


class SentAlready(DomainError):
    message = _(
        "This form has been sent already, and what was sent first is kept: to change that, find the entry by its code. "
        "If this is another entry, please send it again from this page."
    )


class TooLateToCorrect(DomainError):
    message = _("This entry can no longer be corrected.")


class NotOnPaper(DomainError):
    message = _("This is done for those whose entry came on paper, by the coordinators of the side on which they live.")


class WrongCode(DomainError):
    message = _("This is not the code that we sent. Please look at it again, or ask for a new one.")


class TooManyTries(DomainError):
    message = _("The code was tried too often. Please ask for a new one.")


class SentJustNow(DomainError):
    message = _("A code was sent a moment ago. Please wait a minute before you ask for another.")


class SentTooOften(DomainError):
    message = _(
        "So many codes were sent already that no further one is. Please write to us: the coordinators of your side can help."
    )


class TooManyUnanswered(DomainError):
    message = _(
        "Many codes went to this contact today, and nobody has typed one. Please type those that came for the other entries first, "
        "or ask again tomorrow. Your entry is kept."
    )


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who enters, as they are reached: at least one of telephone (E.164) and e-mail, but for a form on paper."""

    name: str
    phone: str = ""
    email: str = ""
    municipality: Municipality | None = None


def lock(entry: Entry) -> Entry:
    """Return the entry as it is now, held until the end of the transaction."""
    return Entry.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=entry.pk)


def _move(entry: Entry, step: EntryMove, *, by: User | None, at: datetime, reason: str = "", **fields: Any) -> None:
    steps.move(entry, ENTRY_MOVES, step, by=by, at=at, reason=reason, **fields)


def settle(*, entry: Entry, by: User | None, at: datetime) -> Entry:
    """Move an entry to the state that its numbers say, forth and after a correction back; nothing once it is shortlisted or out.

    The caller holds the lock of the entry. An entry from paper that gave no contact is confirmed by what is handed in with its code:
    there is nothing to which six digits could be sent.
    """
    counted = sum(count.pieces for count in chain.counts_of([entry])[entry.pk])
    silent = entry.via == Via.PAPER and not (entry.phone or entry.email)
    if entry.state == EntryState.RECEIVED and silent and counted:
        _move(entry, EntryMove.CONFIRM, by=by, at=at, confirmed_at=at)
    if entry.state not in SETTLED_STATES or entry.campaign.kind != CampaignKind.CONTEST:
        return entry
    if not chain.missing_of([entry])[entry.pk]:
        target, step = EntryState.ELIGIBLE, EntryMove.FULFIL
    elif counted:
        falls = entry.state == EntryState.ELIGIBLE
        target, step = EntryState.HANDED_IN, EntryMove.FALL_SHORT if falls else EntryMove.HAND_IN
    else:
        target, step = EntryState.CONFIRMED, EntryMove.TAKE_BACK
    if entry.state != target:
        _move(entry, step, by=by, at=at)
    return entry


def require_open(campaign: Campaign, at: datetime) -> None:
    if policies.is_in_time(campaign, at):
        return
    if campaign.opens_at and at < campaign.opens_at:
        raise NotOpenYet
    raise EntriesClosed


def made_of(campaign: Campaign, answers: Mapping[str, Any]) -> int | None:
    """Return what the answers say was made, where a question counts it."""
    key = Question.objects.filter(campaign=campaign, counts_as=Counts.MADE).values_list("key", flat=True).first()
    made = answers.get(key) if key else None
    return made if isinstance(made, int) else None


@transaction.atomic
def receive_entry(
    *,
    campaign: Campaign,
    uid: uuid.UUID,
    entrant: Entrant,
    answers: Mapping[str, Any],
    in_gallery: bool,
    received_at: datetime,
    by: User | None = None,
) -> Entry:
    """Keep an entry and acknowledge it. The same `uid` again from the same person is the entry that is there, whatever they answered.

    `received_at` is when the server received the request: what began to arrive in time is in time. `by` is the coordinator who enters a
    form from paper. A contact that leaves many codes unanswered gets none for this one by itself. Raises NotOpenYet, EntriesClosed,
    NoContact, NotYourForm, and SentAlready to anybody else with this `uid`.
    """
    known = Entry.objects.filter(uid=uid, campaign=campaign).select_related("campaign").first()
    if known:
        return _again(known, entrant)
    campaign = Campaign.objects.get(pk=campaign.pk)
    require_open(campaign, received_at)
    if not (entrant.phone or entrant.email or by):
        raise NoContact
    place = entrant.municipality
    side = place.district.region if place else None
    if by and not network_policies.answers_for(by, side.pk if side else None):
        raise NotYourForm
    entry = Entry(
        uid=uid,
        campaign=campaign,
        via=Via.PAPER if by else Via.WEB,
        clerk=by,
        language=(get_language() or "ar")[:2],
        name=entrant.name.strip(),
        folded=duplicates.name_key(entrant.name),
        phone=entrant.phone,
        email=entrant.email.strip().lower(),
        municipality=place,
        side=side,
        made=made_of(campaign, answers),
        answers=dict(answers),
        in_gallery=in_gallery,
        received_at=received_at,
        received_on=timezone.localdate(received_at),
    )
    try:
        _insert(entry)
    except IntegrityError:
        # The same form from another tab, or the browser's second try: whoever came first has made the entry.
        return _again(Entry.objects.select_related("campaign").get(uid=uid, campaign=campaign), entrant)
    # What was put aside is sent: its code opens nothing any more.
    Unfinished.objects.filter(uid=uid, campaign=campaign).delete()
    record_transition(
        entry, EntryMove.RECEIVE, from_state="", to_state=entry.state, by=by, at=received_at, changes={"via": entry.via}
    )
    # The code lasts from now on, however long the form took to arrive.
    now = timezone.now()
    if (entry.phone or entry.email) and (by or not _is_flooded(entry, now)):
        send_proof(entry, now)
    return _with_photos(entry)


def is_of(entry: Entry, entrant: Entrant) -> bool:
    """Tell whether a form names who sent this entry: the same name, contact and place."""
    person = duplicates.name_key(entrant.name), entrant.phone, entrant.email.strip().lower()
    place = entrant.municipality.pk if entrant.municipality else None
    return (*person, place) == (entry.folded, entry.phone, entry.email, entry.municipality_id)


def _again(entry: Entry, entrant: Entrant) -> Entry:
    if not is_of(entry, entrant):
        raise SentAlready
    return _with_photos(entry)


def _with_photos(entry: Entry) -> Entry:
    """Give an entry the photos that came with its form."""
    came = list(Photo.objects.filter(form=entry.uid, campaign=entry.campaign_id, entry__isnull=True))
    if came:
        Photo.objects.filter(pk__in=[photo.pk for photo in came], entry__isnull=True).update(entry=entry)
    for photo in came:
        if photo.refusal:
            notices.tell_photo_refused(entry, photo)
    return entry


def _insert(entry: Entry) -> None:
    """Insert under a code that nobody else has: sixty random bits, tried anew in the year in which two are alike."""
    entry.code = codes.new()
    while Entry.objects.filter(code=entry.code).exists():
        entry.code = codes.new()
    with transaction.atomic():
        entry.save(force_insert=True)


# --- the contact --------------------------------------------------------------------------------------------------------


def _hash(entry: Entry, code: str) -> str:
    return salted_hmac("campaigns.contact", f"{entry.pk}:{code}", algorithm="sha256").hexdigest()


def _channel(entry: Entry) -> Channel:
    return Channel.SMS if entry.phone else Channel.EMAIL


def send_proof(entry: Entry, at: datetime) -> None:
    """Send the receipt with a code that proves the contact: by SMS where there is a telephone, else by mail."""
    channel = _channel(entry)
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    proof, new = ContactProof.objects.get_or_create(
        entry=entry, channel=channel, defaults={"code_hash": _hash(entry, code), "sent_at": at}
    )
    if not new:
        proof.code_hash, proof.sent_at, proof.tries, proof.sent = _hash(entry, code), at, 0, proof.sent + 1
        proof.save(update_fields=["code_hash", "sent_at", "tries", "sent"])
    notices.tell_receipt(entry, channel=channel, code=code, again=str(proof.sent), expires_at=at + policies.PROOF_LASTS)


def unanswered(entry: Entry, *, phone: str, email: str, since: datetime | None = None) -> int:
    """Return how many codes other entries of the campaign have sent to a contact that has not answered them."""
    others = Entry.objects.filter(campaign=entry.campaign_id, confirmed_at__isnull=True).exclude(pk=entry.pk)
    others = others.filter(phone=phone) if phone else others.filter(phone="", email=email)
    rows = ContactProof.objects.filter(entry__in=others, **({"sent_at__gt": since} if since else {}))
    return rows.aggregate(codes=Sum("sent"))["codes"] or 0


def _is_flooded(entry: Entry, at: datetime) -> bool:
    """Tell whether nobody at this contact answers: it may be a stranger's."""
    since = at - policies.UNANSWERED_FOR
    return unanswered(entry, phone=entry.phone, email=entry.email, since=since) >= policies.UNANSWERED_CODES


def sent_so_far(entry: Entry) -> tuple[int, datetime | None]:
    """Return how many codes an entry has had sent, to whichever contact, and when the last one was."""
    found = entry.proofs.aggregate(codes=Sum("sent"), last=Max("sent_at"))
    return found["codes"] or 0, found["last"]


@transaction.atomic
def send_proof_again(*, entry: Entry) -> None:
    """Send a new code; the one before is worth nothing any more. Raises SentJustNow, SentTooOften, TooManyUnanswered, IllegalMove."""
    entry, now = lock(entry), timezone.now()
    require_move(ENTRY_MOVES, EntryMove.CONFIRM, entry)
    sent, last = sent_so_far(entry)
    if last and now < last + policies.PROOF_PAUSE:
        raise SentJustNow
    if sent >= policies.PROOFS_SENT:
        raise SentTooOften
    if _is_flooded(entry, now):
        raise TooManyUnanswered
    send_proof(entry, now)


def confirm_contact(*, entry: Entry, typed: str) -> Entry:
    """Prove the contact with the code that was sent to it; once proved it stays so. Raises WrongCode, TooManyTries, IllegalMove."""
    fault: DomainError | None = None
    with transaction.atomic():
        entry, now = lock(entry), timezone.now()
        if entry.confirmed_at:
            return entry
        require_move(ENTRY_MOVES, EntryMove.CONFIRM, entry)
        proof = entry.proofs.select_for_update().filter(channel=_channel(entry)).first()
        if proof is None or now > proof.sent_at + policies.PROOF_LASTS:
            fault = WrongCode()
        elif proof.tries >= policies.PROOF_TRIES:
            fault = TooManyTries()
        else:
            proof.tries += 1
            proof.save(update_fields=["tries"])
            if constant_time_compare(proof.code_hash, _hash(entry, codes.digits(typed))):
                _move(entry, EntryMove.CONFIRM, by=None, at=now, confirmed_at=now)
                settle(entry=entry, by=None, at=now)
            else:
                fault = WrongCode()
    # A try that failed is counted, so that it is raised outside of the transaction.
    if fault:
        raise fault
    return entry


# --- its sender's last word -----------------------------------------------------------------------------------------------


def require_hand(entry: Entry, by: User | None) -> None:
    """Let the entrant act themselves, and at the desk nobody but who acts for those who have only paper. Raises NotOnPaper."""
    if by and not policies.acts_for(by, entry):
        raise NotOnPaper


@transaction.atomic
def correct_entry(
    *,
    entry: Entry,
    answers: Mapping[str, Any],
    received_at: datetime,
    in_gallery: bool | None = None,
    by: User | None = None,
) -> Entry:
    """Change answers until the close; who it is, how they are reached and what is not in `answers` stays, as somebody has left it.

    An answer of None is taken out; what began to arrive in time is in time. Raises TooLateToCorrect, and with `by` NotOnPaper.
    """
    entry, now = lock(entry), timezone.now()
    require_hand(entry, by)
    if not policies.can_correct(entry, entry.campaign, received_at):
        raise TooLateToCorrect
    changed = sorted(key for key in answers if answers[key] != entry.answers.get(key))
    merged = {key: value for key, value in {**entry.answers, **answers}.items() if value is not None}
    if in_gallery is not None and in_gallery != entry.in_gallery:
        changed.append("in_gallery")
        entry.in_gallery = in_gallery
    if not changed:
        return entry
    entry.answers, entry.made = merged, made_of(entry.campaign, merged)
    entry.save(update_fields=["answers", "in_gallery", "made"])
    record_edit(entry, changed={"fields": changed}, by=by, at=now)
    return settle(entry=entry, by=by, at=now)


@transaction.atomic
def withdraw_entry(*, entry: Entry, by: User | None = None, reason: str = "") -> Entry:
    """Take an entry out, whose prize goes to the next; doing it twice is the same as once.

    Raises IllegalMove, and with `by` NotOnPaper and ReasonMissing.
    """
    campaign = awards.hold(entry)
    entry, now = lock(entry), timezone.now()
    require_hand(entry, by)
    if by and not reason.strip():
        raise ReasonMissing
    if entry.state != EntryState.WITHDRAWN:
        _move(entry, EntryMove.WITHDRAW, by=by, at=now, reason=reason)
        if campaign:
            awards.let_go([entry], by=by, at=now)
    return entry
