"""Messages of coordinators to those registered: to whom, previewed, tried on oneself, sent once."""

import re
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dialogues import outreach, services
from dialogues.enums import Audience, BroadcastState, RegistrationState, SessionState
from dialogues.models import Broadcast, Session
from network import services as network_services
from network.models import Practitioner, Region, Transition, User
from notifications import kinds, render
from notifications.models import Message
from tests.clock import Clock
from tests.desk import at_the_desk
from tests.factories.dialogues import RegistrationFactory, SessionFactory, SiteFactory, seat
from tests.factories.network import PractitionerFactory, RegionFactory, UserFactory, auditor, coordinator

pytestmark = pytest.mark.django_db
WORDS = {
    "subject_ar": "تغيير في القاعة",
    "subject_en": "Another room",
    "text_ar": "ننتقل إلى القاعة الثانية.\n\nنلتقي عند الباب.",
    "text_en": "We move to the second room.\n\nWe meet at the door.",
}


def written(session: Session, by: User, *, side: Region | None = None, **fields: Any) -> Broadcast:
    message = Broadcast(session=session, side=side, **{**WORDS, **fields})
    return services.write_broadcast(broadcast=message, by=by)


def sent(message: Broadcast, by: User) -> Broadcast:
    services.try_broadcast(broadcast=message, by=by)
    return services.send_broadcast(broadcast=message, text_sha256=message.text_sha256, by=by)


def readers() -> set[int]:
    """Return who got the message itself."""
    rows = Message.objects.filter(kind="broadcast", context__trial=False)
    return set(rows.values_list("recipient_id", flat=True))


def of(*places: Any) -> set[int]:
    return {place.practitioner.user_id for place in places}


def page(session: Session, message: Broadcast | None = None, language: str = "en") -> str:
    base = f"/{language}/admin/dialogues/session/{session.pk}/messages/"
    return f"{base}{message.pk}/" if message else base


# --- to whom ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "states"),
    [
        (Audience.CONFIRMED, ["confirmed"]),
        (Audience.OFFERED, ["offered"]),
        (Audience.WAITING, ["waiting"]),
        (Audience.PRESENT, ["attended"]),
        (Audience.ALL, ["requested", "confirmed", "waiting", "offered", "attended", "absent"]),
    ],
)
def test_message_reaches_those_chosen_and_nobody_else(audience: str, states: list[str]) -> None:
    session, by = SessionFactory(), coordinator(None)
    places = {state: seat(session=session, state=state) for state in RegistrationState}
    seat(state=states[0])

    message = sent(written(session, by, audience=audience), by)

    assert readers() == of(*(places[state] for state in states))
    assert message.count == len(states)


def test_message_reaches_one_site() -> None:
    session, by = SessionFactory(), coordinator(None)
    other = SiteFactory(session=session)
    first = session.sites.order_by("pk").first()
    mine, theirs = RegistrationFactory(session=session, site=first), RegistrationFactory(session=session, site=other)

    sent(written(session, by, site=other), by)

    assert readers() == of(theirs)
    assert of(mine) & readers() == set()
    with pytest.raises(services.SiteGone):
        written(session, by, site=SessionFactory().sites.get())


def test_coordinator_of_a_side_writes_to_their_own_people_alone() -> None:
    session, by = SessionFactory(), coordinator("west")
    west = RegionFactory(code="west")
    mine = seat(session=session, practitioner__side="west")
    seat(session=session, practitioner__side="east")
    seat(session=session, practitioner__side=None)

    sent(written(session, by, side=west), by)

    assert readers() == of(mine)
    for side in (None, RegionFactory(code="east")):
        with pytest.raises(services.NotYourSession):
            written(session, by, side=side)


def test_national_coordinator_writes_to_all_of_a_joint_session_and_to_none_of_a_side_s() -> None:
    by = coordinator(None)
    joint, own = SessionFactory(), SessionFactory(host_region=RegionFactory(code="west"))
    people = [seat(session=joint, practitioner__side=side) for side in ("west", "east", None)]
    seat(session=own)

    assert sent(written(joint, by), by).count == 3
    assert readers() == of(*people)
    for side in (None, RegionFactory(code="west")):
        with pytest.raises(services.NotYourSession):
            written(own, by, side=side)


