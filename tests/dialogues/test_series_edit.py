"""This one, or this and the following: what changes, for whom, and who is told."""

from datetime import timedelta

import pytest
from django.test import override_settings

from dialogues import planning, seating, services
from dialogues.allocation import Floors
from dialogues.enums import RegistrationState, SessionState
from dialogues.models import Session, Site
from dialogues.planning import clock
from notifications.outbox import Message
from tests.dialogues.news import mail
from tests.dialogues.places import join
from tests.factories.dialogues import SiteFactory, seat
from tests.factories.network import PractitionerFactory, RegionFactory, coordinator
from tests.factories.planning import shown, weekly
from tests.state import Broken, break_the_outbox, everything

pytestmark = pytest.mark.django_db

Changes = services.Changes


def fresh(session: Session) -> Session:
    return Session.objects.get(pk=session.pk)


def retitle(session: Session, by, **more) -> list[Session]:
    session = fresh(session)
    session.title_en = "Another title"
    return services.edit_following(session=session, changes=Changes(fields=["title_en"]), by=by, **more)


def titles(session: Session) -> list[bool]:
    return [row.title_en == "Another title" for row in planning.of_series(session)]


def test_a_change_reaches_the_following_ones_and_not_the_earlier():
    by = coordinator(None)
    sessions = weekly(by, publish=True)
    seats = [seat(session=session).practitioner.user_id for session in sessions]
    retitle(sessions[1], by)
    assert titles(sessions[0]) == [False, True, True, True]
    assert mail("session-changed") == seats[1:]
    assert [row.sequence for row in planning.of_series(sessions[0])] == [0, 1, 1, 1]
    assert not Session.objects.filter(changed_alone=True).exists()


def test_one_that_was_changed_on_its_own_is_passed_by_unless_wanted():
    by = coordinator(None)
    sessions = weekly(by)
    own = fresh(sessions[2])
    own.agenda_en = "Only today"
    services.edit_session(session=own, changed=["agenda_en"], by=by)
    retitle(sessions[0], by)
    assert titles(sessions[0]) == [True, True, False, True]
    own = fresh(sessions[0])
    own.title_en = "Another title"
    own.summary_en = "News"
    services.edit_following(
        session=own, changes=Changes(fields=["title_en", "summary_en"]), by=by, also_changed_alone=True
    )
    assert titles(sessions[0]) == [True] * 4
    assert fresh(sessions[2]).agenda_en == "Only today"


@pytest.mark.parametrize("what", ["site", "people", "new site", "removed site", "time"])
def test_whatever_is_changed_on_its_own_sets_a_session_apart(what):
    by = coordinator(None)
    session = weekly(by)[1]
    site = session.sites.get()
    if what == "site":
        site.seats += 1
        services.save_site(site=site, changed=["seats"], by=by)
    elif what == "people":
        services.set_people(session=session, by=by, facilitators=[PractitionerFactory()])
    elif what == "new site":
        services.save_site(site=SiteFactory.build(session=session, municipality=site.municipality), changed=(), by=by)
    elif what == "removed site":
        services.remove_site(site=site, by=by)
    else:
        session.starts_at += timedelta(hours=1)
        services.edit_session(session=session, changed=["starts_at"], by=by)
    assert [row.changed_alone for row in planning.of_series(session)] == [False, True, False, False]


def test_saving_without_a_change_sets_nothing_apart():
    by = coordinator(None)
    session = weekly(by)[1]
    services.edit_session(session=session, changed=[], by=by)
    services.set_people(session=session, by=by, facilitators=[])
    assert not Session.objects.filter(changed_alone=True).exists()


def test_one_that_is_moved_alone_stays_in_the_series_marked_as_moved():
    by = coordinator(None)
    sessions = weekly(by)
    one = fresh(sessions[1])
    one.starts_at += timedelta(days=1)
    one.ends_at += timedelta(days=1)
    services.edit_session(session=one, changed=["starts_at", "ends_at"], by=by)
    assert [row.was_moved for row in planning.of_series(one)] == [False, True, False, False]
    assert fresh(one).planned_at == sessions[1].starts_at
    assert planning.place_in_series(one) == (2, 4)


def move(session: Session, by, *, days: int = 0, hours: int = 0, longer: int = 0, **more) -> list[Session]:
    session = fresh(session)
    by_clock = timedelta(days=days, hours=hours)
    session.starts_at = planning.moment(clock(session.starts_at) + by_clock)
    session.ends_at = planning.moment(clock(session.ends_at) + by_clock + timedelta(hours=longer))
    changes = Changes(fields=["starts_at", "ends_at"])
    return services.edit_following(session=session, changes=changes, by=by, **more)


