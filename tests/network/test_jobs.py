"""Long work: asked for once, done by one worker whatever dies, its file for whoever asked and for nobody else, gone after a day."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import get_language, override

from network import files, jobs, services, tasks
from network.enums import DomainError, JobState
from network.models import Job, Transition, User
from network.services import jobs as service
from tests.desk import at_the_desk
from tests.factories.network import PractitionerFactory, auditor, coordinator
from tests.network.slow_job import FIRST, KIND, SECOND
from tests.state import Broken, break_the_journal, everything

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]
LATER = service.KEPT + timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def kind() -> Iterator[Callable[..., None]]:
    """Give what makes a kind known for the length of a test."""

    def register(make: Any = None, allowed: Any = lambda job: True) -> None:
        jobs.register(jobs.Kind(KIND, "Something long", make or _whole, allowed))

    yield register
    jobs._kinds.pop(KIND, None)


def _whole(job: Job, path: Path, tell: jobs.Tell) -> None:
    tell(0, 2)
    path.write_bytes(FIRST)
    tell(1, 2)
    with path.open("ab") as file:
        file.write(SECOND)


def ask(by: User | None = None, **given: Any) -> Job:
    return services.ask_for_job(
        kind=KIND, about="مسابقة الكمامة", given=given, filename="list.csv", by=by or coordinator("west")
    )


def claimed(after: timedelta = timedelta()) -> Job:
    job = services.claim_job(now=timezone.now() + after)
    assert job is not None
    return job


def on_disk() -> set[str]:
    place = files.path_of("x", services.JOBS).parent
    return {path.name for path in place.iterdir()} if place.exists() else set()


def moves(job: Job) -> list[str]:
    return [step.move for step in Transition.objects.of(job).order_by("pk")]


def page(job: Job, part: str = "change", language: str = "ar") -> str:
    return f"/{language}/admin/network/job/{job.pk}/{part}/"


def in_english(error: type[DomainError]) -> str:
    with override("en"):
        return str(error())


# --- asked for ------------------------------------------------------------------------------------------------------------


def test_asked_for_twice_it_is_one_job_until_it_has_ended(kind: Any) -> None:
    kind()
    by = coordinator("west")
    job = ask(by, of=1)
    assert ask(by, of=1) == job
    assert {ask(by, of=2), ask(coordinator("west"), of=1)} & {job} == set()
    tasks.run_jobs()
    assert ask(by, of=1) != job


def test_what_can_t_be_recorded_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    by = coordinator("west")
    before = everything()
    break_the_journal(monkeypatch)
    with pytest.raises(Broken):
        ask(by)
    assert everything() == before


# --- done -----------------------------------------------------------------------------------------------------------------


def test_a_worker_does_it_in_the_language_of_who_asked_and_keeps_the_whole_file(kind: Any) -> None:
    seen: list[Any] = []

    def make(job: Job, path: Path, tell: jobs.Tell) -> None:
        seen.append(get_language())
        tell(3, 7)
        row = Job.objects.get(pk=job.pk)
        seen.append((row.state, row.done, row.total, row.stored))
        _whole(job, path, tell)

    kind(make)
    with override("en"):
        job = ask()
    tasks.run_jobs()
    job.refresh_from_db()
    assert seen == ["en", ("waiting", 3, 7, "")]
    assert (job.state, job.done, job.total, job.size) == ("done", 2, 2, len(FIRST + SECOND))
    assert files.path_of(job.stored, services.JOBS).read_bytes() == FIRST + SECOND
    assert on_disk() == {job.stored}
    assert moves(job) == ["ask", "finish"]


def test_work_that_leaves_no_file_is_done_without_one(kind: Any) -> None:
    kind(lambda job, path, tell: tell(5, 5))
    job = ask()
    tasks.run_jobs()
    job.refresh_from_db()
    assert (job.state, job.stored, job.size, on_disk()) == ("done", "", None, set())


def test_one_job_is_done_at_a_time(kind: Any) -> None:
    kind()
    first, second = ask(of=1), ask(of=2)
    assert claimed() == first
    assert services.claim_job(now=timezone.now()) is None
    # What killed its worker comes after what has not been tried.
    assert claimed(service.LEASE * 2) == second


@pytest.mark.parametrize("at", ["before", "half"])
def test_a_fault_leaves_no_half_file_and_it_is_tried_again_at_once_but_not_for_ever(kind: Any, at: str) -> None:
    def make(job: Job, path: Path, tell: jobs.Tell) -> None:
        if at == "half":
            path.write_bytes(FIRST)
        raise Broken

    kind(make)
    job = ask()
    for _ in range(service.TRIES):
        with pytest.raises(Broken):
            tasks.run_jobs()
        job.refresh_from_db()
        assert (job.state, job.stored, on_disk()) == ("waiting", "", set())
    tasks.run_jobs()
    job.refresh_from_db()
    assert (job.state, moves(job)) == ("failed", ["ask", "fail"])


def test_what_is_refused_fails_at_once(kind: Any) -> None:
    def make(job: Job, path: Path, tell: jobs.Tell) -> None:
        path.write_bytes(FIRST)
        raise DomainError

    kind(make)
    job = ask()
    tasks.run_jobs()
    job.refresh_from_db()
    assert (job.state, job.stored, on_disk()) == ("failed", "", set())


def test_what_is_no_longer_allowed_is_not_begun(kind: Any) -> None:
    begun: list[int] = []
    kind(lambda job, path, tell: begun.append(job.pk), allowed=lambda job: False)
    job = ask()
    tasks.run_jobs()
    job.refresh_from_db()
    assert (job.state, begun) == ("failed", [])


@pytest.mark.parametrize("tells", [True, False])
def test_whoever_was_taken_for_dead_ends_without_a_file(kind: Any, tells: bool) -> None:
    """A worker that was away for longer than its lease finds another one's file, whether it asks on the way or at the end."""

    def make(job: Job, path: Path, tell: jobs.Tell) -> None:
        path.write_bytes(b"old")
        if job.tries == 1:
            services.run_job(job=claimed(service.LEASE * 2))
        if tells:
            tell(1, 1)
            path.write_bytes(b"new")

    kind(make)
    job = ask()
    tasks.run_jobs()
    job.refresh_from_db()
    assert (job.state, job.tries) == ("done", 2)
    assert on_disk() == {job.stored}
    assert files.path_of(job.stored, services.JOBS).read_bytes() == (b"new" if tells else b"old")
    assert moves(job) == ["ask", "finish"]


