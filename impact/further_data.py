"""The tables of services, needs and mobile units: what everybody reads on their pages, a row each."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities import policies
from facilities.enums import Audience
from facilities.models import Facility, ServiceDomain, ServiceStatus
from impact import facility_data
from impact.datasets import Column, Dataset, Rows, Version
from impact.facility_data import newest
from needs import balances, policies as need_policies
from needs.models import Item, Need, NeedEntry
from network.models import District, Municipality
from outreach import figures
from outreach.models import Closing

BATCH = 500
TEXT, NUMBER, DAY = "string", "integer", "date"


def _told(slug: str, title: Any, about: Any, columns: tuple[Column, ...], rows: Any, version: Any) -> Dataset:
    licence = (facility_data.LICENCE, facility_data.LICENCE_URL, "Jisr", settings.SITE_URL)
    return Dataset(slug, title, about, columns, rows, version, *licence)


# --- services -------------------------------------------------------------------------------------------------------------

SERVICES = (
    Column("id", TEXT, "#meta+id", _("Code of the facility and of the service.")),
    Column("facility_code", TEXT, "#loc+code", _("Code of the facility, as in the table of facilities.")),
    Column("service", TEXT, "#service+code", _("Service, as a code of the edition of the questionnaire.")),
    Column("service_ar", TEXT, "#service+name+i_ar", _("Service in Arabic.")),
    Column("service_en", TEXT, "#service+name+i_en", _("Service in English.")),
    Column("availability", TEXT, "#status+service", _("Whether it is there, as a code.")),
    Column("barriers", TEXT, "#access+barriers", _("What it lacks, separated by semicolons.")),
    Column("as_of", DAY, "#date+reported", _("The day of which this tells.")),
)


def _services() -> Rows:
    last = 0
    while batch := list(Facility.objects.public().filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        codes = {facility.pk: facility.code for facility in batch}
        standing = ServiceStatus.objects.filter(facility__in=codes).standing().select_related("domain")
        for row in sorted(standing, key=lambda row: (row.facility_id, row.domain.code)):
            code, domain = codes[row.facility_id], row.domain
            yield [
                f"{code}-{domain.code}", code, domain.code, domain.name_ar or "", domain.name_en or "", row.availability,
                ";".join(row.barriers), row.as_of.isoformat(),
            ]  # fmt: skip


def _services_version() -> Version:
    registry, names = facility_data.version(), facility_data.edited(ServiceDomain)
    said = ServiceStatus.objects.aggregate(last=Max("pk"), at=Max("entered_at"))
    return Version(newest(registry.at, names.at, said["at"]), f"{registry.mark} {names.mark} {said['last']}")


# --- needs ----------------------------------------------------------------------------------------------------------------

NEEDS = (
    Column("code", TEXT, "#meta+id", _("Code of the need.")),
    Column("facility_code", TEXT, "#loc+code", _("Code of the facility; empty where everybody is not told so exactly.")),
    Column("district_pcode", TEXT, "#adm2+code+v_pcode", _("P-code of the district (admin 2); empty where it is not public.")),
    Column("side_pcode", TEXT, "#adm1+code+v_pcode", _("P-code of the side (admin 1).")),
    Column("item", TEXT, "#item+code", _("What is needed, as a code; empty where it is told in words alone.")),
    Column("item_ar", TEXT, "#item+name+i_ar", _("What is needed, in Arabic.")),
    Column("item_en", TEXT, "#item+name+i_en", _("What is needed, in English.")),
    Column("unit", TEXT, "#item+unit", _("In what it is counted, as a code.")),
    Column("priority", TEXT, "#severity", _("How urgent it is, as a code.")),
    Column("asked", NUMBER, "#need+quantity", _("How much is needed in all.")),
    Column("pledged", NUMBER, "#capacity+quantity", _("How much of it is pledged and not lost.")),
    Column("received", NUMBER, "#reached+quantity", _("How much has arrived.")),
    Column("open", NUMBER, "#need+open", _("How much nobody has pledged yet.")),
    Column("state", TEXT, "#status", _("How far it has come, as a code.")),
    Column("reported_on", DAY, "#date+reported", _("The day on which it was reported.")),
)  # fmt: skip


def _needs() -> Rows:
    last = 0
    rows = Need.objects.public().select_related(
        "item", "facility__district", "facility__municipality", "facility__side"
    )
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        sums = balances.of_needs(batch)
        for need in batch:
            yield _need(need, sums[need.pk])


def _need(need: Need, balance: balances.Balance) -> list[str]:
    facility, item = need.facility, need.item
    place = policies.place_for(facility, Audience.PUBLIC)
    return [
        need.code,
        facility.code if need_policies.names_facility(facility) else "",
        place.district.pcode if place.district else "",
        facility.side.pcode,
        item.code if item else "",
        (item.name_ar if item else need.words) or "",
        (item.name_en if item else need.words) or "",
        need.unit,
        need.priority,
        *(str(number) for number in (balance.asked, balance.covered, balance.received, balance.open)),
        need.state,
        timezone.localdate(need.reported_at).isoformat(),
    ]


def _needs_version() -> Version:
    registry, steps = facility_data.version(), facility_data.edited(Item, Need)
    # A second pledge moves no need on, and changes what is open of it.
    book = NeedEntry.objects.aggregate(last=Max("pk"), at=Max("entered_at"))
    return Version(newest(registry.at, steps.at, book["at"]), f"{registry.mark} {steps.mark} {book['last']}")


# --- mobile units -----------------------------------------------------------------------------------------------------------

OUTREACH = (
    Column("district_pcode", TEXT, "#adm2+code+v_pcode", _("P-code of the district (admin 2).")),
    Column("district_ar", TEXT, "#adm2+name+i_ar", _("Name of the district in Arabic.")),
    Column("district_en", TEXT, "#adm2+name+i_en", _("Name of the district in English.")),
    Column("until", TEXT, "#date+end", _("The month up to which the row tells, as 2026-10; empty before any was closed.")),
    Column("last_visit", TEXT, "#date+visited", _("The month in which a mobile unit last saw people there; empty where it never did.")),
    Column("municipalities", NUMBER, "#indicator+municipalities", _("How many municipalities the district has.")),
    Column("visited", NUMBER, "#reached+municipalities", _("In how many of them a unit was in the month up to which the row tells.")),
    Column("people", NUMBER, "#reached+people", _("People seen there up to that month, without months of fewer than five; may be empty.")),
)  # fmt: skip


def _outreach() -> Iterator[list[str]]:
    until = figures.told_until()
    for row in figures.districts(timezone.localdate()):
        district: Any = row.district
        yield [
            district.pcode,
            district.name_ar or "",
            district.name_en or "",
            f"{until:%Y-%m}" if until else "",
            f"{row.month:%Y-%m}" if row.month else "",
            str(row.municipalities),
            str(row.visited),
            "" if row.people is None else str(row.people),
        ]


def _outreach_version() -> Version:
    # Nothing of single reports: from a newer file everybody would learn that one was entered. Municipalities begin and end with a night.
    today, names = timezone.localdate(), facility_data.edited(District, Municipality)
    closed = Closing.objects.aggregate(last=Max("pk"), at=Max("closed_at"))
    nights = Municipality.objects.aggregate(
        begun=Max("valid_from", filter=Q(valid_from__lte=today)), ended=Max("valid_to", filter=Q(valid_to__lte=today))
    )
    begun = [timezone.make_aware(datetime.combine(day, time())) for day in nights.values() if day]
    return Version(newest(closed["at"], names.at, *begun), f"{closed['last']} {names.mark} {today}")


def services() -> list[Dataset]:
    about = _("What each facility offers as whoever keeps it says, a row for each service.")
    return [_told("services", _("Health services"), about, SERVICES, _services, _services_version)]


def open_needs() -> list[Dataset]:
    about = _("What facilities need, how much of it is pledged, has arrived, and is still open.")
    return [_told("needs", _("Needs of facilities"), about, NEEDS, _needs, _needs_version)]


def outreach() -> list[Dataset]:
    about = _("Where mobile units have been up to the last month that is closed, a row for each district.")
    return [_told("outreach", _("Mobile units"), about, OUTREACH, _outreach, _outreach_version)]
