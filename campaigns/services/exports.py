"""What of a campaign its managers take along: whom they may see by name, of the other sides one number each. It is recorded."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import get_language, gettext, gettext_lazy as _, override, pgettext

from campaigns import awareness, chain, policies, progress, selectors
from campaigns.enums import AgeGroup, Sex
from campaigns.models import Activity, Campaign, Entry
from network import jobs, policies as network_policies, sheets
from network.enums import DomainError
from network.models import Job, User
from network.services import ask_for_job, record_transition

# So many rows are read at a time.
BATCH = 500
# A list of more rows is made by a worker: nobody waits minutes for an answer, and no web process has its hands full with it.
LONG = 2_000
# A sheet of a workbook has 1,048,576 lines (ECMA-376 in Excel's limits).
WORKBOOK_AT_MOST = 1_000_000
JOB = "campaign-list"


class NotYourExport(DomainError):
    message = _("Only those who read the entries of a campaign can take them along.")


class TooManyForAWorkbook(DomainError):
    message = _("A workbook has room for %(most)s rows. Please take the table (csv): it has room for all.")


@dataclass(frozen=True, slots=True)
class _List:
    """What may be taken along: its rows, and the tables made of them by their titles, of which the first has a line for each row."""

    rows: Callable[[Campaign, User], QuerySet]
    tables: Callable[[Campaign, User], dict[str, Iterable[sheets.Row]]]


@transaction.atomic
def export(*, campaign: Campaign, what: str, kind: str, by: User) -> Iterator[bytes] | Job:
    """Return a list of a campaign as a file in pieces, each piece read when it is sent; of a long list the job that makes the file.

    `what` is a key of LISTS, `kind` one of `sheets.CONTENT_TYPES`. By name are those of one's own sides; of the other sides one number
    each. Raises NotYourExport, TooManyForAWorkbook.
    """
    if not policies.can_export_entries(by):
        raise NotYourExport
    rows = LISTS[what].rows(campaign, by)
    if kind == sheets.XLSX and rows[WORKBOOK_AT_MOST:].exists():
        raise TooManyForAWorkbook(most=WORKBOOK_AT_MOST)
    _record(campaign, f"{what}, {kind}", by)
    if rows[LONG:].exists():
        given = {"campaign": campaign.pk, "what": what, "kind": kind, "reach": network_policies.reach(by)}
        about = f"{campaign.title} ({kind})"
        # A name that says nothing: it stays in the list of downloads of whatever machine this is.
        return ask_for_job(kind=JOB, about=about, given=given, filename=f"list.{kind}", by=by)
    tables = LISTS[what].tables(campaign, by)
    if kind == sheets.XLSX:
        return iter([sheets.workbook([], {title: list(lines) for title, lines in tables.items()})])
    return _in_language(sheets.csv_lines(_one_below_the_other(tables)), get_language() or "ar")


def _record(campaign: Campaign, what: str, by: User) -> None:
    state = campaign.state
    record_transition(
        campaign, "export", from_state=state, to_state=state, by=by, at=timezone.now(), changes={"fields": [what]}
    )


def _one_below_the_other(tables: Mapping[str, Iterable[sheets.Row]]) -> Iterator[sheets.Row]:
    for number, lines in enumerate(tables.values()):
        if number:
            yield []
        yield from lines


# --- in a worker --------------------------------------------------------------------------------------------------------


def may_export(job: Job) -> bool:
    """Tell whether whoever asked for a list still reads the same sides of the same campaign as when they asked."""
    by, campaign = job.asked_by, Campaign.objects.filter(pk=job.given["campaign"])
    return (
        policies.can_export_entries(by)
        and campaign.visible_to(by).exists()
        and network_policies.reach(by) == job.given["reach"]
    )


def make_export(job: Job, path: Path, tell: jobs.Tell) -> None:
    """Write the list that a job asks for, and tell how many of its rows are written."""
    campaign, chosen = Campaign.objects.get(pk=job.given["campaign"]), LISTS[job.given["what"]]
    total = chosen.rows(campaign, job.asked_by).count()
    first, *others = chosen.tables(campaign, job.asked_by).items()
    tables = {first[0]: _told(first[1], tell, total), **dict(others)}
    if job.given["kind"] == sheets.XLSX:
        sheets.write_workbook(path, tables)
        return
    with path.open("xb") as file:
        file.writelines(sheets.csv_lines(_one_below_the_other(tables)))


def _told(lines: Iterable[sheets.Row], tell: jobs.Tell, total: int) -> Iterator[sheets.Row]:
    """Yield a table, of which the first line is the heading."""
    for number, line in enumerate(lines):
        if number % BATCH == 0:
            tell(number, total)
        yield line


def _in_language(pieces: Iterator[bytes], language: str) -> Iterator[bytes]:
    """Yield the pieces in the language of who asked: they are made when the request is over."""
    while True:
        with override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _in_batches(rows: Any) -> Iterator[list[Any]]:
    """Yield rows in the order of their keys, so many at a time: none is left out by what comes in between."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


