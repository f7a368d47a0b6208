"""The writes of the media log, and the first rows of it from files."""

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaigns import policies
from campaigns.media_enums import MEDIA_MOVES, DatePrecision, MediaMove
from campaigns.models import Appearance, Outlet, Speaker
from campaigns.services import steps
from network import search
from network.models import Region, Transition, User
from network.services import (
    NotYours,
    ReasonMissing,
    keep_reference,
    record_edit,
    record_transition,
    reference,
    require_move,
    take_changes,
)

LONGEST_INDEX = 10_000
TEXTS = tuple(f"{part}_{language}" for part in ("title", "programme", "note") for language in ("ar", "en"))
# What the journal calls a change of who spoke.
SPEAKERS = "speakers"


def _locked(appearance: Appearance, by: User) -> Appearance:
    """Return the entry as it is now, held until the end of the transaction. Raises NotYours."""
    if not policies.keeps_media(by):
        raise NotYours
    return Appearance.objects.visible_to(by).select_for_update(of=("self",)).get(pk=appearance.pk)


def _index(words: Mapping[str, str | None], outlet: Outlet | None, speakers: Iterable[Speaker]) -> str:
    """Return the words by which an entry is found: its own, its outlet's and its speakers', in both languages."""
    named: list[Any] = [*([outlet] if outlet else []), *speakers]
    names = [getattr(row, f"name_{language}") or "" for row in named for language in ("ar", "en")]
    return search.text_index(*(words[column] or "" for column in TEXTS), *names)[:LONGEST_INDEX]


def _index_anew(appearance: Appearance) -> None:
    """Let a locked entry be found by what it, its outlet and its speakers are called now."""
    words = {column: getattr(appearance, column) for column in TEXTS}
    appearance.search = _index(words, appearance.outlet, appearance.speakers.order_by("pk"))
    appearance.save(update_fields=["search"])


def _first_of(day: date | None, precision: str) -> date | None:
    """Return the day under which a date is kept of which no more is known than the month or the year."""
    if day is None or precision == DatePrecision.DAY:
        return day
    return day.replace(day=1) if precision == DatePrecision.MONTH else day.replace(month=1, day=1)


def keep_appearance(*, appearance: Appearance, changed: Collection[str], by: User) -> Appearance:
    """Keep an entry that was written or edited in a form; a new one is a draft. Only `changed` is written.

    Raises NotYours, ChangedMeanwhile.
    """
    if not policies.keeps_media(by):
        raise NotYours
    now = timezone.now()
    with transaction.atomic():
        appearance.day = _first_of(appearance.day, appearance.precision)
        if appearance.pk is None:
            # Nothing of the title is in the address: it stands in logs, and a draft is for the desk.
            appearance.slug = f"a-{secrets.token_hex(5)}"
            appearance.created_at = appearance.changed_at = now
            appearance.save()
            record_transition(appearance, MediaMove.CREATE, from_state="", to_state=appearance.state, by=by, at=now)
            _index_anew(appearance)
            return appearance
        kept = _locked(appearance, by)
        # Both tell the date together.
        wanted = {*changed, "day"} if "precision" in changed else changed
        fields = take_changes(kept, appearance, wanted)
        if not fields:
            return kept
        kept.changed_at = now
        kept.save(update_fields=[*fields, "changed_at"])
        _index_anew(kept)
        record_edit(kept, changed={"fields": sorted(changed)}, by=by, at=now)
    return kept


@transaction.atomic
def keep_speakers(
    *, appearance: Appearance, kept: Collection[Speaker], removed: Collection[Speaker], by: User
) -> Appearance:
    """Keep who spoke, as a form has it: rows that are new or changed, and rows to be removed. Raises NotYours."""
    appearance = _locked(appearance, by)
    if not kept and not removed:
        return appearance
    now = timezone.now()
    for speaker in kept:
        speaker.appearance = appearance
        speaker.save()
    appearance.speakers.filter(pk__in=[speaker.pk for speaker in removed]).delete()
    appearance.changed_at = now
    appearance.save(update_fields=["changed_at"])
    _index_anew(appearance)
    record_edit(appearance, changed={"fields": [SPEAKERS]}, by=by, at=now)
    return appearance


@transaction.atomic
def keep_outlet(*, outlet: Outlet, changed: Collection[str], by: User) -> Outlet:
    """Keep an outlet that was added or edited in a form; what it told is found by its new name. Raises NotYours."""
    outlet = keep_reference(row=outlet, changed=changed, by=by)
    for appearance in Appearance.objects.filter(outlet=outlet).select_for_update(of=("self",)).order_by("pk"):
        appearance.outlet = outlet
        _index_anew(appearance)
    return outlet


