"""Who gets what in a round: all of it shared out, or one entry given to others. What is scored is kept."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from campaigns import conflicts, judging_selectors, lots, notices
from campaigns.models import Assignment, Conflict, Entry, Juror, Lot, Round, RoundEntry
from network.models import User
from network.services import record_edit


def share_out(round_: Round, *, by: User | None, at: datetime) -> None:
    """Bring a locked round up to date: new entries, found conflicts, and who has what. What is scored is kept.

    In a first round whatever has met the conditions since is judged too.
    """
    taken = set(RoundEntry.objects.filter(round=round_).values_list("entry_id", flat=True))
    new = [row for row in judging_selectors.candidates(round_) if row.pk not in taken]
    RoundEntry.objects.bulk_create(RoundEntry(round=round_, entry=row, taken_at=at) for row in new)
    entries = Entry.objects.filter(pk__in=RoundEntry.objects.filter(round=round_).values("entry")).order_by("pk")
    _keep_conflicts(round_, entries, at)
    shared = judging_selectors.share(round_)
    _carry_out(round_, shared, Assignment.objects.filter(round=round_), by=by, at=at)
    _keep_short(round_, shared.short)


def give_to_others(round_: Round, entry: Entry, *, by: User | None, at: datetime) -> None:
    """Bring one entry of a locked round up to date, by the same rules; however many entries there are, this is as much work."""
    _keep_conflicts(round_, [entry], at)
    shared = judging_selectors.share(round_, only=entry)
    _carry_out(round_, shared, Assignment.objects.filter(round=round_, entry=entry), by=by, at=at)
    _keep_short(round_, {*round_.short} - {entry.pk} | shared.short.keys())


def _keep_conflicts(round_: Round, entries: Iterable[Entry], at: datetime) -> None:
    """Write down the conflicts that nobody has to declare; those that are there already stay."""
    found = conflicts.found_conflicts(judging_selectors.jurors_of(round_.campaign_id), entries)
    Conflict.objects.bulk_create(
        (Conflict(juror_id=row.juror, entry_id=row.entry, kind=row.kind, declared_at=at) for row in sorted(found)),
        ignore_conflicts=True,
    )


def _carry_out(round_: Round, shared: judging_selectors.Shared, rows: Any, *, by: User | None, at: datetime) -> None:
    """Drop and give as was worked out; `rows` are the assignments of the round that it is about."""
    dropped = {(task.entry, task.juror) for task in shared.plan.dropped}
    added = [(task.entry, task.juror) for task in shared.plan.added]
    _drop(rows, dropped, at)
    _give(round_, rows, added, at)
    if added or dropped or shared.short:
        changes = {"given": len(added), "taken_back": len(dropped), "short": len(shared.short)}
        record_edit(round_, changed=changes, by=by, at=at)
    told = {juror for _entry, juror in added}
    jurors = Juror.objects.filter(pk__in=told).select_related("practitioner").order_by("pk")
    notices.tell_jurors(round_, jurors, at=at)


def _drop(rows: Any, pairs: Collection[tuple[Any, Any]], at: datetime) -> None:
    open_ = rows.filter(dropped_at__isnull=True, done_at__isnull=True).values_list("pk", "entry_id", "juror_id")
    ids = [pk for pk, entry, juror in open_ if (entry, juror) in pairs]
    Assignment.objects.filter(pk__in=ids).update(dropped_at=at)


def _give(round_: Round, rows: Any, pairs: Collection[tuple[Any, Any]], at: datetime) -> None:
    """Put entries before jurors, in an order of each juror's own that the lot draws; the same entry again has its turn from before."""
    secret = Lot.objects.values_list("secret", flat=True).get(campaign=round_.campaign_id)
    before = {(entry, juror): pk for pk, entry, juror in rows.values_list("pk", "entry_id", "juror_id")}
    Assignment.objects.filter(pk__in=[before[pair] for pair in pairs if pair in before]).update(dropped_at=None)
    fresh = [pair for pair in pairs if pair not in before]
    mixed = sorted(fresh, key=lambda pair: lots.draw(secret, "turn", f"{pair[1]}:{pair[0]}"))
    turns, new = judging_selectors.turns(round_), []
    for entry, juror in mixed:
        turns[juror] = turns.get(juror, 0) + 1
        new.append(Assignment(round=round_, entry_id=entry, juror_id=juror, turn=turns[juror], given_at=at))
    Assignment.objects.bulk_create(new)


def _keep_short(round_: Round, entries: Iterable[Any]) -> None:
    """Keep for which entries nobody more can be found: to work it out is to share out."""
    short = sorted(entries)
    if short != round_.short:
        round_.short = short
        round_.save(update_fields=["short"])
