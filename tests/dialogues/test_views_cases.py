"""Case studies on the website: who sees which, what an author can do, and that nothing typed is lost."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from dialogues import services
from dialogues.enums import CasePoint, CaseState, Listing, SessionKind, SessionState
from dialogues.models import CaseStudy
from network.models import Practitioner
from tests.factories.cases import CaseFactory, ConditionFactory, FacilityTypeFactory
from tests.factories.dialogues import SessionFactory
from tests.factories.network import PractitionerFactory, SpecialtyFactory, coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]
OWN_PAGES = ["edit", "submit", "translate", "withdraw", "delete", "name"]


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(case: CaseStudy, page: str = "", language: str = "en") -> str:
    return f"/{language}/cases/{case.slug}/{page + '/' if page else ''}"


def form(**changes: Any) -> dict[str, Any]:
    texts = {f"{field}_{code}": "" for field in ("title", "setting", "done", "result", "lesson") for code in LANGUAGES}
    more = {"language": "ar", "condition1": "", "condition2": "", "condition3": "", "facility_type": "", "specialty": "",
            "district": "", "credited": ""}  # fmt: skip
    return texts | more | {"uid": str(uuid.uuid4()), "keep": "1"} | changes


def declaration(case: CaseStudy, **changes: Any) -> dict[str, Any]:
    ticks = {f"point-{point}": "on" for point in CasePoint.values}
    return ticks | {"version": case.version, "patient_consent": "given"} | changes


# --- for everybody --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_finds_published_cases_and_no_others(client, language):
    published = CaseFactory(title_en="Oxygen", title_ar="أكسجين")
    for state in set(CaseState.values) - {CaseState.PUBLISHED}:
        CaseFactory(state=state, title_en=f"Hidden {state}", title_ar=f"مخفي {state}")

    response = client.get(f"/{language}/cases/")

    assert response.status_code == 200
    assert [case.pk for case in response.context["page_obj"].rows] == [published.pk]
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert "Hidden" not in response.text
    assert "مخفي" not in response.text
    assert "/cases/new/" not in response.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=OXYGEN", "oxygen"), ("q=والأكسجين", "oxygen"), ("condition=cold_chain", "cold"), ("specialty=surgery", "cold"),
        ("kind=clinic", "cold"), ("kind=hospital", "oxygen"), ("q=oxygen&condition=cold_chain", None), ("condition=nonsense", "both"),
        ("kind=%00", "both"), ("q=%F0%9F%98%80", "both"), ("page=9999999999", "both"), ("q=" + "a" * 200, "both"),
    ],
)  # fmt: skip
def test_search_and_filters(client, query, found):
    oxygen = CaseFactory()
    cold = CaseFactory(
        title_ar="سلسلة التبريد", title_en="Cold chain", setting_ar="م", setting_en="A", done_ar="ب", done_en="B", result_ar="ت",
        result_en="C", lesson_ar="ث", lesson_en="D", conditions=[ConditionFactory(code="cold_chain", name_en="Cold chain")],
        specialty=SpecialtyFactory(code="surgery", name_en="Surgery"), facility_type=FacilityTypeFactory(code="clinic", name_en="C"),
    )  # fmt: skip

    rows = client.get(f"/en/cases/?{query}").context["page_obj"].rows

    assert {case.pk for case in rows} == {
        "oxygen": {oxygen.pk}, "cold": {cold.pk}, None: set(), "both": {oxygen.pk, cold.pk},
    }[found]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_published_case_tells_neither_its_author_nor_their_side_nor_the_day(client, language):
    author = PractitionerFactory(side="west", name_ar="سالمة الكاتبة", name_latin="Salma Writer")
    case = CaseFactory(author=author)

    page = client.get(url(case, language=language))

    assert page.status_code == 200
    for word in ("الكاتبة", "Writer", "الغرب", "West", author.municipality.name_ar, author.municipality.name_en):
        assert word not in page.text
    with translation.override(language):
        assert f"{case.published_at:%Y-%m-%d}" not in page.text
    assert "<time" not in page.text


def test_the_author_s_name_stands_where_they_want_it_until_they_leave(client):
    author = PractitionerFactory(name_latin="Salma Writer")
    case = CaseFactory(author=author, credited=True)
    assert "Salma Writer" in client.get(url(case)).text

    Practitioner.objects.filter(pk=author.pk).update(state="suspended")
    with translation.override("en"):
        fresh = Client().get(url(case) + "?again")
    assert "Salma Writer" not in fresh.text


@pytest.mark.parametrize("chatham_house", [True, False])
def test_a_case_names_its_session_but_never_one_under_the_chatham_house_rule(client, chatham_house):
    session = SessionFactory(
        kind=SessionKind.CASE_STUDY, state=SessionState.CLOSED, listing=Listing.PUBLIC, chatham_house=chatham_house,
        title_en="The agenda",
    )  # fmt: skip
    case = CaseFactory(session=session)

    assert ("The agenda" in client.get(url(case)).text) is not chatham_house


def test_related_cases_are_three_published_ones_of_the_same_condition(client):
    case = CaseFactory()
    same = [CaseFactory(title_en=f"Same {n}") for n in range(4)]
    CaseFactory(state="submitted", title_en="Hidden")
    CaseFactory(title_en="Other", conditions=[ConditionFactory(code="burns")])

    related = client.get(url(case)).context["related"]

    assert [row.title_en for row in related] == [c.title_en for c in reversed(same)][:3]


def test_a_text_that_exists_in_one_language_is_marked_as_such():
    case = CaseFactory(state="accepted", title_en="", lesson_en="")

    page = signed_in(case.author.user).get(url(case)).text

    assert f'<bdi lang="ar">{case.title_ar}</bdi>' in page
    assert re.search(r'<div class="text" dir="auto" lang="ar">\s*<p>عدّوا', page)


# --- who sees what is not published -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", sorted(set(CaseState.values) - {CaseState.PUBLISHED}))
def test_what_is_not_published_is_there_for_its_author_alone(state):
    case = CaseFactory(state=state)
    others = [
        PractitionerFactory(side="west").user,
        PractitionerFactory(user=coordinator("west")).user,
        coordinator(None),
    ]

    for client in [Client(), *map(signed_in, others)]:
        assert client.get(url(case)).status_code == 404
        for page in OWN_PAGES:
            response = client.post(url(case, page))
            assert response.status_code in (302, 404)
            assert case.title_en not in response.text
    case.refresh_from_db()
    assert case.state == state


@pytest.mark.parametrize("page", OWN_PAGES)
def test_a_published_case_of_another_is_nobody_s_to_change(page):
    case = CaseFactory(credited=True)

    for method in ("get", "post"):
        response = getattr(signed_in(PractitionerFactory().user), method)(url(case, page))
        assert response.status_code in (404, 405)

    case.refresh_from_db()
    assert (case.state, case.credited) == ("published", True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", CaseState.values)
def test_an_author_sees_where_it_stands_and_what_can_be_done(state, language):
    case = CaseFactory(state=state)
    client = signed_in(case.author.user)

    page = client.get(url(case, language=language)).text

    can = {name for name in OWN_PAGES if f"/cases/{case.slug}/{name}/" in page}
    writable = {"edit", "submit", "delete"}
    expected = {
        "draft": writable, "returned": writable | {"withdraw"}, "published": {"withdraw"},
    }.get(state, {"translate", "withdraw"})  # fmt: skip
    assert can == expected
    for name in {"edit", "submit", "translate", "withdraw", "delete"}:
        assert client.get(url(case, name, language)).status_code == (200 if name in expected else 302)


# --- writing ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_few_words_are_enough_for_a_draft(language):
    author = PractitionerFactory()
    client = signed_in(author.user)
    assert client.get(f"/{language}/cases/new/").status_code == 200

    response = client.post(f"/{language}/cases/new/", form(lesson_ar="عدّوا كل صباح."))

    case = CaseStudy.objects.get()
    assert response.headers["Location"] == f"/{language}/cases/{case.slug}/edit/"
    assert (case.state, case.author, case.lesson_ar, case.language) == ("draft", author, "عدّوا كل صباح.", "ar")
    assert "عدّوا كل صباح." in client.get(f"/{language}/cases/{case.slug}/edit/").text
    assert str(case) in client.get(f"/{language}/me/").text


def test_nothing_at_all_is_no_draft():
    response = signed_in(PractitionerFactory().user).post("/en/cases/new/", form())

    assert response.status_code == 200
    assert "at least a title" in response.text
    assert not CaseStudy.objects.exists()


def test_a_second_click_makes_no_second_case():
    client, sent = signed_in(PractitionerFactory().user), form(title_en="Once")

    answers = [client.post("/en/cases/new/", sent).headers["Location"] for _ in range(2)]

    assert answers[0] == answers[1]
    assert CaseStudy.objects.count() == 1


def test_opening_pages_writes_nothing():
    case = CaseFactory(state="draft")
    client = signed_in(case.author.user)
    before = everything()

    for page in ("", "edit", "submit", "delete"):
        client.get(url(case, page))
    client.get("/en/cases/new/")

    assert everything() == before
    assert client.get(url(case, "name")).status_code == 405


@pytest.mark.parametrize("bad", [{"title_en": "a\u202eb"}, {"title_en": "x" * 161}, {"condition1": "nonsense"}, {"specialty": "999"},
                                 {"language": "xx"}, {"credited": "maybe"}])  # fmt: skip
def test_bad_input_comes_back_with_all_that_was_typed(bad):
    response = signed_in(PractitionerFactory().user).post("/en/cases/new/", form(lesson_ar="نص طويل كتبته") | bad)

    assert response.status_code == 200
    assert response.context["form"].errors
    assert "نص طويل كتبته" in response.text
    assert not CaseStudy.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_tabs_never_overwrite_each_other(language):
    case = CaseFactory(state="draft")
    client = signed_in(case.author.user)
    page = url(case, "edit", language)
    assert client.post(page, form(version="1", lesson_ar="من اللسان الأول")).status_code == 302

    late = client.post(page, form(version="1", lesson_ar="من اللسان الثاني"))

    case.refresh_from_db()
    assert (late.status_code, case.lesson_ar) == (409, "من اللسان الأول")
    assert "من اللسان الثاني" in late.text
    assert "من اللسان الأول" in late.text
    again = re.search(r'name="version" value="(\d+)"', late.text)
    assert client.post(page, form(version=again[1], lesson_ar="من اللسان الثاني")).status_code == 302
    case.refresh_from_db()
    assert case.lesson_ar == "من اللسان الثاني"


def test_choices_are_kept():
    case = CaseFactory(state="draft", conditions=[])
    burns, cold = ConditionFactory(code="burns", group="icd11-22"), ConditionFactory(code="cold_chain")
    clinic = FacilityTypeFactory(code="clinic")
    client = signed_in(case.author.user)

    client.post(url(case, "edit"), form(
        version="1", title_ar="عنوان", condition1="burns", condition2="cold_chain", condition3="burns", facility_type=clinic.pk,
        credited="yes", language="en",
    ))  # fmt: skip

    case.refresh_from_db()
    assert set(case.conditions.all()) == {burns, cold}
    assert (case.facility_type, case.credited, case.language, case.title_en) == (clinic, True, "en", "")
    page = client.get(url(case, "edit")).text
    assert page.count('value="burns" selected') == 1


def test_a_draft_is_deleted_after_a_question():
    case = CaseFactory(state="draft")
    client = signed_in(case.author.user)
    assert client.get(url(case, "delete")).status_code == 200

    assert client.post(url(case, "delete")).status_code == 302
    assert client.post(url(case, "delete")).status_code == 404
    assert not CaseStudy.objects.exists()


# --- submitting ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_author_submits(language):
    case = CaseFactory(state="draft")
    client = signed_in(case.author.user)
    assert client.get(url(case, "submit", language)).status_code == 200

    first, second = (client.post(url(case, "submit", language), declaration(case)) for _ in range(2))

    case.refresh_from_db()
    assert case.state == "submitted"
    assert first.headers["Location"] == second.headers["Location"] == url(case, language=language)
    assert case.submissions.get().patient_consent == "given"


@pytest.mark.parametrize("left_out", ["point-no_name", "patient_consent"])
def test_a_point_that_is_not_ticked_is_asked_for_and_the_others_stay_ticked(left_out):
    case = CaseFactory(state="draft")
    sent = declaration(case)
    del sent[left_out]

    response = signed_in(case.author.user).post(url(case, "submit"), sent)

    assert response.status_code == 200
    assert set(response.context["form"].errors) == {left_out}
    assert response.text.count(" checked") == len(sent) - 1
    case.refresh_from_db()
    assert case.state == "draft"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_found_is_shown_where_it_stands_and_ticked_by_kind(language):
    case = CaseFactory(state="draft", done_ar="وصل المريض محمد سالم يوم 12 مارس بسيارة.")
    client = signed_in(case.author.user)

    page = client.get(url(case, "submit", language)).text

    assert "<mark>المريض محمد سالم</mark>" in page
    assert "<mark>12 مارس</mark>" in page
    assert client.post(url(case, "submit", language), declaration(case)).status_code == 200
    ticked = declaration(case) | {"found-name": "on", "found-date": "on"}
    assert client.post(url(case, "submit", language), ticked).status_code == 302
    assert case.submissions.get().confirmed == ["date", "name"]


def test_a_number_leaves_no_way_to_submit_but_to_change_the_text():
    case = CaseFactory(state="draft", done_en="We called 0912345678.")
    client = signed_in(case.author.user)

    page = client.get(url(case, "submit")).text
    posted = client.post(url(case, "submit"), declaration(case) | {"found-phone": "on"})

    assert "<mark>0912345678</mark>" in page
    assert 'name="point-no_name"' not in page
    assert posted.status_code == 200
    case.refresh_from_db()
    assert case.state == "draft"


def test_ticks_are_for_the_very_text_that_was_shown():
    case = CaseFactory(state="draft")
    client = signed_in(case.author.user)
    client.post(url(case, "edit"), form(version="1", lesson_ar="غيره"))

    late = client.post(url(case, "submit"), declaration(case))

    case.refresh_from_db()
    assert (late.status_code, case.state) == (200, "draft")


def test_nothing_of_what_was_found_is_logged(caplog):
    case = CaseFactory(state="draft", done_en="Mr Salem Alqadi, 0912345678")
    with caplog.at_level(0):
        client = signed_in(case.author.user)
        client.get(url(case, "submit"))
        client.post(url(case, "submit"), declaration(case))

    assert "0912345678" not in caplog.text
    assert "Alqadi" not in caplog.text


# --- afterwards ---------------------------------------------------------------------------------------------------------------


def test_an_author_takes_it_back_and_pressing_twice_is_as_once():
    case = CaseFactory()
    client = signed_in(case.author.user)
    assert "Take it back" in client.get(url(case, "withdraw")).text

    answers = [client.post(url(case, "withdraw")).headers["Location"] for _ in range(2)]

    assert answers == [url(case)] * 2
    case.refresh_from_db()
    assert case.state == "draft"
    assert Client().get(url(case)).status_code == 404


def test_an_author_takes_their_name_off():
    case = CaseFactory(credited=True)
    client = signed_in(case.author.user)
    assert "Take my name off" in client.get(url(case)).text

    client.post(url(case, "name"))

    case.refresh_from_db()
    assert not case.credited
    assert "Take my name off" not in client.get(url(case)).text


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_author_adds_the_other_language(language):
    case = CaseFactory(state="accepted", lesson_en="")
    client = signed_in(case.author.user)
    texts = {f"{field}_en": "Words" for field in ("title", "setting", "done", "result", "lesson")}

    assert client.post(url(case, "translate", language), texts | {"version": "1", "lesson_ar": "x"}).status_code == 302
    late = client.post(url(case, "translate", language), texts | {"version": "1", "lesson_en": "Late words"})

    case.refresh_from_db()
    assert (case.lesson_en, case.lesson_ar) == ("Words", "عدّوا ما لديكم كل صباح.")
    assert "Late words" in late.text


def test_the_reason_of_a_return_is_read_by_the_author_alone():
    case = CaseFactory(state="submitted")
    services.return_case(case=case, by=coordinator("west"), reason="Please name the doses.")

    assert "Please name the doses." in signed_in(case.author.user).get(url(case)).text


def test_a_session_tells_which_cases_are_on_its_agenda_and_not_whose(client):
    author = PractitionerFactory(name_latin="Salma Writer")
    session = SessionFactory(kind=SessionKind.CASE_STUDY)
    CaseFactory(state="scheduled", session=session, author=author, credited=True, title_en="On the agenda")

    page = client.get(f"/en/sessions/{session.slug}/").text

    assert "On the agenda" in page
    assert "Salma Writer" not in page


def test_all_my_cases_are_listed():
    author = PractitionerFactory()
    cases = [CaseFactory(author=author, state="draft", title_en=f"Mine {n}") for n in range(7)]
    CaseFactory(title_en="Of another")
    client = signed_in(author.user)

    assert "/en/cases/mine/" in client.get("/en/me/").text
    page = client.get("/en/cases/mine/").text

    assert all(case.title_en in page for case in cases)
    assert "Of another" not in page
