"""Reads of results: what is proposed and decided, who moves up, what a disqualification would do, what an entrant and everybody reads."""

import hashlib
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, QuerySet, When
from django.utils import timezone

from campaigns import judging, policies, recount
from campaigns.enums import (
    LIVE_AWARDS,
    OUT_STATES,
    PUBLIC_AWARDS,
    REFUSED_AWARDS,
    RESULT_STATES,
    RUNNING_ROUNDS,
    TAKING_STATES,
    AwardState,
    ComplaintKind,
    ComplaintMove,
    ComplaintState,
    DecisionState,
    EntryMove,
    EntryState,
    RoundState,
)
from campaigns.models import (
    Assignment,
    Award,
    Campaign,
    Complaint,
    Decision,
    Entry,
    GalleryItem,
    Prize,
    Round,
)
from network import codes
from network.enums import Role
from network.models import Practitioner, RoleGrant, Transition, User

# In these an entry meets the conditions, and so may have a prize.
ABLE_STATES = (EntryState.ELIGIBLE, EntryState.SHORTLISTED, EntryState.PLACED, EntryState.WINNER)
# Places that are shown beyond the last prize.
RUNNERS_UP = 5
CODES_AT_ONCE = 500

# --- proposed and decided -----------------------------------------------------------------------------------------------


def last_round(campaign: Campaign) -> Round | None:
    return Round.objects.filter(campaign=campaign).select_related("campaign").order_by("-position").first()


def to_decide(campaign: Campaign) -> Round | None:
    """Return the round whose result is to be decided: the last one, once it is closed."""
    found = last_round(campaign)
    return found if found and found.state == RoundState.CLOSED else None


def standing_decision(campaign: Campaign) -> Decision | None:
    """Return what is proposed or decided and was not refused."""
    rows = Decision.objects.filter(campaign=campaign).exclude(state=DecisionState.REFUSED)
    return rows.select_related("sheet__round__campaign", "campaign").first()


def prizes_of(campaign: Campaign) -> list[Prize]:
    """Return every single prize in its order: the first at 0."""
    rows = Prize.objects.filter(campaign=campaign).order_by("position", "pk")
    return [row for row in rows for _ in range(row.count)]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a proposal: a place, and the prize that goes with it."""

    place: int
    code: str
    points: str
    # Of the best, in hundredths: the length of its bar.
    width: int
    by_lot: bool
    prize: Prize | None
    entry: Entry | None = None


def lines(campaign: Campaign, sheet: dict[str, Any]) -> list[Line]:
    """Return what a sheet proposes: the winners and the first of those who would move up."""
    prizes = prizes_of(campaign)
    won = {row[1]: row[0] for row in sheet["winners"]}
    first = sheet["places"][: len(prizes) + RUNNERS_UP]
    entries = {
        row.public_code: row
        for row in Entry.objects.filter(campaign=campaign, public_code__in=[row[1] for row in first])
    }
    results = [float(_fraction(row[2])) for row in first]
    least, most = min([0.0, *results]), max(results, default=0.0)
    return [
        Line(
            place=place,
            code=codes.spelled(code),
            points=f"{result:.2f}",
            width=round((result - least) * 100 / (most - least)) if most > least else 0,
            by_lot=by_lot,
            prize=prizes[won[code] - 1] if code in won and won[code] <= len(prizes) else None,
            entry=entries.get(code),
        )
        for (place, code, _result, by_lot), result in zip(first, results, strict=True)
    ]


def _fraction(text: str) -> float:
    top, _, bottom = text.partition("/")
    return int(top) / int(bottom or 1)


def managers(campaign: Campaign) -> dict[int, int | None]:
    """Return who runs a campaign, each with their side: the account's id, and the side's or None."""
    grants = RoleGrant.objects.in_force(timezone.localdate()).filter(user__is_active=True)
    if campaign.region_id:
        own = grants.filter(role=Role.REGIONAL_COORDINATOR, region=campaign.region_id)
        return dict.fromkeys(own.values_list("user_id", flat=True), campaign.region_id)
    running = set(grants.filter(role=Role.NATIONAL_COORDINATOR).values_list("user_id", flat=True))
    sides = dict(Practitioner.objects.filter(user__in=running).values_list("user_id", "region_id"))
    return {account: sides.get(account) for account in running}


def may_confirm(user: User, decision: Decision) -> bool:
    """Tell whether this person may be the second of the two."""
    return policies.may_confirm(decision.proposed_by, user, managers(decision.campaign))


# --- who moves up -------------------------------------------------------------------------------------------------------


def rises(decision: Decision, *, leaving: Collection[str] = ()) -> list[judging.Rise]:
    """Return who would move up as things are now, and where in addition the entries of these public codes were out."""
    sheet, out = decision.sheet.sheet, set(leaving)
    awards = list(
        Award.objects.filter(campaign=decision.campaign_id).values_list("entry__public_code", "number", "state")
    )
    held = [
        judging.Held(code, number, state == AwardState.DELIVERED)
        for code, number, state in awards
        if state in LIVE_AWARDS and (code not in out or state == AwardState.DELIVERED)
    ]
    # Also who came back in, or was corrected, and does not meet the conditions.
    unable = Entry.objects.filter(campaign=decision.campaign_id).exclude(state__in=ABLE_STATES)
    gone = unable.values_list("public_code", flat=True)
    refused = {code for code, _number, state in awards if state in REFUSED_AWARDS}
    line = judging.in_line(sheet, out={*gone, *refused, *out})
    return judging.move_up([row.entry for row in line], held, prizes=sheet["prizes"])


def drawn_by_lot(decision: Decision) -> set[str]:
    """Return the public codes whose place the lot has decided."""
    return {row[1] for row in decision.sheet.sheet["places"] if row[3]}


# --- what a disqualification would do ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fate:
    """What would become of one entry."""

    entry: Entry
    # Nothing, for one that is out already.
    changes: bool
    prize: Award | None
    # One that was handed over already is not taken back.
    keeps_prize: bool
    rounds: list[str]
    reachable: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What would become of some entries, and of their prizes. `seal` is that of exactly this."""

    fates: list[Fate]
    unknown: list[str]
    rises: list[judging.Rise]

    @property
    def going(self) -> list[Fate]:
        return [fate for fate in self.fates if fate.changes]

    @property
    def seal(self) -> str:
        """Return what the confirmation brings back: whatever changed in between has another."""
        told = [(f.entry.pk, f.entry.state, f.prize.pk if f.prize else 0, f.keeps_prize, f.rounds) for f in self.fates]
        return hashlib.sha256(repr((told, self.rises)).encode()).hexdigest()


