"""A walk-in is invited, applies, is verified, and then has attended in their own name; nobody is counted twice."""

import re

import pytest
from django.test import Client

from dialogues import selectors, services, tasks
from dialogues.enums import RegistrationState, SessionState, Via
from dialogues.models import Registration, Session, WalkIn
from dialogues.services import codes
from network import selectors as network_selectors, services as network_services
from network.models import Practitioner, User
from notifications.outbox import Message
from tests.clock import Clock
from tests.desk import at_the_desk
from tests.factories.dialogues import SessionFactory, seat
from tests.factories.network import (
    CodeOfConductFactory,
    PractitionerFactory,
    RegionFactory,
    UserFactory,
    auditor,
    coordinator,
)
from tests.state import everything

pytestmark = pytest.mark.django_db
PHONE = "+218912345678"
LANGUAGES = ["ar", "en"]


@pytest.fixture
def west() -> User:
    return coordinator("west")


@pytest.fixture
def walk_in(west: User) -> WalkIn:
    session = SessionFactory(in_hours=0.5)
    return services.add_walk_in(
        session=session, site=session.sites.get(), name="فرج بلا حساب", phone=PHONE, region=RegionFactory(code="west"), by=west
    )  # fmt: skip


@pytest.fixture
def invited(walk_in: WalkIn, west: User) -> WalkIn:
    return services.invite_walk_in(walk_in=walk_in, by=west)


def present(session: Session) -> dict[str | None, tuple[int, int]]:
    rows = selectors.counts_by_side(session)
    return {row["side"].code if row["side"] else None: (row["present"], row["walked_in"]) for row in rows}


def member(user: User, side: str | None = "west") -> Practitioner:
    return PractitionerFactory(user=user, side=side)


# --- inviting -----------------------------------------------------------------------------------------------------------


def test_the_invitation_goes_by_sms_and_says_nothing_of_us(invited: WalkIn, west: User) -> None:
    message = Message.objects.get(kind="walk-in-invited")

    assert (message.channel, message.address, message.recipient_id) == ("sms", PHONE, None)
    assert message.context == {"invitation": services.invitation_address(invited.invitation)}
    assert codes.read(invited.invitation, codes.INVITATION_LENGTH) == invited.invitation
    assert invited.name not in str(message.context)
    assert [(step.move, step.by) for step in network_selectors.steps(invited)] == [("invite", west)]


def test_invited_again_the_code_stays_and_one_sms_a_day_goes_out(invited: WalkIn, west: User) -> None:
    again = services.invite_walk_in(walk_in=invited, by=west)
    assert again.invitation == invited.invitation
    assert Message.objects.filter(kind="walk-in-invited").count() == 1


def test_without_a_telephone_there_is_a_code_for_paper(walk_in: WalkIn, west: User) -> None:
    WalkIn.objects.update(phone="")
    row = services.invite_walk_in(walk_in=walk_in, by=west)
    assert not Message.objects.filter(kind="walk-in-invited").exists()
    page = at_the_desk(west).get(f"/en/admin/dialogues/session/{row.session_id}/attendance/").text
    assert services.shown_code(row.invitation) in page


@pytest.mark.parametrize("who", [lambda: coordinator("east"), auditor, lambda: PractitionerFactory().user])
def test_others_do_not_invite(walk_in: WalkIn, who: object) -> None:
    by = who()  # type: ignore[operator]
    before = everything()
    with pytest.raises(services.NotInvitable):
        services.invite_walk_in(walk_in=walk_in, by=by)
    assert everything() == before


def test_the_button_of_the_attendance_page(walk_in: WalkIn, west: User) -> None:
    url = f"/en/admin/dialogues/session/{walk_in.session_id}/attendance/"
    answer = at_the_desk(west).post(url, {"do": "invite", "walk_in": walk_in.pk}, follow=True).text
    assert "Invited: an SMS" in answer
    assert at_the_desk(coordinator("east")).post(url, {"do": "invite", "walk_in": walk_in.pk}).status_code == 404


