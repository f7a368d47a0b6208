"""Scheduling and attendance as coordinators do it, through the pages themselves."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from dialogues.enums import RegistrationState, SessionState
from dialogues.models import Registration, Session, WalkIn
from network.models import Transition
from notifications.outbox import Message
from tests.desk import at_the_desk
from tests.factories.dialogues import SessionFactory, SiteFactory, seat
from tests.factories.network import MunicipalityFactory, PractitionerFactory, RegionFactory, coordinator
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db


def at(language: str, name: str, *args: object) -> str:
    with translation.override(language):
        return reverse(f"admin:dialogues_session_{name}", args=args)


def typed(**changes: object) -> dict[str, object]:
    """Return the form of a new session with one room, as a browser sends it."""
    starts = timezone.localtime() + timedelta(days=3)
    form = {
        "kind": "dialogue",
        "title_ar": "جلسة الأكسجين",
        "title_en": "Oxygen",
        "summary_ar": "ما ينقصنا.",
        "summary_en": "What is missing.",
        "agenda_ar": "",
        "agenda_en": "",
        "starts_at_0": starts.date().isoformat(),
        "starts_at_1": "10:00",
        "ends_at_0": starts.date().isoformat(),
        "ends_at_1": "12:00",
        "registration_opens_at_0": "",
        "registration_opens_at_1": "",
        "registration_closes_at_0": "",
        "registration_closes_at_1": "",
        "listing": "members",
        "join_link": "",
        "join_link_minutes": "30",
        "sites-TOTAL_FORMS": "1",
        "sites-INITIAL_FORMS": "0",
        "sites-MIN_NUM_FORMS": "0",
        "sites-MAX_NUM_FORMS": "1000",
        "sites-0-kind": "room",
        "sites-0-name_ar": "قاعة طرابلس",
        "sites-0-name_en": "Tripoli room",
        "sites-0-seats": "12",
        "sites-0-address_ar": "",
        "sites-0-address_en": "",
        "agenda_items-TOTAL_FORMS": "0",
        "agenda_items-INITIAL_FORMS": "0",
        "agenda_items-MIN_NUM_FORMS": "0",
        "agenda_items-MAX_NUM_FORMS": "1000",
    }
    return form | changes


def room(side: str = "west") -> dict[str, object]:
    return {"sites-0-municipality": MunicipalityFactory(district__region__code=side).pk}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_regional_coordinator_schedules_publishes_moves_and_cancels(language):
    member = PractitionerFactory(side="west")
    PractitionerFactory(side="east")
    user = coordinator("west")
    client = at_the_desk(user)
    form = typed(host_region=RegionFactory(code="west").pk, **room())
    assert client.post(at(language, "add"), form).status_code == 302
    session = Session.objects.get()
    assert (session.state, session.title_ar, session.host_region.code) == (SessionState.DRAFT, "جلسة الأكسجين", "west")
    assert session.sites.get().name_en == "Tripoli room"
    client.post(at(language, "publish", session.pk))
    session.refresh_from_db()
    assert session.state == SessionState.PUBLISHED
    assert list(Message.objects.values_list("kind", "recipient_id")) == [("session-published", member.user_id)]
    form = form_of(client.get(at(language, "change", session.pk)).text) | {"starts_at_1": "09:00"}
    assert client.post(at(language, "change", session.pk), form).status_code == 302
    session.refresh_from_db()
    assert (session.sequence, timezone.localtime(session.starts_at).hour) == (1, 9)
    client.post(at(language, "cancel", session.pk), {"reason": "انقطاع الكهرباء"})
    session.refresh_from_db()
    assert session.state == SessionState.CANCELLED
    moves = Transition.objects.of(session).order_by("pk").values_list("move", flat=True)
    assert [move for move in moves if move != "edit"] == ["create", "publish", "reschedule", "cancel"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ends_at_1": "08:00"}, "The end must be after the start."),
        ({"starts_at_0": "2001-01-01"}, "The start must be in the future."),
        ({"sites-0-seats": "0"}, "greater than or equal to 1"),
        ({"title_en": "x" * 10_000}, "at most 160 characters"),
        ({"title_ar": "جلسة\u202eالأكسجين"}, "invisible control characters"),
        ({"join_link": "http://example.org"}, "Enter a valid URL."),
        ({"sites-0-municipality": ""}, "A room needs its municipality."),
    ],
)
def test_bad_input_is_told_and_what_was_typed_stays(change, sentence):
    client = at_the_desk(coordinator("west"))
    page = client.post(at("en", "add"), typed(host_region=RegionFactory(code="west").pk, **room()) | change)
    assert page.status_code == 200
    assert sentence in page.text
    assert "Tripoli room" in page.text
    assert not Session.objects.exists()


def test_publishing_says_what_is_missing():
    session = SessionFactory(state=SessionState.DRAFT, summary_en="", site=False)
    page = at_the_desk(coordinator(None)).post(at("en", "publish", session.pk), follow=True)
    assert "a summary in both languages; a site with seats" in page.text
    session.refresh_from_db()
    assert session.state == SessionState.DRAFT


def test_a_side_can_not_schedule_for_another_side_nor_for_all():
    client = at_the_desk(coordinator("west"))
    for host in (RegionFactory(code="east").pk, ""):
        page = client.post(at("en", "add"), typed(host_region=host, **room()))
        assert page.status_code == 200
    assert not Session.objects.exists()


def test_fewer_seats_than_taken_are_refused():
    session = SessionFactory(host_region=RegionFactory(code="west"), site__seats=3)
    site = session.sites.get()
    seat(session=session)
    seat(session=session)
    form = typed(host_region=session.host_region_id, **room())
    form |= {"sites-INITIAL_FORMS": "1", "sites-0-id": site.pk, "sites-0-session": session.pk, "sites-0-seats": "1"}
    page = at_the_desk(coordinator("west")).post(at("en", "change", session.pk), form)
    assert "2 seats are taken here" in page.text
    site.refresh_from_db()
    assert site.seats == 3


@pytest.fixture
def joint():
    """A joint session under way with one person of each side."""
    session = SessionFactory(in_hours=-1, site__seats=10)
    return session, {side: seat(session=session, practitioner__side=side) for side in ("east", "west")}


def test_attendance_names_my_people_and_counts_the_others(joint):
    session, rows = joint
    page = at_the_desk(coordinator("west")).get(at("ar", "attendance", session.pk))
    assert rows["west"].practitioner.name_ar in page.text
    assert rows["east"].practitioner.name_ar not in page.text
    assert [row["seated"] for row in page.context["sides"] if row["side"]] == [1, 1]


def test_ticks_are_applied_relative_to_what_the_page_showed(joint):
    session, rows = joint
    row = rows["west"]
    client = at_the_desk(coordinator("west"))
    address = at("ar", "attendance", session.pk)
    client.post(address, {"do": "mark", "row": [row.pk], "present": [row.pk]})
    row.refresh_from_db()
    assert row.state == RegistrationState.ATTENDED
    # A second, older page that showed nobody present and ticks nobody takes nothing back.
    client.post(address, {"do": "mark", "row": [row.pk]})
    row.refresh_from_db()
    assert row.state == RegistrationState.ATTENDED
    client.post(address, {"do": "mark", "row": [row.pk], "was": [row.pk]})
    row.refresh_from_db()
    assert row.state == RegistrationState.CONFIRMED


def test_a_tick_sent_by_the_page_itself_is_answered_in_json(joint):
    session, rows = joint
    row = rows["west"]
    answer = at_the_desk(coordinator("west")).post(
        at("en", "attendance", session.pk),
        {"do": "mark", "row": [row.pk], "present": [row.pk]},
        headers={"X-Requested-With": "fetch"},
    )
    assert answer.json() == {"said": "1 change saved."}


def test_people_of_another_side_can_not_be_ticked(joint):
    session, rows = joint
    row = rows["east"]
    client = at_the_desk(coordinator("west"))
    client.post(at("ar", "attendance", session.pk), {"do": "mark", "row": [row.pk], "present": [row.pk]})
    row.refresh_from_db()
    assert row.state == RegistrationState.CONFIRMED


def test_walk_ins_with_and_without_an_account(joint):
    session, _ = joint
    site = session.sites.get()
    member = PractitionerFactory(side="west", name_latin="Zaynab Walker")
    client = at_the_desk(coordinator("west"))
    address = at("en", "attendance", session.pk)
    assert "Zaynab Walker" in client.get(address, {"q": "zeinab"}).text
    client.post(address, {"do": "seat", "site": site.pk, "practitioner": member.pk})
    assert Registration.objects.get(practitioner=member).walked_in is True
    west = RegionFactory(code="west")
    form = {"do": "walk-in", "site": site.pk, "name": "فرج بلا حساب", "phone": "٠٩١٢٣٤٥٦٧٨", "region": west.pk}
    client.post(address, form)
    walk_in = WalkIn.objects.get()
    assert (walk_in.phone, walk_in.region) == ("+218912345678", west)
    page = client.post(address, form | {"phone": "12"})
    assert "This is not a telephone number" in page.text
    assert "فرج بلا حساب" in page.text
    client.post(address, {"do": "remove", "walk_in": walk_in.pk})
    assert not WalkIn.objects.present().exists()


def test_only_those_who_run_the_session_close_and_reopen_it(joint):
    session, rows = joint
    address = at("en", "attendance", session.pk)
    at_the_desk(coordinator("west")).post(address, {"do": "close"})
    session.refresh_from_db()
    assert session.state == SessionState.PUBLISHED
    client = at_the_desk(coordinator(None))
    client.post(address, {"do": "close"})
    session.refresh_from_db()
    rows["west"].refresh_from_db()
    assert (session.state, rows["west"].state) == (SessionState.CLOSED, RegistrationState.ABSENT)
    client.post(address, {"do": "reopen", "reason": "paper sheet came late"})
    session.refresh_from_db()
    assert session.state == SessionState.HELD


def test_the_sheet_has_my_people_and_room_for_others(joint):
    session, rows = joint
    SiteFactory(session=session)
    page = at_the_desk(coordinator("west")).get(at("ar", "sheet", session.pk)).text
    assert rows["west"].practitioner.name_ar in page
    assert rows["east"].practitioner.name_ar not in page


def test_signing_up_and_out_on_behalf_of_somebody_of_my_side():
    session = SessionFactory(site__seats=1)
    site = session.sites.get()
    mine, other = PractitionerFactory(side="west", name_latin="Huda Caller"), PractitionerFactory(side="east")
    client = at_the_desk(coordinator("west"))
    address = at("en", "people", session.pk)
    assert "Huda Caller" in client.get(address, {"q": "huda"}).text
    assert (
        "Signed up: confirmed."
        in client.post(address, {"do": "register", "site": site.pk, "practitioner": mine.pk}, follow=True).text
    )
    assert client.post(address, {"do": "register", "site": site.pk, "practitioner": other.pk}).status_code == 404
    client.post(address, {"do": "withdraw", "practitioner": mine.pk})
    assert Registration.objects.get().state == RegistrationState.CANCELLED


def test_number_of_queries_of_the_attendance_page_does_not_grow(joint, django_assert_num_queries):
    session, _ = joint
    client = at_the_desk(coordinator("west"))
    address = at("en", "attendance", session.pk)
    client.get(address)
    for people in (0, 2):
        for _number in range(people):
            seat(session=session, practitioner__side="west")
        with django_assert_num_queries(ATTENDANCE_QUERIES):
            client.get(address)


ATTENDANCE_QUERIES = 19