@pytest.mark.parametrize("who", [auditor, UserFactory])
def test_nobody_else_writes(who: Any) -> None:
    session = SessionFactory()
    with pytest.raises(services.NotYourSession):
        written(session, who())


def test_whoever_left_or_is_suspended_gets_nothing() -> None:
    session, by = SessionFactory(), coordinator(None)
    for state in ("suspended", "left"):
        seat(session=session, practitioner__state=state)
    message = written(session, by)
    services.try_broadcast(broadcast=message, by=by)

    with pytest.raises(services.NobodyToTell):
        services.send_broadcast(broadcast=message, text_sha256=message.text_sha256, by=by)

    assert Broadcast.objects.get().state == BroadcastState.TRIED


def test_nobody_is_written_to_about_a_draft() -> None:
    with pytest.raises(services.NotAnnounced):
        written(SessionFactory(state=SessionState.DRAFT), coordinator(None))


# --- tried, then sent, once ---------------------------------------------------------------------------------------------


def test_it_goes_to_its_author_first() -> None:
    session, by, other = SessionFactory(), coordinator(None), coordinator(None)
    seat(session=session)
    message = written(session, by)
    with pytest.raises(services.TryItFirst):
        services.send_broadcast(broadcast=message, text_sha256=message.text_sha256, by=by)
    for _ in range(2):
        services.try_broadcast(broadcast=message, by=by)

    assert [row.recipient_id for row in Message.objects.filter(kind="broadcast")] == [by.pk]
    assert readers() == set()
    with pytest.raises(services.TryItFirst):
        services.send_broadcast(broadcast=message, text_sha256=message.text_sha256, by=other)


def test_other_words_must_be_tried_anew() -> None:
    session, by = SessionFactory(), coordinator(None)
    seat(session=session)
    message = written(session, by)
    services.try_broadcast(broadcast=message, by=by)
    before = message.text_sha256
    changed = Broadcast.objects.get(pk=message.pk)
    changed.text_en = "Other words."
    services.write_broadcast(broadcast=changed, by=by)

    for shown, refusal in ((before, services.MessageHasChanged), (changed.text_sha256, services.TryItFirst)):
        with pytest.raises(refusal):
            services.send_broadcast(broadcast=message, text_sha256=shown, by=by)

    assert sent(Broadcast.objects.get(), by).state == BroadcastState.SENT
    assert Message.objects.filter(kind="broadcast", recipient_id=by.pk).count() == 2


@pytest.mark.parametrize("changed", [{"audience": Audience.ALL}, {"subject_ar": "غير ذلك"}])
def test_fingerprint_is_of_everything_that_matters(changed: dict[str, str]) -> None:
    session, by = SessionFactory(), coordinator(None)
    assert written(session, by).text_sha256 == written(session, by).text_sha256
    assert written(session, by).text_sha256 != written(session, by, **changed).text_sha256


def test_sending_twice_sends_once() -> None:
    session, by = SessionFactory(), coordinator(None)
    seat(session=session)
    message = written(session, by)

    services.try_broadcast(broadcast=message, by=by)
    for _ in range(2):
        services.send_broadcast(broadcast=message, text_sha256=message.text_sha256, by=by)

    assert Message.objects.filter(kind="broadcast", context__trial=False).count() == 1
    assert Transition.objects.filter(subject_type="dialogues.broadcast", move="send").count() == 1


def test_what_is_sent_is_not_changed_any_more() -> None:
    session, by = SessionFactory(), coordinator(None)
    seat(session=session)
    message = sent(written(session, by), by)
    message.text_en = "Never said."

    with pytest.raises(network_services.IllegalMove):
        services.write_broadcast(broadcast=message, by=by)

    assert Broadcast.objects.get().text_en == WORDS["text_en"]


def test_five_a_day_for_each_session(clock: Clock) -> None:
    session, other, by = SessionFactory(in_hours=200), SessionFactory(in_hours=200), coordinator(None)
    for one in (session, other):
        seat(session=one)
    for _ in range(5):
        sent(written(session, by), by)

    with pytest.raises(services.TooManyMessages):
        sent(written(session, by), by)

    sent(written(other, by), by)
    clock.forward(hours=24, minutes=1)
    sent(written(session, by), by)


