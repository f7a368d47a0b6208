"""What focal points ask to change, at the desk of their side: what waits comes first. And what sides say differently, to settle."""

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from facilities import policies, services, upkeep, upkeep_selectors
from facilities.enums import Contested, FacilityState
from facilities.models import ChangeRequest
from facilities.upkeep_enums import RequestState
from network import policies as network_policies
from network.admin_scoping import RegionScopedAdmin, typed_reason
from network.admin_site import Card, JisrAdminSite

site: JisrAdminSite = admin.site  # type: ignore[assignment]

WAITING_SHOWN = 5


@admin.register(ChangeRequest)
class ChangeRequestAdmin(RegionScopedAdmin):
    """Read and decided here, asked for on the website."""

    list_display = ("shown_facility", "state", "shown_fields", "asked_at", "decided_at")
    list_filter = ("state",)
    list_select_related = ("facility__kind",)
    ordering = (F("decided_at").desc(nulls_first=True), "pk")
    fields = ("shown_facility", "state", "said_on", "reason", "asked_at", "decided_at", "answer", "escalated_at")
    readonly_fields = fields
    change_form_template = "admin/facilities/changerequest/change.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("facility"))
    def shown_facility(self, obj: ChangeRequest) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.facility.shown_name)

    @admin.display(description=_("what is asked for"))
    def shown_fields(self, obj: ChangeRequest) -> str:
        return gettext(", ").join(upkeep_selectors.labels(obj))

    def moves(self) -> dict[str, Any]:
        return {"accept": self._accept, "decline": self._decline}

    def _accept(self, request: HttpRequest, obj: ChangeRequest) -> str:
        services.accept_request(request=obj, by=request.user)
        return gettext("Accepted: it stands as the word of your side, and who asked is told.")

    def _decline(self, request: HttpRequest, obj: ChangeRequest) -> str:
        services.decline_request(request=obj, reason=typed_reason(request), by=request.user)
        return gettext("Not accepted. Who asked is told, with your reason.")

    def around_form(self, request: HttpRequest, obj: ChangeRequest) -> dict[str, Any]:
        keeps = policies.keeps(request.user, obj.facility.side_id)
        return {
            "changes": upkeep_selectors.told_changes(obj, obj.facility),
            "can_decide": obj.is_waiting and upkeep.may_decide(request.user, obj),
            "is_own": obj.is_waiting and keeps and obj.asked_by_id == request.user.pk,
        }


def _waiting(request: HttpRequest) -> tuple[str, QuerySet[ChangeRequest]]:
    """Return what waits for this reader: for a side's coordinators all, for a national one what the sides leave undecided."""
    rows = ChangeRequest.objects.visible_to(request.user).waiting().select_related("facility__kind")
    if network_policies.regions(request.user):
        return gettext("Changes of facilities to check"), rows
    late = rows.filter(asked_at__lte=timezone.now() - upkeep.ESCALATE_AFTER)
    return gettext("Changes of facilities that wait too long"), late


@site.card
def to_settle(request: HttpRequest) -> Card | None:
    """The facilities of which sides say different things, for whoever may settle it."""
    if not policies.may_settle(request.user):
        return None
    found = upkeep_selectors.to_settle(request.user)
    return Card(
        title=gettext("Sides say different things"),
        icon="users",
        url=reverse("admin:facilities_facility_changelist") + f"?disputed=yes&state__exact={FacilityState.OPEN}",
        count=len(found),
        rows=[
            {
                "url": reverse("admin:facilities_facility_change", args=[row.pk]) + "#disputed",
                "label": row.shown_name,
                "detail": gettext(", ").join(str(Contested(field).label) for field in row.disputed),
            }
            for row in found[:WAITING_SHOWN]
        ],
        empty=gettext("No facility is disputed."),
        urgent=bool(found),
    )


@site.card
def changes_to_check(request: HttpRequest) -> Card | None:
    """The changes that focal points asked for, the longest waiting first."""
    if not network_policies.allows(request.user, "view", "facilities.changerequest"):
        return None
    title, rows = _waiting(request)
    shown = list(rows[: WAITING_SHOWN + 1])
    return Card(
        title=title,
        icon="pencil",
        url=reverse("admin:facilities_changerequest_changelist") + f"?state__exact={RequestState.WAITING}",
        count=rows.count() if len(shown) > WAITING_SHOWN else len(shown),
        rows=[
            {
                "url": reverse("admin:facilities_changerequest_change", args=[row.pk]),
                "label": row.facility.shown_name,
                "detail": formats.date_format(timezone.localtime(row.asked_at), "SHORT_DATE_FORMAT"),
            }
            for row in shown[:WAITING_SHOWN]
        ],
        empty=gettext("No change of a facility waits."),
        urgent=bool(shown),
    )
