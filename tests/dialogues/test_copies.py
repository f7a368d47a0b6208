"""Copies of sessions and follow-ups: made once, with nobody's place in them."""

from datetime import timedelta
from uuid import uuid4

import pytest

from dialogues import planning, seating, selectors, services
from dialogues.allocation import Floors
from dialogues.enums import SessionState
from dialogues.models import Registration, SeatFloor, Session
from network import selectors as network_selectors
from tests.factories.dialogues import SessionFactory, seat
from tests.factories.network import PractitionerFactory, ProfessionFactory, RegionFactory, coordinator
from tests.factories.planning import shown, weekly

pytestmark = pytest.mark.django_db


def follow_up(session, by, key=None, **more):
    given = {"title_ar": "متابعة", "title_en": "Follow-up", "starts_at": session.ends_at + timedelta(days=14)}
    return services.schedule_follow_up(session=session, key=key or uuid4(), by=by, **(given | more))


def test_a_copy_has_the_texts_and_nobodys_place_and_is_made_once():
    by, key = coordinator(None), uuid4()
    session = SessionFactory()
    seat(session=session)
    copy = services.duplicate_session(session=session, key=key, by=by)
    assert services.duplicate_session(session=session, key=key, by=by) == copy
    assert Session.objects.count() == 2
    assert (copy.state, copy.title_ar, copy.starts_at) == (SessionState.DRAFT, session.title_ar, session.starts_at)
    assert copy.published_at is None
    assert (copy.sites.get().taken, copy.sites.get().name_ar) == (0, session.sites.get().name_ar)
    assert not Registration.objects.filter(session=copy).exists()
    assert [step.move for step in network_selectors.steps(copy)] == ["create", "edit"]


def test_a_copy_of_the_past_is_on_the_same_weekday_at_the_same_hour_to_come(clock):
    clock.set(shown("2026-11-21 09:00"))
    session = SessionFactory(
        starts_at=shown("2020-09-12 10:00"), ends_at=shown("2020-09-12 13:00"), state=SessionState.CLOSED
    )
    session.registration_opens_at = shown("2020-09-01 10:00")
    session.save()
    copy = services.duplicate_session(session=session, key=uuid4(), by=coordinator(None))
    assert (copy.starts_at, copy.ends_at) == (shown("2026-11-28 10:00"), shown("2026-11-28 13:00"))
    # It would have opened in the past: now it opens when the copy is published.
    assert copy.registration_opens_at is None


def test_a_copy_of_one_of_a_series_is_in_none():
    by = coordinator(None)
    sessions = weekly(by)
    copy = services.duplicate_session(session=sessions[1], key=uuid4(), by=by)
    assert (copy.series, copy.planned_at, copy.changed_alone) == (None, None, False)


def test_a_follow_up_invites_the_same_and_is_made_once():
    by, key = coordinator("west"), uuid4()
    session = SessionFactory(host_region=RegionFactory(code="west"), state=SessionState.CLOSED, in_hours=-48)
    leader = PractitionerFactory()
    session.facilitators.add(leader)
    new = follow_up(session, by, key)
    assert follow_up(session, by, key) == new
    assert (new.follows, new.title_ar, new.title_en, new.state) == (session, "متابعة", "Follow-up", SessionState.DRAFT)
    assert list(new.facilitators.all()) == [leader]
    assert Session.objects.count() == 2


def test_a_follow_up_comes_after_and_in_the_future():
    by, session = coordinator(None), SessionFactory()
    over = SessionFactory(in_hours=-999)
    for one, at in ((session, session.starts_at), (over, over.ends_at + timedelta(days=1))):
        with pytest.raises(services.NotAfter):
            follow_up(one, by, starts_at=at)


def test_sessions_that_exist_are_linked_and_parted():
    by, first, second = coordinator(None), SessionFactory(), SessionFactory(in_hours=99)
    services.link_follow_up(session=second, follows=first, by=by)
    assert Session.objects.get(pk=second.pk).follows == first
    for one, other in ((first, second), (first, first)):
        with pytest.raises(services.NotAfter):
            services.link_follow_up(session=one, follows=other, by=by)
    services.link_follow_up(session=second, follows=None, by=by)
    assert Session.objects.get(pk=second.pk).follows is None
    hosted = SessionFactory(host_region=RegionFactory(code="west"))
    with pytest.raises(services.NotYourSession):
        services.link_follow_up(session=second, follows=hosted, by=by)