def test_a_new_day_and_hour_move_all_following_with_their_registration_times():
    by = coordinator(None)
    sessions = weekly(by)
    closes = sessions[2].starts_at - timedelta(hours=3)
    Session.objects.filter(pk=sessions[2].pk).update(registration_closes_at=closes)
    move(sessions[1], by, days=1, hours=-2, longer=1)
    moved = timedelta(days=1, hours=-2)
    for number, row in enumerate(planning.of_series(sessions[0])):
        before = sessions[number]
        assert row.starts_at - before.starts_at == (moved if number else timedelta())
        assert row.ends_at - before.ends_at == (moved + timedelta(hours=1) if number else timedelta())
        assert not row.was_moved
    assert fresh(sessions[2]).registration_closes_at == closes + moved


def test_all_whose_time_changed_are_told_with_a_higher_sequence():
    by = coordinator(None)
    sessions = weekly(by, publish=True)
    seats = [seat(session=session).practitioner.user_id for session in sessions]
    move(sessions[2], by, hours=1)
    assert mail("session-rescheduled") == seats[2:]
    rows = Message.objects.filter(kind="session-rescheduled", channel="email").order_by("pk")
    assert [row.context["sequence"] for row in rows] == [1, 1]
    assert [row.context["uid"] for row in rows] == [str(session.uid) for session in sessions[2:]]


def test_the_clock_on_the_wall_moves_and_not_the_hours_between():
    by = coordinator(None)
    with override_settings(TIME_ZONE="Europe/Rome"):
        first = shown("2027-03-20 10:00")
        sessions = weekly(by, starts_at=first, ends_at=first + timedelta(hours=2), dates=2)
        Session.objects.filter(pk=sessions[1].pk).update(
            starts_at=shown("2027-04-03 10:00"), ends_at=shown("2027-04-03 12:00"), planned_at=shown("2027-04-03 10:00")
        )
        move(sessions[0], by, days=10)
        assert clock(fresh(sessions[0]).starts_at).isoformat() == "2027-03-30T10:00:00"
        assert clock(fresh(sessions[1]).starts_at).isoformat() == "2027-04-13T10:00:00"


def test_a_registration_time_that_is_new_stands_as_far_from_each_start():
    by = coordinator(None)
    sessions = weekly(by)
    one = fresh(sessions[0])
    one.registration_closes_at = one.starts_at - timedelta(hours=5)
    services.edit_following(session=one, changes=Changes(fields=["registration_closes_at"]), by=by)
    assert {row.starts_at - row.registration_closes_at for row in planning.of_series(one)} == {timedelta(hours=5)}


def test_sites_seats_and_people_follow():
    by, old, new = coordinator(None), PractitionerFactory(), PractitionerFactory()
    sessions = weekly(by)
    own = PractitionerFactory()
    for session in sessions:
        session.facilitators.add(old)
    sessions[2].facilitators.add(own)
    one = fresh(sessions[0])
    site = one.sites.get()
    site.seats, site.name_en = 44, "The new hall"
    extra = SiteFactory.build(session=one, municipality=site.municipality, name_en="Second room")
    services.edit_following(
        session=one,
        changes=Changes(sites=[(site, ["seats", "name_en"])], added=[extra], people={"facilitators": [new]}),
        by=by,
    )
    for number, row in enumerate(planning.of_series(one)):
        first, second = row.sites.order_by("pk")
        assert (first.seats, first.name_en, second.name_en) == (44, "The new hall", "Second room")
        assert set(row.facilitators.all()) == ({new, own} if number == 2 else {new})
    second = fresh(sessions[0]).sites.order_by("pk")[1]
    services.edit_following(session=one, changes=Changes(removed=[second]), by=by)
    assert [row.sites.count() for row in planning.of_series(one)] == [1] * 4


def test_where_one_refuses_none_is_changed_and_it_is_named():
    by = coordinator(None)
    sessions = weekly(by, publish=True)
    Site.objects.filter(session=sessions[2]).update(taken=20)
    one = fresh(sessions[0])
    site = one.sites.get()
    site.seats = 5
    one.title_en = "Another title"
    before = everything()
    with pytest.raises(services.NotOnThatDate) as refused:
        services.edit_following(session=one, changes=Changes(fields=["title_en"], sites=[(site, ["seats"])]), by=by)
    assert "20" in str(refused.value)
    assert everything() == before


def test_what_is_over_or_cancelled_stays_as_it_was():
    by = coordinator(None)
    sessions = weekly(by, publish=True)
    services.cancel_session(session=sessions[2], by=by)
    Session.objects.filter(pk=sessions[3].pk).update(state=SessionState.HELD)
    retitle(sessions[0], by)
    assert titles(sessions[0]) == [True, True, False, False]


