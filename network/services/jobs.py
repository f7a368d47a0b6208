"""Long work: asked for by somebody, done by a worker, its file given out to nobody else and deleted after a day.

A worker has a job for as long as it tells how far it is. Where it dies, its lease runs out and the next one begins anew, under another
name: the row learns of a file only when that is whole, and what a crash left is swept.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy as _, override

from network import files, jobs
from network.enums import JOB_MOVES, CommonMove, DomainError, JobMove, JobState
from network.models import Job, User
from network.services.journal import record_transition, require_move
from notifications import outbox

JOBS = "jobs"
RUN = "network.tasks.run_jobs"
# Whoever has not told for so long how far it is has died over it.
LEASE = timedelta(minutes=2)
# A job that ends its worker so often is not tried again.
TRIES = 3
KEPT = timedelta(days=1)


class NoLongerYours(DomainError):
    message = _("What you may see has changed since you asked for this. Please ask for it again.")


class NoFile(DomainError):
    message = _("There is no file, or it is no longer kept. Please ask for it again.")


class _TakenOver(Exception):
    """The lease has run out, and the job is another worker's."""


@transaction.atomic
def ask_for_job(*, kind: str, about: str, given: Mapping[str, Any], filename: str, by: User) -> Job:
    """Ask for long work of a registered kind; what was asked for and waits already is not begun a second time."""
    # One after the other, so that two clicks at once are one job.
    User.objects.select_for_update().get(pk=by.pk)
    asked = {"kind": kind, "given": dict(given), "language": (get_language() or "ar")[:2]}
    known = Job.objects.filter(asked_by=by, state=JobState.WAITING, **asked).first()
    if known:
        return known
    now = timezone.now()
    job = Job(**asked, about=about[:200], filename=filename, state="", asked_at=now, asked_by=by)
    job.state = require_move(JOB_MOVES, JobMove.ASK, job)
    job.save()
    record_transition(job, JobMove.ASK, from_state="", to_state=job.state, by=by, at=now)
    outbox.start_after_commit(RUN)
    return job


@transaction.atomic
def take_file(*, job: Job, by: User) -> Job:
    """Record that somebody takes along the file for which they asked. Raises NoFile, NoLongerYours."""
    job = Job.objects.visible_to(by).select_for_update(of=("self",)).get(pk=job.pk)
    if not job.stored:
        raise NoFile
    if not jobs.get(job.kind).allowed(job):
        raise NoLongerYours
    record_transition(job, CommonMove.EXPORT, from_state=job.state, to_state=job.state, by=by, at=timezone.now())
    return job


# --- in a worker --------------------------------------------------------------------------------------------------------


def claim_job(*, now: datetime) -> Job | None:
    """Return a waiting job that is this worker's alone, None where none waits or one is in hand: the other workers stay free."""
    while not Job.objects.in_hand(now).exists():
        row = Job.objects.waiting(now).first()
        if row is None:
            return None
        if _held(row).update(leased_until=now + LEASE, tries=F("tries") + 1, done=0):
            row.refresh_from_db()
            return row
    return None


def _held(job: Job) -> Any:
    """Return the row as long as it has this lease."""
    rows = Job.objects.filter(pk=job.pk, state=JobState.WAITING)
    return rows.filter(leased_until=job.leased_until) if job.leased_until else rows.filter(leased_until__isnull=True)


def run_job(*, job: Job) -> None:
    """Do the work, and keep its file once that is whole. Killed in the middle it waits as before."""
    if job.tries > TRIES or not (kind := jobs.get(job.kind)).allowed(job):
        _fail(job)
        return
    stored = files.begin(JOBS)
    path = files.path_of(stored, JOBS)
    kept = False
    try:
        with override(job.language):
            kind.make(job, path, lambda done, total: _tell(job, done, total))
        kept = _finish(job, stored, files.flush(path) if path.exists() else 0)
    except DomainError:
        _fail(job)
    except _TakenOver:
        return
    except BaseException:
        # Tried again without waiting for the lease to run out.
        _held(job).update(leased_until=None)
        raise
    finally:
        if not kept:
            path.unlink(missing_ok=True)


def _tell(job: Job, done: int, total: int) -> None:
    until = timezone.now() + LEASE
    if not _held(job).update(done=done, total=total, leased_until=until):
        raise _TakenOver
    job.leased_until = until


@transaction.atomic
def _finish(job: Job, stored: str, size: int) -> bool:
    """End a job as done; tell whether its file is kept: not where there is none, nor where another worker was quicker."""
    row = _held(job).select_for_update(of=("self",)).first()
    if row is None:
        return False
    row.stored, row.size = (stored, size) if size else ("", None)
    row.done = row.total
    _end(row, JobMove.FINISH)
    return bool(size)


@transaction.atomic
def _fail(job: Job) -> None:
    row = _held(job).select_for_update(of=("self",)).first()
    if row:
        _end(row, JobMove.FAIL)


def _end(row: Job, step: JobMove) -> None:
    now, before = timezone.now(), row.state
    row.state = require_move(JOB_MOVES, step, row)
    row.ended_at, row.leased_until = now, None
    row.save()
    record_transition(row, step, from_state=before, to_state=row.state, by=None, at=now)


# --- afterwards ---------------------------------------------------------------------------------------------------------


def clear_jobs(*, now: datetime) -> int:
    """Delete jobs that ended a day ago, with their files, and files that a crash left without a row; return how many jobs."""
    old = list(Job.objects.filter(ended_at__lte=now - KEPT).order_by("pk").values_list("pk", flat=True))
    for pk in old:
        with suppress(Job.DoesNotExist):
            _clear(pk, now)
    known = set(Job.objects.exclude(stored="").values_list("stored", flat=True))
    files.sweep(known=known, now=now, folder=JOBS)
    return len(old)


@transaction.atomic
def _clear(pk: int, now: datetime) -> None:
    row = Job.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.stored:
        files.drop(row.stored, JOBS)
    record_transition(row, CommonMove.DELETE, from_state=row.state, to_state="", by=None, at=now)
    row.delete()
