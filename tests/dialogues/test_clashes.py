"""Two places at once: found among people, rooms and links, and told only as far as the reader may know."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from dialogues import planning
from dialogues.enums import SessionState, SiteKind
from dialogues.models import Session
from tests.factories.dialogues import SessionFactory, SiteFactory
from tests.factories.network import MunicipalityFactory, PractitionerFactory, RegionFactory, auditor, coordinator

pytestmark = pytest.mark.django_db

ISOLATES = str.maketrans("", "", "\u2068\u2069")


def told(session: Session, user) -> list[str]:
    return [clash.text.translate(ISOLATES) for clash in planning.clashes(session, user)]


def pair(
    later: timedelta = timedelta(hours=1), *, side: str | None = None, other: str | None = None, **fields
) -> tuple:
    region = {name: RegionFactory(code=name) for name in ("west", "east")}
    first = SessionFactory(host_region=region.get(side), site=False)
    second = SessionFactory(
        starts_at=first.starts_at + later,
        host_region=region.get(other),
        title_ar="الأخرى",
        title_en="Other",
        site=False,
        **fields,
    )
    return first, second


def test_a_facilitator_in_two_sessions_at_once_is_told_from_both():
    first, second = pair()
    person = PractitionerFactory(name_ar="هدى", name_latin="")
    first.facilitators.add(person)
    second.facilitators.add(person)
    by = coordinator(None)
    with override("en"):
        assert told(first, by) == ["هدى also leads or hosts “Other” at that time."]
    with override("ar"):
        assert told(first, by) == ["هدى: له في ذلك الوقت تيسير أو استضافة في جلسة «الأخرى» أيضًا."]
    assert [clash.other for clash in planning.clashes(second, by)] == [first]


def test_hosting_a_room_counts_like_leading():
    first, second = pair()
    person = PractitionerFactory()
    first.facilitators.add(person)
    SiteFactory(session=second, local_host=person)
    assert [clash.what for clash in planning.clashes(first, coordinator(None))] == ["person"]


@pytest.mark.parametrize("later", [timedelta(hours=2), timedelta(hours=-2), timedelta(days=1)])
def test_one_after_the_other_is_no_clash(later):
    first, second = pair(later)
    person = PractitionerFactory()
    for session in (first, second):
        session.facilitators.add(person)
    assert told(first, coordinator(None)) == []


@pytest.mark.parametrize("state", [SessionState.CANCELLED])
def test_what_is_cancelled_takes_nobodys_time(state):
    first, second = pair(state=state)
    person = PractitionerFactory()
    for session in (first, second):
        session.facilitators.add(person)
    assert told(first, coordinator(None)) == []
    assert told(second, coordinator(None)) == []


def test_what_is_over_is_no_longer_told():
    first, second = pair()
    person = PractitionerFactory()
    for session in (first, second):
        session.facilitators.add(person)
    Session.objects.update(starts_at=first.starts_at - timedelta(days=9), ends_at=first.ends_at - timedelta(days=9))
    first.refresh_from_db()
    assert told(first, coordinator(None)) == []


@pytest.mark.parametrize(
    ("changes", "clash"),
    [
        ({}, True),
        ({"name_ar": "قَاعة  الأَكسجين", "name_en": "OXYGEN hall"}, True),
        ({"name_ar": "قاعة أخرى", "name_en": "Another hall"}, False),
        ({"address_ar": "طريق آخر", "address_en": "Another road"}, False),
        ({"address_ar": "", "address_en": ""}, True),
        ({"name_ar": "", "name_en": "Oxygen Hall"}, True),
    ],
)
def test_the_same_room_however_it_is_spelt(changes, clash):
    first, second = pair()
    town = MunicipalityFactory()
    room = {"municipality": town, "name_ar": "قاعة الأكسجين", "name_en": "Oxygen hall"}
    SiteFactory(session=first, **room)
    SiteFactory(session=second, **(room | changes))
    assert bool(told(first, coordinator(None))) is clash


def test_a_room_of_that_name_in_another_town_and_an_online_room_are_no_clash():
    first, second = pair()
    names = {"name_ar": "قاعة", "name_en": "Hall"}
    SiteFactory(session=first, **names)
    SiteFactory(session=second, **names)
    for session in (first, second):
        SiteFactory(session=session, kind=SiteKind.ONLINE, municipality=None, **names)
    assert told(first, coordinator(None)) == []


def test_one_link_for_two_meetings_is_a_clash():
    first, _ = pair()
    Session.objects.update(join_link="https://meet.example.org/one")
    first.refresh_from_db()
    assert [clash.what for clash in planning.clashes(first, coordinator(None))] == ["link"]


# --- what a coordinator may not know ----------------------------------------------------------------------------------------------


def test_another_sides_session_is_told_without_its_title_or_people():
    first, second = pair(side="west", other="east")
    person = PractitionerFactory(name_ar="هدى", side="west")
    town = MunicipalityFactory()
    for session in (first, second):
        session.facilitators.add(person)
        SiteFactory(session=session, municipality=town, name_ar="قاعة", name_en="Hall")
    found = planning.clashes(first, coordinator("west"))
    assert [(clash.what, clash.name, clash.other) for clash in found] == [
        ("person", "هدى", None),
        ("room", "قاعة", None),
    ]
    assert "الأخرى" not in str([clash.text for clash in found])
    assert [clash.other for clash in planning.clashes(first, auditor())] == [second, second]


def test_a_person_of_another_side_is_not_named():
    first, second = pair(side="west", other="west")
    person = PractitionerFactory(name_ar="هدى", side="east")
    for session in (first, second):
        session.facilitators.add(person)
    found = planning.clashes(first, coordinator("west"))
    assert [(clash.what, clash.name, clash.other) for clash in found] == [("person", "", second)]
    assert "هدى" not in found[0].text


def test_people_of_other_sides_in_a_joint_session_are_not_a_sides_affair():
    first, second = pair(other="east")
    person = PractitionerFactory(side="east")
    for session in (first, second):
        session.facilitators.add(person)
    assert planning.clashes(first, coordinator("west")) == []
    assert [clash.other for clash in planning.clashes(first, coordinator("east"))] == [second]


def test_a_joint_draft_is_not_known_to_a_side():
    first, second = pair(side="west", state=SessionState.DRAFT)
    person = PractitionerFactory(side="west")
    for session in (first, second):
        session.facilitators.add(person)
    assert [clash.other for clash in planning.clashes(first, coordinator("west"))] == [None]


# --- many at once -------------------------------------------------------------------------------------------------------------------


def test_many_sessions_are_asked_in_the_same_number_of_queries(django_assert_num_queries):
    by, person, town = coordinator(None), PractitionerFactory(), MunicipalityFactory()
    by.current_grants  # noqa: B018 - asked once a request
    for count in (2, 6):
        while Session.objects.count() < count:
            session = SessionFactory(site=False)
            session.facilitators.add(person)
            SiteFactory(session=session, municipality=town, name_ar="قاعة", name_en="Hall")
        with django_assert_num_queries(7):
            assert len(planning.clashes_among(list(Session.objects.all()), by)) == count


def test_a_time_that_is_only_thought_of_is_checked_too():
    first, second = pair(timedelta(days=7))
    person = PractitionerFactory()
    for session in (first, second):
        session.facilitators.add(person)
    times = [first.starts_at + timedelta(days=n) for n in (6, 7, 8)]
    found = planning.clashes_at(first, times, coordinator(None))
    assert [[clash.other for clash in row] for row in found] == [[], [second], []]
