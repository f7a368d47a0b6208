"""A form that was opened before somebody else saved undoes nothing of theirs: kept is what was changed in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from outreach.models import MobileUnit, Pathway, RoutePlan, SafeSpace, Stop, Whereabouts
from tests.desk import at_the_desk
from tests.factories import facilities as facility_make, outreach as make
from tests.factories.network import coordinator
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def corrected_twice(row: Any, first: dict[str, Any], second: dict[str, Any]) -> None:
    """Let two coordinators open the page of a row, the first save, then the second."""
    address = f"/en/admin/outreach/{row._meta.model_name}/{row.pk}/change/"
    early, late = at_the_desk(coordinator("west")), at_the_desk(coordinator("west"))
    shown = [form_of(client.get(address).text) for client in (early, late)]
    for client, form, typed in zip((early, late), shown, (first, second), strict=True):
        sent = {name: value for name, value in {**form, **typed}.items() if value is not None}
        answer = client.post(address, sent)
        assert answer.status_code == 302, answer.text


def test_a_safe_space_that_was_closed_is_not_shown_again_by_whoever_corrects_its_name() -> None:
    space = make.safe_space(words="خلف المسجد")
    corrected_twice(space, {"is_open": None, "whereabouts-0-words": "أمام المسجد"}, {"name_en": "Palm garden"})
    assert SafeSpace.objects.filter(name_en="Palm garden", is_open=False).exists()
    assert Whereabouts.objects.get().words == "أمام المسجد"
    assert "Palm garden" not in Client().get("/en/outreach/").text


PAIRS: dict[type, tuple[Callable[[], Any], dict[str, Any], dict[str, Any]]] = {
    MobileUnit: (make.unit, {"in_service": None}, {"operator": "Red Crescent"}),
    Pathway: (
        lambda: make.pathway(facility_make.facility()),
        {"how_en": "Closed for new cases"},
        {"phone": "021 000"},
    ),
    RoutePlan: (lambda: make.stop(make.unit()).plan, {"words": "Bring water"}, {"ends_on": "2099-01-01"}),
}


@pytest.mark.parametrize("model", PAIRS)
def test_what_somebody_else_saved_meanwhile_stays(model: type[Any]) -> None:
    made, first, second = PAIRS[model]
    row = made()
    corrected_twice(row, first, second)
    row = model.objects.get(pk=row.pk)
    both = {name: str(getattr(row, name)) for name in (*first, *second)}
    assert both == {name: "False" if value is None else value for name, value in (first | second).items()}


def test_a_stop_that_was_moved_stays_where_it_was_moved_to() -> None:
    stop = make.stop(make.unit())
    later = TODAY() + timedelta(days=9)
    RoutePlan.objects.update(ends_on=later)
    corrected_twice(
        stop.plan, {"stops-0-day": later.isoformat()}, {"words": "Bring water", "stops-0-place": "By the school"}
    )
    row = Stop.objects.select_related("plan").get()
    assert (row.day, row.place, row.plan.words) == (later, "By the school", "Bring water")


def test_two_changes_that_do_not_fit_each_other_are_refused_with_a_sentence() -> None:
    row = make.pathway(facility_make.facility())
    address = f"/en/admin/outreach/pathway/{row.pk}/change/"
    west = at_the_desk(coordinator("west"))
    old = form_of(west.get(address).text)
    ahead = TODAY() + timedelta(days=30)
    Pathway.objects.update(valid_from=ahead)
    answer = west.post(address, old | {"valid_to": (TODAY() + timedelta(days=3)).isoformat()})
    assert answer.status_code == 200
    assert "Somebody else has changed this in the meantime" in answer.text
    assert Pathway.objects.filter(valid_from=ahead, valid_to=None).exists()
