"""What everybody reads of adopted measures: the list, the document, the PDF, who answers for what, the feed."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import fpdf
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dialogues.views import certificate_sheet
from measures import services, texts
from measures.enums import Audience
from measures.models import Action, Measure
from tests.factories import measures as make
from tests.factories.network import PractitionerFactory, RoleGrantFactory
from tests.first_visit import FIRST_FLIGHT, first_visit

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def people() -> dict[str, list[Any]]:
    return make.members(6)


@pytest.fixture
def measure(people: dict, clock: Any) -> Measure:
    return make.adopted(people, clock)


@pytest.fixture
def action(measure: Measure, people: dict) -> Action:
    return make.planned(measure, people["east"][0], people["west"][1])


def confirmed(action: Action) -> Action:
    first, second = action.first_owner.user, action.second_owner.user
    services.add_evidence(action=action, text="Counted.", uid=action.uid, by=first)
    services.claim_done(action=action, by=first)
    return services.confirm_done(action=action, by=second)


# --- the list -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_reads_what_was_adopted_and_nothing_else(
    client: Client, measure: Measure, action: Action, language: str
) -> None:
    make.in_review(title_ar="مسودة", title_en="Only a draft")
    page = client.get(f"/{language}/measures/")

    assert page.status_code == 200
    assert page["Cache-Control"] == "public, max-age=60"
    title = make.WORDS[f"title_{language}"]
    assert title in page.text
    assert measure.reference in page.text
    assert '<progress class="bar" max="1" value="0"' in page.text
    assert "Only a draft" not in page.text
    assert "مسودة" not in page.text


def test_a_measure_for_members_is_unknown_to_everybody_else(client: Client, people: dict, clock: Any) -> None:
    compared = make.compared(people["west"][0], choices={"audience": Audience.MEMBERS})
    measure = make.adopted(people, clock, measure=compared)
    action = make.planned(measure, people["east"][0], people["west"][1])
    confirmed(action)
    for path in ("", "accountability/", "feed/"):
        page = client.get(f"/en/measures/{path}").text
        assert make.WORDS["title_en"] not in page
        assert action.title_en not in page
    for path in ("", "print/", "measure.pdf"):
        assert client.get(f"/en/measures/{measure.slug}/{path}").status_code == 404
    client.force_login(people["south"][0].user)
    assert make.WORDS["title_en"] in client.get("/en/measures/").text
    assert action.title_en in client.get("/en/measures/accountability/").text
    assert client.get(f"/en/measures/{measure.slug}/measure.pdf").status_code == 200
    # The feed is everybody's, whoever asks for it.
    assert make.WORDS["title_en"] not in client.get("/en/measures/feed/").text


def test_the_list_is_searched_in_both_scripts_and_narrowed(
    client: Client, measure: Measure, action: Action, clock: Any
) -> None:
    def found(query: str) -> bool:
        cache.clear()
        page = client.get(f"/en/measures/?{query}")
        assert page.status_code == 200
        return f"/measures/{measure.slug}/" in page.text

    assert found("q=oxygen")
    assert found("q=الأكسجين")
    assert not found("q=bandages")
    assert found(f"year={measure.year}")
    assert found("side=east")
    assert found("side=west")
    assert not found("side=south")
    assert found("actions=open")
    assert not found("actions=late")
    assert not found("actions=done")
    assert not found("actions=none")
    # What is no choice narrows nothing.
    assert found("year=1066")
    assert found("side=atlantis&actions=x&topic=y&page=x")
    clock.forward(days=30 + 30)
    assert found("actions=late")
    confirmed(action)
    assert found("actions=done")
    assert not found("actions=open")


def test_an_ended_measure_is_marked_and_names_what_stands_in_its_place(
    client: Client, measure: Measure, people: dict, clock: Any
) -> None:
    newer = make.compared(
        people["south"][0],
        choices={"about": measure, "effect": "supersede"},
        title_ar="قائمتان",
        title_en="Two lists",
    )
    newer = make.adopted(people, clock, measure=newer)

    assert "superseded on" in client.get("/en/measures/").text
    old = client.get(f"/en/measures/{measure.slug}/").text
    assert f"/measures/{newer.slug}/" in old
    assert "In its place stands:" in old


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_adopted_is_said_in_words(client: Client, language: str) -> None:
    for path in ("", "accountability/"):
        page = client.get(f"/{language}/measures/{path}")
        assert page.status_code == 200
        assert 'class="empty"' in page.text


# --- the document -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_shows_both_texts_and_how_it_was_adopted(
    client: Client, measure: Measure, action: Action, people: dict, language: str
) -> None:
    page = client.get(f"/{language}/measures/{measure.slug}/").text
    version = measure.current

    assert make.WORDS["title_ar"] in page
    assert make.WORDS["title_en"] in page
    assert "<li" in page
    assert version.hash_ar in page
    assert version.hash_en in page
    # The language of the page comes first.
    places = [page.index(f'<section lang="{code}"') for code in (language, *(c for c in LANGUAGES if c != language))]
    assert places == sorted(places)
    assert page.count(version.hash_ar) == 1
    for side in ("الشرق", "الغرب", "الجنوب") if language == "ar" else ("East", "West", "South"):
        assert side in page
    # Neither names nor tallies.
    for person in (p for side in people.values() for p in side):
        assert person.name_ar not in page
        assert person.name_latin not in page


def test_the_evidence_of_a_measure_is_for_members(client: Client, people: dict, clock: Any) -> None:
    compared = make.compared(people["west"][0], evidence_ar="دليل سري", evidence_en="A private survey")
    measure = make.adopted(people, clock, measure=compared)
    for path in ("", "print/"):
        assert "A private survey" not in client.get(f"/en/measures/{measure.slug}/{path}").text
    client.force_login(people["south"][0].user)
    assert "A private survey" in client.get(f"/en/measures/{measure.slug}/print/").text


def test_a_quorum_below_five_is_not_told(client: Client, people: dict, clock: Any) -> None:
    low = make.adopted(people, clock, quorum=3)
    assert "at least 3 votes" not in client.get(f"/en/measures/{low.slug}/").text
    other = make.compared(people["west"][0])
    high = make.adopted(people, clock, measure=other, quorum=6)
    assert "at least 6 votes" in client.get(f"/en/measures/{high.slug}/").text


def test_a_measure_that_is_not_adopted_has_no_document(client: Client, people: dict) -> None:
    for measure in (make.draft(people["west"][0]), make.compared(people["west"][0])):
        for path in ("", "print/", "measure.pdf"):
            assert client.get(f"/en/measures/{measure.slug}/{path}").status_code == 404


# --- on paper -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_can_be_had_as_a_pdf(client: Client, measure: Measure, action: Action, language: str) -> None:
    answer = client.get(f"/{language}/measures/{measure.slug}/measure.pdf")

    assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert answer["Content-Disposition"] == f'inline; filename="measure-{measure.year}-{measure.number}.pdf"'
    assert answer["Cache-Control"] == "public, max-age=60"


def test_what_is_written_on_paper(
    client: Client, measure: Measure, action: Action, people: dict, monkeypatch: Any
) -> None:
    said: list[str] = []
    plain = fpdf.FPDF.cell

    def cell(self: Any, w: Any = None, h: Any = None, text: str = "", **options: Any) -> Any:
        said.append(text)
        return plain(self, w, h, text, **options)

    monkeypatch.setattr(fpdf.FPDF, "cell", cell)
    assert client.get(f"/ar/measures/{measure.slug}/measure.pdf").status_code == 200
    whole = " ".join(said)

    for words in (
        make.WORDS["title_ar"],
        make.WORDS["title_en"],
        measure.current.hash_ar,
        measure.current.hash_en,
        measure.reference,
        "1 / 1",
        action.title_ar,
        action.title_en,
    ):
        assert words in whole
    for person in (p for side in people.values() for p in side):
        assert person.name_ar not in whole
        assert person.name_latin not in whole


def test_a_long_measure_takes_several_pages(client: Client, people: dict, clock: Any) -> None:
    long_ar = "\n\n".join(f"{n}. نتفق على قائمة واحدة تُحدَّث كل شهر وتقرؤها كل المرافق." * 4 for n in range(20))
    long_en = "\n\n".join(f"{n}. We agree on one list that is brought up to date every month." * 4 for n in range(20))
    compared = make.compared(people["west"][0], text_ar=long_ar, text_en=long_en)
    measure = make.adopted(people, clock, measure=compared)
    pdf = client.get(f"/en/measures/{measure.slug}/measure.pdf").content

    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)) >= 3


def test_vowel_signs_do_not_take_words_apart_on_paper() -> None:
    pdf = certificate_sheet.blank("x", timezone.now())
    pdf.add_page()
    pdf.set_font("arabic", "", 12)
    pdf.set_text_shaping(use_shaping_engine=True, direction="rtl")

    found = pdf._preload_bidirectional_text("تُحدَّث تُبلِّغ", False)
    pdf.output()

    assert [fragment.string for fragment in found] == ["تُحدَّث تُبلِّغ"]


def test_marks_become_lines_on_paper() -> None:
    text = "## Goal\n\nOne **list**\nfor all\n\n- first\n- second\n\n3. third\n4. fourth\n\n> said"

    assert texts.lines(text) == [
        ("h", "Goal"),
        ("p", "One list\nfor all"),
        ("li", "• first"),
        ("li", "• second"),
        ("li", "3. third"),
        ("li", "4. fourth"),
        ("q", "said"),
    ]


# --- who answers for what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_public_table_says_who_answers_by_profession_and_side_alone(
    client: Client, action: Action, language: str
) -> None:
    page = client.get(f"/{language}/measures/accountability/").text

    assert getattr(action, f"title_{language}") in page
    assert action.measure.reference in page
    assert ("طبيب اختصاصي" if language == "ar" else "Specialist doctor") in page
    for owner in (action.first_owner, action.second_owner):
        assert owner.name_ar not in page
        assert owner.name_latin not in page
    # The page of the action is not for everybody.
    assert action.get_absolute_url() not in page


def test_a_coordinator_answers_by_role(client: Client, action: Action) -> None:
    RoleGrantFactory(user=action.first_owner.user, role="regional_coordinator", region=action.first_side)

    assert "regional coordinator" in client.get("/en/measures/accountability/").text.lower()


def test_a_member_reads_the_names_that_the_directory_shows(client: Client, action: Action, people: dict) -> None:
    # Visibility "my side": each side finds its own.
    client.force_login(people["east"][1].user)
    page = client.get("/en/measures/accountability/").text
    assert action.first_owner.name_latin in page
    assert action.second_owner.name_latin not in page
    client.force_login(action.second_owner.user)
    page = client.get("/en/measures/accountability/").text
    assert action.first_owner.name_latin in page


def test_the_public_is_told_a_month_late_what_members_see_at_once(
    client: Client, action: Action, people: dict, clock: Any
) -> None:
    member = Client()

    def late(browser: Client) -> bool:
        cache.clear()
        # Logins end in so long a time.
        member.force_login(people["south"][0].user)
        return "late since" in browser.get("/en/measures/accountability/").text

    clock.forward(days=30)
    assert (late(client), late(member)) == (False, False)
    clock.forward(days=1)
    assert (late(client), late(member)) == (False, True)
    clock.forward(days=28)
    assert late(client) is False
    clock.forward(days=1)
    assert late(client) is True
    assert action.due + timedelta(days=30) == timezone.localdate()


def test_the_table_is_narrowed_and_its_picture_counts_all_states(
    client: Client, measure: Measure, action: Action, people: dict
) -> None:
    other = confirmed(make.planned(measure, people["south"][0], people["west"][1], title_en="Done one", title_ar="تم"))

    def titles(query: str) -> set[str]:
        cache.clear()
        page = client.get(f"/en/measures/accountability/?{query}").text
        return {title for title in (action.title_en, other.title_en) if f">{title}</bdi>" in page}

    assert titles("") == {action.title_en, "Done one"}
    assert titles("side=east") == {action.title_en}
    assert titles("state=confirmed") == {"Done one"}
    assert titles("state=late") == set()
    assert titles(f"year={measure.year}&state=planned") == {action.title_en}
    page = client.get("/en/measures/accountability/?state=planned").text
    assert "Done and confirmed: 1, Reported as done: 0, Planned or in progress: 1, Late: 0" in page


# --- the feed -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_feed_tells_what_was_adopted_ended_and_confirmed(
    client: Client, measure: Measure, action: Action, people: dict, clock: Any, language: str
) -> None:
    confirmed(action)
    newer = make.compared(
        people["south"][0], choices={"about": measure, "effect": "revoke"}, title_ar="إنهاء", title_en="An end"
    )
    make.adopted(people, clock, measure=newer)
    answer = client.get(f"/{language}/measures/feed/")
    tree = ElementTree.fromstring(answer.content)

    assert answer["Content-Type"].startswith("application/atom+xml")
    assert answer["Cache-Control"] == "public, max-age=60"
    assert tree.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == language
    titles = [entry.findtext(f"{ATOM}title") for entry in tree.iter(f"{ATOM}entry")]
    assert len(titles) == 4
    assert make.WORDS[f"title_{language}"] in " ".join(map(str, titles))
    ids = [entry.findtext(f"{ATOM}id") for entry in tree.iter(f"{ATOM}entry")]
    assert len(set(ids)) == 4
    links = [entry.find(f"{ATOM}link").attrib["href"] for entry in tree.iter(f"{ATOM}entry")]  # type: ignore[union-attr]
    assert all(f"/{language}/measures/" in link for link in links)
    for person in (action.first_owner, action.second_owner):
        assert person.name_ar not in answer.text
        assert person.name_latin not in answer.text


# --- budgets ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(people: dict, clock: Any) -> Callable[[int], Measure]:
    """Add measures with actions, more of both the larger the number."""

    def add(rows: int) -> Measure:
        for _ in range(rows):
            measure = make.adopted(people, clock, measure=make.compared(people["west"][0]))
            for number in range(rows):
                make.planned(measure, people["east"][number], people["west"][number])
        return measure

    return add


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", "accountability/", "{slug}/"])
def test_a_first_visit_fits_into_the_first_flight(
    client: Client, many: Callable[[int], Measure], path: str, language: str
) -> None:
    measure = many(3)
    loaded = first_visit(client, f"/{language}/measures/{path.format(slug=measure.slug)}")

    assert sum(loaded.values()) <= FIRST_FLIGHT, loaded


@pytest.mark.parametrize("path", ["", "accountability/", "feed/", "{slug}/", "{slug}/print/", "{slug}/measure.pdf"])
@pytest.mark.parametrize("inside", [False, True])
def test_pages_ask_the_database_seldom(many: Callable[[int], Measure], path: str, inside: bool) -> None:
    reader = PractitionerFactory(side="south")
    counts = []
    for rows in (1, 3):
        measure = many(rows)
        browser = Client()
        if inside:
            browser.force_login(reader.user)
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(f"/ar/measures/{path.format(slug=measure.slug)}").status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1] <= (15 if inside else 8), [q["sql"][:150] for q in captured]
