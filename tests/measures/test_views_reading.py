"""Measures as members read them: who sees what, comments where they belong, versions, authors, the comparison, the ranking of drafts."""

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures import discussion, services
from measures.enums import AuthorState, Leaning, MeasureState
from measures.models import Author, Comment, LeaningVote, Measure
from network.enums import Visibility
from network.models import Practitioner
from network.services import IllegalMove
from tests.factories import measures as make
from tests.factories.network import PractitionerFactory, RegionFactory, coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]
MEMBER_QUERIES = 15


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(getattr(person, "user", person))
    return client


def url(measure: Measure, page: str = "", language: str = "en") -> str:
    return f"/{language}/measures/{measure.slug}/{page + '/' if page else ''}"


def edited(measure: Measure, **words: str) -> Measure:
    measure = Measure.objects.get(pk=measure.pk)
    said = {name: getattr(measure.current, name) or "" for name in make.WORDS} | words
    return services.edit_measure(
        measure=measure, base=measure.current.number, words=said, by=make.lead_of(measure).user
    )


def said(measure: Measure, author: Practitioner, text: str = "Which list?", **place: Any) -> Comment:
    measure = Measure.objects.get(pk=measure.pk)
    values = {"language": "en", "part": "text", "block": 1} | place
    return services.add_comment(
        measure=measure, version=measure.current, text=text, uid=uuid.uuid4(), author=author, **values
    )


def write_too(measure: Measure, person: Practitioner) -> None:
    services.invite_author(measure=measure, practitioner=person, by=make.lead_of(measure).user)
    services.answer_invitation(measure=measure, practitioner=person, accept=True)


def queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


# --- who reads ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_member_reads_both_languages_their_own_first(language: str):
    measure = make.in_review()

    page = signed_in(PractitionerFactory()).get(url(measure, language=language))

    assert page.status_code == 200
    assert [document.code for document in page.context["documents"]] == [language, "en" if language == "ar" else "ar"]
    for words in ("<li>", make.WORDS["reasons_ar"], make.WORDS["reasons_en"]):
        assert words in page.text
    assert page.text.index('id="text-' + language) < page.text.index('id="text-' + ("en" if language == "ar" else "ar"))
    assert 'aria-current="step"' in page.text