# --- whose it is ------------------------------------------------------------------------------------------------------------


def test_it_is_theirs_who_asked_and_of_nobody_else_whatever_they_read(kind: Any) -> None:
    kind()
    by = coordinator("west")
    job = ask(by)
    tasks.run_jobs()
    own = at_the_desk(by)
    assert own.get(page(job)).status_code == 200
    answer = own.post(page(job, "file"))
    assert b"".join(answer.streaming_content) == FIRST + SECOND
    assert answer["Content-Disposition"].startswith('attachment; filename="list.csv"')
    assert "no-store" in answer["Cache-Control"]
    assert [(step.move, step.by) for step in Transition.objects.of(job).order_by("pk")][2:] == [("export", by)]

    member = Client()
    member.force_login(PractitionerFactory().user)
    for client in (at_the_desk(coordinator("west")), at_the_desk(coordinator(None)), at_the_desk(auditor())):
        assert client.get("/ar/admin/network/job/").context["cl"].result_count == 0
        assert client.get(page(job)).status_code == client.get(page(job, "history")).status_code == 404
        assert client.get(page(job, "file")).status_code == client.post(page(job, "file")).status_code == 404
    assert member.post(page(job, "file")).status_code in (302, 404)
    assert moves(job) == ["ask", "finish", "export"]


