"""An offered seat answered from a mail or an SMS, without a login; and the page that tells how seats are shared."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import get_language, override

from dialogues import services, tokens
from dialogues.allocation import Floors
from dialogues.enums import RegistrationState
from dialogues.models import Registration
from network.enums import MemberState
from notifications import outbox
from notifications.outbox import Message
from tests.clock import Clock
from tests.dialogues.places import act, join, state_of
from tests.factories.dialogues import SessionFactory
from tests.factories.network import PractitionerFactory, coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db

State = RegistrationState
LANGUAGES = ["ar", "en"]


@pytest.fixture
def offered() -> Registration:
    """Return the registration of somebody who waited and is offered the only seat; somebody else waits behind them."""
    session = SessionFactory(site__seats=1)
    seated, first, _ = (join(session) for _ in range(3))
    act(services.withdraw, seated)
    first.refresh_from_db()
    return first


def link(registration: Registration, language: str = "en") -> str:
    return f"/{language}/o/{tokens.of_offer(registration)}/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_looking_changes_nothing(client: Client, offered: Registration, language: str) -> None:
    before = everything()
    language_before = get_language()

    for _ in range(3):
        answer = client.get(link(offered, language))
        client.head(link(offered, language) + "?decline")

    assert answer.status_code == 200
    with override(language_before):
        assert everything() == before
    assert getattr(offered.session, f"title_{language}") in answer.text
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert offered.practitioner.name_ar not in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("said", "state"), [("take", State.CONFIRMED), ("decline", State.DECLINED)])
def test_one_press_answers_and_a_second_changes_nothing(
    client: Client, offered: Registration, language: str, said: str, state: State
) -> None:
    page = client.post(link(offered, language), {"answer": said}, follow=True)
    before = everything()
    again = client.post(link(offered, language), {"answer": said}, follow=True)

    def main(answer: Any) -> str:
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.text.partition("<main")[2])

    assert state_of(offered) == state
    assert everything() == before
    assert page.redirect_chain == [(link(offered, language), 302)]
    assert main(page) == main(again)
    assert "<button" not in main(page)


def test_a_declined_seat_is_not_taken_by_the_other_button(client: Client, offered: Registration) -> None:
    client.post(link(offered), {"answer": "decline"})
    client.post(link(offered), {"answer": "take"})

    assert state_of(offered) == State.DECLINED
    assert Registration.objects.filter(state=State.OFFERED).count() == 1


@pytest.mark.parametrize("said", ["take", "decline"])
def test_an_offer_that_has_run_out_says_so(client: Client, clock: Clock, offered: Registration, said: str) -> None:
    clock.set(offered.offer_expires_at)

    page = client.get(link(offered))
    answer = client.post(link(offered), {"answer": "take"}, follow=True)

    for shown in (page, answer):
        assert "This offer is over. The seat has gone to the next person." in shown.text
    assert state_of(offered) == State.OFFERED


@pytest.mark.parametrize("answer", ["", "both", "TAKE"])
def test_an_answer_that_is_none_is_refused(client: Client, offered: Registration, answer: str) -> None:
    before = everything()

    assert client.post(link(offered), {"answer": answer}).status_code == 404
    assert everything() == before


def test_the_address_is_worth_nothing_when_it_is_changed(client: Client, offered: Registration) -> None:
    token = tokens.of_offer(offered)
    number, _, signature = token.partition("-")
    other = join(offered.session)
    wrong = [
        f"{other.pk}-{signature}", f"{number}-{signature[:-1]}", f"{number}-{signature}a", f"{number}-", number, f"-{signature}",
        f"{number}-{'é' * tokens.SIGNATURE}", f"{'9' * 40}-{signature}", f"٧-{signature}", f"{number}-{signature.upper()}",
    ]  # fmt: skip

    for token in wrong:
        assert client.get(f"/en/o/{token}/").status_code == 404, token


def test_nobody_but_whom_a_seat_was_offered_has_an_address(client: Client, offered: Registration) -> None:
    waiting = Registration.objects.get(state=State.WAITING)

    assert client.get(link(waiting)).status_code == 404


def test_who_has_left_takes_no_seat(client: Client, offered: Registration) -> None:
    offered.practitioner.state = MemberState.SUSPENDED
    offered.practitioner.save()

    assert client.get(link(offered)).status_code == 404


def test_mail_and_sms_carry_the_address(offered: Registration) -> None:
    message = Message.objects.get(kind="seat-offered", channel="email")

    assert message.context["token"] == tokens.of_offer(offered)
    assert message.context["why"]["en"] == "A seat was free, and of those who may have it you asked first."
    assert outbox.Channel.SMS in {kind.code: kind for kind in outbox.all_kinds()}["seat-offered"].channels


# --- how the seats are shared -------------------------------------------------------------------------------------------


def member_of(registration: Registration) -> Client:
    client = Client()
    client.force_login(registration.practitioner.user)
    return client


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_reads_the_reasons_of_their_own_place(
    offered: Registration, language: str, django_assert_max_num_queries: Any
) -> None:
    page = f"/{language}/sessions/{offered.session.slug}/seats/"
    client = member_of(offered)
    client.get(page)

    with django_assert_max_num_queries(15):
        answer = client.get(page)

    told = re.findall(r"<strong>([^<]+)</strong>\s*<div>([^<]+)</div>", answer.text)
    assert len(told) == 2
    if language == "en":
        assert told == [
            ("Put on the waiting list", "All seats were taken."),
            ("Was offered a seat", "A seat was free, and of those who may have it you asked first."),
        ]
        assert "of those who may have it you asked first" in client.get(f"/en/sessions/{offered.session.slug}/").text


def test_kept_seats_are_shown_and_under_the_rule_of_chatham_house_not_counted() -> None:
    person = PractitionerFactory(side="west")
    session = SessionFactory(in_hours=400, site__seats=10)
    floors = {session.sites.get().pk: Floors({person.region_id: 7})}
    services.set_floors(session=session, floors=floors, until=None, by=coordinator(None))
    place = join(session, person)
    client = member_of(place)

    assert "6 still open" in client.get(f"/en/sessions/{session.slug}/seats/").text
    session.chatham_house = True
    session.save()
    shown = client.get(f"/en/sessions/{session.slug}/seats/").text
    assert "6 still open" not in shown
    assert "<progress" not in shown


def test_the_page_of_the_seats_is_for_members_who_know_of_the_session(client: Client, offered: Registration) -> None:
    url = f"/en/sessions/{offered.session.slug}/seats/"

    assert client.get(url).url == f"/en/accounts/login/?next={url}"
    offered.session.listing = "invited"
    offered.session.abroad_invited = False
    offered.session.save()
    assert member_of(RegistrationOf(PractitionerFactory(side=None))).get(url).status_code == 404
    assert member_of(offered).post(url).status_code == 404


class RegistrationOf:
    """Somebody without a place."""

    def __init__(self, practitioner: Any) -> None:
        self.practitioner = practitioner
