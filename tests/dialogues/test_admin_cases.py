"""The desk of those who review case studies, through the pages themselves."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from dialogues.enums import CaseState, SessionKind, SessionState
from dialogues.models import CaseStudy, Session
from tests.desk import at_the_desk
from tests.factories.cases import CaseFactory
from tests.factories.dialogues import SessionFactory
from tests.factories.network import PractitionerFactory, auditor, coordinator

pytestmark = pytest.mark.django_db


def at(language: str, name: str, *args: object) -> str:
    with translation.override(language):
        return reverse(f"admin:dialogues_casestudy_{name}", args=args)


def state(case: CaseStudy) -> str:
    case.refresh_from_db()
    return case.state


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_case_is_accepted_translated_scheduled_presented_published_and_taken_off(language):
    case = CaseFactory(state="submitted", lesson_en="", done_ar="وصل المريض محمد.", declared=["name"])
    session = SessionFactory(kind=SessionKind.CASE_STUDY, host_region=case.author.region)
    client = at_the_desk(coordinator("west"))
    assert str(case.pk) in client.get(at(language, "changelist")).text
    page = client.get(at(language, "change", case.pk)).text
    assert "<mark>المريض محمد</mark>" in page

    def press(move: str, **data: Any) -> str:
        assert client.post(at(language, move, case.pk), data).status_code == 302
        return state(case)

    assert press("accept") == "accepted"
    assert press("publish") == "accepted"
    sent = {f"{field}_en": "Words" for field in ("title", "setting", "done", "result", "lesson")} | {"version": "1"}
    assert client.get(at(language, "translate", case.pk)).status_code == 200
    assert client.post(at(language, "translate", case.pk), sent).status_code == 302
    assert "Late" in client.post(at(language, "translate", case.pk), sent | {"lesson_en": "Late"}).text
    assert press("schedule", session=session.pk) == "scheduled"
    assert press("present") == "scheduled"
    Session.objects.filter(pk=session.pk).update(state=SessionState.HELD)
    assert press("present") == "presented"
    assert press("publish") == "published"
    assert press("unpublish") == "published"
    assert press("unpublish", reason="A reader recognised it.") == "returned"


@pytest.mark.parametrize("reader", [lambda: coordinator("east"), lambda: PractitionerFactory(side="west").user])
@pytest.mark.parametrize(
    "page", ["change", "history", "translate", "accept", "return", "schedule", "publish", "unpublish"]
)
def test_the_case_of_another_side_is_not_there(page, reader):
    case = CaseFactory(state="submitted")
    client = at_the_desk(reader())

    assert client.post(at("en", page, case.pk), {"reason": "because"}).status_code in (302, 404)
    assert client.get(at("en", page, case.pk)).status_code in (302, 404, 405)
    assert state(case) == "submitted"


@pytest.mark.parametrize("page", ["translate", "accept", "publish"])
def test_an_auditor_reads_and_changes_nothing(page):
    case, client = CaseFactory(state="submitted"), at_the_desk(auditor())

    assert client.get(at("en", "change", case.pk)).status_code == 200
    assert client.post(at("en", page, case.pk), {}).status_code == 404
    assert state(case) == "submitted"


def test_nobody_sees_a_draft_nor_decides_on_their_own():
    user = coordinator("west")
    mine = CaseFactory(state="submitted", author=PractitionerFactory(side="west", user=user))
    draft = CaseFactory(state="draft")
    client = at_the_desk(user)

    assert client.get(at("en", "change", draft.pk)).status_code == 404
    assert "dialogues_casestudy" not in client.get(at("en", "change", mine.pk)).text
    client.post(at("en", "accept", mine.pk))
    assert state(mine) == CaseState.SUBMITTED


def test_the_desk_tells_how_many_wait():
    for side in ("west", "west", "east"):
        CaseFactory(state="submitted", author=PractitionerFactory(side=side))
    client = at_the_desk(coordinator("west"))

    with translation.override("en"):
        cards = client.get(reverse("admin:index")).context["cards"]

    assert [card.count for card in cards if card.title == "Case studies that wait"] == [2]
