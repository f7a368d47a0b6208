"""Daily reports and trainings: who enters them, what stands after corrections, and what everybody is told."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from network.enums import MemberState
from network.models import Practitioner, Transition, User
from network.querysets import AppendOnly
from outreach import figures, services
from outreach.figures import Numbers
from outreach.models import DailyReport, MobileUnit, ReportCorrection, Seen, TeamMember, Training
from tests.factories import outreach as make
from tests.factories.facilities import municipality
from tests.factories.network import MunicipalityFactory, PractitionerFactory, coordinator
from tests.factories.outreach import GIRLS, MEN, WOMEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> MobileUnit:
    return make.unit()


def stands(report: DailyReport) -> Numbers:
    return figures.numbers_of([report])[report.pk]


def correct(report: DailyReport, numbers: Numbers, by: User | None = None, **more: Any) -> ReportCorrection:
    given = {"uid": uuid.uuid4(), "seen": report.corrections.count(), "why": "miscounted"} | more
    return services.correct_report(report=report, numbers=numbers, by=by or report.entered_by, **given)


def test_what_stands_is_the_sum_of_what_was_entered_and_of_its_corrections(unit: MobileUnit) -> None:
    report = make.report(unit, {WOMEN: 30, MEN: 12}, {"tertiary": 3})
    correct(report, Numbers({WOMEN: 28, GIRLS: 3}, {"secondary": 2}))
    correct(report, Numbers({WOMEN: 29, GIRLS: 3}, {"secondary": 2}))
    assert stands(report) == Numbers({WOMEN: 29, GIRLS: 3}, {"secondary": 2})
    rows = Seen.objects.filter(report=report).values_list("sex", "age", "people")
    assert sorted(rows) == sorted([(*WOMEN, 30), (*MEN, 12), (*WOMEN, -2), (*MEN, -12), (*GIRLS, 3), (*WOMEN, 1)])


def test_the_same_form_sent_twice_is_one(unit: MobileUnit) -> None:
    by, uid = make.team_member(unit), uuid.uuid4()
    first = make.report(unit, 20, by=by, uid=uid)
    assert make.report(unit, 99, by=by, uid=uid) == first
    assert (DailyReport.objects.count(), stands(first).people) == (1, 20)
    with pytest.raises(services.FormUsed):
        make.report(unit, 20, uid=uid)
    again = uuid.uuid4()
    made = correct(first, Numbers({WOMEN: 21}), uid=again)
    correct(first, Numbers({WOMEN: 25}))
    assert correct(first, Numbers({WOMEN: 21}), uid=again) == made
    assert stands(first).people == 25
    with pytest.raises(services.NothingChanges):
        correct(first, Numbers({WOMEN: 25}))


TABLES = [
    "dailyreport",
    "reportcorrection",
    "seen",
    "referred",
    "training",
    "trainingcorrection",
    "trained",
    "closing",
    "toldfigure",
]


@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_to_change_or_delete_what_was_entered(table: str, unit: MobileUnit) -> None:
    report = make.report(unit, 20, {"tertiary": 2})
    correct(report, Numbers({WOMEN: 28}))
    training = make.training()
    services.correct_training(
        training=training,
        uid=uuid.uuid4(),
        seen=0,
        staff={(make.cadre().pk, "male"): 3},
        why="mistyped",
        by=training.entered_by,
    )
    make.close()
    for statement in (f"UPDATE outreach_{table} SET id = id", f"DELETE FROM outreach_{table}"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(AppendOnly):
        DailyReport.objects.filter(pk=report.pk).update(place="x")


def test_nothing_stays_where_the_last_write_fails(unit: MobileUnit, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("outreach.services.reports._add", broken)
    with pytest.raises(RuntimeError):
        make.report(unit)
    assert not DailyReport.objects.exists()


def test_only_the_team_and_its_side_s_coordinators_report(unit: MobileUnit) -> None:
    assert make.report(unit, by=make.team_member(unit))
    assert make.report(unit, by=coordinator("west"))
    other_team = make.team_member(make.unit())
    for by in (other_team, coordinator("east"), coordinator(None), PractitionerFactory(side="west").user):
        with pytest.raises(services.NotAReporter):
            make.report(unit, by=by)


@pytest.mark.parametrize("ends", ["ended", "over", "not yet", "suspended", "moved", "deactivated", "left", "withdrawn"])
def test_whoever_is_no_longer_in_the_team_reports_nothing(ends: str, unit: MobileUnit) -> None:
    today = timezone.localdate()
    days = {
        "over": (today - timedelta(days=9), today - timedelta(days=1)),
        "not yet": (today + timedelta(days=1), None),
    }
    starts_on, ends_on = days.get(ends, (today, None))
    user = make.team_member(unit, starts_on=starts_on, ends_on=ends_on)
    person = Practitioner.objects.get(user=user)
    if ends == "ended":
        services.end_team_member(member=TeamMember.objects.get(), by=coordinator("west"))
    if ends == "left":
        services.give_up_teams(practitioner=person, by=user)
    if ends == "suspended":
        Practitioner.objects.filter(pk=person.pk).update(state=MemberState.SUSPENDED)
    if ends == "moved":
        place = municipality("east")
        Practitioner.objects.filter(pk=person.pk).update(municipality=place, region=place.district.region)
    if ends == "deactivated":
        User.objects.filter(pk=user.pk).update(is_active=False)
    if ends == "withdrawn":
        MobileUnit.objects.update(in_service=False)
    with pytest.raises(services.NotAReporter):
        make.report(unit, by=User.objects.get(pk=user.pk))


def test_a_side_names_its_own_active_members_once(unit: MobileUnit) -> None:
    person, west = PractitionerFactory(side="west"), coordinator("west")
    given = {"unit": unit, "starts_on": timezone.localdate(), "ends_on": None}
    for by in (coordinator("east"), coordinator(None)):
        with pytest.raises(services.NotYourSide):
            services.name_team_member(practitioner=person, by=by, **given)
    services.name_team_member(practitioner=person, by=west, **given)
    with pytest.raises(services.InTeamAlready):
        services.name_team_member(practitioner=person, by=west, **given)
    for wrong in (PractitionerFactory(side="west", state="applied"), PractitionerFactory(side="east")):
        with pytest.raises(services.NoActiveMember):
            services.name_team_member(practitioner=wrong, by=west, **given)


def test_only_who_entered_it_and_its_side_s_coordinators_put_a_report_right(unit: MobileUnit) -> None:
    worker, colleague = make.team_member(unit), make.team_member(unit)
    report = make.report(unit, 30, by=worker)
    for by in (colleague, coordinator("east"), coordinator(None)):
        with pytest.raises(services.NotAReporter):
            correct(report, Numbers({WOMEN: 1}), by=by)
    correct(report, Numbers({WOMEN: 29}), by=worker)
    correct(report, Numbers({WOMEN: 28}), by=coordinator("west"))
    services.end_team_member(member=TeamMember.objects.get(practitioner__user=worker), by=coordinator("west"))
    with pytest.raises(services.NotAReporter):
        correct(report, Numbers({WOMEN: 27}), by=worker)


WRONG = [
    ({"days": 1}, services.NotInItsTime),
    ({"days": -400}, services.NotInItsTime),
    ({"seen": {}}, services.NobodySeen),
    ({"seen": 5, "referred": {"tertiary": 6}}, services.MoreReferredThanSeen),
]


@pytest.mark.parametrize(("wrong", "fault"), WRONG, ids=["to come", "long ago", "nobody", "more referred"])
def test_a_report_of_no_day_of_nobody_or_of_the_impossible_is_refused(
    wrong: dict, fault: type[Exception], unit: MobileUnit
) -> None:
    on = timezone.localdate() + timedelta(days=wrong.get("days", 0))
    with pytest.raises(fault):
        make.report(unit, on=on, **{name: value for name, value in wrong.items() if name != "days"})
    assert not DailyReport.objects.exists()


def test_a_place_of_another_side_or_a_stop_of_another_unit_is_refused(unit: MobileUnit) -> None:
    with pytest.raises(services.OnAnotherSide):
        make.report(unit, municipality=municipality("east"))
    with pytest.raises(services.OnAnotherSide):
        make.report(unit, stop=make.stop(make.unit()))
    with pytest.raises(services.StopOutside):
        make.stop(unit, municipality=municipality("east"))
    stop = make.stop(unit)
    report = make.report(unit, stop=stop, on=timezone.localdate() - timedelta(days=3))
    assert (report.on, report.place, report.site) == (stop.day, stop.place, stop.site)
    with pytest.raises(services.StopVisited):
        services.remove_stop(stop=stop, by=coordinator("west"))


def test_what_a_side_keeps_is_written_by_its_coordinators_alone(unit: MobileUnit) -> None:
    for by in (coordinator("east"), coordinator(None)):
        with pytest.raises(services.NotYourSide):
            services.save_unit(unit=MobileUnit.objects.get(pk=unit.pk), changed=["operator"], by=by)
    moved = MobileUnit.objects.get(pk=unit.pk)
    moved.side = make.unit("east").side
    both = coordinator("east")
    with pytest.raises(services.StaysOnItsSide):
        services.save_unit(unit=moved, changed=["side"], by=both)
    assert Transition.objects.filter(subject_type="outreach.mobileunit", subject_id=unit.pk).count() == 1


# --- trainings --------------------------------------------------------------------------------------------------------


def test_trainings_count_staff_by_cadre_and_sex_and_are_put_right(unit: MobileUnit) -> None:
    by, cadre = make.team_member(unit), make.cadre().pk
    training = make.training(staff={(cadre, "female"): 9, (cadre, "male"): 4}, by=by)
    services.correct_training(
        training=training, uid=uuid.uuid4(), seen=0, staff={(cadre, "female"): 11}, why="mistyped", by=by
    )
    assert figures.staff_of([training])[training.pk] == {(cadre, "female"): 11}
    for stranger in (coordinator("east"), coordinator(None), make.team_member(make.unit("east"))):
        with pytest.raises(services.NotYourSide):
            make.training(by=stranger)
        with pytest.raises(services.NotYourSide):
            services.correct_training(
                training=training, uid=uuid.uuid4(), seen=0, staff={}, why="mistyped", by=stranger
            )
    for wrong, fault in (({"staff": {}}, services.NobodyTrained), ({"on": "2000-01-01"}, services.NotInItsTime)):
        if isinstance(wrong.get("on"), str):
            wrong = {"on": timezone.localdate() - timedelta(days=500)}
        with pytest.raises(fault):
            make.training(**wrong)
    uid = uuid.uuid4()
    assert make.training(by=by, uid=uid) == make.training(by=by, uid=uid, staff=99)
    assert Training.objects.count() == 2


# --- where nobody was for how long ----------------------------------------------------------------------------------------


def test_who_reports_of_a_side_reads_days_since_somebody_was_last_seen_there(unit: MobileUnit) -> None:
    today, near = timezone.localdate(), municipality("west")
    far, never = MunicipalityFactory(district=near.district), MunicipalityFactory(district=near.district)
    make.report(unit, 20, municipality=near, on=today - timedelta(days=3))
    make.report(unit, 20, municipality=near, on=today - timedelta(days=40))
    make.report(unit, 3, municipality=far, on=today - timedelta(days=50))
    struck = make.report(unit, 20, municipality=never)
    correct(struck, Numbers(), by=coordinator("west"))
    found = {place.municipality: place.days for place in figures.places({unit.side_id}, today)}
    assert found == {near: 3, far: 50, never: None}
    assert [place.municipality for place in figures.places({unit.side_id}, today)] == [never, far, near]
    assert figures.places(set(), today) == []


def test_a_planned_stop_is_reported_once_until_its_numbers_are_struck_out() -> None:
    unit = make.unit()
    stop = make.stop(unit)
    assert figures.next_stops([unit], stop.day) == [stop]
    first = make.report(unit, 12, stop=stop)
    with pytest.raises(services.StopReported):
        make.report(unit, 12, stop=stop)
    assert DailyReport.objects.count() == 1
    assert figures.next_stops([unit], stop.day) == []

    correct(first, Numbers({}, {}))
    assert figures.next_stops([unit], stop.day) == [stop]
    assert make.report(unit, 12, stop=stop).stop == stop


@pytest.mark.parametrize(("language", "word"), [("ar", "قُدِّم تقريرها"), ("en", "reported")])
def test_the_form_says_which_stop_is_reported(client: Client, language: str, word: str) -> None:
    unit, member = make.unit(), coordinator("west")
    stop = make.stop(unit)
    client.force_login(member)
    address = f"/{language}/outreach/units/{unit.code}/report/"
    assert word not in client.get(address).text.partition('name="stop"')[2].partition("</select>")[0]
    make.report(unit, 12, stop=stop)
    assert word in client.get(address).text.partition('name="stop"')[2].partition("</select>")[0]