def test_drafts_are_their_authors_alone_and_reviews_are_for_members():
    draft, review = make.draft(), make.in_review()
    asked = PractitionerFactory()
    services.invite_author(measure=draft, practitioner=asked, by=make.lead_of(draft).user)
    for somebody in (make.lead_of(draft), asked):
        assert signed_in(somebody).get(url(draft)).status_code == 200
    for somebody in (PractitionerFactory(), coordinator(None), coordinator("west")):
        assert signed_in(somebody).get(url(draft)).status_code == 404
    for somebody in (PractitionerFactory(), coordinator(None), coordinator("east")):
        assert signed_in(somebody).get(url(review)).status_code == 200
    applicant = PractitionerFactory(state="applied")
    for client in (signed_in(applicant), Client()):
        assert client.get(url(review)).status_code == 404
        assert client.get(url(draft)).status_code == 404
        assert client.get("/en/measures/m-unknown/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_public_reads_what_was_adopted_and_nobody_s_name(clock: Any, language: str):
    people = make.members(6)
    measure = make.in_review(people["west"][0], evidence_ar="بيانات الدليل", evidence_en="Names in the evidence")
    comment = said(measure, people["east"][0], "A comment of ours")
    version = Measure.objects.get(pk=measure.pk).current
    services.confirm_parity(
        measure=measure, hash_ar=version.hash_ar, hash_en=version.hash_en, reader=people["south"][0]
    )
    make.adopted(people, clock=clock, measure=Measure.objects.get(pk=measure.pk))

    page = Client().get(url(measure, language=language))

    assert page.status_code == 200
    assert make.WORDS["title_ar"] in page.text
    author = make.lead_of(measure)
    for hidden in (
        author.name_ar,
        author.name_latin,
        comment.text,
        "Names in the evidence",
        "بيانات الدليل",
        "versions/",
        "comments/",
    ):
        assert hidden not in page.text
    Measure.objects.filter(pk=measure.pk).update(audience="members")
    assert Client().get(url(measure, language=language) + "?fresh").status_code == 404


@pytest.mark.parametrize(
    ("visibility", "side", "named"),
    [("members", "east", True), ("side", "west", True), ("side", "east", False), ("nobody", "west", False)],
)
def test_an_author_is_named_to_whom_the_directory_names_them(visibility: str, side: str, named: bool):
    author = PractitionerFactory(side="west", visibility=Visibility(visibility), name_latin="Salma Writer")
    measure = make.in_review(author)
    said(measure, author)

    page = signed_in(PractitionerFactory(side=side)).get(url(measure))

    assert ("Salma Writer" in page.text) is named
    assert "Specialist doctor" in page.text
    co_author = PractitionerFactory(side="south")
    write_too(measure, co_author)
    assert "Salma Writer" in signed_in(co_author).get(url(measure)).text
    Practitioner.objects.filter(pk=author.pk).update(state="left", left_at=author.applied_at)
    assert "Salma Writer" not in signed_in(PractitionerFactory(side=side)).get(url(measure)).text


# --- comments -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paragraph_is_commented_on_and_answered(language: str):
    measure, member = make.in_review(), PractitionerFactory(side="east")
    client = signed_in(member)
    address = url(measure, "comments/new", language) + "?language=en&part=text&block=2"
    assert address.replace("&", "&amp;") in client.get(url(measure, language=language)).text
    page = client.get(address)
    assert "Every facility reads it" in page.text
    form = {"uid": str(uuid.uuid4()), "version": "1", "text": "How often?"}

    answers = [client.post(address, form) for _ in range(2)]

    comment = Comment.objects.get()
    assert {answer.url for answer in answers} == {
        f"{url(measure, language=language)}?comments=open&thread={comment.pk}#comment-{comment.pk}"
    }
    assert (comment.language, comment.part, comment.block, comment.text) == ("en", "text", 2, "How often?")
    lead = signed_in(make.lead_of(measure))
    place = url(measure, f"comments/{comment.pk}", language)
    assert "How often?" in lead.get(place).text
    lead.post(place, {"uid": str(uuid.uuid4()), "version": "1", "text": "Every month"})
    page = client.get(answers[0].url.split("#")[0])
    assert re.search(rf'<details class="thread" id="comment-{comment.pk}" open>', page.text)
    assert page.text.index("How often?") < page.text.index("Every month")


@pytest.mark.parametrize(
    "query",
    ["language=en&part=text&block=9", "language=xx&part=text&block=1", "language=en&part=number&block=1", "block=1",
     "language=en&part=text&block=0"],
)  # fmt: skip
def test_there_is_no_such_paragraph(query: str):
    client = signed_in(PractitionerFactory())
    assert client.get(url(make.in_review(), "comments/new") + f"?{query}").status_code == 404


def test_an_empty_or_too_long_comment_keeps_the_words():
    measure, client = make.in_review(), signed_in(PractitionerFactory())
    for text in ("", "x" * 2001, "a\u202eb"):
        page = client.post(url(measure, "comments/new"), {"uid": str(uuid.uuid4()), "version": "1", "text": text})
        assert page.status_code == 200
        assert "text" in page.context["form"].errors
    assert Comment.objects.count() == 0


def test_a_comment_stays_at_its_paragraph_while_that_says_the_same():
    measure, member = make.in_review(), PractitionerFactory()
    first, second = said(measure, member), said(measure, member, "And who?", block=2)
    general = said(measure, member, "All of it", language="", part="", block=0)
    edited(measure, text_en="A new beginning.\n\n" + make.WORDS["text_en"] + "\n- And another point")

    placed = signed_in(member).get(url(measure)).context["comments"]["placed"]

    assert {key: [thread.comment.pk for thread in threads] for key, threads in placed.at.items()} == {
        ("en", "text", 2): [first.pk]
    }
    assert [thread.comment.pk for thread in placed.earlier] == [second.pk]
    assert [thread.comment.pk for thread in placed.general] == [general.pk]


@pytest.mark.parametrize("who", ["writer", "author", "somebody"])
def test_a_comment_is_resolved_by_its_writer_and_the_authors(who: str):
    measure, writer = make.in_review(), PractitionerFactory(side="east")
    comment = said(measure, writer, "Settled words")
    person = {"writer": writer, "author": make.lead_of(measure), "somebody": PractitionerFactory()}[who]
    client = signed_in(person)

    answer = client.post(url(measure, f"comments/{comment.pk}/resolve"), {"resolved": "yes"})

    assert answer.status_code == (404 if who == "somebody" else 302)
    shown = {
        name: "Settled words" in client.get(url(measure) + f"?comments={name}").text
        for name in ("open", "resolved", "all")
    }
    assert shown == {"open": who == "somebody", "resolved": who != "somebody", "all": True}
    if who != "somebody":
        client.post(url(measure, f"comments/{comment.pk}/resolve"), {"resolved": "no"})
        comment.refresh_from_db()
        assert comment.resolved_at is None
    assert client.get(url(measure, f"comments/{comment.pk}/resolve")).status_code == 405


def test_a_comment_of_another_measure_is_unknown():
    measure, other, client = make.in_review(), make.in_review(), signed_in(PractitionerFactory())
    comment = said(other, PractitionerFactory())
    for page in (f"comments/{comment.pk}", "comments/999"):
        assert client.get(url(measure, page)).status_code == 404
    assert client.post(url(measure, f"comments/{comment.pk}/resolve")).status_code == 404
    with pytest.raises(services.NoSuchParagraph):
        services.add_comment(
            measure=measure,
            version=measure.current,
            text="x",
            uid=uuid.uuid4(),
            author=PractitionerFactory(),
            answers=comment,
        )
    with pytest.raises(services.NoSuchParagraph):
        services.add_comment(
            measure=measure, version=other.current, text="x", uid=uuid.uuid4(), author=PractitionerFactory()
        )


def test_comments_are_closed_while_it_is_voted_on():
    people = make.members(6)
    vote = make.opened(people)
    client = signed_in(people["east"][0])
    assert "comments/new" not in client.get(url(vote.measure)).text
    assert client.get(url(vote.measure, "comments/new")).status_code == 404


def test_what_authors_said_before_a_draft_was_shared_stays_theirs():
    measure, reader = make.draft(text_en="The first words"), PractitionerFactory(side="east")
    author = make.lead_of(measure)
    comment = said(measure, author, "Between us")
    edited(measure, text_en="The shared words")
    services.submit_measure(measure=measure, by=author.user)
    client = signed_in(reader)

    assert "Between us" not in client.get(url(measure) + "?comments=all").text
    assert client.get(url(measure, f"comments/{comment.pk}")).status_code == 404
    assert [row["version"].number for row in client.get(url(measure, "versions")).context["rows"]] == [2]
    for pair in ("1/2", "1/1"):
        assert client.get(url(measure, f"versions/{pair}")).status_code == 404
    form = {"uid": str(uuid.uuid4()), "version": "1", "text": "x"}
    assert client.post(url(measure, "comments/new"), form).status_code == 404
    # Taken back and written on: what was shared stays readable, what was not doesn't become so.
    services.take_back(measure=measure, by=author.user)
    edited(measure, text_en="Words in between")
    edited(measure, text_en="Shared again")
    services.submit_measure(measure=measure, by=author.user)
    assert [row["version"].number for row in client.get(url(measure, "versions")).context["rows"]] == [4, 2]
    own = signed_in(author)
    assert "Between us" in own.get(url(measure) + "?comments=all").text
    assert "The first words" in own.get(url(measure, "versions/1/1")).text


# --- leanings and drafts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_member_says_what_they_would_do_and_takes_it_back(language: str):
    measure, member = make.in_review(), PractitionerFactory()
    client = signed_in(member)
    client.post(url(measure, "leaning", language), {"value": "agree"})
    client.post(url(measure, "leaning", language), {"value": "pass"})
    assert LeaningVote.objects.get().value == Leaning.PASS
    assert re.search(r'value="pass" aria-pressed="true"', client.get(url(measure, language=language)).text)

    client.post(url(measure, "leaning", language), {"value": ""})

    assert not LeaningVote.objects.exists()
    assert client.post(url(measure, "leaning", language), {"value": "nonsense"}).status_code == 404
    assert client.post(url(make.draft(), "leaning", language), {"value": "agree"}).status_code == 404


def lean(measure: Measure, people: list[Practitioner], value: str = "agree") -> None:
    for person in people:
        services.keep_leaning(measure=measure, practitioner=person, value=value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_drafts_are_ranked_by_how_they_bridge_the_sides(language: str):
    people = make.members(6)
    author = people["west"][0]
    one_sided, bridging, new = (make.in_review(author, title_en=title) for title in ("One-sided", "Bridging", "New"))
    make.draft(title_en="Hidden draft")
    for side, voters in people.items():
        lean(bridging, voters[:5])
        lean(one_sided, voters[:5], "agree" if side == "west" else "disagree")
        lean(new, voters[:4])

    page = signed_in(PractitionerFactory(side="south")).get(f"/{language}/measures/drafts/")

    rows = page.context["rows"]
    # (6/7)³ and 6/7 · (1/7)², in steps of five.
    assert [(row.measure.pk, row.score) for row in rows] == [(bridging.pk, 65), (one_sided.pk, 0), (new.pk, None)]
    assert "Hidden draft" not in page.text


def test_a_score_below_five_answers_of_any_side_moves_nothing():
    people = make.members(6)
    first, second = make.in_review(people["west"][0]), make.in_review(people["west"][0])
    before = [row.measure.pk for row in discussion.ranked_drafts()]
    lean(first, [*people["east"], *people["west"], *people["south"][:4]])
    lean(second, people["east"], "disagree")

    rows = discussion.ranked_drafts()

    assert [row.measure.pk for row in rows] == before == [second.pk, first.pk]
    assert {row.score for row in rows} == {None}
    assert "Too few answers yet" in signed_in(people["east"][0]).get("/en/measures/drafts/").text


def test_ones_own_drafts_and_invitations_stand_above():
    draft, asked, member = make.draft(title_en="Mine alone"), make.draft(title_en="Asked to"), PractitionerFactory()
    services.invite_author(measure=asked, practitioner=member, by=make.lead_of(asked).user)

    page = signed_in(member).get("/en/measures/drafts/")

    assert ([row.pk for row in page.context["mine"]], [row.pk for row in page.context["asked"]]) == ([], [asked.pk])
    own = signed_in(make.lead_of(draft)).get("/en/measures/drafts/")
    assert [row.pk for row in own.context["mine"]] == [draft.pk]
    assert "Asked to" not in own.text


# --- versions -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_any_two_versions_are_compared_in_both_languages(language: str):
    measure = make.in_review()
    edited(measure, text_en="We agree on two lists.", text_ar="نتفق على قائمتين اثنتين.")
    edited(measure, title_en="Two lists")
    client = signed_in(PractitionerFactory())
    assert [row["version"].number for row in client.get(url(measure, "versions", language)).context["rows"]] == [
        3,
        2,
        1,
    ]

    answer = client.get(url(measure, "versions", language) + "?first=3&second=1")
    assert answer.url == url(measure, "versions/1/3", language)
    page = client.get(answer.url)

    assert page.status_code == 200
    assert re.search(r"<del>[^<]*one", page.text)
    assert re.search(r"<ins>[^<]*two", page.text)
    assert re.search(r"<ins>[^<]*قائمتين", page.text)
    assert client.get(url(measure, "versions/1/4", language)).status_code == 404
    assert client.get(url(measure, "versions", language) + "?first=x&second=1").status_code == 200


# --- authors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_colleague_of_another_side_is_asked_and_accepts(language: str):
    measure = make.draft(PractitionerFactory(side="west"))
    RegionFactory(code="south")
    found = PractitionerFactory(
        side="east", visibility=Visibility.MEMBERS, name_ar="خديجة الباحثة", name_latin="Khadija Search"
    )
    hidden = PractitionerFactory(
        side="east", visibility=Visibility.SIDE, name_ar="خديجة المخفية", name_latin="Khadija Hidden"
    )
    client = signed_in(make.lead_of(measure))

    page = client.get(url(measure, "authors", language) + "?q=khadija")
    assert [person.pk for person in page.context["found"]] == [found.pk]
    assert {side.code for side in page.context["missing_sides"]} == {"east", "south"}
    assert client.post(url(measure, "authors", language), {"person": hidden.pk}).status_code == 404
    assert client.post(url(measure, "authors", language), {"person": "x"}).status_code == 404
    for _ in range(2):
        client.post(url(measure, "authors", language), {"person": found.pk})

    assert Author.objects.get(practitioner=found).state == AuthorState.INVITED
    theirs = signed_in(found)
    assert "/authors/answer/" in theirs.get(url(measure, language=language)).text
    assert theirs.get(url(measure, "edit", language)).status_code == 404
    theirs.post(url(measure, "authors/answer", language), {"answer": "accept"})
    assert Author.objects.get(practitioner=found).state == AuthorState.ACCEPTED
    assert theirs.get(url(measure, "edit", language)).status_code == 200


def test_an_invitation_is_declined():
    measure, asked = make.draft(), PractitionerFactory()
    services.invite_author(measure=measure, practitioner=asked, by=make.lead_of(measure).user)
    client = signed_in(asked)

    answer = client.post(url(measure, "authors/answer"), {"answer": "decline"})

    assert answer.url == "/en/measures/drafts/"
    assert client.get(url(measure)).status_code == 404
    assert client.post(url(measure, "authors/answer"), {"answer": "accept"}).status_code == 404
    assert (
        signed_in(PractitionerFactory()).post(url(make.in_review(), "authors/answer"), {"answer": "accept"}).status_code
        == 404
    )


def test_whoever_stops_writing_leaves_the_lead_to_the_next_and_the_last_ends_it():
    measure, other = make.in_review(), PractitionerFactory()
    write_too(measure, other)
    first = make.lead_of(measure)
    assert signed_in(first).get(url(measure, "authors/stop")).status_code == 200
    signed_in(first).post(url(measure, "authors/stop"))
    assert make.lead_of(measure) == other

    assert "withdrawn with it" in signed_in(other).get(url(measure, "authors/stop")).text
    signed_in(other).post(url(measure, "authors/stop"))

    assert Measure.objects.get().state == MeasureState.WITHDRAWN


def test_nobody_becomes_an_author_while_it_is_voted_on_or_of_what_they_compared():
    people = make.members(6)
    measure = make.in_review(people["west"][0])
    services.invite_author(measure=measure, practitioner=people["south"][0], by=people["west"][0].user)
    version = measure.current
    services.confirm_parity(
        measure=measure, hash_ar=version.hash_ar, hash_en=version.hash_en, reader=people["south"][0]
    )
    make.opened(people, measure=Measure.objects.get(pk=measure.pk))

    with pytest.raises(IllegalMove):
        services.answer_invitation(measure=measure, practitioner=people["south"][0], accept=True)
    with pytest.raises(IllegalMove):
        services.invite_author(measure=measure, practitioner=people["east"][0], by=people["west"][0].user)
    Measure.objects.filter(pk=measure.pk).update(state="mediation", mediation_until=version.written_at)
    with pytest.raises(IllegalMove):
        services.answer_invitation(measure=measure, practitioner=people["south"][0], accept=True)
    services.answer_invitation(measure=measure, practitioner=people["south"][0], accept=False)


# --- both texts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_else_confirms_that_both_texts_say_the_same(language: str):
    measure, reader = make.in_review(), PractitionerFactory(side="south")
    client = signed_in(reader)
    assert url(measure, "compare", language) in client.get(url(measure, language=language)).text
    page = client.get(url(measure, "compare", language))
    assert [len(section["pairs"]) for section in page.context["sections"]] == [1, 2, 1]
    hashes = dict(re.findall(r'name="(hash_..)" value="([0-9a-f]{64})"', page.text))
    assert client.post(url(measure, "compare", language), hashes).status_code == 400

    for _ in range(2):
        answer = client.post(url(measure, "compare", language), hashes | {"same": "on"})
        assert answer.url == url(measure, language=language)

    measure.refresh_from_db()
    assert (measure.state, measure.parity.read_by) == (MeasureState.PARITY, reader)


def test_texts_that_were_edited_meanwhile_are_read_again():
    measure, client = make.in_review(), signed_in(PractitionerFactory(side="south"))
    kept = {"hash_ar": measure.current.hash_ar, "hash_en": measure.current.hash_en, "same": "on"}
    edited(measure, text_en="Changed meanwhile")

    page = client.post(url(measure, "compare"), kept, follow=True)

    assert "Changed meanwhile" in page.text
    assert "edited since you opened the page" in page.text
    assert Measure.objects.get().state == MeasureState.REVIEW


@pytest.mark.parametrize("who", ["author", "one language", "draft", "compared"])
def test_who_may_not_compare_sees_why(who: str):
    reader = PractitionerFactory(languages=["ar"] if who == "one language" else ["ar", "en"])
    measure = {"draft": make.draft, "compared": make.compared}.get(who, make.in_review)(
        reader if who in ("author", "draft") else None
    )
    if who == "author":
        other = PractitionerFactory()
        write_too(measure, other)
        services.stop_writing(measure=measure, practitioner=reader, by=reader.user)
    before = {k: v for k, v in everything().items() if "measures" in k}
    client = signed_in(reader)

    page = client.get(url(measure, "compare"))
    assert page.context["why_not"]
    assert page.context["why_not"] in page.text.replace("&#x27;", "'")
    assert 'name="same"' not in page.text
    if who != "compared":
        kept = {"hash_ar": measure.current.hash_ar, "hash_en": measure.current.hash_en, "same": "on"}
        client.post(url(measure, "compare"), kept)
    assert {k: v for k, v in everything().items() if "measures" in k} == before


# --- all of it ----------------------------------------------------------------------------------------------------------


PAGES = ["versions", "versions/1/1", "comments/new", "compare", "leaning"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_a_draft_are_unknown_to_everybody_else(page: str):
    draft = make.draft()
    for method in ("get", "post"):
        answer = getattr(signed_in(PractitionerFactory()), method)(url(draft, page))
        assert answer.status_code == (405 if (page, method) == ("leaning", "get") else 404)
        assert getattr(signed_in(coordinator(None)), method)(url(draft, page)).status_code in (302, 405)


@pytest.mark.parametrize(
    "page", ["", "versions", "versions/1/2", "authors", "authors?q=salma", "compare", "edit", "comments"]
)
def test_a_page_asks_the_database_seldom(page: str):
    counts = []
    for rows in (1, 4):
        author = PractitionerFactory(side="west")
        measure = make.in_review(author)
        for person in PractitionerFactory.create_batch(rows, side="east", visibility=Visibility.MEMBERS):
            write_too(measure, person)
            comment = said(measure, person)
            said(measure, author, "An answer", answers=comment)
            said(measure, person, "Another", language="ar")
        edited(measure, evidence_en="First")
        for number in range(rows):
            edited(measure, evidence_en=f"Number {number}")
        path, _, query = page.partition("?")
        if page == "comments":
            path = f"comments/{comment.pk}"
        counts.append(queries(signed_in(author), url(measure, path) + (f"?{query}" if query else "")))
    assert counts[0] == counts[1] <= MEMBER_QUERIES, counts


def test_the_list_of_drafts_asks_the_database_seldom():
    counts = []
    for rows in (1, 4):
        member = PractitionerFactory()
        for _ in range(rows):
            lean(make.in_review(), PractitionerFactory.create_batch(2))
            make.draft(member)
        counts.append(queries(signed_in(member), "/ar/measures/drafts/"))
    assert counts[0] == counts[1] <= MEMBER_QUERIES, counts


def test_the_public_page_asks_the_database_seldom(clock: Any):
    people = make.members(6)
    measure = make.adopted(people, clock=clock)
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(url(measure)).status_code == 200
    assert len(captured) <= 8
