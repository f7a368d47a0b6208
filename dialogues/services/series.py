"""Sessions that repeat."""

from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext, gettext_lazy as _

from dialogues import notices, planning, policies, selectors
from dialogues.allocation import Floors
from dialogues.enums import SessionState
from dialogues.models import Series, Session, Site
from dialogues.planning import clock, moment
from dialogues.services.copies import TIMES, copy_session, move_times, typed
from dialogues.services.floors import set_floors
from dialogues.services.sessions import (
    NotYourSession,
    _locked,
    _missing,
    cancel_session,
    edit_session,
    publish_session,
    remove_site,
    save_site,
    set_people,
)
from network.enums import DomainError
from network.models import User
from network.services import IllegalMove, record_edit

REPEATABLE = (SessionState.DRAFT, SessionState.PUBLISHED)
PLANNED = REPEATABLE


class AlreadyInSeries(DomainError):
    message = _("This session is part of a series already.")


class NotInSeries(DomainError):
    message = _("This session is not part of a series.")


class NoFurtherDate(DomainError):
    message = _("Please keep at least one date beside that of this session.")


class TooManyDates(DomainError):
    message = _("A series has %(most)s dates at most.")


class WrongDate(DomainError):
    message = _("%(day)s can't be taken: it is over, or it is there twice.")


class SessionChanged(DomainError):
    message = _("The session was changed in the meantime. Please look at the dates again.")


class IncompleteSeries(DomainError):
    message = _("Nothing was published, because something is missing. %(missing)s")


class NothingToPublish(DomainError):
    message = _("There is no draft among these sessions.")


class NotOnThatDate(DomainError):
    message = _("Nothing was changed. %(day)s: %(why)s")


def _named(at: datetime) -> str:
    return formats.date_format(timezone.localtime(at), "DATE_FORMAT")


@dataclass(frozen=True, slots=True)
class PlannedDate:
    """One date of a series: when the rule would have it, and when it is to be."""

    planned_at: datetime
    starts_at: datetime


def _check_dates(session: Session, dates: Sequence[PlannedDate], now: datetime) -> None:
    if not dates:
        raise NoFurtherDate
    if len(dates) >= planning.LARGEST:
        raise TooManyDates(most=planning.LARGEST)
    taken = {session.starts_at}
    for planned in dates:
        if planned.starts_at in taken or planned.starts_at <= now:
            raise WrongDate(day=_named(planned.starts_at))
        taken.add(planned.starts_at)


@transaction.atomic
def plan_series(
    *,
    session: Session,
    rule: str,
    dates: Sequence[PlannedDate],
    key: UUID,
    by: User,
    count: int | None = None,
    until: date | None = None,
    expected: datetime | None = None,
) -> Series:
    """Make a session the first of a series, with a draft for each further date.

    `count` or `until` say by which the rule ended; `expected` is when the session started on the page where the dates were looked
    at. Asking again with the same key returns the same series.
    """
    session, now = _locked(session, by), timezone.now()
    if session.series and session.series.key == key:
        return session.series
    if session.series_id:
        raise AlreadyInSeries
    if session.state not in REPEATABLE:
        raise IllegalMove(state=session.get_state_display())
    if expected is not None and session.starts_at != expected:
        raise SessionChanged
    _check_dates(session, dates, now)
    series = Series.objects.create(key=key, rule=rule, count=count, until=until, created_at=now, created_by=by)
    session.series, session.series_position, session.planned_at = series, 1, session.starts_at
    session.save(update_fields=["series", "series_position", "planned_at"])
    for site in session.sites.order_by("pk"):
        site.series_key = uuid4()
        site.save(update_fields=["series_key"])
    record_edit(session, changed={"fields": ["series"], "dates": len(dates) + 1}, by=by, at=now)
    for position, planned in enumerate(sorted(dates, key=lambda d: d.starts_at), 2):
        copy_session(
            session,
            starts_at=planned.starts_at,
            by=by,
            series=series,
            series_position=position,
            planned_at=planned.planned_at,
        )
    return series


def _series_locked(session: Session, by: User) -> list[Session]:
    """Return this session and those that follow in its series, locked in the order of their ids. Raises NotInSeries."""
    if not policies.can_manage(by, session):
        raise NotYourSession
    if not session.series_id:
        raise NotInSeries
    rows = Session.objects.select_for_update(of=("self",)).filter(pk__in=planning.following(session).values("pk"))
    found = sorted(rows.order_by("pk"), key=lambda row: row.series_position or 0)
    if any(not policies.can_manage(by, row) for row in found):
        raise NotYourSession
    return found


