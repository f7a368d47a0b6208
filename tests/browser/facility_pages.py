"""The pages of facilities in the demo, for the walk: the registry, the map, needs, outreach, local-regions and data."""

from facilities.models import (
    Assessment,
    Assessor,
    ChangeRequest,
    ContactPerson,
    Edition,
    Facility,
    FacilityImport,
    FacilityType,
    Grouping,
    Indicator,
    LocalRegion,
    MonthlyReport,
    ServiceDomain,
    TracerItem,
)
from needs.models import Asset, Item, ItemCategory, Leg, Need, Proposal, Surplus
from network.models import District, User
from outreach.models import DailyReport, MobileUnit, Pathway, RoutePlan, SafeSpace, Training, TrainingTopic
from tests.browser.page import ANONYMOUS, ENTRANT, Page


def assessors() -> dict[str, User]:
    """Return an assessor whose answers are still to come, and one of a visit that is to come."""
    in_field = _assessor(Assessment.objects.filter(state="in_field", facility__side__code="west").first(), last=True)
    planned = _assessor(Assessment.objects.filter(state="planned", facility__side__code="west").first(), last=False)
    talking = _assessor(_to_talk(), last=False)
    users = {"assessor": in_field, "visitor": planned, "talker": talking}
    return {name: assessor.practitioner.user for name, assessor in users.items()}


def _to_talk() -> Assessment:
    """Return a visit of which all assessors are done, and differ."""
    waiting = Assessment.objects.filter(state="in_field").exclude(assessors__done_at__isnull=True)
    return waiting.order_by("pk").first()


def _assessor(visit: Assessment, *, last: bool) -> Assessor:
    return visit.assessors.order_by("-pk" if last else "pk").first()


def facility_pages() -> list[Page]:
    """Return all of them; needs the demo."""
    return [*_public_pages(), *_keepers_pages(), *_needs_pages(), *_outreach_pages(), *_desk_pages()]


def _hospital() -> Facility:
    """Return the facility of the west of which most is said: services, a need, reports; kept by its first member."""
    return Facility.objects.filter(side__code="west").order_by("pk").first()


def _public_pages() -> list[Page]:
    disputed = Facility.objects.public().exclude(disputed=[]).order_by("pk").first()
    assessed = Assessment.objects.filter(state="published").order_by("pk").first().facility
    region = LocalRegion.objects.get(slug="tripoli-coast")
    district = District.objects.get(pcode="LY0211")
    return [
        Page("facilities", ANONYMOUS, "facilities/", main=True),
        Page("facilities-none", ANONYMOUS, "facilities/?q=zzzzz"),
        Page("facilities-filtered", ANONYMOUS, "facilities/?works=partial"),
        Page("facility", ANONYMOUS, f"facilities/{_hospital().code}/", main=True),
        Page("facility-disputed", ANONYMOUS, f"facilities/{disputed.code}/", main=True),
        Page("facility-hidden", ANONYMOUS, f"facilities/{Facility.objects.get(concern=True).code}/", status=404),
        Page("facility-assessed", ANONYMOUS, f"facilities/{assessed.code}/"),
        Page("readiness", ANONYMOUS, f"facilities/{assessed.code}/readiness/", main=True),
        Page("monthly-reports", ANONYMOUS, "facilities/reports/", main=True),
        Page("map", ANONYMOUS, "facilities/map/", main=True),
        Page("map-district", ANONYMOUS, f"facilities/map/{district.pcode}/", main=True),
        Page("local-regions", ANONYMOUS, "local-regions/"),
        Page("local-region", ANONYMOUS, f"local-regions/{region.slug}/", main=True),
        Page("data", ANONYMOUS, "data/", main=True),
        Page("data-dictionary", ANONYMOUS, "data/facilities/"),
    ]


def _keepers_pages() -> list[Page]:
    own = f"facilities/{_hospital().code}"
    open_visit = Assessment.objects.filter(state="in_field", facility__side__code="west").first()
    planned = Assessment.objects.filter(state="planned", facility__side__code="west").first()
    answers, domain = f"facilities/assessments/{open_visit.pk}", TracerItem.objects.order_by("pk").first().domain
    month = MonthlyReport.objects.filter(facility=_hospital()).order_by("-month").first().month
    region = LocalRegion.objects.get(slug="tripoli-coast")
    return [
        Page("facilities-mine", "keeper", "facilities/mine/", main=True),
        Page("facility-kept", "keeper", f"{own}/", main=True),
        Page("facility-upkeep", "keeper", f"{own}/upkeep/", main=True),
        Page("facility-change", "keeper", f"{own}/change/", main=True),
        Page("facility-services", "keeper", f"{own}/services/", main=True),
        Page("facility-hide", "keeper", f"{own}/hide/"),
        Page("facility-reports", "keeper", f"{own}/reports/", main=True),
        Page("facility-report", "keeper", f"{own}/reports/{month:%Y-%m}/", main=True),
        Page("facility-claim", "coordinator", f"{own}/claims/beds/"),
        Page("assessments", "assessor", "facilities/assessments/", main=True),
        Page("assessment", "assessor", f"{answers}/", main=True),
        Page("assessment-answers", "assessor", f"{answers}/{domain.code}/", main=True),
        Page("assessment-paper", "visitor", f"facilities/assessments/{planned.pk}/paper/"),
        Page("assessment-reconcile", "talker", f"facilities/assessments/{_to_talk().pk}/reconcile/", main=True),
        Page("local-region-mine", "keeper", f"local-regions/{region.slug}/"),
        Page("me-keeper", "keeper", "me/", main=True),
    ]