def test_looking_takes_nothing_along(kind: Any) -> None:
    kind()
    by = coordinator("west")
    job = ask(by)
    tasks.run_jobs()
    assert at_the_desk(by).get(page(job, "file")).status_code == 302
    assert moves(job) == ["ask", "finish"]


def test_the_file_is_given_out_only_as_long_as_it_is_allowed(kind: Any) -> None:
    allowed = [True]
    kind(allowed=lambda job: allowed[0])
    by = coordinator("west")
    job = ask(by)
    tasks.run_jobs()
    allowed[0] = False
    answer = at_the_desk(by).post(page(job, "file", "en"), follow=True)
    assert in_english(services.NoLongerYours) in answer.text
    assert moves(job) == ["ask", "finish"]


def test_where_the_file_is_gone_that_is_said(kind: Any) -> None:
    kind()
    by = coordinator("west")
    job = ask(by)
    client = at_the_desk(by)
    assert in_english(services.NoFile) in client.post(page(job, "file", "en"), follow=True).text
    tasks.run_jobs()
    for name in on_disk():
        files.path_of(name, services.JOBS).unlink()
    assert in_english(services.NoFile) in client.post(page(job, "file", "en"), follow=True).text


# --- its page ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_how_far_it_is_and_is_looked_at_again_by_a_link(kind: Any, language: str) -> None:
    texts: list[str] = []
    by = coordinator("west")
    client = at_the_desk(by)

    def make(job: Job, path: Path, tell: jobs.Tell) -> None:
        tell(500, 2_000)
        texts.append(client.get(page(job, language=language)).text)
        _whole(job, path, tell)

    kind(make)
    job = ask(by)
    texts.append(client.get(page(job, language=language)).text)
    tasks.run_jobs()
    waiting, running = texts
    assert f'href="{page(job, language=language)}"' in waiting
    assert "<progress" not in waiting
    assert re.search(r'<progress class="bar" max="2000" value="500" aria-label="[^"]*500[^"]*">', running)
    assert f'href="{page(job, language=language)}"' in running
    done = client.get(page(job, language=language)).text
    assert f'action="{page(job, "file", language)}"' in done
    assert "<progress" not in done


def test_the_list_asks_no_more_for_many(kind: Any) -> None:
    kind()
    by = coordinator("west")
    client, asked = at_the_desk(by), []
    for number in range(3):
        ask(by, of=number)
        client.get("/ar/admin/network/job/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/ar/admin/network/job/").context["cl"].result_count == number + 1
        asked.append(len(queries))
    assert asked[0] == asked[2] <= 25


# --- afterwards ---------------------------------------------------------------------------------------------------------------


def test_it_is_deleted_with_its_file_a_day_after_it_ended_and_stays_in_the_journal(
    kind: Any, django_capture_on_commit_callbacks: Any
) -> None:
    kind()
    job, waits = ask(of=1), ask(of=2)
    services.run_job(job=claimed())
    job.refresh_from_db()
    services.clear_jobs(now=job.ended_at + service.KEPT - timedelta(seconds=1))
    assert Job.objects.filter(pk=job.pk).exists()
    assert on_disk() == {job.stored}
    with django_capture_on_commit_callbacks(execute=True):
        services.clear_jobs(now=job.ended_at + service.KEPT)
    assert list(Job.objects.all()) == [waits]
    assert on_disk() == set()
    assert moves(job) == ["ask", "finish", "delete"]


def test_a_file_goes_only_with_its_row(
    kind: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    kind()
    job = ask()
    tasks.run_jobs()
    job.refresh_from_db()
    break_the_journal(monkeypatch)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Broken):
        services.clear_jobs(now=timezone.now() + LATER)
    assert on_disk() == {job.stored}
    assert Job.objects.get().state == JobState.DONE