@transaction.atomic
def publish_following(*, session: Session, by: User) -> list[Session]:
    """Publish this draft and all that follow in its series, and tell each invited member once of all dates.

    Raises NothingToPublish, and IncompleteSeries, which names for each date what it lacks.
    """
    now = timezone.now()
    drafts = [row for row in _series_locked(session, by) if row.state == SessionState.DRAFT]
    if not drafts:
        raise NothingToPublish
    lacking = [(row, _missing(row, now)) for row in drafts]
    if any(gaps for _row, gaps in lacking):
        sentences = [f"{_named(row.starts_at)}: {gettext('; ').join(gaps)}." for row, gaps in lacking if gaps]
        raise IncompleteSeries(missing=" ".join(sentences))
    published = [publish_session(session=row, by=by, telling=False) for row in drafts]
    _tell_of(sorted(published, key=lambda row: (row.starts_at, row.pk)), at=now)
    return published


def _tell_of(sessions: list[Session], *, at: datetime) -> None:
    """Tell everybody once, of those sessions to which they are invited."""
    invited: dict[int, list[Session]] = {}
    for session in sessions:
        for user in selectors.invited_user_ids(session):
            invited.setdefault(user, []).append(session)
    groups: dict[tuple[int, ...], list[int]] = {}
    for user, theirs in invited.items():
        groups.setdefault(tuple(session.pk for session in theirs), []).append(user)
    by_id = {session.pk: session for session in sessions}
    for ids, users in groups.items():
        if len(ids) == 1:
            notices.tell_all(by_id[ids[0]], "session-published", recipients=users, at=at)
        else:
            notices.tell_of_series([by_id[pk] for pk in ids], recipients=users, at=at)


@transaction.atomic
def cancel_following(*, session: Session, by: User, reason: str = "") -> list[Session]:
    """Call off this session and all that follow in its series and have not begun; everybody with a place is told of theirs."""
    now = timezone.now()
    rows = [row for row in _series_locked(session, by) if row.state in PLANNED and row.starts_at > now]
    if not rows:
        raise IllegalMove(state=session.get_state_display())
    return [cancel_session(session=row, by=by, reason=reason) for row in rows]


@dataclass(slots=True)
class Changes:
    """What a coordinator changed in the form of one session of a series.

    `fields` are names of changed fields of `session`, which carries the new values; `people` the rows chosen by field; `sites`
    the changed sites with the names of their changed fields; `added` and `removed` sites.
    """

    fields: Collection[str] = ()
    people: dict[str, Collection[Any]] = field(default_factory=dict)
    sites: Sequence[tuple[Site, Collection[str]]] = ()
    added: Sequence[Site] = ()
    removed: Sequence[Site] = ()


@dataclass(frozen=True, slots=True)
class _Alike:
    """The same, as it can be said of another session of the series."""

    changed: frozenset[str]
    people: dict[str, tuple[set[int], set[int]]]
    sites: Sequence[tuple[UUID | None, Site, Collection[str]]]
    added: Sequence[Site]
    removed: Sequence[UUID | None]


@transaction.atomic
def edit_following(*, session: Session, changes: Changes, by: User, also_changed_alone: bool = False) -> list[Session]:
    """Keep what was changed in a session of a series, and change alike those that follow and are neither over nor cancelled.

    Times move by as many days and as much of the clock as here. Those that were changed on their own stay as they are unless
    `also_changed_alone`. Everybody with a place is told of each of theirs. Returns the changed sessions; where one refuses, none is
    changed, and NotOnThatDate says which and why.
    """
    now = timezone.now()
    kept, *later = _series_locked(Session.objects.get(pk=session.pk), by)
    targets = _still_alike(later, now, also_changed_alone=also_changed_alone)
    before = copy(kept)
    for site in changes.added:
        site.series_key = uuid4()
    keys = dict(kept.sites.values_list("pk", "series_key"))
    alike = _Alike(
        changed=frozenset(changes.fields),
        people=_changed_people(kept, changes.people),
        sites=[(keys[site.pk], site, names) for site, names in changes.sites],
        added=changes.added,
        removed=[keys[site.pk] for site in changes.removed],
    )
    edited = edit_session(session=session, changed=changes.fields, by=by, with_series=True)
    _edit_sites(kept, changes, by)
    if changes.people:
        set_people(session=kept, by=by, with_series=True, **changes.people)
    moved = clock(edited.starts_at) - clock(before.starts_at)
    _plan_anew(edited, moved)
    for row in targets:
        try:
            _edit_alike(row, session, before, alike, by)
        except DomainError as error:
            raise NotOnThatDate(day=_named(row.starts_at), why=str(error)) from error
        _plan_anew(row, moved)
    return [edited, *targets]


def _still_alike(later: list[Session], now: datetime, *, also_changed_alone: bool) -> list[Session]:
    """Return the following sessions that a change of the series reaches."""
    return [
        row
        for row in later
        if row.state in PLANNED and row.starts_at > now and (also_changed_alone or not row.changed_alone)
    ]


