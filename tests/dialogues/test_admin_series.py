"""Repeating, following up, copying and the month, through the pages themselves."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from dialogues import planning
from dialogues.enums import SessionState
from dialogues.models import Series, Session
from network.enums import PeriodEffect, PeriodKind
from notifications.outbox import Message
from tests.desk import at_the_desk
from tests.factories.dialogues import SessionFactory, SiteFactory, seat
from tests.factories.network import MunicipalityFactory, PractitionerFactory, RegionFactory, auditor, coordinator
from tests.factories.planning import SpecialPeriodFactory, shown, weekly
from tests.state import everything

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]
MONTH_QUERIES = 13


def at(language: str, name: str, *args: object) -> str:
    with translation.override(language):
        return reverse(f"admin:dialogues_session_{name}", args=args)


def typed(session: Session, rows: list[tuple[str, str, str]], **more: object) -> dict[str, object]:
    """Return the page of dates as a browser sends it: what becomes of each, the day and the time."""
    form: dict[str, object] = {
        "rule": "weekly",
        "count": len(rows) + 1,
        "until": "",
        "key": str(uuid4()),
        "expected": session.starts_at.isoformat(),
    }
    for number, (do, day, hour) in enumerate(rows, 2):
        form |= {f"date-{number}-do": do, f"date-{number}-day": day, f"date-{number}-time": hour}
    return form | more


@pytest.fixture
def thursday(clock) -> Session:
    """A draft of the west on Thursday 17 December 2026 at 11."""
    clock.set(shown("2026-11-21 09:00"))
    return SessionFactory(
        host_region=RegionFactory(code="west"), state=SessionState.DRAFT, starts_at=shown("2026-12-17 11:00")
    )


ROWS = [("skip", "", ""), ("other", "2027-01-02", "16:30"), ("keep", "", "")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dates_are_shown_with_what_is_proposed_before_anything_is_made(thursday, language):
    SpecialPeriodFactory(first_day=date(2026, 12, 24), name_ar="عيد الاستقلال", name_en="Independence Day")
    SpecialPeriodFactory(
        first_day=date(2027, 1, 1), last_day=date(2027, 1, 20), kind=PeriodKind.RAMADAN, effect=PeriodEffect.HOUR,
        starts_time=time(21, 30), name_ar="رمضان", name_en="Ramadan", status="estimate",
    )  # fmt: skip
    client = at_the_desk(coordinator("west"))
    with translation.override(language):
        before = everything()
    page = client.get(at(language, "plan", thursday.pk), {"rule": "weekly", "count": 4})
    assert page.status_code == 200
    words = {
        "ar": ["عيد الاستقلال", "والعبرة برؤية الهلال"],
        "en": ["Independence Day", "the sighting of the moon decides"],
    }
    for word in words[language]:
        assert word in page.text
    for value in ('value="2026-12-27"', 'value="2027-01-07"', 'value="21:30"'):
        assert value in page.text
    with translation.override(language):
        assert everything() == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_coordinator_takes_changes_and_leaves_out_dates(thursday, language):
    client = at_the_desk(coordinator("west"))
    form = typed(thursday, ROWS)
    answer = client.post(at(language, "plan", thursday.pk), form)
    assert answer.url == at(language, "series", thursday.pk)
    starts = [
        planning.clock(s.starts_at).isoformat(" ", "minutes")
        for s in planning.of_series(Session.objects.get(pk=thursday.pk))
    ]
    assert starts == ["2026-12-17 11:00", "2027-01-02 16:30", "2027-01-07 11:00"]
    moved = Session.objects.get(starts_at=shown("2027-01-02 16:30"))
    assert (moved.was_moved, moved.planned_at) == (True, shown("2026-12-31 11:00"))
    # The second click of somebody impatient.
    assert client.post(at(language, "plan", thursday.pk), form).url == at(language, "series", thursday.pk)
    assert (Series.objects.count(), Session.objects.count()) == (1, 3)
    assert client.get(at(language, "plan", thursday.pk)).url == at(language, "series", thursday.pk)
    assert client.get(at(language, "series", thursday.pk)).status_code == 200


@pytest.mark.parametrize(
    ("rows", "more", "sentence"),
    [
        ([("other", "2027-01-02", ""), *ROWS[1:]], {}, "Please give the date and the time."),
        ([("other", "2027-01-02", "25:99"), *ROWS[1:]], {}, "Enter a valid time."),
        ([("dance", "", ""), *ROWS[1:]], {}, "is not one of the available choices"),
        ([("other", "2001-01-02", "10:00"), *ROWS[1:]], {}, "it is over, or it is there twice"),
        ([("other", "2027-01-02", "16:30"), *ROWS[1:]], {}, "it is over, or it is there twice"),
        ([("skip", "", "")] * 3, {}, "keep at least one date"),
        (ROWS, {"count": 99}, "less than or equal to 52"),
        (ROWS, {"count": ""}, "one of the two"),
        (ROWS, {"until": "2027-02-02"}, "one of the two"),
        (ROWS, {"count": "", "until": "2026-12-20"}, "no further date"),
        (ROWS, {"count": "", "until": "2099-12-20"}, "52 dates at most"),
        (ROWS, {"rule": "hourly"}, "is not one of the available choices"),
        (ROWS, {"expected": "2026-12-16T11:00:00+02:00"}, "changed in the meantime"),
    ],
)
def test_bad_input_is_told_and_what_was_typed_stays(thursday, rows, more, sentence):
    page = at_the_desk(coordinator("west")).post(at("en", "plan", thursday.pk), typed(thursday, rows, **more))
    assert page.status_code == 200
    assert sentence in page.text
    if not {"count", "rule", "until"} & set(more) and rows[1][0] == "other":
        assert 'value="2027-01-02"' in page.text
    assert not Series.objects.exists()


def test_a_page_of_nobodys_makes_nothing(thursday):
    client = at_the_desk(coordinator("west"))
    for key in ("", "abc", "1" * 5000):
        assert client.post(at("en", "plan", thursday.pk), typed(thursday, ROWS, key=key)).status_code == 404
        assert client.post(at("en", "duplicate", thursday.pk), {"key": key}).status_code == 404
    assert client.get(at("en", "duplicate", thursday.pk)).status_code == 405


@pytest.mark.parametrize("page", ["plan", "series", "follow_up"])
def test_pages_of_planning_are_for_those_who_run_the_session(page):
    [session, *_] = weekly(coordinator("west"), host_region=RegionFactory(code="west"))
    own = at_the_desk(coordinator("west")).get(at("en", page, session.pk))
    assert own.status_code == (302 if page == "plan" else 200)
    assert at_the_desk(coordinator("east")).get(at("en", page, session.pk)).status_code == 404
    reading = at_the_desk(auditor())
    assert reading.get(at("en", page, session.pk)).status_code == (200 if page == "series" else 404)
    before = everything()
    for do in ("publish", "cancel", "create", "link", ""):
        assert reading.post(at("en", page, session.pk), {"do": do, "key": str(uuid4())}).status_code == 404
    assert everything() == before


def test_the_whole_series_is_published_and_called_off_from_its_page():
    by = coordinator("west")
    sessions = weekly(by, host_region=RegionFactory(code="west"))
    member = PractitionerFactory(side="west")
    client = at_the_desk(by)
    address = at("en", "series", sessions[1].pk)
    assert "Publish 3 drafts from this session on" in client.get(address).text
    page = client.post(address, {"do": "publish"}, follow=True)
    assert "3 sessions are published." in page.text
    assert list(Message.objects.values_list("kind", "recipient_id")) == [("series-published", member.user_id)]
    page = client.post(address, {"do": "publish"}, follow=True)
    assert "There is no draft among these sessions." in page.text
    page = client.post(at("en", "series", sessions[2].pk), {"do": "cancel", "reason": "انقطاع"}, follow=True)
    assert "2 sessions are cancelled." in page.text
    states = [row.state for row in planning.of_series(sessions[0])]
    assert states == ["draft", "published", "cancelled", "cancelled"]
    assert client.post(address, {"do": "nonsense"}).status_code == 404


# --- this one, or this and the following ---------------------------------------------------------------------------------------


def form_of(client, session: Session, **changes: object) -> dict[str, object]:
    """Return the form of a session as the page has it, with what somebody changed in it."""
    from tests.security.forms_read import form_of as read  # noqa: PLC0415

    return read(client.get(at("en", "change", session.pk)).text) | {"_save": "1"} | changes


@pytest.mark.parametrize("reach", ["one", "following"])
def test_the_form_of_a_session_changes_it_alone_or_with_the_following(reach):
    by = coordinator("west")
    starts = shown("2030-01-06 10:00")
    ends = starts + timedelta(hours=2)
    sessions = weekly(by, host_region=RegionFactory(code="west"), publish=True, starts_at=starts, ends_at=ends)
    seats = [seat(session=session).practitioner.user_id for session in sessions]
    client = at_the_desk(by)
    site = sessions[1].sites.get()
    form = form_of(client, sessions[1], title_en="Another", reach=reach) | {"sites-0-seats": site.seats + 7}
    answer = client.post(at("en", "change", sessions[1].pk), form)
    assert answer.status_code == 302
    changed = [row.title_en == "Another" for row in planning.of_series(sessions[0])]
    more = [row.sites.get().seats == site.seats + 7 for row in planning.of_series(sessions[0])]
    expected = [False, True, False, False] if reach == "one" else [False, True, True, True]
    assert changed == more == expected
    told = sorted(set(Message.objects.filter(kind="session-changed").values_list("recipient_id", flat=True)))
    assert told == sorted(user for user, yes in zip(seats, expected, strict=True) if yes)
    apart = [row.changed_alone for row in planning.of_series(sessions[0])]
    assert apart == ([False, True, False, False] if reach == "one" else [False] * 4)


def test_a_refusal_of_a_following_session_is_told_in_the_form_and_nothing_is_kept():
    by = coordinator("west")
    sessions = weekly(by, host_region=RegionFactory(code="west"), publish=True)
    sessions[2].sites.update(taken=20)
    client = at_the_desk(by)
    form = form_of(client, sessions[0], title_en="Another", reach="following") | {"sites-0-seats": 5}
    page = client.post(at("en", "change", sessions[0].pk), form)
    assert page.status_code == 200
    assert "Nothing was changed." in page.text
    assert "20 seats are taken here" in page.text
    assert 'value="Another"' in page.text
    assert not Session.objects.filter(title_en="Another").exists()


def test_a_session_on_its_own_is_not_asked_for_how_many_it_is_changed(thursday):
    client = at_the_desk(coordinator("west"))
    assert 'name="reach"' not in client.get(at("en", "change", thursday.pk)).text
    form = form_of(client, thursday, title_en="Another", reach="following")
    assert client.post(at("en", "change", thursday.pk), form).status_code == 302
    assert Session.objects.get().title_en == "Another"


# --- follow-up and copy ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_follow_up_is_prefilled_two_weeks_on(thursday, language):
    SpecialPeriodFactory(first_day=date(2026, 12, 31))
    client = at_the_desk(coordinator("west"))
    page = client.get(at(language, "follow_up", thursday.pk)).text
    # Thursday the 31st is a holiday: the next day on which people work is the Sunday.
    for value in ("متابعة: جلسة", "Follow-up: Oxygen", 'value="2027-01-03"', 'value="11:00"'):
        assert value in page
    form = {"do": "create", "key": str(uuid4()), "title_ar": "لقاء ثانٍ", "title_en": "Second meeting"}
    form |= {"day": "2027-01-05", "time": "12:15"}
    answer = client.post(at(language, "follow_up", thursday.pk), form)
    new = Session.objects.get(title_en="Second meeting")
    assert answer.url == at(language, "change", new.pk)
    assert (new.follows, new.starts_at) == (thursday, shown("2027-01-05 12:15"))
    assert client.post(at(language, "follow_up", thursday.pk), form).url == at(language, "change", new.pk)
    assert Session.objects.count() == 2
    assert str(new.pk) in client.get(at(language, "follow_up", thursday.pk)).text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title_ar": ""}, "This field is required."),
        ({"title_en": "x" * 200}, "at most 160 characters"),
        ({"title_ar": "جلسة\u202eالأكسجين"}, "invisible control characters"),
        ({"day": "2026-12-01"}, "begins after the session that it follows"),
        ({"time": "noon"}, "Enter a valid time."),
    ],
)
def test_a_bad_follow_up_is_told_and_what_was_typed_stays(thursday, change, sentence):
    form = {"do": "create", "key": str(uuid4()), "title_ar": "لقاء", "title_en": "Second", "day": "2027-01-05"}
    page = at_the_desk(coordinator("west")).post(at("en", "follow_up", thursday.pk), form | {"time": "12:15"} | change)
    assert page.status_code == 200
    assert sentence in page.text
    assert 'value="Second"' in page.text or "title_en" in change
    assert Session.objects.count() == 1


def test_existing_sessions_are_linked_and_parted_but_not_those_of_others(thursday):
    later = SessionFactory(host_region=thursday.host_region, starts_at=shown("2027-01-05 10:00"))
    other = SessionFactory(host_region=RegionFactory(code="east"), starts_at=shown("2027-01-05 10:00"))
    client = at_the_desk(coordinator("west"))
    address = at("en", "follow_up", thursday.pk)
    assert other.title_en not in client.get(address).text
    for do, pk in (("link", other.pk), ("link", "x"), ("part", later.pk)):
        assert client.post(address, {"do": do, "other": pk}).status_code == 404
    client.post(address, {"do": "link", "other": later.pk})
    assert Session.objects.get(pk=later.pk).follows == thursday
    client.post(address, {"do": "part", "other": later.pk})
    assert Session.objects.get(pk=later.pk).follows is None


def test_a_copy_is_made_once_and_opened(thursday):
    client, form = at_the_desk(coordinator("west")), {"key": str(uuid4())}
    first, second = (client.post(at("en", "duplicate", thursday.pk), form) for _ in range(2))
    copy = Session.objects.exclude(pk=thursday.pk).get()
    assert first.url == second.url == at("en", "change", copy.pk)
    assert at_the_desk(auditor()).post(at("en", "duplicate", thursday.pk), form).status_code == 404
    joint = SessionFactory()
    assert client.post(at("en", "duplicate", joint.pk), {"key": str(uuid4())}).status_code == 404


# --- clashes and the month ---------------------------------------------------------------------------------------------------------


def test_a_clash_is_told_after_saving_on_the_page_and_in_the_month():
    by = coordinator("west")
    west, east, town = RegionFactory(code="west"), RegionFactory(code="east"), MunicipalityFactory()
    room = {"municipality": town, "name_ar": "قاعة الأكسجين", "name_en": "Oxygen hall"}
    mine = SessionFactory(host_region=west, title_en="Mine", site=False)
    other = SessionFactory(host_region=east, title_en="Secret of the east", starts_at=mine.starts_at, site=False)
    for session in (mine, other):
        SiteFactory(session=session, **room)
    client = at_the_desk(by)
    saved = client.post(at("en", "change", mine.pk), form_of(client, mine, title_en="Mine too"), follow=True)
    month = client.get(at("en", "month"), {"month": f"{timezone.localtime(mine.starts_at):%Y-%m}"})
    for page in (saved, client.get(at("en", "change", mine.pk)), month):
        assert "is taken at that time by another session." in page.text
        assert "Oxygen hall" in page.text
        assert "Secret of the east" not in page.text
    assert Session.objects.get(pk=mine.pk).title_en == "Mine too"


def test_saving_on_a_holiday_is_told_and_kept(thursday):
    SpecialPeriodFactory(first_day=date(2026, 12, 17), name_en="Some feast")
    client = at_the_desk(coordinator("west"))
    page = client.post(at("en", "change", thursday.pk), form_of(client, thursday, title_en="Kept"), follow=True)
    assert "17 December 2026: Some feast." in page.text
    assert Session.objects.get().title_en == "Kept"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_month_shows_what_is_in_reach_and_no_more(thursday, language):
    SessionFactory(starts_at=shown("2026-12-31 23:30"), title_ar="مشتركة", title_en="Joint one")
    SessionFactory(
        starts_at=shown("2026-12-05 10:00"), state=SessionState.DRAFT, title_ar="مسودة سرية", title_en="Joint draft"
    )
    SessionFactory(
        starts_at=shown("2026-12-05 10:00"),
        host_region=RegionFactory(code="east"),
        title_ar="شرقية",
        title_en="Eastern",
    )
    SessionFactory(starts_at=shown("2027-01-01 00:30"), title_ar="لاحقة", title_en="Later one")
    SpecialPeriodFactory(first_day=date(2026, 12, 24), name_ar="عيد الاستقلال", name_en="Independence Day")
    page = at_the_desk(coordinator("west")).get(at(language, "month"), {"month": "2026-12"}).text
    ar = language == "ar"
    for word in (
        thursday.title_ar if ar else thursday.title_en,
        "مشتركة" if ar else "Joint one",
        "عيد الاستقلال" if ar else "Independence",
    ):
        assert word in page
    for word in ("مسودة سرية", "شرقية", "لاحقة") if ar else ("Joint draft", "Eastern", "Later one"):
        assert word not in page
    for neighbour in ("?month=2026-11", "?month=2027-01"):
        assert neighbour in page


@pytest.mark.parametrize("asked", ["2026-13", "x", "9999-01", "", "2026-12-01"])
def test_a_month_that_is_none_shows_the_present_one(asked):
    page = at_the_desk(auditor()).get(at("en", "month"), {"month": asked})
    assert page.status_code == 200
    assert ("There is no such month." in page.text) is bool(asked)


def test_number_of_queries_of_the_month_does_not_grow(django_assert_num_queries):
    client, town, person = at_the_desk(coordinator(None)), MunicipalityFactory(), PractitionerFactory()
    SpecialPeriodFactory(first_day=timezone.localdate())
    starts = timezone.now() + timedelta(minutes=5)
    month = {"month": f"{timezone.localtime(starts):%Y-%m}"}
    client.get(at("en", "month"), month)
    for count in (2, 6):
        while Session.objects.count() < count:
            session = SessionFactory(site=False, starts_at=starts)
            session.facilitators.add(person)
            SiteFactory(session=session, municipality=town, name_en="Hall")
        with django_assert_num_queries(MONTH_QUERIES):
            client.get(at("en", "month"), month)


def test_the_list_and_the_desk_lead_to_the_month():
    client = at_the_desk(auditor())
    for address in (at("en", "changelist"), reverse("admin:index")):
        assert "/session/month/" in client.get(address).text


def test_members_do_not_get_the_month():
    from django.test import Client  # noqa: PLC0415

    client = Client()
    client.force_login(PractitionerFactory().user)
    assert client.get(at("en", "month")).status_code in (302, 404)
    assert Client().get(at("en", "month")).status_code == 302
