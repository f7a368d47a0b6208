"""Measures as their authors write them on the website: nothing typed is lost, nobody overwrites anybody."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from dialogues.enums import SessionState
from dialogues.models import Decision
from measures import services
from measures.enums import Audience, Effect, MeasureState
from measures.models import Measure, Version
from tests.factories import measures as make
from tests.factories.dialogues import SessionFactory, published_minutes
from tests.factories.network import PractitionerFactory, coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(getattr(person, "user", person))
    return client


def url(measure: Measure, page: str = "", language: str = "en") -> str:
    return f"/{language}/measures/{measure.slug}/{page + '/' if page else ''}"


def typed(**changes: Any) -> dict[str, Any]:
    """Return the form as a browser sends it."""
    empty = dict.fromkeys(("topic", "about", "effect", "review_on"), "")
    boxes = {f"{part}_{code}": "" for part in ("title", "text", "reasons", "evidence") for code in LANGUAGES}
    return {**empty, **boxes, **make.WORDS, "audience": "everybody", "do": "save", "uid": str(uuid.uuid4()), **changes}


def again(measure: Measure, **changes: Any) -> dict[str, Any]:
    """Return the form of a measure that exists, with what its page showed of each choice."""
    measure = Measure.objects.select_related("current").get(pk=measure.pk)
    shown = {"topic": measure.topic_id or "", "audience": measure.audience, "about": measure.about_id or ""}
    shown |= {"effect": measure.effect, "review_on": measure.review_on or ""}
    columns = [f"{part}_{code}" for part in ("title", "text", "reasons", "evidence") for code in LANGUAGES]
    words = {column: getattr(measure.current, column) or "" for column in columns}
    first = {f"initial-{name}": value for name, value in shown.items()}
    return {**words, **shown, **first, "base": measure.current.number, "note": "", "do": "save", **changes}


# --- beginning ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_measure_is_begun(language: str):
    author = PractitionerFactory()
    client = signed_in(author)
    page = client.get(f"/{language}/measures/new/")
    assert page.status_code == 200
    assert re.search(r'name="text_ar"[^>]*dir="rtl"', page.text)
    assert re.search(r'name="text_en"[^>]*dir="ltr"', page.text)

    answer = client.post(f"/{language}/measures/new/", typed(review_on="2031-05-01", audience="members"))

    measure = Measure.objects.get()
    assert (answer.status_code, answer.url) == (302, url(measure, language=language))
    assert (measure.state, measure.audience, str(measure.review_on)) == ("draft", Audience.MEMBERS, "2031-05-01")
    assert make.lead_of(measure) == author
    shown = client.get(answer.url).text
    assert make.WORDS["title_ar"] in shown
    assert make.WORDS["title_en"] in shown


def test_the_same_form_sent_twice_is_one_measure():
    client, form = signed_in(PractitionerFactory()), typed()

    answers = [client.post("/en/measures/new/", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert Version.objects.count() == 1


def test_what_is_written_after_going_back_is_not_lost():
    client, form = signed_in(PractitionerFactory()), typed()
    client.post("/en/measures/new/", form)
    measure = Measure.objects.get()

    page = client.post("/en/measures/new/", form | {"text_en": "Written after going back"})

    assert page.status_code == 200
    assert "Written after going back" in page.text
    assert f'action="{url(measure, "edit")}"' in page.text
    assert Version.objects.count() == 1


@pytest.mark.parametrize(
    ("fault", "box"),
    [
        ({"title_ar": "", "title_en": ""}, "title_ar"),
        ({"title_en": "x" * 200}, "title_en"),
        ({"text_ar": "a\u202eb"}, "text_ar"),
        ({"review_on": "soon"}, "review_on"),
        ({"topic": "999999"}, "topic"),
        ({"audience": "nobody"}, "audience"),
    ],
)
def test_bad_input_keeps_what_was_typed(fault: dict, box: str):
    client, before = signed_in(PractitionerFactory()), everything()

    page = client.post("/en/measures/new/", typed(reasons_en="Kept words", **fault))

    assert page.status_code == 200
    assert box in page.context["form"].errors
    assert "Kept words" in page.text
    assert {k: v for k, v in everything().items() if "measures" in k} == {
        k: v for k, v in before.items() if "measures" in k
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_preview_keeps_nothing(language: str):
    client = signed_in(PractitionerFactory())

    page = client.post(f"/{language}/measures/new/", typed(do="preview", text_en="## Heading\n\n**bold** <script>"))

    assert page.status_code == 200
    assert "<strong>bold</strong>" in page.text
    assert "<script>" not in page.text.split("</head>")[1]
    assert Measure.objects.count() == 0


def test_a_measure_that_changes_another_says_what_becomes_of_it(clock: Any):
    people = make.members(5)
    other = make.adopted(people, clock=clock)
    client = signed_in(people["east"][0])

    page = client.post("/en/measures/new/", typed(about=other.pk))
    assert "effect" in page.context["form"].errors
    client.post("/en/measures/new/", typed(about=other.pk, effect="revoke"))

    measure = Measure.objects.get(about=other)
    assert measure.effect == Effect.REVOKE


# --- from a session's decision ------------------------------------------------------------------------------------------


@pytest.fixture
def decision() -> Decision:
    session = SessionFactory(slug="oxygen", state=SessionState.CLOSED, in_hours=-48)
    revision = published_minutes(session, "everybody").published_revision
    return Decision.objects.create(
        revision=revision, position=1, text_ar="قائمة واحدة للأكسجين", text_en="One list for oxygen"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_measure_begins_from_a_decision(decision: Decision, language: str):
    client = signed_in(PractitionerFactory())
    minutes = client.get(f"/{language}/sessions/oxygen/minutes/")
    address = f"/{language}/measures/new/?session=oxygen&amp;decision={decision.key}"
    assert address in minutes.text
    address = address.replace("&amp;", "&")

    form = client.get(address)
    assert form.context["form"]["title_ar"].value() == "قائمة واحدة للأكسجين"
    assert form.context["form"]["text_en"].value() == "One list for oxygen"
    answer = client.post(address, typed())

    measure = Measure.objects.get()
    assert answer.url == url(measure, language=language)
    assert (measure.session.slug, measure.decision) == ("oxygen", decision.key)


def test_nobody_else_is_offered_it(decision: Decision):
    assert "measures/new" not in Client().get("/en/sessions/oxygen/minutes/").text
    known = f"?session=oxygen&decision={decision.key}"
    wrong = (
        known.replace(str(decision.key), str(uuid.uuid4())),
        known + "x",
        known.replace("oxygen", "none"),
        "?session=oxygen",
    )
    for address in wrong:
        assert signed_in(PractitionerFactory()).get(f"/en/measures/new/{address}").status_code == 404


# --- editing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_author_goes_on_writing(language: str):
    measure = make.in_review()
    client = signed_in(make.lead_of(measure))
    assert client.get(url(measure, "edit", language)).status_code == 200

    answer = client.post(url(measure, "edit", language), again(measure, text_en="Another text", note="Clearer"))

    assert answer.url == url(measure, language=language)
    version = Measure.objects.get(pk=measure.pk).current
    assert (version.number, version.text_en, version.note) == (2, "Another text", "Clearer")


def test_an_edit_says_that_the_comparison_is_undone():
    measure = make.compared()
    client = signed_in(make.lead_of(measure))
    assert "undoes that" in client.get(url(measure, "edit")).text

    page = client.post(url(measure, "edit"), again(measure, text_ar="نص آخر"), follow=True)

    assert "The comparison was undone" in page.text
    assert f"/versions/1/{Measure.objects.get(pk=measure.pk).current.number}/" in page.text
    assert Measure.objects.get(pk=measure.pk).state == MeasureState.REVIEW


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_who_edit_at_once_put_both_texts_together(language: str):
    measure = make.in_review()
    client = signed_in(make.lead_of(measure))
    mine = again(measure, text_en="My text", reasons_ar="سببي", note="Mine")
    client.post(url(measure, "edit", language), again(measure, text_en="Their text"))

    page = client.post(url(measure, "edit", language), mine)

    assert page.status_code == 409
    assert "My text" in page.text
    assert "Their text" in page.text
    assert "<del>" in page.text
    fields = dict(re.findall(r'<input type="hidden" name="([a-z_-]+)"(?: value="([^"]*)")?', page.text))
    assert fields["base"] == "2"
    sent = fields | {
        "text_en": "Both texts",
        "take_text_en": "mine",
        "reasons_ar": "x",
        "take_reasons_ar": "theirs",
        "do": "resolve",
    }
    answer = client.post(url(measure, "edit", language), sent)
    assert answer.status_code == 302
    version = Measure.objects.get(pk=measure.pk).current
    assert (version.number, version.text_en, version.reasons_ar, version.note) == (
        3,
        "Both texts",
        make.WORDS["reasons_ar"],
        "Mine",
    )


def test_a_choice_that_somebody_else_changed_stays():
    measure = make.in_review()
    client = signed_in(make.lead_of(measure))
    mine = again(measure, text_en="My text")
    client.post(url(measure, "edit"), again(measure, audience="members"))

    client.post(url(measure, "edit"), mine)

    measure.refresh_from_db()
    assert measure.audience == Audience.MEMBERS
    assert measure.current.text_en == "My text"


def test_nothing_is_edited_while_it_is_voted_on():
    vote = make.opened()
    client = signed_in(make.lead_of(vote.measure))

    answer = client.post(url(vote.measure, "edit"), again(vote.measure, text_en="x"))

    assert answer.status_code == 302
    assert Version.objects.filter(measure=vote.measure).count() == 1


# --- moves --------------------------------------------------------------------------------------------------------------


def test_a_draft_is_opened_for_comments_and_taken_back():
    measure = make.draft()
    client, other = signed_in(make.lead_of(measure)), signed_in(PractitionerFactory())
    assert other.get(url(measure)).status_code == 404

    client.post(url(measure, "submit"))
    assert other.get(url(measure)).status_code == 200
    client.post(url(measure, "take-back"))

    assert other.get(url(measure)).status_code == 404
    assert Measure.objects.get().state == MeasureState.DRAFT


def test_an_unfinished_draft_says_what_it_lacks():
    measure = make.draft(title_en="", text_en="")
    client = signed_in(make.lead_of(measure))

    page = client.get(url(measure))
    assert "the title in English" in page.text
    assert "/submit/" not in page.text
    client.post(url(measure, "submit"))

    assert Measure.objects.get().state == MeasureState.DRAFT


@pytest.mark.parametrize("page", ["edit", "submit", "take-back", "authors", "authors/stop"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_authors_do_nobody_else_finds(page: str, method: str):
    measure = make.in_review()
    left = PractitionerFactory()
    services.invite_author(measure=measure, practitioner=left, by=make.lead_of(measure).user)
    services.answer_invitation(measure=measure, practitioner=left, accept=True)
    services.stop_writing(measure=measure, practitioner=left, by=left.user)
    before = {k: v for k, v in everything().items() if "measures" in k}

    for somebody in (PractitionerFactory(side="east"), left):
        assert getattr(signed_in(somebody), method)(url(measure, page)).status_code == 404
    # Whoever is no member is told where they stand, and learns nothing of the measure.
    for somebody in (coordinator(None), coordinator("west")):
        assert getattr(signed_in(somebody), method)(url(measure, page)).status_code == 302
    assert "/login/" in getattr(Client(), method)(url(measure, page)).url

    assert {k: v for k, v in everything().items() if "measures" in k} == before
