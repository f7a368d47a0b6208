"""Proposals at the desk: both sides read the same words at the same time, and each answers for itself."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_POST

from facilities import policies as facility_policies
from facilities.enums import Audience
from needs import policies, selectors, services
from needs.admin.needs import _Read
from needs.enums import ASKING_STATES
from needs.models import Proposal
from network import policies as network_policies
from network.admin_scoping import typed_reason
from network.admin_site import Card
from network.enums import DomainError


@admin.register(Proposal)
class ProposalAdmin(_Read):
    list_display = ("told", "quantity", "state", "proposed_at")
    list_filter = ("state",)
    list_select_related = ("need__item", "need__facility", "surplus__facility")
    ordering = ("-pk",)
    fields = ("told", "quantity", "from_where", "to_where", "shown_km", "note", "state", "reason", "proposed_at")
    change_form_template = "admin/needs/proposal/change.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        on = ("need__item", "need__facility__side", "surplus__facility__side", "surplus__item")
        places = ("need__facility__district", "need__facility__municipality", "surplus__facility__district")
        return super().get_queryset(request).select_related(*on, *places, "surplus__facility__municipality")

    @admin.display(description=_("what is needed"))
    def told(self, obj: Proposal) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.need.told_item)

    def _where(self, facility: Any) -> SafeString:
        """Tell both sides the same of a facility: what members are told of its place."""
        place = facility_policies.place_for(facility, Audience.MEMBERS)
        parts = [str(part) for part in (place.municipality, place.district) if part]
        return format_html('<bdi dir="auto">{}</bdi> · <bdi>{}</bdi>', facility, " · ".join(parts) or facility.side)

    @admin.display(description=_("from"))
    def from_where(self, obj: Proposal) -> SafeString:
        return self._where(obj.surplus.facility)

    @admin.display(description=_("to"))
    def to_where(self, obj: Proposal) -> SafeString:
        return self._where(obj.need.facility)

    @admin.display(description=_("kilometres, as the crow flies"))
    def shown_km(self, obj: Proposal) -> str:
        return "-" if obj.km is None else f"{obj.km:.0f}"

    @admin.display(description=_("note"))
    def note(self, obj: Proposal) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.surplus.note)

    def moves(self) -> dict[str, Any]:
        return {"decline": self._decline}

    def _decline(self, request: HttpRequest, obj: Proposal) -> str:
        services.decline(proposal=obj, reason=typed_reason(request), by=request.user)
        return gettext("Declined. The other side reads why.")

    def get_urls(self) -> list[Any]:
        """Add the button that may end in a lapse: that is kept although the sentence is one of refusal."""
        wrap = self.admin_site.admin_view(require_POST(self._agree))
        return [path("<path:object_id>/agree/", wrap, name="needs_proposal_agree"), *super().get_urls()]

    def _agree(self, request: HttpRequest, object_id: str) -> HttpResponse:
        obj = self.get_object_in_reach(request, object_id)
        if not self.has_change_permission(request, obj):
            raise Http404
        try:
            services.agree(proposal=obj, by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("Agreed. Once both sides have, it is pledged."))
        return redirect("admin:needs_proposal_change", obj.pk)

    def around_form(self, request: HttpRequest, obj: Proposal) -> dict[str, Any]:
        need_side, surplus_side = obj.need.facility.side, obj.surplus.facility.side
        mine = policies.may_answer_proposal(request.user, need_side.pk, surplus_side.pk)
        agreed = {need_side.pk: obj.need_agreed_at, surplus_side.pk: obj.surplus_agreed_at}
        asking = obj.state in ASKING_STATES and bool(mine)
        return {
            "sides": [
                {"side": need_side, "at": obj.need_agreed_at},
                {"side": surplus_side, "at": obj.surplus_agreed_at},
            ],
            "can": {"agree": asking and any(not agreed[side] for side in mine), "decline": asking},
        }


@admin.site.card  # type: ignore[attr-defined]
def to_answer(request: HttpRequest) -> Card | None:
    """What is proposed to the coordinator's side and waits for its answer."""
    if not network_policies.regions(request.user):
        return None
    rows = selectors.proposals_waiting(request.user)
    return Card(
        title=gettext("Surplus proposed to needs"),
        icon="users",
        url=reverse("admin:needs_proposal_changelist"),
        count=rows.count(),
        rows=[
            {
                "url": reverse("admin:needs_proposal_change", args=[row.pk]),
                "label": row.need.told_item,
                "detail": str(row.quantity),
            }
            for row in rows[:5]
        ],
        empty=gettext("Nothing is proposed at the moment."),
    )