def test_a_draft_that_others_follow_can_be_deleted():
    by, first = coordinator(None), SessionFactory(state=SessionState.DRAFT)
    second = follow_up(first, by)
    services.delete_draft(session=first, by=by)
    assert Session.objects.get(pk=second.pk).follows is None


# --- what the page of a session leads to ----------------------------------------------------------------------------------------


def leads_to(session, person):
    found = selectors.session_for(session.slug, person.user, person)
    links = planning.linked(found, person.user, person)
    return links.before, links.after, links.dates


def test_members_find_from_one_session_to_the_next_and_back():
    person, first, second = PractitionerFactory(), SessionFactory(), SessionFactory(in_hours=99)
    second.follows = first
    second.save()
    assert leads_to(first, person) == (None, [second], [])
    assert leads_to(second, person) == (first, [], [])


@pytest.mark.parametrize("hidden", [{"state": SessionState.DRAFT}, {"listing": "invited"}])
def test_nobody_learns_of_a_session_that_is_not_for_them(hidden):
    person, first = PractitionerFactory(side="west"), SessionFactory()
    SessionFactory(in_hours=99, follows=first, host_region=RegionFactory(code="east"), **hidden)
    assert leads_to(first, person) == (None, [], [])


def test_the_coming_dates_of_a_series_are_shown(django_assert_num_queries):
    by, person = coordinator(None), PractitionerFactory()
    sessions = weekly(by, publish=True)
    assert leads_to(sessions[1], person)[2] == [sessions[0], *sessions[2:]]


def test_a_session_that_leads_nowhere_asks_nothing(django_assert_num_queries):
    person, session = PractitionerFactory(), SessionFactory()
    found = selectors.session_for(session.slug, person.user, person)
    with django_assert_num_queries(0):
        assert not planning.linked(found, person.user, person)


def keeping(session: Session, by, professions=None, **sides: int) -> Session:
    """Keep seats of a session until three days before it."""
    kept = Floors({RegionFactory(code=code).pk: seats for code, seats in sides.items()} | {None: 1}, professions or {})
    until = session.starts_at - timedelta(days=3)
    return services.set_floors(session=session, floors={session.sites.get().pk: kept}, until=until, by=by)


def kept(session: Session) -> tuple[Floors, timedelta | None]:
    floors = seating.floors_of(SeatFloor.objects.filter(site__session=session).order_by("pk"))
    until = Session.objects.get(pk=session.pk).floors_until
    return floors, until and session.starts_at - until


@pytest.mark.parametrize("way", ["duplicate", "follow-up", "series"])
def test_a_copy_keeps_as_many_seats_for_as_long_before_it(way, clock):
    clock.set(shown("2026-11-21 09:00"))
    by, nurses = coordinator(None), ProfessionFactory(code="2221").pk
    session = SessionFactory(
        starts_at=shown("2026-12-10 10:00"), ends_at=shown("2026-12-10 12:00"), state=SessionState.DRAFT,
        site__seats=20,
    )  # fmt: skip
    keeping(session, by, west=4, east=3, professions={nurses: 2})
    if way == "duplicate":
        copies = [services.duplicate_session(session=session, key=uuid4(), by=by)]
    elif way == "follow-up":
        copies = [follow_up(session, by)]
    else:
        dates = [session.starts_at + timedelta(weeks=n) for n in (1, 2)]
        services.plan_series(
            session=session, rule="weekly", count=3, key=uuid4(), by=by,
            dates=[services.PlannedDate(at, at) for at in dates],
        )  # fmt: skip
        session.refresh_from_db()
        copies = list(planning.of_series(session))[1:]
    assert copies
    for copy in copies:
        assert copy.starts_at > session.starts_at or way == "duplicate"
        assert kept(copy) == kept(session)
        assert kept(copy)[1] == timedelta(days=3)
        # The rows are its own.
        services.set_floors(session=copy, floors={copy.sites.get().pk: Floors()}, until=None, by=by)
    assert kept(session)[0].sides == {RegionFactory(code="west").pk: 4, RegionFactory(code="east").pk: 3, None: 1}


def test_a_copy_keeps_no_seats_until_a_time_that_is_over(clock):
    clock.set(shown("2026-11-21 09:00"))
    by = coordinator(None)
    session = SessionFactory(
        starts_at=shown("2026-11-24 10:00"), ends_at=shown("2026-11-24 12:00"), state=SessionState.DRAFT
    )
    services.set_floors(session=session, floors={}, until=shown("2026-11-10 10:00"), by=by)
    copy = services.duplicate_session(session=session, key=uuid4(), by=by)
    assert copy.floors_until is None
