from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from network import policies, selectors, services
from network.admin_scoping import RegionScopedAdmin, typed_reason
from network.admin_site import Card, JisrAdminSite
from network.enums import MEMBER_MOVES, MemberMove, MemberState, SpokenLanguage
from network.models import Practitioner

site: JisrAdminSite = admin.site  # type: ignore[assignment]

QUEUE_SHOWN = 5


@admin.register(Practitioner)
class PractitionerAdmin(RegionScopedAdmin):
    """The members of a side: read here, decided on here, edited by themselves alone."""

    list_display = ("shown_name", "state", "profession", "place", "applied_at")
    list_filter = ("state", "region", "profession", "specialty")
    list_select_related = ("profession", "municipality__district", "region")
    search_fields = ("search",)
    search_help_text = _("A name in either script and any spelling")
    ordering = ("-applied_at", "pk")
    change_form_template = "admin/network/practitioner/decide.html"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Practitioner | None = None) -> Any:
        licence = ["licence_number"] if obj and policies.can_see_licence(request.user, obj) else []
        return [
            "state",
            "name_ar",
            "name_latin",
            "profession_name",
            "specialty_name",
            "place",
            "workplace",
            *licence,
            "spoken",
            "phone",
            "applied_at",
            "verified_at",
        ]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).select_related("user", "municipality__district", "profession", "specialty")

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet, search_term: str
    ) -> tuple[models.QuerySet, bool]:
        term = search_term[:100]
        found = queryset.matching(term)  # type: ignore[attr-defined]
        # In a picker the first is a key press away; a list has an order of its own.
        picks = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        return (found.as_written_first(term) if picks else found), False

    @admin.display(description=_("name"), ordering="search")
    def shown_name(self, obj: Practitioner) -> str:
        return format_html('<bdi dir="auto">{}</bdi>', obj.name or f"#{obj.pk}")

    @admin.display(description=_("place"))
    def place(self, obj: Practitioner) -> str:
        if obj.municipality:
            return f"{obj.municipality.name} · {obj.municipality.district.name}"
        return gettext("abroad: %(country)s") % {"country": obj.abroad_in} if obj.abroad_in else "-"

    # Their names alone: a side's coordinator has no page of the vocabularies to which a link could lead.
    @admin.display(description=_("profession"))
    def profession_name(self, obj: Practitioner) -> str:
        return obj.profession.name

    @admin.display(description=_("specialty"))
    def specialty_name(self, obj: Practitioner) -> str:
        return obj.specialty.name if obj.specialty else "-"

    @admin.display(description=_("languages"))
    def spoken(self, obj: Practitioner) -> str:
        names = dict(SpokenLanguage.choices)
        return gettext(", ").join(str(names[code]) for code in obj.languages if code in names) or "-"

    @admin.display(description=_("telephone"))
    def phone(self, obj: Practitioner) -> str:
        if not obj.user.phone:
            return "-"
        confirmed = gettext("confirmed") if obj.user.phone_verified else gettext("not confirmed")
        return format_html('<bdi dir="ltr">{}</bdi> ({})', obj.user.phone, confirmed)

    # --- decisions --------------------------------------------------------------------------------------------------

    def moves(self) -> dict[str, Any]:
        return {
            "verify": self._verify,
            "decline": self._decline,
            "suspend": self._suspend,
            "reinstate": self._reinstate,
        }

    def _verify(self, request: HttpRequest, obj: Practitioner) -> str:
        services.verify(practitioner=obj, by=request.user)
        return gettext("Verified. The person is told in their language.")

    def _decline(self, request: HttpRequest, obj: Practitioner) -> str:
        services.decline(practitioner=obj, by=request.user, reason=typed_reason(request))
        return gettext("Declined. The person is told why, and can apply again.")

    def _suspend(self, request: HttpRequest, obj: Practitioner) -> str:
        services.suspend(practitioner=obj, by=request.user, reason=typed_reason(request))
        return gettext("Suspended. All open sessions of this account have ended.")

    def _reinstate(self, request: HttpRequest, obj: Practitioner) -> str:
        services.reinstate(practitioner=obj, by=request.user)
        return gettext("Reinstated. The person is told in their language.")

    def around_form(self, request: HttpRequest, obj: Practitioner) -> dict[str, Any]:
        alike = (
            Practitioner.objects.visible_to(request.user)
            .possible_duplicates_of(obj)
            .exclude(state=MemberState.LEFT)
            .select_related("profession", "municipality__district")
        )
        return {
            "decisions": self._decisions(request, obj),
            "duplicates": list(alike.order_by("pk")[:10]),
            "reason": selectors.last_reason(obj),
        }

    def _decisions(self, request: HttpRequest, obj: Practitioner) -> list[dict[str, Any]]:
        if not policies.can_verify(request.user, obj) or not policies.allows(
            request.user, "change", "network.practitioner"
        ):
            return []
        offered = [
            (MemberMove.VERIFY, "verify", gettext("Verify"), False),
            (MemberMove.DECLINE, "decline", gettext("Decline"), True),
            (MemberMove.SUSPEND, "suspend", gettext("Suspend"), True),
            (MemberMove.REINSTATE, "reinstate", gettext("Reinstate"), False),
        ]
        return [
            {
                "url": reverse(f"admin:network_practitioner_{name}", args=[obj.pk]),
                "label": label,
                "needs_reason": reason,
            }
            for move, name, label, reason in offered
            if obj.state in MEMBER_MOVES[move].sources
        ]


@site.card
def waiting_for_verification(request: HttpRequest) -> Card | None:
    """Who waits to be verified by this coordinator, longest first."""
    if not policies.allows(request.user, "change", "network.practitioner"):
        return None
    queue = selectors.verification_queue(request.user)
    waiting = queue.count()
    rows = []
    for person in queue.select_related("profession")[:QUEUE_SHOWN]:
        days = (timezone.now() - person.applied_at).days
        rows.append(
            {
                "url": reverse("admin:network_practitioner_change", args=[person.pk]),
                "label": person.name,
                "detail": ngettext("waits for %(days)s day", "waits for %(days)s days", days) % {"days": days},
            }
        )
    return Card(
        title=gettext("Waiting to be verified"),
        icon="user",
        url=reverse("admin:network_practitioner_changelist") + f"?state__exact={MemberState.APPLIED}",
        count=waiting,
        rows=rows,
        empty=gettext("Nobody waits. Thank you."),
        urgent=waiting > 0,
    )
