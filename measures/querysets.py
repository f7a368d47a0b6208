"""Who reads which measures. A measure belongs to no side: what is scoped by side is who stands behind it."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from measures.enums import (
    ONCE_ADOPTED,
    SHARED_STATES,
    UNFINISHED_ACTIONS,
    Audience,
    AuthorState,
    MeasureMove,
    MeasureState,
)
from network import policies
from network.models import Transition
from network.querysets import NationalQuerySet, TextSearch


class MeasureQuerySet(NationalQuerySet, TextSearch):
    """Drafts are their authors' alone; from the review on all members read, once adopted everybody whom it is for."""

    def visible_to(self, user: Any) -> Self:
        """Return what a person reads in the course of their role: whoever coordinates any side reads all that members read.

        A draft is its authors' alone, and stays so when it is withdrawn.
        """
        if not policies.is_staff(user):
            return self.none()
        shown = Transition.objects.filter(
            subject_type=self.model._meta.label_lower, subject_id=OuterRef("pk"), move=MeasureMove.SUBMIT
        )
        return self.exclude(state=MeasureState.DRAFT).filter(~Q(state=MeasureState.WITHDRAWN) | Exists(shown))

    def once_adopted(self) -> Self:
        """Return what was adopted, whatever became of it since: all members read it."""
        return self.filter(adopted_at__isnull=False)

    def public(self) -> Self:
        """Return what everybody reads: what was adopted, and what became of it since."""
        return self.once_adopted().filter(audience=Audience.EVERYBODY)

    def in_force(self) -> Self:
        return self.filter(state=MeasureState.ADOPTED)

    def known_to(self, practitioner: Any) -> Self:
        """Return what an active member reads: all but drafts of others, and what was withdrawn before it was adopted."""
        mine = self.model._meta.get_field("authors").related_model.objects.filter(practitioner_id=practitioner.pk)
        mine = mine.exclude(state=AuthorState.LEFT)
        shared = Q(state__in=[*SHARED_STATES, *ONCE_ADOPTED]) | Q(adopted_at__isnull=False)
        return self.filter(shared | Q(pk__in=mine.values("measure_id")))

    def written_by(self, practitioner: Any) -> Self:
        """Return what somebody is an author of."""
        mine = self.model._meta.get_field("authors").related_model.objects.filter(
            practitioner_id=practitioner.pk, state=AuthorState.ACCEPTED
        )
        return self.filter(pk__in=mine.values("measure_id"))


class AuthorQuerySet(models.QuerySet):
    def current(self) -> Self:
        return self.filter(state=AuthorState.ACCEPTED)


class ActionQuerySet(models.QuerySet):
    """A side's coordinators reach the actions for which somebody of their side answers."""

    def visible_to(self, user: Any) -> Self:
        if policies.reads_all(user):
            return self.all()
        regions = policies.regions(user)
        if not regions:
            return self.none()
        return self.filter(Q(first_side__in=regions) | Q(second_side__in=regions))

    def editable_by(self, user: Any) -> Self:
        return self.all() if policies.is_national(user) else self.none()

    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED_ACTIONS)

    def late(self, line: date) -> Self:
        """Return what is not finished and was due before that day."""
        return self.unfinished().filter(due__lt=line)

    def of_side(self, side: Any) -> Self:
        """Return the actions for which somebody of this side answers, or that are done there."""
        return self.filter(Q(first_side=side) | Q(second_side=side) | Q(region=side))

    def owned_by(self, practitioner: Any) -> Self:
        return self.filter(Q(first_owner_id=practitioner.pk) | Q(second_owner_id=practitioner.pk))
