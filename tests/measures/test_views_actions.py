"""The page of an action: what its owners can do next, and what they wrote to each other."""

from typing import Any

import pytest
from django.test import Client

from measures import services
from measures.models import Action
from tests.factories import measures as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def action(clock: Any) -> Action:
    people = make.members(2)
    action = make.planned(make.adopted(people, clock), people["east"][0], people["west"][1])
    services.add_evidence(action=action, text="Counted.", uid=action.uid, by=action.first_owner.user)
    return services.claim_done(action=action, by=action.first_owner.user)


def page(person: Any, action: Action, step: str = "") -> Any:
    client = Client()
    client.force_login(person.user)
    return client.get(f"/en/measures/{action.measure.slug}/actions/{action.pk}/{step}")


@pytest.mark.parametrize("step", ["confirm/", "return/"])
def test_only_the_other_owner_is_asked_to_confirm(action: Action, step: str) -> None:
    assert page(action.second_owner, action, step).status_code == 200
    assert (
        page(action.first_owner, action, step)["Location"] == f"/en/measures/{action.measure.slug}/actions/{action.pk}/"
    )
    assert page(make.lead_of(action.measure), action, step).status_code == 404


def test_the_owners_see_at_once_what_is_missing(action: Action) -> None:
    services.return_claim(action=action, by=action.second_owner.user, reason="The names of the wards.")

    for owner in (action.first_owner, action.second_owner):
        body = page(owner, action).content.decode()
        assert "It was not confirmed yet. What is missing:" in body
        assert "The names of the wards." in body
    assert "The names of the wards." not in page(make.lead_of(action.measure), action).content.decode()

    services.claim_done(action=action, by=action.first_owner.user)
    assert "It was not confirmed yet" not in page(action.first_owner, action).content.decode()