def test_a_fault_at_the_end_leaves_nothing_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    session, by = SessionFactory(), coordinator(None)
    seat(session=session)
    message = written(session, by)
    services.try_broadcast(broadcast=message, by=by)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("dialogues.notices.broadcast", broken)
    with pytest.raises(RuntimeError):
        services.send_broadcast(broadcast=message, text_sha256=message.text_sha256, by=by)

    assert Broadcast.objects.get().state == BroadcastState.TRIED
    assert not Transition.objects.filter(move="send").exists()


@pytest.mark.parametrize("wrong", [{"state": "sent"}, {"state": "tried"}, {"count": 3}])
def test_the_database_refuses_what_was_not_sent_as_sent(wrong: dict[str, Any]) -> None:
    message = written(SessionFactory(), coordinator(None))
    with pytest.raises(IntegrityError), transaction.atomic():
        Broadcast.objects.filter(pk=message.pk).update(**wrong)


# --- what is read -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "other"), [("ar", "en"), ("en", "ar")])
def test_each_reads_it_in_their_language(language: str, other: str) -> None:
    session, by = SessionFactory(), coordinator(None)
    place = seat(session=session, practitioner__user__language=language)
    sent(written(session, by), by)
    user = place.practitioner.user

    mail = render.email(Message.objects.get(recipient_id=user.pk), kinds.contacts([user.pk])[user.pk])

    assert mail.subject == WORDS[f"subject_{language}"]
    assert WORDS[f"text_{language}"] in str(mail.body)
    assert WORDS[f"text_{other}"] not in str(mail.body)
    assert mail.to == [user.email]
    assert mail.cc == mail.bcc == []


@pytest.mark.parametrize(
    ("discreet", "chatham_house", "audience", "neutral"),
    [
        (True, False, Audience.ALL, True),
        (False, True, Audience.PRESENT, True),
        (False, True, Audience.ALL, False),
        (False, False, Audience.PRESENT, False),
    ],
)
def test_neutral_where_the_mail_itself_would_tell(
    discreet: bool, chatham_house: bool, audience: str, neutral: bool
) -> None:
    session, by = SessionFactory(chatham_house=chatham_house), coordinator(None)
    place = seat(session=session, state=RegistrationState.ATTENDED, practitioner__user__discreet=discreet)
    sent(written(session, by, audience=audience), by)
    user = place.practitioner.user

    mail = render.email(Message.objects.get(recipient_id=user.pk), kinds.contacts([user.pk])[user.pk])

    said = f"{mail.subject} {mail.body}"
    assert (session.slug not in said and WORDS["subject_ar"] not in said) is neutral


@pytest.mark.parametrize("language", ["ar", "en"])
def test_member_reads_it_on_their_own_page(language: str) -> None:
    session, by = SessionFactory(), coordinator(None)
    person = seat(session=session, practitioner__user__discreet=True).practitioner
    sent(written(session, by, **{f"text_{language}": "One.\n\n<b>Two</b> & three."}), by)
    client, other = Client(), Client()
    client.force_login(person.user)
    other.force_login(PractitionerFactory().user)

    text = client.get(f"/{language}/me/").text

    assert WORDS[f"subject_{language}"] in text
    assert "&lt;b&gt;Two&lt;/b&gt; &amp; three." in text
    assert WORDS[f"subject_{language}"] not in other.get(f"/{language}/me/").text


# --- the desk -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_from_writing_to_sending_at_the_desk(language: str) -> None:
    session, by = SessionFactory(), coordinator("west")
    west = RegionFactory(code="west")
    mine = [seat(session=session) for _ in range(2)]
    seat(session=session, practitioner__side="east")
    client = at_the_desk(by)
    assert client.get(page(session, language=language)).status_code == 200

    first = client.post(
        page(session, language=language), {**WORDS, "audience": "confirmed", "side": west.pk, "site": ""}
    )
    message = Broadcast.objects.get()
    assert first.url == page(session, message, language)
    shown = client.get(first.url).text
    for name, words in WORDS.items():
        assert words.split("\n")[0] in shown, name
    assert 'lang="ar" dir="rtl"' in shown
    assert 'lang="en" dir="ltr"' in shown
    assert 'value="try"' in shown
    assert 'value="send"' not in shown

    client.post(first.url, {"do": "try"})
    ready = client.get(first.url).text
    assert 'value="send"' in ready
    shown_hash = re.search(r'name="text_sha256" value="([0-9a-f]{64})"', ready).group(1)
    for _ in range(2):
        done = client.post(first.url, {"do": "send", "text_sha256": shown_hash}, follow=True)
        assert {"ar": "أُرسلت إلى شخصين", "en": "Sent to 2 people."}[language] in done.text

    assert readers() == of(*mine)
    after = client.get(first.url).text
    assert "<textarea" not in after
    assert WORDS[f"subject_{language}"] in client.get(page(session, language=language)).text


