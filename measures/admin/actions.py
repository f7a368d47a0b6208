"""The actions at the desk: each side's coordinators see those for which somebody of their side answers."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from measures import policies, services
from measures.admin import people
from measures.enums import ACTION_MOVES, ActionMove
from measures.models import Action
from network import policies as network_policies
from network.admin_scoping import RegionScopedAdmin, typed_reason
from network.admin_site import Card, JisrAdminSite

site: JisrAdminSite = admin.site  # type: ignore[assignment]

LATE_SHOWN = 5


class LateFilter(admin.SimpleListFilter):
    title = _("late")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.late(timezone.localdate()) if self.value() == "yes" else queryset


@admin.register(Action)
class ActionAdmin(RegionScopedAdmin):
    """Read here, done on the website by its owners; given up by a national coordinator, for a reason."""

    list_display = ("shown_title", "shown_measure", "state", "due", "owners", "is_late")
    list_filter = (LateFilter, "state", "due")
    ordering = ("due", "pk")
    change_form_template = "admin/measures/action/change.html"
    fields = (
        "state", "shown_measure", "shown_title", "wanted", "region", "place_name", "due", "owners", "pieces", "claimed_at",
        "confirmed_at",
    )  # fmt: skip

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Action]:
        owners = [f"{which}_owner__{what}" for which in ("first", "second") for what in ("profession", "region")]
        return (
            super()
            .get_queryset(request)
            .select_related("measure__current", "facility__kind", "municipality", "region", *owners)
        )

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        listed = super().get_changelist_instance(request)
        self._know(request, listed.result_list)
        return listed

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        self._know(request, [found] if found else [])
        return found

    def _know(self, request: HttpRequest, rows: Any) -> None:
        """Find out once a page whom of the owners this reader may know by name."""
        rows = list(rows)
        owners = [owner for row in rows for owner in (row.first_owner, row.second_owner)]
        names = people.names_in_reach(owners, request.user) if owners else {}
        for row in rows:
            row.names = names

    @admin.display(description=_("what is to be done"))
    def shown_title(self, obj: Action) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.title)

    @admin.display(description=_("measure"))
    def shown_measure(self, obj: Action) -> SafeString:
        url = reverse("admin:measures_measure_change", args=[obj.measure_id])
        return format_html('<a href="{}"><bdi dir="auto">{}</bdi></a>', url, obj.measure)

    @admin.display(description=_("owners"))
    def owners(self, obj: Action) -> SafeString:
        named = (people.described(owner, obj.names) for owner in (obj.first_owner, obj.second_owner))
        return format_html("{}<br>{}", *named)

    @admin.display(description=_("late"), boolean=True)
    def is_late(self, obj: Action) -> bool:
        return policies.is_late(obj, timezone.localdate())

    @admin.display(description=_("where"))
    def place_name(self, obj: Action) -> SafeString | str:
        parts = [str(obj.shown_facility or ""), obj.municipality.name if obj.municipality else "", obj.place]
        return format_html('<bdi dir="auto">{}</bdi>', " · ".join(filter(None, parts))) if any(parts) else "-"

    @admin.display(description=_("evidence"))
    def pieces(self, obj: Action) -> int:
        return obj.evidence.count()

    def moves(self) -> dict[str, Any]:
        return {"drop": self._drop}

    def _drop(self, request: HttpRequest, obj: Action) -> str:
        services.drop_action(action=obj, by=request.user, reason=typed_reason(request))
        return gettext("The action is dropped. Its reason stays with it.")

    def around_form(self, request: HttpRequest, obj: Action) -> dict[str, Any]:
        may = network_policies.is_national(request.user) and obj.state in ACTION_MOVES[ActionMove.DROP].sources
        return {"can_drop": may}


@site.card
def late_actions(request: HttpRequest) -> Card | None:
    """The actions of this coordinator's side that are late, the latest first."""
    if not network_policies.allows(request.user, "view", "measures.action"):
        return None
    today = timezone.localdate()
    late = Action.objects.visible_to(request.user).late(today).order_by("due", "pk")
    shown = list(late[: LATE_SHOWN + 1])
    rows = []
    for action in shown[:LATE_SHOWN]:
        days = (today - action.due).days
        detail = ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}
        url = reverse("admin:measures_action_change", args=[action.pk])
        rows.append({"url": url, "label": action.title, "detail": detail})
    return Card(
        title=gettext("Late actions"),
        icon="clock",
        url=reverse("admin:measures_action_changelist") + "?late=yes",
        count=late.count() if len(shown) > LATE_SHOWN else len(shown),
        rows=rows,
        empty=gettext("No action is late."),
        urgent=bool(shown),
    )
