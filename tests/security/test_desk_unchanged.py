"""A form of the desk that is sent back as it was shown changes nothing: what it remembers is read as it was written, box by box."""

import pytest
from django.contrib import admin
from django.test import Client
from django.utils import translation

from network.models import Transition
from tests.security import world
from tests.security.forms_read import form_of
from tests.security.judge import ACTORS
from tests.security.matrix import Desk

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["regional west", "national"])
def test_a_form_that_nobody_touched_is_taken_and_changes_nothing(name: str) -> None:
    with translation.override("en"):
        built = world.build()
    actor = next(each for each in ACTORS if each.name == name)
    desk, client = Desk(admin.site, built, actor), Client()
    client.force_login(actor.user(built))
    before, sent = Transition.objects.count(), 0
    for model in desk.registered:
        for pk in desk.mine(model)[:1]:
            url = desk.url(model, "change", pk)
            page = client.get(url)
            if page.status_code == 200 and 'name="_save"' in page.text:
                answer = client.post(url, {**form_of(page.text), "_save": "1"})
                assert (answer.status_code, Transition.objects.count()) == (302, before), url
                sent += 1
    assert sent > 9