def _moment(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""


def _yes(value: Any) -> str:
    return gettext("yes") if value else ""


def _figure(number: int | None) -> str:
    return "" if number is None else str(number)


# --- entries ------------------------------------------------------------------------------------------------------------


def _own_entries(campaign: Campaign, by: User) -> QuerySet:
    return Entry.objects.visible_to(by).filter(campaign=campaign)


def _entries(campaign: Campaign, by: User) -> Iterator[sheets.Row]:
    """Yield the heading, and a row for each entry that the person may see."""
    questions = selectors.questions(campaign)
    options = {question.key: selectors.options(question) for question in questions}
    yield [
        gettext("code"),
        gettext("name"),
        gettext("telephone"),
        gettext("e-mail"),
        gettext("side"),
        gettext("municipality"),
        gettext("state"),
        gettext("came"),
        gettext("received"),
        gettext("contact confirmed"),
        pgettext("pieces", "declared"),
        pgettext("pieces", "counted"),
        gettext("may be shown in the gallery"),
        *(question.label for question in questions),
    ]
    rows = _own_entries(campaign, by).select_related("side", "municipality")
    for batch in _in_batches(rows):
        counts = chain.counts_of(batch)
        for entry in batch:
            yield [
                entry.shown_code,
                entry.name,
                entry.phone,
                entry.email,
                entry.side.name if entry.side else gettext("abroad"),
                entry.municipality.name if entry.municipality else "",
                entry.get_state_display(),
                entry.get_via_display(),
                _moment(entry.received_at),
                _moment(entry.confirmed_at),
                _figure(entry.made),
                str(sum(count.pieces for count in counts[entry.pk])),
                _yes(entry.in_gallery),
                *(
                    selectors.told_answer(question, entry.answers.get(question.key), options[question.key])
                    for question in questions
                ),
            ]


def _numbers(campaign: Campaign, by: User) -> list[sheets.Row]:
    """Return how far the entries of each side are that the person may see, and of the others how many there are."""
    found = progress.of_campaign(campaign, by, progress.cells(campaign), abroad=gettext("abroad"), whole="")
    heading = [gettext("side"), *(str(stage.label) for stage in found.stages), gettext("taken out")]
    own = [[side.name, *map(str, side.steps(found.stages)), str(side.out)] for side in found.sides]
    others = [[side.name, side.entries, *[""] * len(found.stages)] for side in found.others]
    return [heading, *own, *others]


# --- activities -----------------------------------------------------------------------------------------------------------


def _own_activities(campaign: Campaign, by: User) -> QuerySet:
    return Activity.objects.visible_to(by).filter(campaign=campaign)


def _activities(campaign: Campaign, by: User) -> Iterator[sheets.Row]:
    """Yield the heading, and a row for each activity that the person may see, with its numbers as they stand."""
    cells = [(sex, age) for sex in Sex for age in AgeGroup]
    yield [
        gettext("day"),
        gettext("topic"),
        gettext("side"),
        gettext("municipality"),
        gettext("place"),
        gettext("held by"),
        *(f"{sex.label}, {age.label}" for sex, age in cells),
        gettext("materials given"),
    ]
    rows = _own_activities(campaign, by)
    for batch in _in_batches(rows.select_related("topic", "side", "municipality", "practitioner")):
        numbers = awareness.numbers_of(batch)
        for row in batch:
            stands = numbers[row.pk]
            yield [
                formats.date_format(row.on, "SHORT_DATE_FORMAT"),
                row.topic.name,
                row.side.name,
                row.municipality.name,
                row.place,
                awareness.holder(row),
                *(str(stands.reached.get(cell, 0)) for cell in cells),
                ", ".join(f"{what}: {pieces}" for what, pieces in stands.materials.items()),
            ]


# What may be taken along, by the word that asks for it.
LISTS = {
    "entries": _List(
        _own_entries,
        lambda campaign, by: {
            gettext("Entries"): _entries(campaign, by),
            gettext("Numbers by side"): _numbers(campaign, by),
        },
    ),
    "activities": _List(_own_activities, lambda campaign, by: {gettext("Activities"): _activities(campaign, by)}),
}
