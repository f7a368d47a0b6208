"""Monthly reports: drafts, handing in, corrections, doubts, reminders, and what everybody is told."""

import datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from facilities import monthly, services, tasks
from facilities.models import Facility, Indicator, MonthlyReport, ReportValue
from network.models import Transition, User
from notifications.outbox import Message
from tests.factories import facilities as make
from tests.factories.monthly import indicators, last_month, report
from tests.factories.network import PractitionerFactory, RegionFactory, auditor, coordinator
from tests.forms import untouched

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility() -> Facility:
    indicators()
    RegionFactory(code="east")
    return make.facility()


@pytest.fixture
def keeper(facility: Facility) -> User:
    member = PractitionerFactory(side="west")
    make.focal_point(facility, member)
    return member.user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(facility: Facility, back: int = 1, language: str = "ar") -> str:
    return f"/{language}/facilities/{facility.code}/reports/{last_month(back):%Y-%m}/"


def standing(facility: Facility, back: int = 1) -> dict[str, int | None]:
    row = MonthlyReport.objects.get(facility=facility, month=last_month(back), state="submitted")
    return {family: value.value for family, value in monthly.values_of(row).items() if value.value is not None}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_focal_point_keeps_a_draft_and_hands_it_in(language: str, facility: Facility, keeper: User) -> None:
    phone, address = signed_in(keeper), page(facility, language=language)
    months = f"/{language}/facilities/{facility.code}/reports/"
    assert months in phone.get(f"/{language}/facilities/mine/").text
    assert address in phone.get(months).text
    assert phone.get(address).status_code == 200
    assert phone.post(address, {"v-consultations": "٣٠", "keep": "1"}).status_code == 302
    assert 'value="30"' in phone.get(address).text
    assert MonthlyReport.objects.get().state == "draft"
    sent = {"v-consultations": "31", "v-stockout_days": "0", "submit": "1"}
    assert phone.post(address, sent).status_code == 302
    assert standing(facility) == {"consultations": 31, "stockout_days": 0}
    # The browser's second try changes nothing, and nobody reads that it is a draft.
    again = phone.post(address, sent, follow=True)
    assert [str(message) for message in again.context["messages"]][-1:] == [
        {
            "ar": "لم يتغيّر شيء، والتقرير مُسلَّم كما هو.",
            "en": "Nothing was changed: the report is handed in as it stands.",
        }[language]
    ]
    assert MonthlyReport.objects.count() == 1


def test_two_who_fill_in_the_same_month_at_once_undo_nothing_of_each_other(facility: Facility, keeper: User) -> None:
    phone, address = signed_in(keeper), page(facility)
    first, second = (untouched(phone.get(address).context["form"]) for _ in range(2))
    assert phone.post(address, first | {"v-consultations": "30", "keep": "1"}).status_code == 302
    assert phone.post(address, second | {"v-referrals": "2", "submit": "1"}).status_code == 302
    assert standing(facility) == {"consultations": 30, "referrals": 2}
    # Corrected after it was handed in: what nobody touched is in the new revision too.
    late = untouched(phone.get(address).context["form"]) | {"v-referrals": "3", "submit": "1"}
    assert phone.post(address, late).status_code == 302
    assert standing(facility) == {"consultations": 30, "referrals": 3}
    empty = untouched(phone.get(address).context["form"]) | {"v-referrals": "", "submit": "1"}
    assert phone.post(address, empty).status_code == 302
    assert standing(facility) == {"consultations": 30}


def test_a_correction_is_another_revision_and_what_stood_stays(facility: Facility, keeper: User) -> None:
    first = report(facility, by=keeper, consultations=30, referrals=2)
    second = report(facility, by=coordinator("west"), consultations=33, referrals=2)
    first.refresh_from_db()
    assert (first.state, first.revision, second.revision) == ("corrected", 1, 2)
    assert monthly.values_of(first)["consultations"].value == 30
    assert standing(facility) == {"consultations": 33, "referrals": 2}
    moves = (
        Transition.objects.filter(subject_type="facilities.monthlyreport").order_by("pk").values_list("move", flat=True)
    )
    assert list(moves) == ["begin", "submit", "begin", "replace", "submit"]


REFUSED = [
    "UPDATE facilities_reportvalue SET value = 1",
    "DELETE FROM facilities_reportvalue",
    "UPDATE facilities_monthlyreport SET state = 'draft'",
    "UPDATE facilities_monthlyreport SET revision = 9",
    "UPDATE facilities_monthlyreport SET state = 'corrected', revision = 9",
    "DELETE FROM facilities_monthlyreport",
]


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_keeps_what_was_handed_in(statement: str, facility: Facility) -> None:
    row = report(facility, consultations=30)
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    other = Indicator.objects.exclude(family="consultations").first()
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        ReportValue.objects.create(report=row, indicator=other, value=3)
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthlyReport.objects.create(
            facility=facility, month=row.month, revision=2, state="submitted", begun_at=row.begun_at,
            begun_by=row.begun_by, submitted_at=row.begun_at, submitted_by=row.begun_by,
        )  # fmt: skip