def _move(
    appearance: Appearance, step: MediaMove, *, by: User, published_at: datetime | None, at: datetime, reason: str = ""
) -> None:
    steps.move(appearance, MEDIA_MOVES, step, by=by, at=at, reason=reason, published_at=published_at, changed_at=at)


@transaction.atomic
def publish_appearance(*, appearance: Appearance, by: User) -> Appearance:
    """Put an entry on the public pages and into the feed. Raises NotYours, IllegalMove."""
    appearance = _locked(appearance, by)
    now = timezone.now()
    _move(appearance, MediaMove.PUBLISH, by=by, published_at=now, at=now)
    return appearance


@transaction.atomic
def withdraw_appearance(*, appearance: Appearance, by: User, reason: str) -> Appearance:
    """Take an entry off the public pages, for a reason that the journal keeps. Raises NotYours, ReasonMissing, IllegalMove."""
    if not reason.strip():
        raise ReasonMissing
    appearance = _locked(appearance, by)
    _move(appearance, MediaMove.WITHDRAW, by=by, published_at=None, at=timezone.now(), reason=reason.strip())
    return appearance


# --- from files -------------------------------------------------------------------------------------------------------------


def load_media(*, directory: Path = reference.REFERENCE) -> Iterator[reference.Loaded]:
    """Load outlets and the published log; what somebody has edited since stays as they left it."""
    media = directory / "media"
    regions = dict(Region.objects.values_list("pcode", "pk"))
    yield reference.keep_rows(
        Outlet,
        "code",
        (
            {
                "code": row["code"],
                "medium": row["medium"],
                "region_id": regions[row["region_pcode"]] if row["region_pcode"] else None,
                **reference.names(row),
            }
            for row in reference.read(media / "outlets.csv")
        ),
    )
    outlets = Outlet.objects.exclude(code=None).in_bulk(field_name="code")
    speakers: dict[str, list[Speaker]] = {}
    for row in reference.read(media / "speakers.csv"):
        person = Speaker(name_ar=row["name_ar"], name_en=row["name_en"], role=row["role"])
        speakers.setdefault(row["appearance"], []).append(person)
    wanted = {}
    for row in reference.read(media / "appearances.csv"):
        outlet = outlets[row["outlet"]] if row["outlet"] else None
        wanted[row["slug"]] = {
            "kind": row["kind"],
            "outlet_id": outlet.pk if outlet else None,
            "day": date.fromisoformat(row["day"]) if row["day"] else None,
            "precision": row["precision"],
            "language": row["language"],
            "link": row["link"],
            **{column: row[column] for column in TEXTS},
            "search": _index(row, outlet, speakers.get(row["slug"], [])),
        }
    yield _load_appearances(wanted, speakers)


@transaction.atomic
def _load_appearances(
    wanted: Mapping[str, Mapping[str, Any]], speakers: Mapping[str, list[Speaker]]
) -> reference.Loaded:
    """Add the entries that are missing, as published, and change those that differ unless somebody has touched them here."""
    known = {row.slug: row for row in Appearance.objects.filter(slug__in=list(wanted))}
    differing = [
        row for slug, row in known.items() if any(getattr(row, f) != value for f, value in wanted[slug].items())
    ]
    # The file's own step is nobody's: only what a person did counts as touched.
    steps = Transition.objects.filter(subject_type=Appearance._meta.label_lower, by__isnull=False)
    touched = set(steps.filter(subject_id__in=[row.pk for row in differing]).values_list("subject_id", flat=True))
    outdated = [row for row in differing if row.pk not in touched]
    missing = [Appearance(slug=slug) for slug in wanted if slug not in known]
    now = timezone.now()
    for row in [*outdated, *missing]:
        for field, value in wanted[row.slug].items():
            setattr(row, field, value)
        row.changed_at = now
        if row.pk is None:
            row.created_at = row.published_at = now
            row.state = require_move(MEDIA_MOVES, MediaMove.LOAD, Appearance(state=""))
            row.save()
            record_transition(row, MediaMove.LOAD, from_state="", to_state=row.state, by=None, at=now)
        else:
            row.save()
            row.speakers.all().delete()
        for speaker in speakers.get(row.slug, []):
            speaker.appearance = row
            speaker.save()
    return reference.Loaded(Appearance, len(wanted), len(missing), len(outdated))
