from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import Case, Exists, Max, OuterRef, Q, When
from django.db.models.functions import TruncMonth

from network import months, policies, search
from network.enums import OUTSIDE_STATES, JobState, MemberState, Visibility


class AppendOnly(TypeError):
    """A row that may only be added was to be changed or deleted."""


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that are added and never changed or deleted; the database refuses both too."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} is append-only.")

    def delete(self) -> NoReturn:
        raise AppendOnly(f"{self.model.__name__} is append-only.")


class ClosingQuerySet(AppendOnlyQuerySet):
    """Months that are closed."""

    def until(self) -> date | None:
        """Return the last month that is closed; None before any was."""
        closed: date | None = self.aggregate(last=Max("month"))["last"]
        return closed

    def close(self, month: date, now: datetime) -> Any:
        """Return the new closing of a month; None where it is closed already."""
        # Of two that close at once the second finds the first's row.
        closing, is_new = self.get_or_create(month=month, defaults={"closed_at": now})
        return closing if is_new else None

    def close_latest(self, today: date, now: datetime) -> Any:
        """Return the new closing of the latest month that can be closed; None where it is closed already, or a later one is."""
        month, until = months.month_to_close(today), self.until()
        return None if until and until >= month else self.close(month, now)

    def not_counted(self, rows: models.QuerySet, closing: Any) -> models.QuerySet:
        """Return what a closing counts of these rows: all up to its month that is entered, but for what one of these closings counted.

        A row tells when it was done (`on`) and entered (`entered_at`); these closings may refer to the row by `OuterRef`.
        """
        counted = self.filter(
            month__lt=closing.month, month__gte=OuterRef("done_in"), closed_at__gte=OuterRef("entered_at")
        )
        rows = rows.filter(on__lte=months.last_day(closing.month), entered_at__lte=closing.closed_at)
        return rows.annotate(done_in=TruncMonth("on")).exclude(Exists(counted)).order_by().values("pk")


# So many rows are named one by one; more are found as fast by walking through the list in its order.
FEW = 500
# Words that meet so often in so many rows meet often.
LOOKED_AT, OFTEN = 1_000, 20


class TextSearch(models.QuerySet):
    """Rows whose `search` column is an index of their texts (`search.text_index`)."""

    def matching(self, query: str) -> Self:
        """Return the rows in which every word of the query occurs, in either script; failing that, words that sound or begin alike."""
        stems, bones = search.text_terms(query)
        if not stems:
            return self
        rows = self
        for word in stems:
            rows = rows.filter(search__contains=word)
        for words in (stems, bones):
            found, seen = self.filter(search__has_words=words), self.filter(search__has_words_by_itself=words)
            known = self._known(found, seen, len(stems))
            if known is not None:
                return known
        if len(stems) == 1:
            return rows
        known = self._known(rows, rows, len(stems))
        return self.none() if known is None else known

    def _known(self, found: Self, seen: Self, words: int) -> Self | None:
        """Return the rows that were found for good, None if there are none; `seen` asks the same of a few rows.

        Of several words that are not seen together soon all rows are asked for at once: PostgreSQL then intersects the lists of its index.
        Asked for the first of them it reads row by row, for it takes words that never meet to meet as often as chance would have it.
        """
        if words == 1:
            return found if found.exists() else None
        first = self.order_by("pk").values("pk")[:LOOKED_AT]
        if seen.filter(pk__in=first).count() >= OFTEN:
            return found
        ids = list(found.order_by().values_list("pk", flat=True))
        if not ids:
            return None
        return self.filter(pk__in=ids) if len(ids) <= FEW else found


class RegionScopedQuerySet(models.QuerySet):
    """Rows that belong to a side. Nothing is seen without a grant.

    `region_path` is the lookup from the model to the id of its side. It must not pass through a to-many relation: that would need
    `distinct()`, which forbids row locks.
    """

    region_path = "region_id"

    def visible_to(self, user: Any) -> Self:
        """Return the rows that this person may read in the course of their role."""
        if policies.reads_all(user):
            return self.all()
        return self._of_regions(policies.regions(user))

    def editable_by(self, user: Any) -> Self:
        """Return the rows that this person answers for: those of their sides; those of no side for a national coordinator."""
        regions = policies.regions(user)
        condition = Q(**{f"{self.region_path}__in": regions}) if regions else Q(pk__in=[])
        if policies.is_national(user):
            condition |= Q(**{f"{self.region_path}__isnull": True})
        return self.filter(condition)

    def _of_regions(self, regions: frozenset[int]) -> Self:
        return self.filter(**{f"{self.region_path}__in": regions}) if regions else self.none()


