"""Series: planned once, published at once, called off from a date on; each session stays one of its own."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from dialogues import planning, services
from dialogues.enums import SeriesRule, SessionState, SiteKind
from dialogues.models import Registration, Series, Session, Site
from network.enums import MemberState
from network.models import Transition
from network.services import IllegalMove
from notifications.outbox import Message
from tests.dialogues.news import mail
from tests.factories.dialogues import SessionFactory, SiteFactory, seat
from tests.factories.network import PractitionerFactory, ProfessionFactory, RegionFactory, coordinator
from tests.factories.planning import weekly
from tests.state import everything

pytestmark = pytest.mark.django_db

State = SessionState


def plan(session, by, days=(7, 14), key=None, **more):
    dates = [services.PlannedDate(at, at) for at in (session.starts_at + timedelta(days=n) for n in days)]
    given = {"rule": SeriesRule.WEEKLY, "count": len(dates) + 1, "dates": dates, "key": key or uuid4()}
    return services.plan_series(session=session, by=by, **(given | more))


def test_each_date_is_a_draft_with_all_that_people_wrote_and_nobodys_place():
    west = RegionFactory(code="west")
    session = SessionFactory(
        host_region=west, agenda_ar="بنود", agenda_en="Items", chatham_house=True, listing="invited"
    )
    session.registration_opens_at = session.starts_at - timedelta(hours=40)
    session.registration_closes_at = session.starts_at - timedelta(hours=2)
    session.save()
    host, leader = PractitionerFactory(), PractitionerFactory()
    site = session.sites.get()
    Site.objects.filter(pk=site.pk).update(local_host=host)
    SiteFactory(session=session, kind=SiteKind.ONLINE, municipality=None)
    profession = ProfessionFactory(code="2221")
    session.facilitators.add(leader)
    session.invited_professions.add(profession)
    seat(session=session, site=site)
    by = coordinator("west")

    plan(session, by)

    second = Session.objects.get(series_position=2)
    assert second.state == State.DRAFT
    assert second.starts_at == second.planned_at == session.starts_at + timedelta(days=7)
    assert second.ends_at - second.starts_at == session.ends_at - session.starts_at
    assert second.starts_at - second.registration_opens_at == timedelta(hours=40)
    assert second.starts_at - second.registration_closes_at == timedelta(hours=2)
    for name in ("title_ar", "title_en", "agenda_ar", "agenda_en", "chatham_house", "listing", "host_region", "kind"):
        assert getattr(second, name) == getattr(session, name)
    assert (second.uid, second.slug) != (session.uid, session.slug)
    assert list(second.facilitators.all()) == [leader]
    assert list(second.invited_professions.all()) == [profession]
    room, online = second.sites.order_by("pk")
    assert (room.name_ar, room.seats, room.taken, room.local_host) == (site.name_ar, site.seats, 0, host)
    assert online.kind == SiteKind.ONLINE
    assert not Registration.objects.exclude(session=session).exists()
    assert not Message.objects.exists()


def test_people_who_are_no_longer_members_are_not_copied():
    session = SessionFactory()
    gone = PractitionerFactory(state=MemberState.SUSPENDED)
    session.facilitators.add(gone)
    Site.objects.filter(session=session).update(local_host=gone)
    plan(session, coordinator(None))
    second = Session.objects.get(series_position=2)
    assert (second.facilitators.count(), second.sites.get().local_host) == (0, None)


def test_a_second_click_makes_no_second_series():
    session, by, key = SessionFactory(), coordinator(None), uuid4()
    first = plan(session, by, key=key)
    assert plan(session, by, key=key) == first
    assert (Series.objects.count(), Session.objects.count()) == (1, 3)
    with pytest.raises(services.AlreadyInSeries):
        plan(session, by)


def test_dates_that_are_no_dates_are_refused():
    session, by = SessionFactory(), coordinator(None)
    before = everything()
    with pytest.raises(services.NoFurtherDate):
        plan(session, by, days=())
    with pytest.raises(services.TooManyDates):
        plan(session, by, days=range(1, 53))
    with pytest.raises(services.WrongDate):
        plan(session, by, days=(7, 7))
    with pytest.raises(services.WrongDate):
        plan(session, by, days=(0,))
    with pytest.raises(services.WrongDate):
        plan(session, by, days=(-20,))
    with pytest.raises(services.SessionChanged):
        plan(session, by, expected=session.starts_at - timedelta(hours=1))
    assert everything() == before


@pytest.mark.parametrize("state", [State.HELD, State.CLOSED, State.CANCELLED])
def test_what_is_over_is_not_repeated(state):
    with pytest.raises(IllegalMove):
        plan(SessionFactory(state=state), coordinator(None))


@pytest.mark.parametrize("who", ["east", None])
def test_another_side_plans_publishes_and_cancels_nothing(who):
    sessions = weekly(coordinator("west"), host_region=RegionFactory(code="west"))
    alone = SessionFactory(host_region=RegionFactory(code="west"))
    by = coordinator(who)
    before = everything()
    calls = [
        lambda: plan(alone, by),
        lambda: services.publish_following(session=sessions[0], by=by),
        lambda: services.cancel_following(session=sessions[0], by=by),
        lambda: services.edit_following(session=sessions[0], changes=services.Changes(fields=["title_en"]), by=by),
        lambda: services.duplicate_session(session=alone, key=uuid4(), by=by),
        lambda: services.schedule_follow_up(
            session=alone, title_ar="أ", title_en="A", starts_at=alone.ends_at + timedelta(days=9), key=uuid4(), by=by
        ),
        lambda: services.link_follow_up(session=sessions[1], follows=sessions[0], by=by),
    ]
    for call in calls:
        with pytest.raises(services.NotYourSession):
            call()
    assert everything() == before


def test_the_database_itself_refuses_two_at_one_place_of_a_series():
    sessions = weekly(coordinator(None))
    for changes in ({"series_position": 1}, {"series_position": None}, {"follows_id": sessions[1].pk}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Session.objects.filter(pk=sessions[1].pk).update(**changes)


# --- published at once ------------------------------------------------------------------------------------------------------


def test_all_drafts_from_here_on_are_published_and_each_member_is_told_once():
    by, members = coordinator(None), [PractitionerFactory(), PractitionerFactory()]
    sessions = weekly(by)

    services.publish_following(session=sessions[1], by=by)

    assert [s.state for s in planning.of_series(sessions[0])] == [State.DRAFT, *[State.PUBLISHED] * 3]
    assert mail("series-published") == sorted(m.user_id for m in members)
    assert mail("session-published") == []
    [told] = {str(row.context["dates"]) for row in Message.objects.all()}
    assert told.count("datetime") == 3
    assert Transition.objects.filter(move="publish").count() == 3


def test_whom_only_one_of_them_invites_is_told_of_that_one():
    by = coordinator(None)
    doctor, nurse = PractitionerFactory(), PractitionerFactory(profession=ProfessionFactory(code="2221"))
    sessions = weekly(by)
    for session in sessions[:3]:
        session.invited_professions.add(doctor.profession)
    services.publish_following(session=sessions[0], by=by)
    assert mail("series-published") == [doctor.user_id]
    assert mail("session-published") == [nurse.user_id]
    assert Message.objects.get(kind="session-published").subject_ref == f"dialogues.session:{sessions[3].pk}"


def test_one_that_lacks_something_stops_all_and_is_named():
    by = coordinator(None)
    sessions = weekly(by)
    Session.objects.filter(pk=sessions[2].pk).update(summary_en="")
    with pytest.raises(services.IncompleteSeries) as refused, override("en"):
        services.publish_following(session=sessions[0], by=by)
    with override("en"):
        day = date_format(timezone.localtime(sessions[2].starts_at), "DATE_FORMAT")
    assert refused.value.values == {"missing": f"{day}: a summary in both languages."}
    assert set(Session.objects.values_list("state", flat=True)) == {State.DRAFT}
    assert not Message.objects.exists()


def test_a_second_publication_is_refused():
    by = coordinator(None)
    sessions = weekly(by, publish=True)
    with pytest.raises(services.NothingToPublish):
        services.publish_following(session=sessions[0], by=by)
    with pytest.raises(services.NotInSeries):
        services.publish_following(session=SessionFactory(), by=by)


# --- called off from a date on --------------------------------------------------------------------------------------------------


def test_calling_off_the_following_tells_each_of_their_own_places_and_leaves_the_earlier_ones():
    by = coordinator(None)
    sessions = weekly(by, publish=True)
    seats = [seat(session=session).practitioner.user_id for session in sessions]

    services.cancel_following(session=sessions[1], by=by, reason="The road is closed.")

    assert [s.state for s in planning.of_series(sessions[0])] == [State.PUBLISHED, *[State.CANCELLED] * 3]
    assert mail("session-cancelled") == seats[1:]
    assert {step.reason for step in Transition.objects.filter(move="cancel")} == {"The road is closed."}
    with pytest.raises(IllegalMove):
        services.cancel_following(session=sessions[1], by=by)


def test_what_has_begun_is_not_called_off():
    by = coordinator(None)
    sessions = weekly(by, publish=True)
    now = timezone.now()
    Session.objects.filter(pk=sessions[0].pk).update(starts_at=now - timedelta(hours=1))
    services.cancel_following(session=sessions[0], by=by)
    assert [s.state for s in planning.of_series(sessions[0])] == [State.PUBLISHED, *[State.CANCELLED] * 3]
