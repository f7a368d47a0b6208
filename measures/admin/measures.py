"""The measures at the desk: to be read. They are written, voted on and followed on the website."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _

from measures import selectors
from measures.admin import people
from measures.enums import MeasureState
from measures.models import Measure, SideRule, Vote
from network import policies as network_policies
from network.admin_scoping import RegionScopedAdmin
from network.admin_site import Card, JisrAdminSite

site: JisrAdminSite = admin.site  # type: ignore[assignment]

WAITING_SHOWN = 5


@admin.register(Measure)
class MeasureAdmin(RegionScopedAdmin):
    """What all sides read alike. No page here counts votes: what came of one stands on the measure's own pages, after the close."""

    list_display = ("shown_title", "reference", "state", "topic", "adopted_at", "review_on")
    list_filter = ("state", "topic", "adopted_at", "review_on")
    list_select_related = ("current", "topic")
    search_fields = ("search",)
    search_help_text = _("Words of the text, in either language")
    ordering = ("-adopted_at", "-pk")
    change_form_template = "admin/measures/measure/change.html"
    fields = (
        "state", "reference", "topic", "audience", "about_measure", "effect", "review_on", "created_at", "adopted_at", "ended_at",
        "mediation_until",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Measure]:
        return super().get_queryset(request).select_related("current", "topic", "about__current")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.matching(search_term[:100]), False

    @admin.display(description=_("title"))
    def shown_title(self, obj: Measure) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj)

    @admin.display(description=_("number"))
    def reference(self, obj: Measure) -> str:
        return obj.reference or "-"

    @admin.display(description=_("the measure that it changes"))
    def about_measure(self, obj: Measure) -> SafeString | str:
        if obj.about is None:
            return "-"
        url = reverse("admin:measures_measure_change", args=[obj.about_id])
        return format_html('<a href="{}"><bdi dir="auto">{}</bdi></a>', url, obj.about)

    def around_form(self, request: HttpRequest, obj: Measure) -> dict[str, Any]:
        authors = [row.practitioner for row in selectors.authors(obj).select_related("practitioner__profession")]
        names = people.names_in_reach(authors, request.user)
        rules = SideRule.objects.select_related("region").order_by("region__position", "pk")
        votes = (
            Vote.objects.filter(measure=obj)
            .select_related("version")
            .prefetch_related(Prefetch("rules", rules), "closings")
        )
        return {
            "authors": [people.described(person, names) for person in authors],
            "versions": list(obj.versions.order_by("-number")),
            "votes": list(votes.order_by("-number")),
            "now": timezone.now(),
        }


def _card(title: str, rows: QuerySet[Measure], query: str, empty: str, when: str) -> Card:
    shown = list(rows.select_related("current")[: WAITING_SHOWN + 1])
    return Card(
        title=title,
        icon="hourglass",
        url=reverse("admin:measures_measure_changelist") + query,
        count=rows.count() if len(shown) > WAITING_SHOWN else len(shown),
        rows=[
            {
                "url": reverse("admin:measures_measure_change", args=[measure.pk]),
                "label": str(measure),
                "detail": formats.date_format(getattr(measure, when), "SHORT_DATE_FORMAT"),
            }
            for measure in shown[:WAITING_SHOWN]
        ],
        empty=empty,
        urgent=bool(shown),
    )


@site.card
def votes_to_open(request: HttpRequest) -> Card | None:
    """The measures whose vote a national coordinator can open: compared, and written by others."""
    if not network_policies.is_national(request.user):
        return None
    rows = Measure.objects.visible_to(request.user).filter(state=MeasureState.PARITY)
    rows = rows.exclude(pk__in=selectors.written_by_user(request.user)).order_by("parity__read_at", "pk")
    return _card(
        gettext("Votes to open"),
        rows,
        f"?state__exact={MeasureState.PARITY}",
        gettext("No vote waits to be opened."),
        "created_at",
    )


@site.card
def measures_to_review(request: HttpRequest) -> Card | None:
    """The measures in force whose day of review has come and of whose authors nobody is left to begin a new draft."""
    if not network_policies.is_national(request.user):
        return None
    return _card(
        gettext("Measures to look at again"),
        selectors.left_for_review(timezone.localdate()),
        f"?state__exact={MeasureState.ADOPTED}",
        gettext("No measure waits for a new look."),
        "review_on",
    )