# --- the way in ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_road_counts_the_person_once(invited: WalkIn, west: User, language: str) -> None:
    conduct = CodeOfConductFactory()
    session, code = invited.session, invited.invitation
    before = present(session)
    page = Client().get(f"/{language}/i/{code}/").text
    assert "فرج" not in page
    assert f"next=/{language}/i/{code}/" in page
    user = UserFactory()
    browser = Client()
    browser.force_login(user)
    assert browser.post(f"/{language}/i/{code}/").url == f"/{language}/me/profile/"
    assert re.search(r'name="name_ar" value="فرج بلا حساب"', browser.get(f"/{language}/me/profile/").text)
    profile = {
        "name_ar": "فرج بلا حساب", "profession": PractitionerFactory().profession,
        "municipality": PractitionerFactory(side="west").municipality, "visibility": "side",
    }  # fmt: skip
    person = network_services.apply_for_membership(
        user=user, profile=profile, conduct=conduct, language="ar", text_sha256=conduct.sha256_in("ar")
    )
    tasks.prepare_check_in()
    assert present(session) == before
    assert not Registration.objects.exists()
    network_services.verify(practitioner=person, by=west)

    for _ in range(2):
        tasks.prepare_check_in()

    row, walk_in = Registration.objects.get(), WalkIn.objects.get()
    assert (row.practitioner, row.state, row.walked_in, row.marked_by) == (person, "attended", True, invited.added_by)
    assert (walk_in.became, walk_in.name, walk_in.phone, walk_in.invitation) == (person, "", "", "")
    assert present(session)["west"][0] == before["west"][0] == 1
    assert present(session)["west"][1] == 0
    assert [(s.move, s.by) for s in network_selectors.steps(walk_in)] == [
        ("invite", west),
        ("claim", user),
        ("become", None),
    ]


def test_a_session_that_was_closed_in_the_meantime_is_put_right_too(invited: WalkIn) -> None:
    services.close_attendance(session=invited.session, by=coordinator(None))
    user = UserFactory()
    services.claim_invitation(code=invited.invitation, user=user)
    person = member(user)

    tasks.prepare_check_in()

    assert Registration.objects.get(practitioner=person).state == RegistrationState.ATTENDED
    invited.session.refresh_from_db()
    assert invited.session.state == SessionState.CLOSED


@pytest.mark.parametrize("state", [RegistrationState.ATTENDED, RegistrationState.ABSENT, RegistrationState.CONFIRMED])
def test_whoever_has_a_place_already_keeps_that_one(invited: WalkIn, state: str) -> None:
    user = UserFactory()
    services.claim_invitation(code=invited.invitation, user=user)
    row = seat(session=invited.session, practitioner=member(user), state=state)

    tasks.prepare_check_in()

    row.refresh_from_db()
    assert (row.state, row.walked_in) == (RegistrationState.ATTENDED, False)
    assert row.marked_via == ("" if state == RegistrationState.ATTENDED else Via.WALK_IN)
    assert Registration.objects.count() == 1
    assert present(invited.session)["west"] == (1, 0)


@pytest.mark.parametrize(("state", "taken"), [(RegistrationState.WAITING, 1), (RegistrationState.OFFERED, 0)])
def test_whoever_waited_waits_no_more(invited: WalkIn, state: str, taken: int) -> None:
    user = UserFactory()
    services.claim_invitation(code=invited.invitation, user=user)
    row = seat(session=invited.session, practitioner=member(user), state=state)

    tasks.prepare_check_in()

    row.refresh_from_db()
    assert row.state == RegistrationState.EXPIRED
    assert invited.session.sites.get().taken == taken
    assert Registration.objects.get(state=RegistrationState.ATTENDED).walked_in


@pytest.mark.parametrize("case", ["another side", "abroad", "removed", "waiting for verification"])
def test_the_attendance_stays_a_walk_ins(invited: WalkIn, west: User, case: str) -> None:
    user = UserFactory()
    services.claim_invitation(code=invited.invitation, user=user)
    if case == "removed":
        services.remove_walk_in(walk_in=invited, by=west)
    PractitionerFactory(
        user=user,
        side={"another side": "east", "abroad": None}.get(case, "west"),
        state="applied" if case.startswith("waiting") else "active",
    )
    before = everything()

    tasks.prepare_check_in()

    assert everything() == before