@transaction.atomic
def share_following(
    *,
    session: Session,
    floors: Mapping[int, Floors],
    until: datetime | None,
    by: User,
    also_changed_alone: bool = False,
) -> list[Session]:
    """Keep how the seats of a session of a series are shared, and share those that follow alike, site by site.

    `until` stands as far before each start as here. Raises as `set_floors` does for this session; for one that follows, NotOnThatDate
    says which refuses and why, and nothing is changed.
    """
    now = timezone.now()
    kept, *later = _series_locked(Session.objects.get(pk=session.pk), by)
    changed = [set_floors(session=kept, floors=floors, until=until, by=by, with_series=True)]
    ahead = clock(kept.starts_at) - clock(until) if until else None
    shared = {key: floors[pk] for pk, key in kept.sites.filter(pk__in=floors).values_list("pk", "series_key") if key}
    for row in _still_alike(later, now, also_changed_alone=also_changed_alone):
        theirs = {pk: shared[key] for pk, key in row.sites.values_list("pk", "series_key") if key in shared}
        then = moment(clock(row.starts_at) - ahead) if ahead is not None else None
        try:
            changed.append(set_floors(session=row, floors=theirs, until=then, by=by, with_series=True))
        except DomainError as error:
            raise NotOnThatDate(day=_named(row.starts_at), why=str(error)) from error
    return changed


def _plan_anew(session: Session, moved: timedelta) -> None:
    """Let the plan of a session move with its series."""
    if moved and session.planned_at:
        planned = moment(clock(session.planned_at) + moved)
        Session.objects.filter(pk=session.pk).update(planned_at=planned)


def _changed_people(session: Session, chosen: dict[str, Collection[Any]]) -> dict[str, tuple[set[int], set[int]]]:
    """Return for each list of people who is new in it, and who was taken off."""
    changes = {}
    for name, rows in chosen.items():
        old, new = set(getattr(session, name).values_list("pk", flat=True)), {row.pk for row in rows}
        if old != new:
            changes[name] = (new - old, old - new)
    return changes


def _edit_sites(session: Session, changes: Changes, by: User) -> None:
    for site, names in changes.sites:
        save_site(site=site, changed=names, by=by, with_series=True)
    for site in changes.added:
        save_site(site=site, changed=(), by=by, with_series=True)
    for site in changes.removed:
        remove_site(site=site, by=by, with_series=True)


def _edit_alike(row: Session, session: Session, before: Session, alike: _Alike, by: User) -> None:
    """Change one of the following sessions as the one in the form was changed."""
    new, changed = copy(row), set(alike.changed)
    for name in changed - set(TIMES):
        setattr(new, name, getattr(session, name))
    changed = (changed - set(TIMES)) | _move_alike(new, session, before, changed)
    if changed:
        edit_session(session=new, changed=sorted(changed), by=by, with_series=True)
    for name, (added, gone) in alike.people.items():
        manager = getattr(row, name)
        wanted = (set(manager.values_list("pk", flat=True)) | added) - gone
        set_people(session=row, by=by, with_series=True, **{name: list(manager.model.objects.filter(pk__in=wanted))})
    theirs = {site.series_key: site for site in row.sites.order_by("pk")}
    theirs.pop(None, None)
    for key, site, names in alike.sites:
        if same := theirs.get(key):
            for name in names:
                setattr(same, name, getattr(site, name))
            save_site(site=same, changed=names, by=by, with_series=True)
    for key in alike.removed:
        if same := theirs.get(key):
            remove_site(site=same, by=by, with_series=True)
    for site in alike.added:
        new_site = Site(**typed(site) | {"session_id": row.pk, "series_key": site.series_key})
        save_site(site=new_site, changed=(), by=by, with_series=True)


def _move_alike(new: Session, session: Session, before: Session, changed: set[str]) -> set[str]:
    """Move the times of a session as those of the one in the form were moved; return which changed.

    Where the form has a time of registration anew, it stands as far from the start as there.
    """
    moved = clock(session.starts_at) - clock(before.starts_at)
    old = {name: getattr(new, name) for name in TIMES}
    if moved:
        move_times(new, moved)
    lengthened = clock(session.ends_at) - clock(before.ends_at) - moved
    new.ends_at = moment(clock(new.ends_at) + lengthened)
    for name in TIMES[2:]:
        if name in changed:
            at = getattr(session, name)
            ahead = clock(session.starts_at) - clock(at) if at else None
            setattr(new, name, moment(clock(new.starts_at) - ahead) if ahead is not None else None)
    return {name for name in TIMES if getattr(new, name) != old[name]}
