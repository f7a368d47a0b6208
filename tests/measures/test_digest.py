"""The digest: what moved, to those whom it concerns, once a day at most, and nothing about ballots."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from facilities.models import ServiceDomain
from measures import services, tasks
from measures.enums import Choice, News, Secrecy
from measures.models import Digest
from network.models import Practitioner
from notifications import outbox, relay
from notifications.models import Message
from tests.factories import measures as make
from tests.factories.network import PractitionerFactory
from tests.state import Broken, break_the_outbox, everything

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]


@pytest.fixture
def people(clock: Any) -> dict[str, list[Practitioner]]:
    clock.set(timezone.localtime(clock.now).replace(hour=12, minute=0))
    return make.members(2)


def send(clock: Any) -> int:
    clock.forward(minutes=10)
    return services.send_digest(now=timezone.now())


def told(person: Practitioner) -> list[Any]:
    """Return what the digests to somebody say, move by move."""
    rows = Message.objects.filter(kind="measure-digest", recipient_id=person.user_id).order_by("pk")
    return [[item["moved"]["en"] for item in row.context["items"]] for row in rows]


def next_day(clock: Any) -> None:
    clock.forward(days=1)


def test_authors_voters_owners_and_followers_are_told_and_nobody_else(people: dict, clock: Any) -> None:
    author, voter, owner = people["west"][0], people["east"][0], people["south"][0]
    follower, nobody = PractitionerFactory(side="east"), PractitionerFactory(side="east")
    measure = make.in_review(author)
    services.follow_measure(measure=measure, practitioner=follower, follow=True)

    send(clock)

    assert told(author) == []
    assert told(follower) == [["opened for comments"]]
    assert told(nobody) == told(voter) == []

    next_day(clock)
    version = measure.current
    services.confirm_parity(
        measure=measure, hash_ar=version.hash_ar, hash_en=version.hash_en, reader=people["south"][1]
    )
    make.opened(people, measure=measure)
    send(clock)

    assert told(author) == [["both texts confirmed as equal", "opened for the vote"]]
    assert told(voter) == told(owner) == [["opened for the vote"]]


def test_it_comes_once_a_day_however_often_it_runs(people: dict, clock: Any) -> None:
    follower = people["east"][0]
    first = make.in_review(people["west"][0])
    services.follow_measure(measure=first, practitioner=follower, follow=True)
    send(clock)
    services.take_back(measure=first, by=people["west"][0].user)
    services.submit_measure(measure=first, by=people["west"][0].user)

    for _ in range(3):
        send(clock)
    assert len(told(follower)) == 1

    next_day(clock)
    send(clock)
    assert told(follower) == [["opened for comments"], ["opened for comments"]]
    next_day(clock)
    send(clock)
    assert len(told(follower)) == 2


def test_what_happened_while_nothing_ran_is_told_later(people: dict, clock: Any) -> None:
    follower = people["east"][0]
    send(clock)
    measure = make.in_review(people["west"][0])
    services.follow_measure(measure=measure, practitioner=follower, follow=True)
    clock.forward(days=5)

    assert send(clock) == 1
    assert told(follower) == [["opened for comments"]]


def test_nobody_is_written_to_at_night(people: dict, clock: Any) -> None:
    measure = make.in_review(people["west"][0])
    services.follow_measure(measure=measure, practitioner=people["east"][0], follow=True)
    clock.set(timezone.localtime(clock.now).replace(hour=6, minute=40))

    assert send(clock) == 0
    assert not Digest.objects.exists()
    clock.forward(hours=1)
    assert send(clock) in (0, 1)
    assert Digest.objects.count() == 1


@pytest.mark.parametrize(
    ("side", "topic", "kind", "hears"),
    [
        ("west", "one", News.REVIEW, True),
        ("west", "one", "", True),
        ("west", None, "", True),
        (None, "one", "", True),
        (None, None, News.REVIEW, True),
        ("east", "one", News.REVIEW, False),
        ("west", "two", News.REVIEW, False),
        ("west", "one", News.OUTCOME, False),
    ],
)
def test_side_and_topic_and_kind_are_wanted_together(
    people: dict, clock: Any, side: str | None, topic: str | None, kind: str, hears: bool
) -> None:
    topics = {
        code: ServiceDomain.objects.create(code=code, name_ar=code, name_en=code, group="g") for code in ("one", "two")
    }
    sides = {region.code: region for region in make.sides()}
    follower = people["south"][0]
    services.add_filter(
        practitioner=follower, region=sides[side] if side else None, topic=topics[topic] if topic else None, kind=kind
    )
    make.in_review(people["west"][0], choices={"topic": topics["one"]})

    send(clock)

    assert told(follower) == ([["opened for comments"]] if hears else [])


def test_the_side_of_an_action_counts_too(people: dict, clock: Any) -> None:
    measure = make.adopted(people, clock)
    clock.set(timezone.localtime(clock.now).replace(hour=12))
    send(clock)
    next_day(clock)
    follower = PractitionerFactory(side="west")
    services.add_filter(practitioner=follower, region=people["south"][0].region, topic=None, kind=News.ACTION)
    make.planned(measure, people["east"][0], people["south"][0])

    send(clock)

    assert told(follower) == [["planned"]]
    assert told(people["east"][0])[-1] == told(people["south"][0])[-1] == ["planned"]


def test_a_draft_is_told_to_nobody_but_its_authors(people: dict, clock: Any) -> None:
    author, other, follower = people["west"][0], people["east"][0], people["south"][0]
    measure = make.in_review(author)
    services.invite_author(measure=measure, practitioner=other, by=author.user)
    services.answer_invitation(measure=measure, practitioner=other, accept=True)
    services.follow_measure(measure=measure, practitioner=follower, follow=True)
    services.add_filter(practitioner=follower, region=None, topic=None, kind=News.REVIEW)
    services.take_back(measure=measure, by=author.user)
    unread = make.draft(author)
    services.withdraw_measure(measure=unread, by=author.user, reason="")

    send(clock)

    assert told(follower) == []
    assert "taken back by its authors" in told(other)[0]


def test_who_read_it_learns_that_it_is_withdrawn_and_gets_no_link(people: dict, clock: Any) -> None:
    measure = make.in_review(people["west"][0])
    services.follow_measure(measure=measure, practitioner=people["east"][0], follow=True)
    services.withdraw_measure(measure=measure, by=people["west"][0].user, reason="We write another.")

    send(clock)

    (message,) = Message.objects.filter(kind="measure-digest", recipient_id=people["east"][0].user_id)
    assert [(item["moved"]["en"], item["path"]) for item in message.context["items"]] == [("withdrawn", "")]


@pytest.mark.parametrize("secrecy", Secrecy.values)
def test_nothing_tells_how_or_whether_anybody_voted(people: dict, clock: Any, secrecy: str) -> None:
    vote = make.opened(people, secrecy=secrecy)
    services.follow_measure(measure=vote.measure, practitioner=people["west"][1], follow=True)
    send(clock)
    before = Message.objects.count()
    next_day(clock)
    make.cast(vote, people["east"])
    make.cast(vote, people["west"], Choice.BLOCK, "Because of the roads.")
    make.cast(vote, people["west"], Choice.ABSTAIN)

    assert send(clock) == 0
    assert Message.objects.count() == before
    said = json.dumps(list(Message.objects.values_list("context", flat=True)), ensure_ascii=False).lower()
    assert "roads" not in said
    assert not any(str(choice.label).lower() in said for choice in Choice)


def test_it_can_be_switched_off_and_whoever_is_suspended_gets_none(people: dict, clock: Any) -> None:
    measure = make.in_review(people["west"][0])
    for person in people["east"]:
        services.follow_measure(measure=measure, practitioner=person, follow=True)
    outbox.set_preference(people["east"][0].user_id, "measures", email=False, sms=False)
    Practitioner.objects.filter(pk=people["east"][1].pk).update(state="suspended")

    send(clock)

    assert not Message.objects.filter(kind="measure-digest").exists()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("discreet", [True, False])
def test_it_is_in_the_reader_s_language_and_discreet_where_they_want_it(
    people: dict, clock: Any, language: str, discreet: bool, mailoutbox: list[Any]
) -> None:
    follower = people["east"][0]
    type(follower.user).objects.filter(pk=follower.user_id).update(language=language, discreet=discreet)
    measure = make.in_review(people["west"][0])
    services.follow_measure(measure=measure, practitioner=follower, follow=True)
    send(clock)

    relay.drain()

    (mail,) = [mail for mail in mailoutbox if mail.to == [follower.user.email]]
    title = {"ar": make.WORDS["title_ar"], "en": make.WORDS["title_en"]}[language]
    assert (title in mail.body) is not discreet
    assert (f"/{language}/measures/{measure.slug}/" in mail.body) is not discreet
    assert "measure" not in mail.subject.lower() or not discreet


def test_broken_half_way_it_is_sent_the_next_time(people: dict, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    measure = make.in_review(people["west"][0])
    services.follow_measure(measure=measure, practitioner=people["east"][0], follow=True)
    before = everything()
    with monkeypatch.context() as broken:
        break_the_outbox(broken)
        with pytest.raises(Broken):
            send(clock)
    assert everything() == before

    assert send(clock) == 1


def test_many_readers_cost_no_more_questions(people: dict, clock: Any, django_assert_max_num_queries: Any) -> None:
    measure = make.in_review(people["west"][0])
    for person in PractitionerFactory.create_batch(20, side="east"):
        services.follow_measure(measure=measure, practitioner=person, follow=True)
    with django_assert_max_num_queries(25):
        assert send(clock) == 20


# --- the day of review --------------------------------------------------------------------------------------------------


def test_on_its_day_a_measure_gets_one_new_draft(people: dict, clock: Any) -> None:
    lead, second = people["west"][0], people["south"][0]
    measure = make.compared(lead, choices={"review_on": timezone.localdate() + timedelta(days=20)})
    services.invite_author(measure=measure, practitioner=second, by=lead.user)
    services.answer_invitation(measure=measure, practitioner=second, accept=True)
    old = make.adopted(people, clock, measure=measure)

    tasks.begin_reviews()
    assert not old.successors.exists()
    clock.forward(days=13)
    for _ in range(3):
        tasks.begin_reviews()

    draft = old.successors.get()
    assert (draft.state, draft.effect, draft.review_on) == ("draft", "supersede", None)
    assert (draft.current.text_ar, draft.current.hash_en) == (old.current.text_ar, old.current.hash_en)
    assert list(draft.authors.order_by("pk").values_list("practitioner_id", "state", "lead")) == [
        (lead.pk, "accepted", True),
        (second.pk, "invited", False),
    ]
    clock.set(timezone.localtime(clock.now).replace(hour=12))
    send(clock)
    assert "begun" in told(lead)[-1]
    assert "begun" in told(second)[-1]
    assert "begun" not in str(told(people["east"][0]))


def test_the_next_author_leads_where_the_first_is_gone_and_without_any_there_is_none(people: dict, clock: Any) -> None:
    lead = people["west"][0]
    measure = make.compared(lead, choices={"review_on": timezone.localdate() + timedelta(days=9)})
    old = make.adopted(people, clock, measure=measure)
    Practitioner.objects.filter(pk=lead.pk).update(state="suspended")
    clock.forward(days=9)

    tasks.begin_reviews()

    assert not old.successors.exists()
    Practitioner.objects.filter(pk=lead.pk).update(state="active")
    tasks.begin_reviews()
    assert old.successors.get().authors.get(lead=True).practitioner == lead


def test_a_draft_of_a_review_can_take_the_old_one_s_place(people: dict, clock: Any) -> None:
    lead = people["west"][0]
    measure = make.compared(lead, choices={"review_on": timezone.localdate() + timedelta(days=9)})
    old = make.adopted(people, clock, measure=measure)
    clock.forward(days=9)
    tasks.begin_reviews()
    draft = old.successors.get()
    words = make.WORDS | {"text_en": "Better.", "text_ar": "أفضل."}
    draft = services.edit_measure(measure=draft, base=1, words=words, by=lead.user)
    draft = services.submit_measure(measure=draft, by=lead.user)
    version = draft.current
    services.confirm_parity(measure=draft, hash_ar=version.hash_ar, hash_en=version.hash_en, reader=people["south"][1])

    make.adopted(people, clock, measure=draft)

    old.refresh_from_db()
    assert old.state == "superseded"
