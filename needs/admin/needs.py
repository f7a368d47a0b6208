"""Needs at the desk: each side verifies those of its own facilities, and looks after what is pledged to them."""

import uuid
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, pgettext

from needs import balances, selectors, services
from needs.enums import COUNTING_STATES, NEED_MOVES, DeliveryState, NeedMove, NeedState, PledgeState
from needs.models import Asset, Delivery, Need, Pledge, Surplus
from network import codes, policies as network_policies
from network.admin_fields import number
from network.admin_scoping import RegionScopedAdmin, typed_reason
from network.admin_site import Card
from network.services import CorrectedMeanwhile


class _Read(RegionScopedAdmin):
    """Rows that are read here and written on the website or with buttons."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields or ()

    @admin.display(description=_("facility"))
    def shown_facility(self, obj: Any) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.facility)


def quantity(request: HttpRequest) -> int:
    """Return a typed quantity, in any digits; 0, which no service takes, for what is none."""
    typed = request.POST.get("quantity", "").strip()
    digits = codes.digits(typed)
    return int(digits) if digits and len(digits) == len(typed) and len(digits) < 9 else 0


def form_uid(request: HttpRequest) -> uuid.UUID:
    """Return what makes the same form sent twice one. Raises FormUsed where a form has none."""
    try:
        return uuid.UUID(request.POST.get("uid", ""))
    except ValueError:
        raise services.FormUsed from None


@admin.register(Need)
class NeedAdmin(_Read):
    list_display = ("told", "shown_facility", "state", "priority", "reported_at")
    list_filter = ("state", "priority")
    list_select_related = ("item", "facility__kind")
    search_fields = ("code",)
    ordering = ("-pk",)
    fields = (
        "told",
        "shown_facility",
        "state",
        "priority",
        "unit",
        "why",
        "code",
        "reported_at",
        "verified_at",
        "shown_photo",
    )
    change_form_template = "admin/needs/need/change.html"

    @admin.display(description=_("what is needed"))
    def told(self, obj: Need) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.told_item)

    @admin.display(description=_("photo"))
    def shown_photo(self, obj: Need) -> SafeString | str:
        if not obj.photo:
            return "-"
        address = reverse("needs:own_photo", args=[obj.code, "720.jpg"])
        return format_html('<a href="{}">{}</a>', address, gettext("Photo"))

    # --- buttons ----------------------------------------------------------------------------------------------------------

    def moves(self) -> dict[str, Any]:
        return {
            "verify": self._verify,
            "correct": self._correct,
            "withdraw": self._withdraw,
            "take-back": self._take_back,
            "prepare": self._prepare,
            "call-off": self._call_off,
            "lose": self._lose,
            "remove-photo": self._remove_photo,
        }

    def _verify(self, request: HttpRequest, obj: Need) -> str:
        services.verify_need(need=obj, by=request.user, seen=request.POST.get("seen", ""))
        return gettext("Verified. Everybody who may know of the facility sees it.")

    def _correct(self, request: HttpRequest, obj: Need) -> str:
        seen = number(request.POST.get("seen", ""))
        try:
            services.correct_need(
                need=obj,
                uid=form_uid(request),
                seen=-1 if seen is None else seen,
                quantity=quantity(request),
                why=typed_reason(request),
                by=request.user,
            )
        except CorrectedMeanwhile as error:
            # The page that is shown next has what stands now.
            raise services.ChangedSince from error
        return gettext("Corrected, by an entry of its own.")

    def _withdraw(self, request: HttpRequest, obj: Need) -> str:
        services.withdraw_need(need=obj, reason=typed_reason(request), by=request.user)
        return gettext("Withdrawn. What was pledged is released.")

    def _pledge(self, request: HttpRequest, obj: Need) -> Pledge:
        row = obj.pledges.filter(pk=number(request.POST.get("pledge", ""))).first()
        if row is None:
            raise services.NotYourPledge
        return row

    def _delivery(self, request: HttpRequest, obj: Need) -> Delivery:
        row = Delivery.objects.filter(pledge__need=obj, pk=number(request.POST.get("delivery", ""))).first()
        if row is None:
            raise services.NotYourPledge
        return row

    def _take_back(self, request: HttpRequest, obj: Need) -> str:
        row = self._pledge(request, obj)
        typed: dict[str, Any] = {"quantity": quantity(request), "why": typed_reason(request)}
        services.take_back(pledge=row, uid=form_uid(request), by=request.user, **typed)
        return pgettext("a pledge", "Taken back.")

    def _prepare(self, request: HttpRequest, obj: Need) -> str:
        row = self._pledge(request, obj)
        services.prepare_delivery(pledge=row, uid=form_uid(request), quantity=quantity(request), by=request.user)
        return gettext("Prepared. Print the slip, and show the carrier the code.")

    def _call_off(self, request: HttpRequest, obj: Need) -> str:
        services.call_off(delivery=self._delivery(request, obj), by=request.user)
        return gettext("Called off.")

    def _lose(self, request: HttpRequest, obj: Need) -> str:
        services.lose_delivery(delivery=self._delivery(request, obj), why=typed_reason(request), by=request.user)
        return gettext("Lost. What it was to cover is open again.")

    def _remove_photo(self, request: HttpRequest, obj: Need) -> str:
        services.remove_photo(need=obj, reason=typed_reason(request), by=request.user)
        return gettext("The photo is removed.")

    def around_form(self, request: HttpRequest, obj: Need) -> dict[str, Any]:
        keeps = self.has_change_permission(request, obj)
        verify = keeps and obj.state == NeedState.REPORTED and request.user.pk not in selectors.said_by(obj)
        # Before the quantity is read: whatever is entered in between has not been seen.
        seen = selectors.said_of(obj).count()
        balance = balances.of_need(obj)
        return {
            "seen": seen,
            "uid": uuid.uuid4(),
            "balance": balance,
            "seal": selectors.seal(obj) if verify else "",
            "entries": list(obj.entries.select_related("leg").order_by("pk")[: selectors.AT_ONCE]),
            # Who pledged, and how they are reached, is the affair of the side alone.
            "pledges": [{**row, "uid": uuid.uuid4()} for row in selectors.pledges_of(obj, request.user)]
            if keeps
            else [],
            "states": {"pledge": PledgeState, "delivery": DeliveryState, "counting": COUNTING_STATES},
            "can": {
                "verify": verify,
                "correct": keeps and obj.state != NeedState.WITHDRAWN,
                "photo": keeps and bool(obj.photo),
                "withdraw": keeps and not balance.received and obj.state in NEED_MOVES[NeedMove.WITHDRAW].sources,
            },
        }


@admin.register(Surplus)
class SurplusAdmin(_Read):
    list_display = ("item", "shown_facility", "offered_at")
    list_select_related = ("item", "facility__kind")
    ordering = ("-pk",)
    fields = ("item", "shown_facility", "note", "left", "offered_at")

    @admin.display(description=_("still there"))
    def left(self, obj: Surplus) -> int:
        return balances.free(obj)


@admin.register(Asset)
class AssetAdmin(_Read):
    list_display = ("item", "label", "shown_facility", "state", "cause")
    list_filter = ("state", "cause")
    list_select_related = ("item", "facility__kind")
    ordering = ("-pk",)
    fields = ("item", "label", "serial", "shown_facility", "state", "cause", "registered_at")


@admin.site.card  # type: ignore[attr-defined]
def to_verify(request: HttpRequest) -> Card | None:
    """What waits to be verified on the coordinator's side."""
    if not network_policies.regions(request.user):
        return None
    rows = Need.objects.editable_by(request.user).filter(state=NeedState.REPORTED)
    first = list(rows.select_related("item", "facility__kind").order_by("priority", "pk")[:5])
    return Card(
        title=gettext("Needs to verify"),
        icon="hourglass",
        url=reverse("admin:needs_need_changelist") + "?state__exact=reported",
        count=rows.count(),
        rows=[
            {
                "url": reverse("admin:needs_need_change", args=[row.pk]),
                "label": row.told_item,
                "detail": str(row.facility),
            }
            for row in first
        ],
        empty=gettext("No need waits to be verified."),
    )
