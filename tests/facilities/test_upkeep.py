"""Upkeep: what focal points ask, who checks it, whom Jisr wakes and when, and what is confirmed."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from facilities import services, upkeep, upkeep_selectors
from facilities.models import ChangeRequest, Claim, Confirmation, Facility, StillRightAsked
from facilities.tasks import remind_of_upkeep
from facilities.upkeep_enums import REQUEST_MOVES, RequestMove, RequestState
from network.models import Practitioner, Transition, User
from network.services import IllegalMove
from notifications.models import Message
from tests.clock import Clock
from tests.desk import at_the_desk
from tests.factories import facilities as make
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator
from tests.forms import untouched
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db
DESK = "/en/admin/facilities/changerequest/"


@pytest.fixture
def facility() -> Facility:
    RegionFactory(code="east")
    return make.facility()


@pytest.fixture
def member(facility: Facility) -> Practitioner:
    row = PractitionerFactory(region=RegionFactory(code="west"), user__language="ar")
    make.focal_point(facility, row)
    return row


def asked(facility: Facility, by: User, proposed: dict[str, Any] | None = None, **more: Any) -> ChangeRequest:
    values = {"said_on": timezone.localdate(), "reason": "Seen today", "uid": uuid.uuid4(), **more}
    return services.ask_for_change(facility=facility, proposed=proposed or {"beds": "40"}, by=by, **values)


def now(facility: Facility) -> Facility:
    return Facility.objects.get(pk=facility.pk)


def told(kind: str) -> list[int]:
    return sorted(Message.objects.filter(kind=kind, channel="email").values_list("recipient_id", flat=True))


# --- asking -----------------------------------------------------------------------------------------------------------


def test_only_a_focal_point_asks_and_nothing_is_shown_before_it_is_checked(
    facility: Facility, member: Practitioner
) -> None:
    colleague = PractitionerFactory(region=member.region)
    make.focal_point(facility, colleague, position="posted")
    for stranger in (colleague.user, coordinator("east"), coordinator("west"), PractitionerFactory().user):
        with pytest.raises(services.NotYourPage):
            asked(facility, stranger)
    asked(facility, member.user)
    assert now(facility).beds is None


def test_the_same_form_sent_twice_is_one_request(facility: Facility, member: Practitioner) -> None:
    uid = uuid.uuid4()
    assert asked(facility, member.user, uid=uid) == asked(facility, member.user, uid=uid)
    assert ChangeRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("proposed", "error"),
    [
        ({"beds": "many"}, services.NotAFacilityValue),
        ({"functionality": "disputed"}, services.NotAFacilityValue),
        ({"latitude": "95"}, services.NotAFacilityValue),
        ({"owner": "nobody"}, services.NotAFacilityValue),
        ({"kind": 999_999}, services.NotAFacilityValue),
        ({"state": "merged"}, services.NotAFacilityValue),
        ({"concern": False}, services.NotAFacilityValue),
        ({"barriers": ["ghosts"]}, services.NotAFacilityValue),
        ({"name_en": "Palms Hospital"}, services.NothingToChange),
    ],
)
def test_what_is_no_change_is_not_asked(
    proposed: dict[str, Any], error: type[Exception], facility: Facility, member: Practitioner
) -> None:
    with pytest.raises(error):
        asked(facility, member.user, proposed)


def test_it_has_a_reason_a_day_that_has_come_and_a_place_of_its_side(facility: Facility, member: Practitioner) -> None:
    with pytest.raises(services.ReasonMissing):
        asked(facility, member.user, reason=" ")
    with pytest.raises(services.FromTheFuture):
        asked(facility, member.user, said_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(services.PlaceDoesNotFit):
        asked(facility, member.user, {"district": make.district("east").pk})
    with pytest.raises(services.PlaceDoesNotFit):
        asked(facility, member.user, {"municipality": make.municipality("east").pk})
    assert not ChangeRequest.objects.exists()


# --- checking ---------------------------------------------------------------------------------------------------------


def test_accepted_it_is_the_word_of_its_side_and_overwrites_no_other(facility: Facility, member: Practitioner) -> None:
    services.make_claim(
        facility=facility,
        field="functionality",
        value="full",
        side=make.district("east").region,
        by=coordinator("east"),
    )
    day = timezone.localdate() - timedelta(days=3)
    proposed = {"functionality": "none", "barriers": ["power"], "beds": "40", "phones": "021 000", "owner": "public"}
    request = asked(facility, member.user, proposed, said_on=day)
    services.accept_request(request=request, by=coordinator("west"))

    row = now(facility)
    assert (row.beds, row.phones, row.owner, row.functionality) == (40, "021 000", "public", "disputed")
    claim = Claim.objects.get(facility=facility, field="functionality", side=facility.side)
    assert (claim.value, claim.barriers, claim.said_on) == ("none", ["power"], day)
    assert told("facility-change-accepted") == [member.user_id]
    assert Message.objects.get(kind="facility-change-accepted", channel="email").language == "ar"
    assert list(Transition.objects.of(request).values_list("move", flat=True)) == ["ask", "accept"]


def test_what_nobody_asked_for_stays(facility: Facility, member: Practitioner) -> None:
    request = asked(facility, member.user)
    fresh = now(facility)
    fresh.phones = "091"
    services.save_facility(facility=fresh, changed=["phones"], by=coordinator("west"))
    services.accept_request(request=request, by=coordinator("west"))
    assert (now(facility).phones, now(facility).beds) == ("091", 40)


def test_a_word_older_than_what_its_side_said_since_is_not_accepted_as_if_it_changed_something(
    facility: Facility, member: Practitioner, clock: Clock
) -> None:
    clock.forward(days=4)
    since, west = timezone.localdate() - timedelta(days=4), coordinator("west")
    request = asked(facility, member.user, {"beds": "40", "phones": "021"}, said_on=since)
    services.make_claim(
        facility=facility, field="beds", value="55", side=facility.side, by=west, said_on=since + timedelta(days=2)
    )
    desk = at_the_desk(west)
    answer = desk.post(f"{DESK}{request.pk}/accept/", follow=True)
    assert "has said something newer already" in answer.text
    with pytest.raises(services.OlderThanSaid):
        asked(facility, member.user, {"beds": "60"}, said_on=since)
    address = f"/en/admin/facilities/facility/{facility.pk}/change/"
    answer = desk.post(address, form_of(desk.get(address).text) | {"beds": "60", "said_on": since.isoformat()})
    assert "has said something newer already" in answer.text
    # Another side's older word is its first, and the same word again is no other one.
    east = make.district("east").region
    services.make_claim(facility=facility, field="beds", value="50", side=east, by=coordinator("east"), said_on=since)
    again = {"field": "beds", "value": "55", "side": facility.side, "by": west, "said_on": since}
    assert services.make_claim(facility=facility, **again) is None
    request.refresh_from_db()
    assert (request.state, now(facility).phones, told("facility-change-accepted")) == ("waiting", "", [])


def test_nobody_checks_what_they_asked_for_themselves(facility: Facility) -> None:
    both = coordinator("west")
    make.focal_point(facility, PractitionerFactory(user=both, region=facility.side))
    request = asked(facility, both)
    with pytest.raises(services.NotYourOwnRequest):
        services.accept_request(request=request, by=both)
    services.accept_request(request=request, by=coordinator("west"))


def test_declined_it_says_why_and_changes_nothing(facility: Facility, member: Practitioner) -> None:
    request = asked(facility, member.user)
    with pytest.raises(services.ReasonMissing):
        services.decline_request(request=request, reason=" ", by=coordinator("west"))
    services.decline_request(request=request, reason="The list says 30.", by=coordinator("west"))
    assert now(facility).beds is None
    message = Message.objects.get(kind="facility-change-declined", channel="email")
    assert (message.recipient_id, message.context["reason"]) == (member.user_id, "The list says 30.")


STEPS = {
    RequestMove.ACCEPT: lambda row, _by: services.accept_request(request=row, by=coordinator("west")),
    RequestMove.DECLINE: lambda row, _by: services.decline_request(request=row, reason="No", by=coordinator("west")),
    RequestMove.WITHDRAW: lambda row, by: services.withdraw_request(request=row, by=by),
}


@pytest.mark.parametrize("state", RequestState)
@pytest.mark.parametrize("move", STEPS)
def test_a_request_moves_only_as_its_table_says(
    move: RequestMove, state: str, facility: Facility, member: Practitioner
) -> None:
    row = asked(facility, member.user)
    if state != RequestState.WAITING:
        ChangeRequest.objects.filter(pk=row.pk).update(state=state, decided_at=timezone.now(), decided_by=member.user)
    if state in REQUEST_MOVES[move].sources:
        assert STEPS[move](row, member.user).state == REQUEST_MOVES[move].target
    else:
        with pytest.raises(IllegalMove):
            STEPS[move](row, member.user)


def test_no_other_side_and_no_national_coordinator_decides(facility: Facility, member: Practitioner) -> None:
    request = asked(facility, member.user)
    for stranger in (coordinator("east"), coordinator(None), auditor(), member.user):
        with pytest.raises(services.NotYourFacility):
            services.accept_request(request=request, by=stranger)
        with pytest.raises(services.NotYourFacility):
            services.decline_request(request=request, reason="No", by=stranger)
    with pytest.raises(services.NotYourPage):
        services.withdraw_request(request=request, by=coordinator("west"))


def test_of_a_facility_that_is_gone_nothing_is_accepted(facility: Facility, member: Practitioner) -> None:
    request = asked(facility, member.user)
    services.close_facility(facility=facility, reason="Gone", by=coordinator("west"))
    with pytest.raises(services.NoLongerListed):
        services.accept_request(request=request, by=coordinator("west"))
    request.refresh_from_db()
    assert request.state == "waiting"


# --- waking -----------------------------------------------------------------------------------------------------------


def test_coordinators_are_reminded_after_a_week_and_national_ones_told_after_two_each_once(
    facility: Facility, member: Practitioner, clock: Clock
) -> None:
    west, national = coordinator("west"), coordinator(None)
    coordinator("east")
    ours = told("facility-change-waiting")
    asked(facility, member.user)
    clock.forward(days=6, hours=23)
    remind_of_upkeep()
    assert told("facility-change-waiting") == ours == []
    clock.forward(hours=1)
    for _ in range(2):
        remind_of_upkeep()
    sides = upkeep_selectors.coordinators_of(facility.side_id)
    assert west.pk in sides
    assert told("facility-change-waiting") == sorted(sides)
    assert told("facility-change-late") == []
    clock.forward(days=7)
    for _ in range(2):
        remind_of_upkeep()
    assert told("facility-change-waiting") == sorted(sides)
    assert told("facility-change-late") == [national.pk]


def test_nobody_is_reminded_of_what_is_decided(facility: Facility, member: Practitioner, clock: Clock) -> None:
    request = asked(facility, member.user)
    stale = ChangeRequest.objects.get(pk=request.pk)
    services.withdraw_request(request=request, by=member.user)
    clock.forward(days=30)
    services.remind_of_request(request=stale, now=timezone.now())
    remind_of_upkeep()
    assert told("facility-change-waiting") == told("facility-change-late") == []


def test_once_a_quarter_focal_points_are_asked_whether_it_is_still_right(
    facility: Facility, member: Practitioner, clock: Clock
) -> None:
    lonely = make.facility(name_en="Nobody keeps it")
    clock.forward(days=93)
    for _ in range(2):
        remind_of_upkeep()
    assert told("facility-still-right") == [member.user_id]
    # Whatever was cleared from the outbox since.
    Message.objects.all().delete()
    clock.forward(days=91)
    remind_of_upkeep()
    services.ask_whether_right(facility=facility, now=timezone.now())
    assert told("facility-still-right") == []
    clock.forward(days=2)
    remind_of_upkeep()
    assert told("facility-still-right") == [member.user_id]
    assert not StillRightAsked.objects.filter(facility=lonely).exists()


def test_whoever_confirmed_is_not_asked(facility: Facility, member: Practitioner, clock: Clock) -> None:
    clock.forward(days=80)
    services.confirm_facility(facility=facility, by=member.user)
    clock.forward(days=80)
    remind_of_upkeep()
    assert told("facility-still-right") == []


# --- still right ------------------------------------------------------------------------------------------------------


def test_still_right_is_a_row_each_time_and_unmarks_what_was_stale(
    facility: Facility, member: Practitioner, clock: Clock
) -> None:
    clock.forward(days=100)
    page = f"/en/facilities/{facility.code}/"
    assert "may be out of date" in Client().get(page).text
    assert "not confirmed for three months" in Client().get("/en/facilities/").text
    first = services.confirm_facility(facility=facility, by=member.user)
    assert services.confirm_facility(facility=facility, by=member.user) == first
    assert now(facility).confirmed_at == first.confirmed_at
    assert "may be out of date" not in Client().get(page).text
    assert "not confirmed for three months" not in Client().get("/en/facilities/").text
    clock.forward(days=1)
    services.confirm_facility(facility=facility, by=coordinator("west"))
    assert Confirmation.objects.count() == 2
    for stranger in (coordinator("east"), coordinator(None), PractitionerFactory().user):
        with pytest.raises(services.NotYourPage):
            services.confirm_facility(facility=facility, by=stranger)


@pytest.mark.parametrize("table", ["confirmation", "stillrightasked", "servicestatus", "reconciled"])
def test_the_database_keeps_what_was_said(table: str, facility: Facility, member: Practitioner) -> None:
    user, at = member.user_id, timezone.now()
    visit = make.visit(facility)
    rows: dict[str, tuple[str, list[Any]]] = {
        "confirmation": ("facility_id, confirmed_at, confirmed_by_id", [facility.pk, at, user]),
        "stillrightasked": ("facility_id, asked_at", [facility.pk, at]),
        "servicestatus": (
            "facility_id, domain_id, availability, barriers, as_of, entered_at, entered_by_id",
            [facility.pk, make.service().pk, "not", "[]", at.date(), at, user],
        ),
        "reconciled": (
            "assessment_id, item_id, finding, note, written_at, written_by_id",
            [visit.pk, make.questionnaire()[0].pk, "absent", "x", at, user],
        ),
    }
    names, values = rows[table]
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(values))
        cursor.execute(f"INSERT INTO facilities_{table} ({names}) VALUES ({marks})", values)
    for statement in (f"UPDATE facilities_{table} SET id = id + 1", f"DELETE FROM facilities_{table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


# --- pages ------------------------------------------------------------------------------------------------------------


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("language", ["ar", "en"])
def test_pages_of_keepers_are_theirs_alone(language: str, facility: Facility, member: Practitioner) -> None:
    services.raise_concern(facility=facility, reason="", by=member.user)
    services.lift_concern(facility=facility, reason="Over", by=coordinator("west"))
    asked(facility, member.user)
    base = f"/{language}/facilities/{facility.code}/"
    strangers = [coordinator("east"), coordinator(None), PractitionerFactory(side="west").user]
    for page in ("upkeep/", "change/", "services/", "hide/"):
        assert browser(member.user).get(base + page).status_code == 200
        assert Client().get(base + page).status_code == 302
        for stranger in strangers:
            assert browser(stranger).get(base + page).status_code == 404, page
            assert browser(stranger).post(base + page, {"reason": "x"}).status_code in (404, 405), page
    for stranger in strangers:
        assert browser(stranger).post(base + "confirm/").status_code == 404
    keeper = browser(coordinator("west"))
    assert [keeper.get(base + page).status_code for page in ("upkeep/", "change/", "services/")] == [200, 404, 200]
    assert now(facility).concern is False


def test_asked_for_is_what_differs_from_the_page_that_was_read(facility: Facility, member: Practitioner) -> None:
    client, address = browser(member.user), f"/en/facilities/{facility.code}/change/"
    typed = untouched(client.get(address).context["form"]) | {"beds": "55", "reason": "New ward"}
    Facility.objects.filter(pk=facility.pk).update(phones="+218911111111", barriers=["power"])
    assert client.post(address, typed).status_code == 302
    assert ChangeRequest.objects.get().proposed == {"beds": "55"}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_others_dispute_is_not_asked_for_with_something_else(
    language: str, facility: Facility, member: Practitioner
) -> None:
    for side, value in (("east", "partial"), ("south", "none")):
        region = RegionFactory(code=side)
        services.make_claim(facility=facility, field="functionality", value=value, side=region, by=coordinator(side))
    assert now(facility).functionality == "disputed"
    client, address = browser(member.user), f"/{language}/facilities/{facility.code}/change/"
    sent = form_of(client.get(address).text)
    # Where no option is selected a browser sends the first.
    sent.setdefault("functionality", ["full"])
    assert client.post(address, sent | {"beds": "55", "reason": "New ward"}).status_code == 302
    assert ChangeRequest.objects.get().proposed == {"beds": "55"}


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("column", ["hours_ar", "hours_en"])
def test_opening_hours_asked_for_are_shown_once_accepted_and_the_other_language_stays(
    column: str, language: str, facility: Facility, member: Practitioner
) -> None:
    Facility.objects.filter(pk=facility.pk).update(hours_ar="من 8 إلى 2", hours_en="8 to 2")
    client, address = browser(member.user), f"/{language}/facilities/{facility.code}/change/"
    typed = untouched(client.get(address).context["form"]) | {column: "24/7", "reason": "New shift"}
    assert client.post(address, typed).status_code == 302
    desk, request = at_the_desk(coordinator("west")), ChangeRequest.objects.get()
    desk.post(f"/{language}/admin/facilities/changerequest/{request.pk}/accept/")
    stands = {"hours_ar": "من 8 إلى 2", "hours_en": "8 to 2"} | {column: "24/7"}
    assert {name: getattr(now(facility), name) for name in stands} == stands


def test_a_focal_point_asks_on_the_website(facility: Facility, member: Practitioner) -> None:
    client = browser(member.user)
    address = f"/en/facilities/{facility.code}/change/"
    form = client.get(address).context["form"]
    typed = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    typed |= {"said_on": timezone.localdate().isoformat(), "reason": "New ward"}
    assert client.post(address, typed).status_code == 400
    wrong = client.post(address, typed | {"beds": "99999"})
    assert wrong.status_code == 400
    assert "New ward" in wrong.text
    assert client.post(address, typed | {"beds": "55", "lacks": ["power"]}).status_code == 302
    request = ChangeRequest.objects.get()
    assert request.proposed == {"beds": "55", "barriers": ["power"], "functionality": "unknown"}
    page = client.get(f"/en/facilities/{facility.code}/upkeep/").text
    assert "55" in page
    assert client.post(f"/en/facilities/{facility.code}/change/{request.pk}/withdraw/").status_code == 302
    request.refresh_from_db()
    assert request.state == "withdrawn"


def test_hidden_on_the_website_it_is_gone_at_once_for_everybody_but_its_keepers(
    facility: Facility, member: Practitioner
) -> None:
    make.published(facility)
    base = f"/en/facilities/{facility.code}/"
    assert Client().get(base + "readiness/").status_code == 200
    assert browser(member.user).post(base + "hide/", {}).status_code == 302
    assert [Client().get(base).status_code, Client().get(base + "readiness/").status_code] == [404, 404]
    assert browser(member.user).get(base + "readiness/").status_code == 404
    assert browser(member.user).get(base + "upkeep/").status_code == 200
    assert facility.code not in Client().get("/en/facilities/").text


def test_one_tap_on_the_list_of_what_i_keep(facility: Facility, member: Practitioner) -> None:
    client = browser(member.user)
    assert f"/facilities/{facility.code}/confirm/" in client.get("/en/facilities/mine/").text
    assert client.get(f"/en/facilities/{facility.code}/confirm/").status_code == 405
    response = client.post(f"/en/facilities/{facility.code}/confirm/", {"back": "mine"})
    assert response["Location"] == "/en/facilities/mine/"
    assert now(facility).confirmed_at is not None


def test_pages_of_keepers_cost_the_same_whatever_there_is(
    facility: Facility, member: Practitioner, django_assert_max_num_queries: Any
) -> None:
    for number in range(6):
        asked(facility, member.user, {"beds": str(number + 1), "kind": make.facility().kind_id, "owner": "public"})
        make.focal_point(make.facility(name_en=f"H{number}"), member)
    client = browser(member.user)
    for page in ("mine/", f"{facility.code}/upkeep/", f"{facility.code}/change/", f"{facility.code}/services/"):
        client.get(f"/ar/facilities/{page}")
        with django_assert_max_num_queries(15):
            client.get(f"/ar/facilities/{page}")


# --- the desk ---------------------------------------------------------------------------------------------------------


def test_at_the_desk_what_waits_comes_first_and_only_to_its_side(facility: Facility, member: Practitioner) -> None:
    done = asked(facility, member.user, {"beds": "1"})
    services.withdraw_request(request=done, by=member.user)
    older, newer = asked(facility, member.user, {"beds": "2"}), asked(facility, member.user, {"beds": "3"})
    west, east = at_the_desk(coordinator("west")), at_the_desk(coordinator("east"))
    page = west.get(DESK)
    assert [row.pk for row in page.context["cl"].result_list] == [older.pk, newer.pk, done.pk]
    assert list(east.get(DESK).context["cl"].result_list) == []
    for address in (f"{DESK}{older.pk}/change/", f"{DESK}{older.pk}/history/"):
        assert west.get(address).status_code == 200
        assert east.get(address).status_code == 404
    for stranger, status in ((east, 404), (at_the_desk(coordinator(None)), 404), (at_the_desk(auditor()), 404)):
        assert stranger.post(f"{DESK}{older.pk}/accept/").status_code == status
    assert west.post(f"{DESK}{older.pk}/accept/").status_code == 302
    assert west.post(f"{DESK}{newer.pk}/decline/", {"reason": "No"}).status_code == 302
    assert now(facility).beds == 2


def test_the_desk_s_card_shows_a_side_what_waits_and_the_country_what_waits_too_long(
    facility: Facility, member: Practitioner, clock: Clock
) -> None:
    asked(facility, member.user)
    west, east, national = (at_the_desk(coordinator(side)) for side in ("west", "east", None))

    def card(client: Client) -> Any:
        (found,) = [each for each in client.get("/en/admin/").context["cards"] if each.title.startswith("Changes of")]
        return found.count

    assert [card(west), card(east), card(national)] == [1, 0, 0]
    clock.forward(days=14)
    assert card(at_the_desk(coordinator(None))) == 1


def test_the_desk_s_list_costs_the_same_whatever_there_is(
    facility: Facility, member: Practitioner, django_assert_max_num_queries: Any
) -> None:
    for number in range(8):
        asked(facility, member.user, {"beds": str(number + 1), "owner": "public"})
    west = at_the_desk(coordinator("west"))
    west.get(DESK)
    with django_assert_max_num_queries(25):
        west.get(DESK)


def test_reminders_follow_from_the_days_alone() -> None:
    asked_at = timezone.now()
    row = ChangeRequest(state="waiting", asked_at=asked_at)
    assert [upkeep.reminder_due(row, asked_at + timedelta(days=n)) for n in (6, 7, 20)] == [False, True, True]
    assert [upkeep.escalation_due(row, asked_at + timedelta(days=n)) for n in (13, 14)] == [False, True]
    row.reminded_at = row.escalated_at = asked_at
    assert not upkeep.reminder_due(row, asked_at + timedelta(days=20))
    assert not upkeep.escalation_due(row, asked_at + timedelta(days=20))