def test_a_code_is_for_one_account(invited: WalkIn) -> None:
    first, second = UserFactory(), UserFactory()
    for _ in range(2):
        services.claim_invitation(code=invited.invitation, user=first)
    before = everything()
    with pytest.raises(services.InvitationUsed):
        services.claim_invitation(code=invited.invitation, user=second)
    assert everything() == before
    browser = Client()
    browser.force_login(second)
    assert browser.get(f"/en/i/{invited.invitation}/").status_code == 404
    assert browser.post(f"/en/i/{invited.invitation}/").status_code == 404


def test_a_code_ends_after_two_months(invited: WalkIn, clock: Clock) -> None:
    clock.forward(days=60, seconds=-1)
    assert services.open_invitation(invited.invitation)
    clock.forward(days=1)
    assert services.open_invitation(invited.invitation) is None
    assert Client().get(f"/en/i/{invited.invitation}/").status_code == 404


# --- the page that takes the code -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_from_paper_is_typed(invited: WalkIn, language: str) -> None:
    typed = services.shown_code(invited.invitation).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert Client().get(f"/{language}/i/", {"code": typed}).url == f"/{language}/i/{invited.invitation}/"
    assert f"/{language}/i/" in Client().get(f"/{language}/join/").text


@pytest.mark.parametrize("typed", ["1234", "<b>x", "\x00", "9" * 500])
def test_a_mistyped_code_is_told_and_stays(typed: str) -> None:
    page = Client().get("/en/i/", {"code": typed}).text
    assert "This code is mistyped: it has 12 digits." in page
    assert "<b>x" not in page


def test_a_code_that_nobody_was_given_is_told() -> None:
    assert "This code is no longer valid." in Client().get("/en/i/", {"code": codes.fresh_invitation()}).text
    assert Client().get("/en/i/").status_code == 200


def test_looking_at_an_invitation_writes_nothing(invited: WalkIn) -> None:
    before = everything()
    browser = Client()
    for _ in range(2):
        browser.get(f"/en/i/{invited.invitation}/")
    browser.post(f"/en/i/{invited.invitation}/")
    assert everything() == before
    assert "sessionid" not in browser.cookies


# --- erasure ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verified", [True, False])
def test_erasure_takes_the_name_on_the_paper_sheet(invited: WalkIn, verified: bool) -> None:
    user = UserFactory()
    services.claim_invitation(code=invited.invitation, user=user)
    person = PractitionerFactory(user=user, state="active" if verified else "declined")
    if verified:
        tasks.prepare_check_in()
    before = present(invited.session)
    network_services.leave(user=User.objects.get(pk=user.pk))
    network_services.erase(practitioner=person)

    row = WalkIn.objects.get()
    assert (row.name, row.phone, row.invitation) == ("", "", "")
    assert present(invited.session) == before
    assert not Message.objects.filter(address=PHONE).exists() or user.phone != PHONE


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_tries_many_codes_is_stopped(invited: WalkIn, language: str) -> None:
    client = Client()
    for number in range(15):
        assert client.get(f"/{language}/i/", {"code": f"{number}"}).status_code == 200
        assert client.get(f"/{language}/i/{codes.fresh_invitation()}/").status_code == 404

    refused = [
        client.get(f"/{language}/i/", {"code": invited.invitation}),
        client.get(f"/{language}/i/{invited.invitation}/"),
        client.post(f"/{language}/i/{invited.invitation}/"),
    ]

    assert [answer.status_code for answer in refused] == [429] * 3
    assert all("429.html" in [template.name for template in answer.templates] for answer in refused)
    # The page where a code is typed stays open, and others go on.
    assert client.get(f"/{language}/i/").status_code == 200
    assert Client(REMOTE_ADDR="198.51.100.7").get(f"/{language}/i/{invited.invitation}/").status_code == 200