def codes_in(text: str) -> list[str]:
    """Return the codes in a text as they are kept, each once, in their order; what is none as it was typed."""
    words = text.replace(",", " ").replace("،", " ").replace(";", " ").split()
    kept = (codes.as_kept(word) or codes.as_kept(word, codes.PUBLIC_LENGTH) or word[:20] for word in words)
    return list(dict.fromkeys(kept))[:CODES_AT_ONCE]


def plan(campaign: Campaign, wanted: Collection[str]) -> Plan:
    """Return what disqualifying these entries would do as things are now."""
    rows = list(Entry.objects.filter(campaign=campaign).called(wanted).order_by("pk"))
    ids = [row.pk for row in rows]
    awards = {
        row.entry_id: row
        for row in Award.objects.filter(entry__in=ids, state__in=LIVE_AWARDS).select_related("prize").order_by("pk")
    }
    rounds: dict[int, list[str]] = defaultdict(list)
    before = Assignment.objects.held().filter(entry__in=ids, round__state__in=RUNNING_ROUNDS)
    for entry, name in before.order_by("round__position").values_list("entry_id", "round__name").distinct():
        rounds[entry].append(name)
    fates = [
        Fate(
            entry=row,
            changes=policies.can_disqualify(row),
            prize=awards.get(row.pk),
            keeps_prize=row.pk in awards and awards[row.pk].state == AwardState.DELIVERED,
            rounds=rounds[row.pk],
            reachable=bool(row.phone or row.email),
        )
        for row in rows
    ]
    known = {code for row in rows for code in (row.code, row.public_code)}
    decision = standing_decision(campaign)
    moving: list[judging.Rise] = []
    if decision and decision.state == DecisionState.CONFIRMED:
        moving = rises(decision, leaving={fate.entry.public_code for fate in fates if fate.changes})
    return Plan(fates, [code for code in wanted if code not in known], moving)


# --- what an entrant reads ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What of the results concerns one entry."""

    award: Award | None
    # Why it was disqualified, "" for one that was not.
    reason: str
    complaints: list[Complaint]
    may_complain: bool
    may_appeal: bool
    until: datetime | None
    in_gallery: bool
    # The form with the box can't be sent any more: the consent is taken back by a button.
    may_leave_gallery: bool
    published: bool


def involved(complaints: Collection[Complaint]) -> dict[int, set[int | None]]:
    """Return the accounts of those who disqualified the entry of each complaint or wrote it down, by the ids of the complaints."""
    by = _disqualifiers([row.entry_id for row in complaints])
    written = _writers([row.pk for row in complaints])
    return {row.pk: {by.get(row.entry_id), written.get(row.pk)} for row in complaints}


def _disqualifiers(entries: Collection[int]) -> dict[int, int | None]:
    """Return the account of whoever disqualified each of these entries last, by the ids of the entries."""
    steps = Transition.objects.filter(subject_type=Entry._meta.label_lower, subject_id__in=entries)
    rows = steps.filter(move=EntryMove.DISQUALIFY).order_by("pk") if entries else ()
    return {row.subject_id: row.by_id for row in rows}


def _writers(complaints: Collection[int]) -> dict[int, int | None]:
    """Return the account of whoever wrote each of these complaints down for its sender, by their ids."""
    rows = Transition.objects.filter(
        subject_type=Complaint._meta.label_lower, subject_id__in=complaints, by__isnull=False
    )
    return dict(rows.filter(move=ComplaintMove.RECEIVE).values_list("subject_id", "by_id"))


