"""Minutes through the pages: written at the desk and on the website, compared, published, read."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dialogues import services
from dialogues.enums import Listing, Readers, RegistrationState, SessionState
from dialogues.models import MinutesRevision, Session, Statement
from dialogues.services import Item, Words
from tests.desk import at_the_desk
from tests.factories.dialogues import MinutesFactory, SessionFactory, published_minutes, seat
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator
from tests.security.forms_read import form_of
from tests.state import everything

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]


def desk(name: str, session: Session, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"admin:dialogues_session_{name}", args=[session.pk])


def site(name: str, session: Session, language: str = "en") -> str:
    with translation.override(language):
        return reverse(f"dialogues:{name}", args=[session.slug])


def closed(side: str | None = None, **fields: Any) -> Session:
    host = RegionFactory(code=side) if side else None
    return SessionFactory(**{"state": SessionState.CLOSED, "in_hours": -48, "host_region": host, **fields})


def typed(base: int = 0, *decisions: str, do: str = "save", **texts: Any) -> dict[str, Any]:
    """Return the form as a browser sends it."""
    rows = {f"d{i}-en": text for i, text in enumerate(decisions)}
    return {"do": do, "base": base, "rows": len(decisions), "ar": "نص", "en": "Text", **rows, **texts}


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def decisions_of(page: Any) -> list[str]:
    """Return what stands in the boxes of the decisions."""
    boxes = re.findall(r'<textarea name="d\d+-en"[^>]*>\n?([^<]*)</textarea>', page.text)
    return [text.strip() for text in boxes]


# --- writing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("where", ["desk", "site"])
def test_minutes_are_written(where: str, language: str):
    session, leader = closed(), PractitionerFactory()
    session.facilitators.add(leader)
    client, url = (
        (at_the_desk(coordinator(None)), desk("minutes", session, language))
        if where == "desk"
        else (signed_in(leader), site("minutes_edit", session, language))
    )
    assert client.get(url).status_code == 200

    answer = client.post(url, typed(0, "One list", "", **{"d0-responsible": "national", "d0-due": "2030-01-31"}))

    assert (answer.status_code, answer.url) == (302, url)
    revision = MinutesRevision.objects.get()
    assert (revision.text_ar, revision.text_en) == ("نص", "Text")
    assert list(revision.decisions.values_list("text_en", "responsible", "due__year")) == [
        ("One list", "national", 2030)
    ]
    page = client.get(url)
    assert "One list" in page.text
    assert 'value="2030-01-31"' in page.text


@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("add", ["A", "B", ""]),
        ("remove-1", ["B", ""]),
        ("remove-9", ["A", "B", ""]),
        ("up-2", ["B", "A", ""]),
        ("down-1", ["B", "A", ""]),
        ("up-1", ["A", "B", ""]),
        ("down-x", ["A", "B", ""]),
    ],
)
def test_decisions_are_added_moved_and_removed_without_saving(step: str, left: list[str]):
    session = closed()
    client = at_the_desk(coordinator(None))
    before = everything()

    page = client.post(desk("minutes", session), typed(0, "A", "B", do=step, en="Not saved yet"))

    assert decisions_of(page) == left
    assert "Not saved yet" in page.text
    assert {k: v for k, v in everything().items() if "session" not in k.lower()} == {
        k: v for k, v in before.items() if "session" not in k.lower()
    }


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"ar": "نص\u202eمقلوب"}, "invisible control characters"),
        ({"en": "x" * 20_001}, "at most 20000 characters"),
        ({"d0-due": "someday"}, "Enter a valid date"),
        ({"d0-side": "999999"}, "Select a valid choice"),
        ({"d0-en": "", "d0-responsible": "national"}, "Please write what was decided."),
        ({"base": "many"}, "Enter a whole number"),
        ({"d0-key": "none"}, "Enter a valid value"),
    ],
)
def test_bad_input_is_told_and_what_was_typed_stays(sent: dict[str, str], sentence: str):
    session = closed()
    page = at_the_desk(coordinator(None)).post(desk("minutes", session), typed(0, "One list") | sent)
    assert page.status_code == 200
    assert sentence in page.text
    assert ("One list" in page.text) == ("d0-en" not in sent)
    assert not MinutesRevision.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("where", ["desk", "site"])
def test_two_editors_are_shown_both_texts(where: str, language: str):
    session, leader, by = closed(), PractitionerFactory(), coordinator(None)
    session.facilitators.add(leader)
    client, url = (
        (at_the_desk(coordinator(None)), desk("minutes", session, language))
        if where == "desk"
        else (signed_in(leader), site("minutes_edit", session, language))
    )
    start = Words("نص أول", "We begin here")
    services.save_revision(session=session, words=start, items=[Item(Words("", "Keep"))], base=0, by=by)
    theirs = Words("نص أول", "We begin over there")
    items = [Item(Words("", "Keep")), Item(Words("", "Of theirs"))]
    services.save_revision(session=session, words=theirs, items=items, base=1, by=by)

    page = client.post(url, typed(1, "Keep", "Of mine", ar="نص أول", en="We all begin here"))

    assert page.status_code == 200
    assert MinutesRevision.objects.count() == 2
    assert "<del>over there</del>" in page.text
    assert "<ins>here</ins>" in page.text
    assert "We begin over there" in page.text
    assert "We all begin here" in page.text
    assert "Of theirs" in page.text
    assert "Of mine" in page.text
    # What is the same on both sides is not asked about.
    assert 'name="take_ar"' not in page.text
    sent = typed(2, "Keep", "Of mine", do="resolve", ar="نص أول", en="We all begin over there")
    assert client.post(url, sent | {"take_en": "mine", "take_d": "both"}).status_code == 302

    last = MinutesRevision.objects.order_by("-number").first()
    assert (last.number, last.base, last.text_ar, last.text_en) == (3, 2, "نص أول", "We all begin over there")
    assert list(last.decisions.order_by("position").values_list("text_en", flat=True)) == [
        "Keep",
        "Of theirs",
        "Of mine",
    ]


def test_taking_theirs_takes_theirs():
    session, by = closed(), coordinator(None)
    services.save_revision(session=session, words=Words("أ", "Theirs"), items=[Item(Words("", "D"))], base=0, by=by)

    sent = typed(1, "Mine", do="resolve", ar="م", en="Mine", take_ar="theirs", take_en="theirs", take_d="theirs")
    at_the_desk(coordinator(None)).post(desk("minutes", session), sent)

    last = MinutesRevision.objects.order_by("-number").first()
    assert (last.number, last.text_ar, last.text_en) == (1, "أ", "Theirs")


def test_a_third_editor_meanwhile_leads_to_the_page_again_and_nothing_is_lost():
    session, by = closed(), coordinator(None)
    for number, text in enumerate(("One", "Two", "Three")):
        services.save_revision(session=session, words=Words("", text), items=[], base=number, by=by)

    page = at_the_desk(coordinator(None)).post(
        desk("minutes", session), typed(2, do="resolve", ar="", en="Mine", take_en="mine")
    )

    assert "Three" in page.text
    assert "Mine" in page.text
    assert 'name="base" value="3"' in page.text
    assert MinutesRevision.objects.count() == 3


def test_the_page_sent_back_as_it_came_keeps_each_decision_what_it_is():
    session, by = closed(), coordinator(None)
    client, url = at_the_desk(by), desk("minutes", session)
    client.post(url, typed(0, "One", "Two"))
    sent = form_of(client.get(url).text) | {"do": "save", "d0-en": "One, changed"}

    assert client.post(url, sent).status_code == 302

    first, last = MinutesRevision.objects.order_by("number")
    assert list(last.decisions.order_by("position").values_list("text_en", flat=True)) == ["One, changed", "Two"]
    keys = [set(revision.decisions.values_list("key", flat=True)) for revision in (first, last)]
    assert keys[0] == keys[1]
    # And so it goes through the page of a conflict.
    page = client.post(url, sent | {"d0-en": "One, otherwise"})
    again = form_of(page.text) | {"do": "resolve", "take_d": "mine"}
    assert client.post(url, again).status_code == 302
    last = MinutesRevision.objects.order_by("-number").first()
    assert list(last.decisions.order_by("position").values_list("text_en", flat=True)) == ["One, otherwise", "Two"]
    assert set(last.decisions.values_list("key", flat=True)) == keys[0]
    assert client.post(url, sent | {"d0-key": "-" * 36, "base": "3"}).status_code == 302


def test_a_second_click_saves_nothing_more():
    session = closed()
    client = at_the_desk(coordinator(None))
    for _ in range(2):
        assert client.post(desk("minutes", session), typed(0, "One")).status_code == 302
    assert MinutesRevision.objects.count() == 1


def test_notes_are_kept_and_thrown_away():
    session, by = closed(), coordinator(None)
    speaker = seat(session=session, state=RegistrationState.ATTENDED, practitioner__name_latin="Zaynab Speaker")
    client, url = at_the_desk(by), desk("minutes", session)

    page = client.post(url, {"do": "note", "text": "x\u202e", "speaker": speaker.practitioner_id}, follow=True)
    assert "invisible control characters" in page.text
    page = client.post(url, {"do": "note", "text": "Oxygen runs out", "speaker": speaker.practitioner_id}, follow=True)
    assert "Oxygen runs out" in page.text
    assert page.text.count("Zaynab Speaker") == 2
    client.post(url, {"do": "forget", "statement": Statement.objects.get().pk})
    assert not Statement.objects.exists()


# --- who may ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["minutes", "revisions", "publication"])
def test_the_coordinators_of_another_side_see_no_draft(page: str):
    own, joint = MinutesFactory(session=closed("west")).session, MinutesFactory(session=closed()).session
    assert at_the_desk(coordinator("west")).get(desk(page, own)).status_code == 200
    assert at_the_desk(coordinator("east")).get(desk(page, own)).status_code == 404
    # A joint session is seen by the sides, its drafts by the national coordinators alone.
    assert at_the_desk(coordinator("west")).get(desk(page, joint)).status_code == 404
    reader = at_the_desk(auditor())
    shown = reader.get(desk(page, joint))
    assert shown.status_code == 200
    assert '<button class="btn' not in shown.text.partition('id="main"')[2] or "Compare" in shown.text
    assert reader.post(desk(page, joint), {"do": "save"}).status_code == 404


@pytest.mark.parametrize("step", ["", "nonsense", "save "])
@pytest.mark.parametrize("page", ["minutes", "revisions", "publication"])
def test_an_unknown_step_is_no_page(page: str, step: str):
    session = MinutesFactory(session=closed()).session
    assert at_the_desk(coordinator(None)).post(desk(page, session), {"do": step}).status_code == 404


def test_on_the_website_only_those_who_lead_write():
    session = closed("west", listing=Listing.PUBLIC)
    url = site("minutes_edit", session)
    assert signed_in(PractitionerFactory(side="west")).get(url).status_code == 404
    assert signed_in(PractitionerFactory(side="west")).post(url, typed()).status_code == 404
    assert Client().get(url).status_code == 302
    leader = PractitionerFactory(side="west")
    session.facilitators.add(leader)
    assert signed_in(leader).get(url).status_code == 200
    assert signed_in(leader).post(url, {"do": "note"}).status_code == 404
    early = SessionFactory(in_hours=48)
    early.facilitators.add(leader)
    assert signed_in(leader).get(site("minutes_edit", early)).url == site("session_detail", early)


# --- revisions ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("chatham_house", [False, True])
def test_revisions_are_compared_and_brought_back(chatham_house: bool):
    session, by = closed("west", chatham_house=chatham_house), coordinator("west")
    writer = PractitionerFactory(user=by, side="west", name_latin="Wafa Writer")
    for number, text in enumerate(("One text", "Other text", "Third text")):
        services.save_revision(session=session, words=Words("", text), items=[], base=number, by=by)
    client, url = at_the_desk(by), desk("revisions", session)

    assert "<del>Other</del><ins>Third</ins> text" in client.get(url).text
    page = client.get(url, {"from": "1", "to": "2"})
    assert "<del>One</del><ins>Other</ins> text" in page.text
    assert client.get(url, {"from": "99", "to": "abc"}).status_code == 200
    assert (writer.name_latin in page.text) != chatham_house
    assert client.post(url, {"do": "restore", "number": "1", "base": "3"}, follow=True).status_code == 200
    assert list(MinutesRevision.objects.order_by("number").values_list("text_en", flat=True))[-1] == "One text"


# --- publication --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_look_says_where_and_hides_the_button(language: str):
    session, by = closed(chatham_house=True), coordinator(None)
    seat(session=session, state=RegistrationState.ATTENDED, practitioner__name_latin="Salma Zintani")
    words = Words("", "A beginning\n\nThen Salma Zintani spoke of it")
    services.save_revision(session=session, words=words, items=[], base=0, by=by)
    client, url = at_the_desk(by), desk("publication", session, language)

    page = client.get(url)

    assert "Then <mark>Salma Zintani</mark> spoke of it" in page.text
    assert 'value="publish"' not in page.text
    client.post(url, {"do": "publish", "number": "1", "audience": "members"})
    assert session.minutes.state == "draft"


def test_minutes_are_published_from_the_desk_and_withdrawn():
    session, by = closed(chatham_house=True, listing=Listing.PUBLIC), coordinator(None)
    seat(
        session=session,
        state=RegistrationState.ATTENDED,
        practitioner__name_latin="Salma Elkadi",
        practitioner__name_ar="سلمى القاضي",
    )
    words = Words("حكم القاضي في ذلك", "It was decided")
    services.save_revision(session=session, words=words, items=[], base=0, by=by)
    client, url = at_the_desk(by), desk("publication", session)
    page = client.get(url)
    confirmed = re.search(r'name="confirmed" value="(\w{64})"', page.text)[1]
    form = {"do": "publish", "number": "1", "audience": "everybody", "confirmed": confirmed}

    assert "This field is required" in client.post(url, form).text
    client.post(url, form | {"nobody": "on", "reason": "A court, not a person"})

    assert Client().get(site("session_minutes", session)).status_code == 200
    assert "This field is required" in client.post(url, {"do": "withdraw", "reason": ""}).text
    client.post(url, {"do": "withdraw", "reason": "A figure was wrong."})
    assert Client().get(site("session_minutes", session)).status_code == 404
    assert "A figure was wrong." in client.get(url).text


# --- readers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_published_minutes_are_read(language: str):
    session = closed(listing=Listing.PUBLIC, chatham_house=True)
    RegionFactory(code="east"), RegionFactory(code="west")
    published_minutes(session, Readers.EVERYBODY, text_ar="", text_en="<b>Bold</b> decisions")
    page = Client().get(site("session_minutes", session, language))

    assert "&lt;b&gt;Bold&lt;/b&gt; decisions" in page.text
    assert ('lang="en"' in page.text.partition('class="text"')[2][:40]) == (language == "ar")
    figures = page.text.partition('id="presence"')[2].partition("</section>")[0]
    assert re.findall(r"<bdi>(.*?)</bdi>", figures) == ["7", "13"]
    assert {"en": "nobody can be recognised", "ar": "لا يُعرف أحد"}[language] in figures
    for path in (site("session_detail", session, language),):
        assert site("session_minutes", session, language) in Client().get(path).text


def audiences() -> list[tuple[str, str, bool]]:
    return [
        (Readers.EVERYBODY, "anonymous", True),
        (Readers.EVERYBODY, "member of another side", True),
        (Readers.MEMBERS, "anonymous", False),
        (Readers.MEMBERS, "applicant", False),
        (Readers.MEMBERS, "member of another side", True),
        (Readers.INVITED, "anonymous", False),
        (Readers.INVITED, "member of another side", False),
        (Readers.INVITED, "invited", True),
        (Readers.INVITED, "was there", True),
        (Readers.INVITED, "withdrew", False),
        (Readers.INVITED, "leads", True),
        (Readers.INVITED, "coordinator", True),
        (Readers.INVITED, "other coordinator", False),
    ]


@pytest.mark.parametrize(("audience", "who", "reads"), audiences())
def test_minutes_are_for_their_audience(audience: str, who: str, reads: bool):
    session = closed("west", listing=Listing.PUBLIC)
    published_minutes(session, audience)
    person = PractitionerFactory(
        side="west" if who == "invited" else "east", state="applied" if who == "applicant" else "active"
    )
    if who in ("was there", "withdrew"):
        state = RegistrationState.ATTENDED if who == "was there" else RegistrationState.CANCELLED
        seat(session=session, practitioner=person, state=state)
    elif who == "leads":
        session.facilitators.add(person)
    clients = {
        "anonymous": Client,
        "coordinator": lambda: at_the_desk(coordinator("west")),
        "other coordinator": lambda: at_the_desk(coordinator("east")),
    }
    client = clients.get(who, lambda: signed_in(person))()

    url = site("session_minutes", session)
    assert client.get(url).status_code == (200 if reads else 404)
    # The link on the page of the session says the same.
    assert (url in client.get(site("session_detail", session)).text) == reads


def test_a_session_that_one_may_not_know_of_has_no_minutes():
    session = closed("west", listing=Listing.INVITED)
    published_minutes(session, Readers.MEMBERS)
    assert signed_in(PractitionerFactory(side="east")).get(site("session_minutes", session)).status_code == 404


def test_drafts_have_no_readers():
    session = MinutesFactory(session=closed(listing=Listing.PUBLIC), audience=Readers.EVERYBODY).session
    for client in (Client(), signed_in(PractitionerFactory()), at_the_desk(coordinator(None))):
        assert client.get(site("session_minutes", session)).status_code == 404


def test_who_leads_finds_what_is_to_be_written_on_their_page():
    session, leader = closed(), PractitionerFactory()
    session.facilitators.add(leader)
    url = site("minutes_edit", session)
    with translation.override("en"):
        me = reverse("network:me")
    assert url in signed_in(leader).get(me).text
    published_minutes(session)
    assert url not in signed_in(leader).get(me).text
    assert url in signed_in(leader).get(site("session_detail", session)).text
