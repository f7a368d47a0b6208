"""What entrants and jurors are told, and those at the desk who answer entrants.

Entrants have no account: it goes to the contact that they gave, and names neither them nor the campaign.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone, translation

from campaigns import waiting
from campaigns.enums import RESULT_STATES
from campaigns.models import Award, Complaint, EntrantNotice, Entry, Juror, Photo, Round
from network import selectors as network_selectors
from notifications import outbox
from notifications.outbox import Channel


def _tell(
    entry: Entry, kind: str, *, channel: Channel, again: str, expires_at: datetime | None = None, **more: Any
) -> None:
    # In the language of the entry, whoever's page or worker this is.
    with translation.override(entry.language):
        outbox.enqueue_to_address(
            kind,
            address=entry.phone if channel == Channel.SMS else entry.email,
            channel=channel,
            context={"entry": entry.shown_code, **more},
            dedup=f"entry:{entry.pk}:{again}",
            expires_at=expires_at,
        )


def _tell_later(entry: Entry, kind: str, *, again: str, expires_at: datetime | None, **more: Any) -> None:
    """Tell an entrant by SMS where there is a telephone, else by mail; one on paper without either hears it at the desk."""
    if entry.phone or entry.email:
        channel = Channel.SMS if entry.phone else Channel.EMAIL
        _tell(entry, kind, channel=channel, again=again, expires_at=expires_at, **more)


def tell_receipt(entry: Entry, *, channel: Channel, code: str, again: str, expires_at: datetime) -> None:
    """Acknowledge an entry, with the code that proves the contact."""
    _tell(entry, "entry-received", channel=channel, again=f"received:{again}", expires_at=expires_at, code=code)


def tell_jurors(round_: Round, jurors: Iterable[Juror], *, at: datetime) -> None:
    """Tell jurors, once a round, that entries wait for them. It says nothing of the entries, nor how many there are."""
    campaign = round_.campaign
    outbox.enqueue(
        "judging-open",
        recipients=sorted({juror.practitioner.user_id for juror in jurors}),
        context={"title": {"ar": campaign.title_ar, "en": campaign.title_en}, "round": round_.pk},
        subject_ref=network_selectors.reference(round_),
        dedup=f"round:{round_.pk}",
        at=at,
    )


def tell_photo_refused(entry: Entry, photo: Photo) -> None:
    """Say that a photo can't be used, as long as another one can be sent."""
    _tell_later(entry, "entry-photo-refused", again=f"photo:{photo.pk}", expires_at=entry.campaign.closes_at)


def tell_won(award: Award) -> None:
    """Tell a winner, before anybody else hears of it: which prize, and what they may say to it, waits behind the look-up.

    Who moves up once the results are published is not the first to hear of it, and is not told so.
    """
    again = f"award:{award.pk}:{award.number}"
    until = outbox.stamp(award.answer_until) if award.answer_until else None
    published = award.campaign.state in RESULT_STATES
    _tell_later(award.entry, "entry-won", again=again, expires_at=None, until=until, published=published)


def tell_another_prize(award: Award) -> None:
    """Tell a winner who has accepted already that their prize is another one by now: nothing is left to answer."""
    _tell_later(award.entry, "entry-won-another", again=f"award:{award.pk}:{award.number}", expires_at=None)


def tell_disqualified(entry: Entry, *, at: datetime) -> None:
    """Tell that an entry takes no part any more; why, and how to appeal, waits behind the look-up."""
    _tell_later(entry, "entry-disqualified", again=f"out:{at.isoformat()}", expires_at=None)


def tell_answer(entry: Entry, complaint: Complaint) -> None:
    """Tell that a complaint or an appeal is answered."""
    _tell_later(entry, "complaint-answered", again=f"complaint:{complaint.pk}", expires_at=None)


def tell_answerers(complaint: Complaint, *, at: datetime) -> None:
    """Tell those who may answer, once a day and campaign, that a complaint or an appeal waits: neither whose it is nor what it says."""
    campaign = complaint.campaign
    outbox.enqueue(
        "complaint-waiting",
        recipients=sorted(waiting.answerers(complaint)),
        context={"title": {"ar": campaign.title_ar, "en": campaign.title_en}, "number": campaign.pk},
        subject_ref=network_selectors.reference(campaign),
        dedup=f"campaign:{campaign.pk}:{timezone.localdate(at).isoformat()}",
        at=at,
    )


def tell_end(entry: Entry, notice: EntrantNotice) -> None:
    """Say that entries are open for longer, or that the campaign was called off; why waits behind the look-up."""
    again = f"end:{notice.pk}"
    if notice.closes_at is None:
        _tell_later(entry, "campaign-called-off", again=again, expires_at=None)
    else:
        ends = outbox.stamp(notice.closes_at)
        _tell_later(entry, "entries-extended", again=again, expires_at=notice.closes_at, ends=ends)