@pytest.mark.parametrize(
    "changed",
    [{"subject_en": ""}, {"text_ar": ""}, {"subject_ar": "س" * 121}, {"text_en": "a\u202eb"}, {"audience": "x"}],
)
def test_what_was_typed_is_kept_when_something_is_wrong(changed: dict[str, str]) -> None:
    session = SessionFactory()
    answer = at_the_desk(coordinator(None)).post(page(session), {**WORDS, "audience": "all", **changed})

    assert answer.status_code == 200
    assert 'role="alert"' in answer.text
    assert (WORDS["subject_ar"] if "subject_ar" not in changed else WORDS["subject_en"]) in answer.text
    assert Broadcast.objects.count() == 0


def test_a_change_at_the_desk_must_be_tried_again() -> None:
    session, by = SessionFactory(), coordinator(None)
    seat(session=session)
    message = written(session, by)
    client = at_the_desk(by)
    client.post(page(session, message), {"do": "try"})

    wrong = client.post(page(session, message), {"do": "edit", **WORDS, "audience": "all", "text_en": ""})
    client.post(page(session, message), {"do": "edit", **WORDS, "audience": "all", "text_en": "Other words."})

    assert "<details open>" in wrong.text
    assert Broadcast.objects.get().state == BroadcastState.DRAFT
    assert 'value="send"' not in client.get(page(session, message)).text


def test_sides_read_their_own_messages_alone() -> None:
    session = SessionFactory()
    for side in ("west", "east"):
        seat(session=session, practitioner__side=side)
    by = {side: coordinator(side) for side in ("west", "east")}
    message = sent(written(session, by["west"], side=RegionFactory(code="west"), subject_en="Of the west"), by["west"])
    whole = written(session, coordinator(None), subject_en="Of all")
    east, national, reads = at_the_desk(by["east"]), at_the_desk(coordinator(None)), at_the_desk(auditor())

    for one in (message, whole):
        assert east.get(page(session, one)).status_code == 404
        assert east.post(page(session, one), {"do": "try"}).status_code == 404
        assert one.subject_en not in east.get(page(session)).text
        assert national.get(page(session, one)).status_code == reads.get(page(session, one)).status_code == 200
    assert national.post(page(session, message), {"do": "try"}).status_code == 404
    for path, data in ((page(session, whole), {"do": "try"}), (page(session), {**WORDS, "audience": "all"})):
        assert reads.post(path, data).status_code == 404
    assert "<textarea" not in reads.get(page(session)).text
    assert Client().get(page(session)).status_code in (302, 404)


def test_nonsense_and_messages_of_other_sessions_look_unknown() -> None:
    session, other, by = SessionFactory(), SessionFactory(), coordinator(None)
    message = written(session, by)
    client = at_the_desk(by)

    assert client.post(page(session, message), {"do": "nonsense"}).status_code == 404
    assert client.get(page(other, message)).status_code == 404
    forged = client.post(page(session), {**WORDS, "audience": "all", "site": other.sites.get().pk})
    assert forged.status_code == 200
    assert Broadcast.objects.count() == 1


def test_desk_asks_the_database_as_often_for_one_message_as_for_four() -> None:
    session, by = SessionFactory(), coordinator(None)
    client, counts = at_the_desk(by), []
    for number in (1, 3):
        for _ in range(number):
            seat(session=session)
            message = written(session, by)
        for path in (page(session), page(session, message)):
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            counts.append(len(captured))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 25


def test_recipients_are_counted_as_they_are_now() -> None:
    session, by = SessionFactory(), coordinator(None)
    message = written(session, by)
    client = at_the_desk(by)
    assert "0 recipients" in client.get(page(session, message)).text
    place = seat(session=session)
    assert "1 recipient" in client.get(page(session, message)).text
    assert outreach.recipients(message) == [Practitioner.objects.get(pk=place.practitioner_id).user_id]