class NationalQuerySet(models.QuerySet):
    """Rows that concern all sides alike: read by those who read all, changed by the national coordinator."""

    def visible_to(self, user: Any) -> Self:
        return self.all() if policies.reads_all(user) else self.none()

    def editable_by(self, user: Any) -> Self:
        return self.all() if policies.is_national(user) else self.none()


class ReferenceQuerySet(NationalQuerySet):
    """Public reference data: everybody reads it."""

    def visible_to(self, user: Any) -> Self:
        return self.all()


class MunicipalityQuerySet(ReferenceQuerySet):
    def valid_on(self, day: date) -> Self:
        """Return the municipalities that exist on that day."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )


class SpecialPeriodQuerySet(ReferenceQuerySet):
    def between(self, first: date, last: date) -> Self:
        """Return what lies between two days, both included, if only in part."""
        return self.filter(first_day__lte=last, last_day__gte=first)

    def observed_on(self, regions: Collection[int] | None) -> Self:
        """Return what is observed on any of these sides; on any side at all for None."""
        return self if regions is None else self.filter(Q(region__isnull=True) | Q(region__in=regions))


class PractitionerQuerySet(RegionScopedQuerySet):
    region_path = "region_id"

    def active(self) -> Self:
        return self.filter(state=MemberState.ACTIVE)

    def listed_for(self, viewer: Any) -> Self:
        """Return the members whom this active member finds in the directory."""
        mine = Q(pk=viewer.pk)
        everyone = Q(visibility=Visibility.MEMBERS)
        if viewer.region_id is not None:
            everyone |= Q(visibility=Visibility.SIDE, region_id=viewer.region_id)
        return self.active().filter(everyone | mine)

    def matching(self, query: str) -> Self:
        """Return who bears every name of the query, in either script and any spelling; failing that, in whose name it occurs."""
        keys = search.keys(query)
        if not keys:
            return self
        bearers = self.filter(search__has_words=keys)
        return bearers if bearers.exists() else self.containing(query)

    def containing(self, query: str) -> Self:
        """Return those in whose name every word of the query occurs, if only as a part of a word."""
        rows = self
        for word, bones in search.terms(query):
            # One condition a word, not two with OR between: PostgreSQL then combines all words in its index, and foresees how few remain.
            rows = rows.filter(search__regex=f"{word}|{bones}" if bones else word)
        return rows

    def as_written_first(self, query: str) -> Self:
        """Put those first whose name has the words of the query letter by letter: عائشة before عيسى, which sounds alike in Latin."""
        written = Q()
        for word in search.fold(query).split():
            written &= Q(folded_ar__contains=word) | Q(folded_latin__contains=word)
        return self.order_by(Case(When(written, then=0), default=1), "search", "pk") if written else self

    def possible_duplicates_of(self, practitioner: Any) -> Self:
        """Return others of the same folded name, in either script, the same telephone number, or the same licence number."""
        same = Q(pk__in=[])
        if practitioner.folded_ar:
            same |= Q(folded_ar=practitioner.folded_ar)
        if practitioner.folded_latin:
            same |= Q(folded_latin=practitioner.folded_latin)
        if practitioner.user.phone:
            same |= Q(user__phone=practitioner.user.phone)
        if practitioner.licence_number:
            same |= Q(licence_number=practitioner.licence_number)
        return self.filter(same).exclude(pk=practitioner.pk)


class JobQuerySet(models.QuerySet):
    """Long work: of whoever asked for it, and of nobody else, whatever their role."""

    def visible_to(self, user: Any) -> Self:
        return self.filter(asked_by_id=user.pk) if policies.is_staff(user) else self.none()

    def editable_by(self, user: Any) -> Self:
        return self.visible_to(user)

    def in_hand(self, now: datetime) -> Self:
        """Return what a worker has in hand."""
        return self.filter(state=JobState.WAITING, leased_until__gt=now)

    def waiting(self, now: datetime) -> Self:
        """Return what no worker has in hand, what killed one last."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        return self.filter(free, state=JobState.WAITING).order_by("tries", "pk")


class TenureQuerySet(models.QuerySet):
    """What somebody is from a day to a day, unless it is ended early."""

    def lasting(self, day: date) -> Self:
        """Return what lasts on that day, the last day included."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day, ended_at__isnull=True)


class RoleGrantQuerySet(NationalQuerySet, TenureQuerySet):
    def in_force(self, day: date) -> Self:
        """Return the grants that hold on that day; none of somebody suspended, declined or gone."""
        return self.lasting(day).exclude(user__practitioner__state__in=OUTSIDE_STATES)