def test_nothing_is_kept_where_a_notice_cannot_be_written(monkeypatch):
    by = coordinator(None)
    sessions = weekly(by, publish=True)
    seat(session=sessions[3])
    before = everything()
    break_the_outbox(monkeypatch)
    with pytest.raises(Broken):
        retitle(sessions[0], by)
    assert everything() == before


# --- kept seats ---------------------------------------------------------------------------------------------------------


def shared(session: Session) -> list[tuple[dict, object]]:
    """Return for each session of a series what it keeps, and how long before its start."""
    return [
        (
            seating.floors_of(row.sites.get().floors.all()).sides,
            row.floors_until and clock(row.starts_at) - clock(row.floors_until),
        )
        for row in planning.of_series(session)
    ]


def share(session: Session, by, kept: dict, *, days: int = 1, **more) -> list[Session]:
    session = fresh(session)
    floors = {session.sites.get().pk: Floors(kept)}
    until = session.starts_at - timedelta(days=days)
    return services.share_following(session=session, floors=floors, until=until, by=by, **more)


def test_kept_seats_are_shared_alike_in_this_and_the_following():
    by, west = coordinator(None), RegionFactory(code="west").pk
    sessions = weekly(by, publish=True, site__seats=10)
    changed = share(sessions[1], by, {west: 4})
    assert [row.pk for row in changed] == [row.pk for row in sessions[1:]]
    assert shared(sessions[0]) == [({}, None)] + [({west: 4}, timedelta(days=1))] * 3
    assert not Session.objects.filter(changed_alone=True).exists()
    # Each has its own, which the next change takes away again.
    share(sessions[2], by, {})
    assert [sides for sides, _ahead in shared(sessions[0])] == [{}, {west: 4}, {}, {}]


def test_seats_freed_of_their_side_are_offered_in_each_of_the_following():
    by, west = coordinator(None), RegionFactory(code="west").pk
    sessions = weekly(by, publish=True, site__seats=1, in_hours=400)
    share(sessions[0], by, {west: 1})
    waiting = [join(fresh(session), PractitionerFactory(side="east")) for session in sessions]
    assert {row.state for row in waiting} == {RegistrationState.WAITING}
    share(sessions[1], by, {})
    for row in waiting:
        row.refresh_from_db()
    assert [row.state for row in waiting] == [RegistrationState.WAITING] + [RegistrationState.OFFERED] * 3


def test_one_that_was_shared_on_its_own_is_passed_by_unless_wanted():
    by, west, east = coordinator(None), RegionFactory(code="west").pk, RegionFactory(code="east").pk
    sessions = weekly(by, site__seats=10)
    services.set_floors(session=sessions[2], floors={sessions[2].sites.get().pk: Floors({east: 2})}, until=None, by=by)
    assert fresh(sessions[2]).changed_alone
    share(sessions[0], by, {west: 4})
    assert [sides for sides, _ahead in shared(sessions[0])] == [{west: 4}, {west: 4}, {east: 2}, {west: 4}]
    share(sessions[0], by, {west: 5}, also_changed_alone=True)
    assert [sides for sides, _ahead in shared(sessions[0])] == [{west: 5}] * 4


def test_where_one_has_too_few_seats_none_is_shared_anew():
    by, west = coordinator(None), RegionFactory(code="west").pk
    sessions = weekly(by, site__seats=10)
    small = sessions[2].sites.get()
    small.seats = 3
    services.save_site(site=small, changed=["seats"], by=by, with_series=True)
    before = everything()
    with pytest.raises(services.NotOnThatDate):
        share(sessions[0], by, {west: 4})
    assert everything() == before


def test_who_may_not_run_one_of_them_shares_none():
    sessions = weekly(coordinator(None), site__seats=10)
    with pytest.raises(services.NotYourSession):
        share(sessions[0], coordinator("west"), {})


def test_the_end_of_keeping_moves_with_the_session():
    by, west = coordinator(None), RegionFactory(code="west").pk
    sessions = weekly(by, publish=True, site__seats=10)
    share(sessions[0], by, {west: 4}, days=3)
    first = fresh(sessions[0])
    first.starts_at, first.ends_at = first.starts_at + timedelta(days=1), first.ends_at + timedelta(days=1)
    services.edit_following(session=first, changes=Changes(fields=["starts_at", "ends_at"]), by=by)
    assert shared(sessions[0]) == [({west: 4}, timedelta(days=3))] * 4
    alone = fresh(sessions[3])
    alone.starts_at, alone.ends_at = alone.starts_at + timedelta(hours=2), alone.ends_at + timedelta(hours=2)
    services.edit_session(session=alone, changed=["starts_at", "ends_at"], by=by)
    assert shared(sessions[0]) == [({west: 4}, timedelta(days=3))] * 4