def test_a_doubtful_figure_asks_for_a_word_and_is_taken_with_one(facility: Facility, keeper: User) -> None:
    for back in (5, 4, 3, 2):
        report(facility, last_month(back), by=keeper, consultations=100, deliveries=9)
    phone, address = signed_in(keeper), page(facility)
    assert "100" in phone.get(address).text
    sent = {"v-consultations": "900", "v-deliveries": "0", "v-referrals": "901", "submit": "1"}
    answer = phone.post(address, sent)
    assert answer.status_code == 400
    assert answer.text.count('name="w-') == 3
    assert 'value="900"' in answer.text
    assert MonthlyReport.objects.get(month=last_month()).state == "draft"
    words = {"w-consultations": "حملة تطعيم", "w-deliveries": "أُغلق القسم"}
    assert phone.post(address, sent | words).status_code == 400
    assert phone.post(address, sent | words | {"w-referrals": "من الجوار"}).status_code == 302
    assert standing(facility) == {"consultations": 900, "deliveries": 0, "referrals": 901}


@pytest.mark.parametrize(
    "wrong",
    [
        {"v-consultations": "-1"},
        {"v-consultations": "many"},
        {"v-consultations": "9" * 30},
        {"v-stockout_days": "32"},
        {"w-consultations": "a\u202eb"},
        {"w-consultations": "x" * 400},
    ],
    ids=str,
)
def test_what_is_wrong_is_asked_again(wrong: dict, facility: Facility, keeper: User) -> None:
    answer = signed_in(keeper).post(page(facility), {"v-admissions": "77", "submit": "1"} | wrong)
    assert answer.status_code == 400
    assert 'value="77"' in answer.text
    assert not MonthlyReport.objects.exists()


def test_an_empty_report_an_unknown_month_and_the_running_one_are_refused(facility: Facility, keeper: User) -> None:
    phone = signed_in(keeper)
    assert phone.post(page(facility), {"submit": "1"}).status_code == 400
    for month in ("2019-01", "9999-99", "x", f"{timezone.localdate():%Y-%m}"):
        assert phone.get(f"/ar/facilities/{facility.code}/reports/{month}/").status_code == 404
    for month in (timezone.localdate().replace(day=1), datetime.date(2020, 1, 1)):
        with pytest.raises(services.NotReportedNow):
            services.keep_report(facility=facility, month=month, figures={}, by=keeper)
    with pytest.raises(services.NotPossible):
        report(facility, by=keeper, stockout_days=32)


def test_only_who_keeps_a_facility_reports_of_it(facility: Facility, keeper: User) -> None:
    strangers = [coordinator("east"), coordinator(None), auditor(), PractitionerFactory(side="west").user]
    for user in strangers:
        client = signed_in(user)
        for address in (page(facility), f"/ar/facilities/{facility.code}/reports/"):
            assert client.get(address).status_code == 404
            assert client.post(address, {"v-consultations": "3"}).status_code in (404, 405)
        with pytest.raises(services.NotYourFacility):
            report(facility, by=user, consultations=3)
    assert Client().get(page(facility))["Location"].startswith("/ar/accounts/login/")
    assert signed_in(coordinator("west")).get(page(facility)).status_code == 200
    services.end_posting(posting=facility.postings.get(), by=coordinator("west"))
    assert signed_in(keeper).get(page(facility)).status_code == 404
    with pytest.raises(services.NotYourFacility):
        services.submit_report(facility=facility, month=last_month(), by=keeper)


# --- reminders ----------------------------------------------------------------------------------------------------------


def remind(day: int, monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, int]]:
    """Let the task run on that day of this month, twice, and return who was told what."""
    today = timezone.localdate().replace(day=day)
    monkeypatch.setattr("facilities.tasks.timezone.localdate", lambda: today)
    tasks.remind_of_reports()
    tasks.remind_of_reports()
    rows = list(Message.objects.values_list("kind", "recipient_id", "channel"))
    assert len(rows) == len(set(rows))
    return {(kind, reader) for kind, reader, _channel in rows}


def test_a_late_report_is_reminded_of_once_and_then_told_to_the_coordinators(
    facility: Facility, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    west, east = coordinator("west"), coordinator("east")
    done, other = make.facility(), PractitionerFactory(side="west")
    make.focal_point(done, other)
    report(done, consultations=3)
    make.facility("east")
    assert remind(10, monkeypatch) == set()
    assert remind(11, monkeypatch) == {("report-late", keeper.pk)}
    assert remind(12, monkeypatch) == {("report-late", keeper.pk)}
    told = remind(16, monkeypatch)
    assert {("report-late", keeper.pk), ("reports-missing", west.pk)} <= told
    assert east.pk not in {reader for _kind, reader in told}
    assert other.user_id not in {reader for _kind, reader in told}
    assert Message.objects.filter(kind="reports-missing", recipient_id=west.pk).first().context["missing"] == 1
