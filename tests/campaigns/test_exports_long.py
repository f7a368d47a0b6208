"""Lists too long for one answer: made by a worker, the same as the short ones, for whoever asked as long as they read the same."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from campaigns.models import Campaign, Entry
from network import files, sheets, tasks
from network.models import Job, RoleGrant, Transition
from network.services import JOBS
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import RegionFactory, RoleGrantFactory, coordinator

pytestmark = pytest.mark.django_db
LONG = 5


@pytest.fixture(autouse=True)
def _short(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("campaigns.services.exports.LONG", LONG)
    monkeypatch.setattr("campaigns.services.exports.BATCH", 2)


@pytest.fixture
def campaign() -> Campaign:
    """Return a contest with seven entries from the west, the first of which is named like a formula, and six from the east."""
    made = make.campaign()
    for side, count in (("west", 7), ("east", 6)):
        for number in range(count):
            given = make.entrant(
                name=f"اسم{side}{number}",
                phone=f"+21892{Entry.objects.count():07}",
                municipality=make.municipality(side),
            )
            make.entry(made, entrant=given)
    first = Entry.objects.order_by("pk").first()
    Entry.objects.filter(pk=first.pk).update(name='=HYPERLINK("https://x.example")')
    return made


def asked(client: Client, campaign: Campaign, kind: str, what: str = "entries") -> HttpResponse:
    return client.post(f"/ar/admin/campaigns/campaign/{campaign.pk}/export/", {"kind": kind, "what": what})


def fetched(client: Client, job: Job) -> bytes:
    answer = client.post(f"/ar/admin/network/job/{job.pk}/file/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == sheets.CONTENT_TYPES[job.filename.rpartition(".")[2]]
    return b"".join(answer.streaming_content)


def rows_of(content: bytes, kind: str) -> list[list[str]]:
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(content))
    assert len(book.sheetnames) == 2
    assert all(sheet.sheet_view.rightToLeft for sheet in book)
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "inlineStr", "n"}
    assert all(cell.font.bold for sheet in book for cell in sheet[1])
    return [[cell.value or "" for cell in row] for sheet in book for row in sheet.iter_rows()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_long_list_is_made_by_a_worker_and_is_what_a_short_one_is(
    kind: str, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = coordinator("west")
    client = at_the_desk(by)
    answer = asked(client, campaign, kind)
    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/ar/admin/network/job/{job.pk}/change/")
    tasks.run_jobs()
    job.refresh_from_db()
    assert (job.state, job.done, job.total, job.asked_by) == ("done", 7, 7, by)
    content = fetched(client, job)
    rows = rows_of(content, kind)
    own = Entry.objects.filter(campaign=campaign, side__code="west").order_by("pk")
    assert [row[0] for row in rows[1:8]] == [entry.shown_code for entry in own]
    text = "\n".join(" ".join(map(str, row)) for row in rows)
    assert "اسمeast" not in text
    if kind == "csv":
        assert [cell for row in rows for cell in row if cell.startswith(sheets.FORMULA)] == []

    monkeypatch.setattr("campaigns.services.exports.LONG", 100)
    short = asked(client, campaign, kind)
    assert [row for row in rows_of(b"".join(short.streaming_content), kind) if row] == [row for row in rows if row]
    steps = Transition.objects.filter(subject_type="campaigns.campaign", subject_id=campaign.pk, move="export")
    assert [(step.by, step.changes) for step in steps] == [(by, {"fields": [f"entries, {kind}"]})] * 2
    # Nothing of what the workbook was put together from is left.
    assert {path.name for path in files.path_of("x", JOBS).parent.iterdir()} == {job.stored}


def test_what_is_as_long_as_a_short_list_may_be_is_sent_at_once(campaign: Campaign) -> None:
    gone = Entry.objects.filter(side__code="west").order_by("-pk").values_list("pk", flat=True)[: 7 - LONG]
    Entry.objects.filter(pk__in=list(gone)).update(side=RegionFactory(code="south"))
    assert asked(at_the_desk(coordinator("west")), campaign, "csv").status_code == 200
    assert asked(at_the_desk(coordinator(None)), campaign, "csv").status_code == 302


def test_two_clicks_are_one_job(campaign: Campaign) -> None:
    client = at_the_desk(coordinator("west"))
    first, second = (asked(client, campaign, "csv") for _ in range(2))
    assert first["Location"] == second["Location"]
    assert asked(client, campaign, "xlsx")["Location"] != first["Location"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("change", ["ended", "moved", "more"])
def test_who_reads_other_sides_by_now_gets_no_file(campaign: Campaign, when: str, change: str) -> None:
    by = coordinator("west")
    client = at_the_desk(by)
    asked(client, campaign, "csv")
    job = Job.objects.get()
    if when == "after":
        tasks.run_jobs()
    grant = RoleGrant.objects.get(user=by)
    if change == "ended":
        RoleGrant.objects.filter(pk=grant.pk).update(ended_at=timezone.now(), ended_by=by)
    elif change == "moved":
        RoleGrant.objects.filter(pk=grant.pk).update(region=RegionFactory(code="east"))
    else:
        RoleGrantFactory(user=by, role=grant.role, region=RegionFactory(code="east"))
    if when == "before":
        tasks.run_jobs()
        job.refresh_from_db()
        assert (job.state, job.stored) == ("failed", "")
    answer = client.post(f"/ar/admin/network/job/{job.pk}/file/", follow=True)
    assert "اسمwest" not in answer.content.decode()
    assert not Transition.objects.of(job).filter(move="export").exists()


def test_a_campaign_that_is_out_of_reach_by_now_is_not_written(campaign: Campaign) -> None:
    asked(at_the_desk(coordinator("west")), campaign, "csv")
    Campaign.objects.filter(pk=campaign.pk).update(region=RegionFactory(code="east"))
    tasks.run_jobs()
    assert Job.objects.get().state == "failed"


def test_a_long_list_of_activities_is_made_too() -> None:
    aware = make.aware()
    for _ in range(LONG + 1):
        make.activity(aware, 9)
    client = at_the_desk(coordinator("west"))
    asked(client, aware, "csv", "activities")
    tasks.run_jobs()
    assert len(rows_of(fetched(client, Job.objects.get()), "csv")) == LONG + 2


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_list_is_written_in_the_language_of_who_asked(campaign: Campaign, language: str) -> None:
    client = at_the_desk(coordinator("west"))
    client.post(f"/{language}/admin/campaigns/campaign/{campaign.pk}/export/", {"kind": "csv", "what": "entries"})
    tasks.run_jobs()
    heading = rows_of(fetched(client, Job.objects.get()), "csv")[0]
    assert ("state" in heading) == (language == "en")
