"""Trainings given, and how their numbers are put right."""

import uuid
from collections.abc import Iterator
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.enums import DomainError
from network.models import User
from network.services import reference, require_seen
from outreach import figures, policies
from outreach.enums import Why
from outreach.figures import Staff
from outreach.models import Trained, Training, TrainingCorrection, TrainingTopic
from outreach.services.reports import FormUsed, NoReason, NothingChanges, NotInItsTime, difference
from outreach.services.units import NotYourSide


class NobodyTrained(DomainError):
    message = _("Please write how many staff came, at least in one line.")


@transaction.atomic
def enter_training(*, training: Training, staff: Staff, by: User) -> Training:
    """Keep a training with its numbers; the same `uid` again is the training that is there.

    Its side is that of its municipality. Raises NotYourSide, NotInItsTime, NobodyTrained, FormUsed.
    """
    now = timezone.now()
    training.side = training.municipality.district.region
    if training.side_id not in figures.sides_of(by):
        raise NotYourSide
    known = _entered_before(training, by)
    if known:
        return known
    if not policies.in_its_time(training.on, timezone.localdate(now)):
        raise NotInItsTime
    if not sum(staff.values()):
        raise NobodyTrained
    training.entered_at, training.entered_by = now, by
    try:
        with transaction.atomic():
            training.save(force_insert=True)
    except IntegrityError:
        # The same form from another tab, or the browser's second try.
        training.pk = None
        if known := _entered_before(training, by):
            return known
        raise
    _add(training, staff, None)
    return training


def _entered_before(training: Training, by: User) -> Training | None:
    known = Training.objects.filter(uid=training.uid).first()
    if known and known.entered_by_id != by.pk:
        raise FormUsed
    return known


def _add(training: Training, staff: Staff, correction: TrainingCorrection | None) -> None:
    Trained.objects.bulk_create(
        Trained(training=training, cadre_id=cadre, sex=sex, people=people, correction=correction)
        for (cadre, sex), people in staff.items()
        if people
    )


@transaction.atomic
def correct_training(
    *, training: Training, uid: uuid.UUID, seen: int, staff: Staff, why: str, by: User
) -> TrainingCorrection:
    """Say who should have been counted: rows of the difference. All at 0 strikes the training out.

    `seen` is how many corrections its writer knew of. Raises NotYourSide, FormUsed, NoReason, CorrectedMeanwhile, NothingChanges.
    """
    training = Training.objects.select_for_update(of=("self",)).get(pk=training.pk)
    now = timezone.now()
    if not figures.may_correct_training(training, by):
        raise NotYourSide
    known = TrainingCorrection.objects.filter(uid=uid).first()
    if known:
        if (known.training_id, known.entered_by_id) != (training.pk, by.pk):
            raise FormUsed
        return known
    if why not in Why.values:
        raise NoReason
    require_seen(training.corrections.all(), seen)
    more = difference(staff, figures.staff_of([training])[training.pk])
    if not more:
        raise NothingChanges
    made = TrainingCorrection.objects.create(uid=uid, training=training, why=why, entered_at=now, entered_by=by)
    _add(training, more, made)
    return made


def load_topics(*, directory: Path = reference.REFERENCE) -> Iterator[reference.Loaded]:
    """Load what trainings are about."""
    rows = reference.read(directory / "vocabularies" / "training_topics.csv")
    yield reference.keep_rows(TrainingTopic, "code", ({"code": row["code"], **reference.names(row)} for row in rows))