def disqualified(entries: Collection[Entry]) -> dict[int, tuple[datetime, str]]:
    """Return when and why entries were disqualified last, by their ids."""
    ids = [entry.pk for entry in entries if entry.state == EntryState.DISQUALIFIED]
    steps = Transition.objects.filter(subject_type=Entry._meta.label_lower, subject_id__in=ids)
    rows = steps.filter(move=EntryMove.DISQUALIFY).order_by("pk") if ids else ()
    return {row.subject_id: (row.at, row.reason) for row in rows}


def outcomes(entries: Collection[Entry], at: datetime) -> dict[int, Outcome]:
    """Return what of the results concerns each of somebody's entries, by its id."""
    # As long as a campaign takes entries nothing has come of those that are not out.
    ids = [entry.pk for entry in entries if entry.campaign.state not in TAKING_STATES or entry.state in OUT_STATES]
    told = Award.objects.filter(entry__in=ids, told_at__isnull=False).select_related("prize").order_by("pk")
    awards = {row.entry_id: row for row in told}
    complaints: dict[int, list[Complaint]] = defaultdict(list)
    for row in Complaint.objects.filter(entry__in=ids).order_by("pk"):
        complaints[row.entry_id].append(row)
    shown = set(GalleryItem.objects.shown().filter(photo__entry__in=ids).values_list("photo__entry_id", flat=True))
    outs = disqualified(entries)
    return {entry.pk: _outcome(entry, awards.get(entry.pk), complaints, outs, shown, at) for entry in entries}


def _outcome(
    entry: Entry,
    award: Award | None,
    complaints: dict[int, list[Complaint]],
    outs: dict[int, tuple[datetime, str]],
    shown: set[int],
    at: datetime,
) -> Outcome:
    campaign, own = entry.campaign, complaints[entry.pk]
    since, reason = outs.get(entry.pk, (None, ""))
    # Whoever waits for the answer to a complaint may still appeal: an appeal has its time.
    waits = {row.kind for row in own if row.state == ComplaintState.RECEIVED}
    out = entry.state == EntryState.DISQUALIFIED
    begins = since if out else campaign.results_at
    return Outcome(
        award=award,
        reason=reason,
        complaints=own,
        may_complain=not out and ComplaintKind.COMPLAINT not in waits and policies.takes_complaints(campaign, at),
        may_appeal=ComplaintKind.APPEAL not in waits and policies.takes_appeal(campaign, entry, since, at),
        until=policies.complaints_until(campaign, begins) if begins else None,
        in_gallery=entry.pk in shown,
        may_leave_gallery=entry.in_gallery and not policies.can_correct(entry, campaign, at),
        published=campaign.state in RESULT_STATES,
    )


# --- what everybody reads -----------------------------------------------------------------------------------------------


def published(slug: str) -> Campaign | None:
    """Return a campaign whose results are out."""
    rows = Campaign.objects.filter(slug=slug, state__in=RESULT_STATES, results_at__isnull=False)
    return rows.select_related("lot").first()


def decided(campaign: Campaign) -> Decision | None:
    """Return what two people have decided, without the sheet itself, which may be long."""
    rows = Decision.objects.filter(campaign=campaign, state=DecisionState.CONFIRMED)
    return rows.select_related("sheet").defer("sheet__sheet").first()


def winners(campaign: Campaign) -> list[Award]:
    """Return the prizes of which their winners know, in their order."""
    rows = Award.objects.filter(campaign=campaign, state__in=PUBLIC_AWARDS).exclude(entry__state__in=OUT_STATES)
    return list(rows.select_related("entry__municipality", "prize").order_by("number"))


# --- what the desk reads ------------------------------------------------------------------------------------------------


def for_the_desk(campaign: Campaign, reader: User, *, whole: bool) -> tuple[list[Award], QuerySet[Complaint]]:
    """Return prizes and complaints, first what waits: all for who runs the campaign, else those of entries that the reader reads."""
    awards, complaints = Award.objects.all(), Complaint.objects.all()
    if not whole:
        awards, complaints = awards.visible_to(reader), complaints.visible_to(reader)
    rows = awards.filter(campaign=campaign).select_related("entry", "prize", "moved_up_from").order_by("number", "pk")
    waits = Case(When(state=ComplaintState.RECEIVED, then=0), default=1)
    said = complaints.filter(campaign=campaign).select_related("entry__campaign").order_by(waits, "-pk")
    return list(rows), said


def sheet_now(decision: Decision) -> dict[str, Any]:
    """Return the sheet that the jury's marks come to now."""
    round_ = decision.sheet.round
    return recount.sheet(round_, timezone.now(), to_win=recount.prizes(round_))


def counted_now(decision: Decision) -> str:
    """Return the hash of what the jury's marks come to now."""
    return judging.digest(sheet_now(decision))