def _needs_pages() -> list[Page]:
    need = Need.objects.public().filter(facility=_hospital()).order_by("pk").first()
    asset, leg = Asset.objects.get(), Leg.objects.get(kind="carrier")
    arriving = Leg.objects.get(delivery=leg.delivery, kind="facility")
    room = f"needs/mine/{_hospital().code}"
    return [
        Page("needs", ANONYMOUS, "needs/", main=True),
        Page("needs-none", ANONYMOUS, "needs/?facility=zzzzz"),
        Page("needs-districts", ANONYMOUS, "needs/districts/"),
        Page("need", ANONYMOUS, f"needs/{need.code}/", main=True),
        Page("need-pledge", ANONYMOUS, f"needs/{need.code}/pledge/", main=True),
        Page("pledges", ANONYMOUS, "pledges/", main=True),
        Page("pledges-mine", ENTRANT, "pledges/mine/", main=True),
        Page("handovers", ANONYMOUS, "handovers/"),
        Page("handover", ANONYMOUS, f"handovers/{leg.code}/"),
        Page("handover-slip", ENTRANT, f"handovers/{arriving.code}/slip/"),
        Page("needs-rooms", "keeper", "needs/mine/"),
        Page("needs-room", "keeper", f"{room}/", main=True),
        Page("need-report", "keeper", f"{room}/report/", main=True),
        Page("need-correct", "keeper", f"{room}/{need.code}/correct/"),
        Page("need-withdraw", "keeper", f"{room}/{need.code}/withdraw/"),
        Page("need-receive", "keeper", f"{room}/receive/"),
        Page("need-offer", "keeper", f"{room}/offer/"),
        Page("equipment", "keeper", f"{room}/equipment/"),
        Page("equipment-one", "keeper", f"needs/equipment/{asset.pk}/"),
    ]


def _outreach_pages() -> list[Page]:
    unit = MobileUnit.objects.get(side__code="west")
    report = DailyReport.objects.filter(unit=unit).order_by("pk").first()
    training = Training.objects.order_by("pk").first()
    return [
        Page("outreach", ANONYMOUS, "outreach/", main=True),
        Page("outreach-coverage", ANONYMOUS, "outreach/coverage/"),
        Page("outreach-referrals", "member", "outreach/referrals/"),
        Page("outreach-reports", "keeper", "outreach/reports/"),
        Page("outreach-report", "keeper", f"outreach/units/{unit.code}/report/", main=True),
        Page("outreach-correct", "coordinator", f"outreach/reports/{report.pk}/correct/"),
        Page("outreach-training", "coordinator", "outreach/trainings/new/"),
        Page("outreach-training-correct", "coordinator", f"outreach/trainings/{training.pk}/correct/"),
    ]


# Each model of the desk, who looks at its list, and whether a row can be added there.
DESK = (
    (Facility, "coordinator", True),
    (FacilityImport, "coordinator", True),
    (FacilityType, "national", False),
    (Edition, "national", False),
    (ServiceDomain, "national", False),
    (TracerItem, "national", False),
    (Indicator, "national", False),
    (Assessment, "coordinator", True),
    (ChangeRequest, "coordinator", False),
    (MonthlyReport, "coordinator", False),
    (LocalRegion, "coordinator", True),
    (Grouping, "coordinator", True),
    (ContactPerson, "coordinator", True),
    (Need, "coordinator", False),
    (Surplus, "regional", False),
    (Asset, "coordinator", False),
    (Proposal, "coordinator", False),
    (Item, "national", False),
    (ItemCategory, "national", False),
    (MobileUnit, "coordinator", True),
    (RoutePlan, "coordinator", True),
    (DailyReport, "coordinator", False),
    (Training, "national", False),
    (TrainingTopic, "national", False),
    (SafeSpace, "coordinator", True),
    (Pathway, "coordinator", True),
)
# Those of which the first row is not of the coordinator's side.
SIDE_OF = {
    Facility: "side", Assessment: "facility__side", ChangeRequest: "facility__side", MonthlyReport: "facility__side",
    Need: "facility__side", MobileUnit: "side", DailyReport: "unit__side",
    RoutePlan: "unit__side", SafeSpace: "side", Pathway: "side", Grouping: "side",
}  # fmt: skip


def _desk_pages() -> list[Page]:
    """Return of each model of the desk its list, a row, and the form for a new one."""
    made = []
    for model, actor, added in DESK:
        name, at = model._meta.model_name, f"admin/{model._meta.app_label}/{model._meta.model_name}"
        rows = model.objects.order_by("pk")
        if model in SIDE_OF:
            rows = rows.filter(**{f"{SIDE_OF[model]}__code": "west"})
        row = rows.first()
        main = model in (Facility, Assessment, Need, MobileUnit)
        made += [
            Page(f"admin-list-{name}", actor, f"{at}/", main=main),
            Page(f"admin-one-{name}", actor, f"{at}/{row.pk}/change/", main=main),
        ]
        if added:
            made.append(Page(f"admin-add-{name}", actor, f"{at}/add/"))
    return made
