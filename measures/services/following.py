"""What members want to hear of measures: one measure, or all that match side and topic and kind together."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from facilities.models import ServiceDomain
from measures.models import Following, Measure
from network.enums import DomainError
from network.models import Practitioner, Region

FILTERS_AT_MOST = 20


class TooManyFilters(DomainError):
    message = _("You follow very many things already. Please remove one first.")


@transaction.atomic
def follow_measure(*, measure: Measure, practitioner: Practitioner, follow: bool) -> None:
    """Follow one measure, or no more; doing it twice is the same as once."""
    practitioner = Practitioner.objects.select_for_update(of=("self",)).get(pk=practitioner.pk)
    rows = Following.objects.filter(practitioner=practitioner, measure=measure)
    if not follow:
        rows.delete()
    elif not rows.exists():
        Following.objects.create(practitioner=practitioner, measure=measure)


@transaction.atomic
def add_filter(
    *, practitioner: Practitioner, region: Region | None, topic: ServiceDomain | None, kind: str
) -> Following:
    """Follow all that matches side and topic and kind together; what is left open matches any. Raises TooManyFilters."""
    practitioner = Practitioner.objects.select_for_update(of=("self",)).get(pk=practitioner.pk)
    rows = Following.objects.filter(practitioner=practitioner, measure__isnull=True)
    known = rows.filter(region=region, topic=topic, kind=kind).first()
    if known:
        return known
    if rows.count() >= FILTERS_AT_MOST:
        raise TooManyFilters
    return Following.objects.create(practitioner=practitioner, region=region, topic=topic, kind=kind)


@transaction.atomic
def remove_filter(*, following: Following, practitioner: Practitioner) -> None:
    """Hear of it no more; one that is gone already is gone."""
    Following.objects.filter(pk=following.pk, practitioner=practitioner).delete()
