"""The desk of those who review case studies: read, write the other language, decide, put on an agenda, publish."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _, ngettext, pgettext

from dialogues import case_selectors, forms, policies, services
from dialogues.admin import attendance
from dialogues.enums import (
    BLOCKING_FINDINGS,
    CASE_MOVES,
    TRANSLATABLE_CASES,
    CaseMove,
    CasePoint,
    CaseState,
    FindingKind,
    PatientConsent,
    SessionState,
)
from dialogues.models import CaseStudy, CaseSubmission, Session
from network import policies as network_policies
from network.admin_fields import number
from network.admin_scoping import RegionScopedAdmin
from network.admin_site import Card, JisrAdminSite
from network.enums import DomainError
from network.services import IllegalMove

site: JisrAdminSite = admin.site  # type: ignore[assignment]

WAITING_SHOWN = 5


@admin.register(CaseStudy)
class CaseStudyAdmin(RegionScopedAdmin):
    """The case studies of a side's authors: read and decided on here, written by their authors alone."""

    list_display = ("shown_title", "state", "writer", "facility_type", "submitted_at", "languages")
    list_filter = ("state", "conditions", "specialty", "facility_type", "submitted_at")
    list_select_related = ("author", "facility_type")
    search_fields = ("search",)
    search_help_text = _("Words of the text, in either language")
    ordering = ("-submitted_at", "-pk")
    change_form_template = "admin/dialogues/casestudy/review.html"
    fields = ("state", "writer", "conditions_in_words", "specialty_name", "facility_name", "district_name", "named")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.select_related("author", "specialty", "facility_type", "district", "session")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return queryset.matching(search_term[:100]), False

    @admin.display(description=_("title"))
    def shown_title(self, obj: CaseStudy) -> str:
        return format_html('<bdi dir="auto">{}</bdi>', obj)

    @admin.display(description=_("author"))
    def writer(self, obj: CaseStudy) -> str:
        return format_html('<bdi dir="auto">{}</bdi>', obj.author.name or f"#{obj.author_id}")

    @admin.display(description=_("languages"))
    def languages(self, obj: CaseStudy) -> str:
        return pgettext("between the items of a list", ", ").join(
            str(name)
            for code, name in settings.LANGUAGES
            if getattr(obj, f"lesson_{code}") and getattr(obj, f"title_{code}")
        )

    # Their names alone: a side's coordinator has no page of the vocabularies to which a link could lead.
    @admin.display(description=_("conditions and topics"))
    def conditions_in_words(self, obj: CaseStudy) -> str:
        names = [c.name for c in obj.conditions.order_by("name", "pk")]
        return pgettext("between the items of a list", ", ").join(names) or "-"

    @admin.display(description=_("specialty"))
    def specialty_name(self, obj: CaseStudy) -> str:
        return obj.specialty.name if obj.specialty else "-"

    @admin.display(description=_("kind of facility"))
    def facility_name(self, obj: CaseStudy) -> str:
        return obj.facility_type.name if obj.facility_type else "-"

    @admin.display(description=_("district"))
    def district_name(self, obj: CaseStudy) -> str:
        return obj.district.name if obj.district else "-"

    @admin.display(description=_("the author’s name"))
    def named(self, obj: CaseStudy) -> str:
        return gettext("published with it") if obj.credited else gettext("not published")

    # --- decisions --------------------------------------------------------------------------------------------------

    def moves(self) -> dict[str, Any]:
        return {
            "accept": self._accept,
            "return": self._return,
            "schedule": self._schedule,
            "unschedule": self._unschedule,
            "present": self._present,
            "publish": self._publish,
            "unpublish": self._unpublish,
        }

    def _accept(self, request: HttpRequest, obj: CaseStudy) -> str:
        services.accept_case(case=obj, by=request.user)
        return gettext("Accepted. The author is being told.")

    def _return(self, request: HttpRequest, obj: CaseStudy) -> str:
        services.return_case(case=obj, by=request.user, reason=attendance.typed(request, "reason"))
        return gettext("Returned. The author is being told why.")

    def _schedule(self, request: HttpRequest, obj: CaseStudy) -> str:
        rows = Session.objects.editable_by(request.user)
        session = rows.filter(pk=number(request.POST.get("session", ""))).first()
        services.schedule_case(case=obj, session=session, by=request.user)
        return gettext("It is on the agenda. The author is being told.")

    def _unschedule(self, request: HttpRequest, obj: CaseStudy) -> str:
        services.unschedule_case(case=obj, by=request.user)
        return gettext("Taken off the agenda. The author is being told.")

    def _present(self, request: HttpRequest, obj: CaseStudy) -> str:
        services.present_case(case=obj, by=request.user)
        return gettext("Kept as presented. The author is being told.")

    def _publish(self, request: HttpRequest, obj: CaseStudy) -> str:
        known = [kind for kind in request.POST.getlist("confirmed") if kind in FindingKind.values]
        services.publish_case(case=obj, by=request.user, confirmed=known)
        return gettext("Published. The author is being told.")

    def _unpublish(self, request: HttpRequest, obj: CaseStudy) -> str:
        services.unpublish_case(case=obj, by=request.user, reason=attendance.typed(request, "reason"))
        return gettext("It is off the public pages. The author is being told why.")

    # --- the other language -----------------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.translate)
        return [
            path("<path:object_id>/translate/", view, name="dialogues_casestudy_translate"),
            *super().get_urls(),
        ]

    def translate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write the language that the author does not write in, beside the author's own words."""
        obj = self.get_object_in_reach(request, object_id)
        if not self._allows(request, "change") or not policies.can_review(request.user, obj):
            raise Http404
        if obj.state not in TRANSLATABLE_CASES:
            messages.error(request, str(IllegalMove(state=obj.get_state_display())))
            return redirect(self.after_move(obj))
        code = services.other_language(obj)
        form = forms.TranslationForm(request.POST or None, case=obj, code=code)
        if request.method == "POST" and form.is_valid() and self._translated(request, obj, form):
            messages.success(request, gettext("The other language is kept."))
            return redirect(self.after_move(obj))
        pairs = [
            {"field": form[f"{field}_{code}"], "own": getattr(obj, f"{field}_{obj.language}") or ""}
            for field in policies.CASE_TEXTS
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("The other language"),
            "opts": self.opts,
            "object": obj,
            "form": form,
            "pairs": pairs,
            "own_language": obj.language,
        }
        return TemplateResponse(request, "admin/dialogues/casestudy/translate.html", context)

    def _translated(self, request: HttpRequest, obj: CaseStudy, form: Any) -> bool:
        version = form.cleaned_data["version"] or 0
        try:
            services.translate_case(case=obj, version=version, texts=form.texts(), by=request.user)
        except services.CaseHasChanged as error:
            data = form.data.copy()
            data["version"] = str(obj.version)
            form.data = data
            form.add_error(None, str(error) + " " + gettext("What you typed is kept. Save again to write over it."))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return True
        return False

    # --- the page ---------------------------------------------------------------------------------------------------

    def around_form(self, request: HttpRequest, obj: CaseStudy) -> dict[str, Any]:
        findings = policies.case_findings(obj)
        declared = obj.submissions.order_by("-version").first()
        said = set(declared.confirmed) if declared else set()
        context: dict[str, Any] = {
            "texts": [
                {
                    "language": code,
                    "name": name,
                    "own": code == obj.language,
                    "rows": [
                        (forms.question(field, code), getattr(obj, f"{field}_{code}") or "")
                        for field in policies.CASE_TEXTS
                    ],
                }
                for code, name in sorted(settings.LANGUAGES, key=lambda language: language[0] != obj.language)
            ],
            "findings": forms.placed(findings),
            "declared": _declared(declared),
            "unconfirmed": [
                FindingKind(kind)
                for kind in dict.fromkeys(f.kind for f in findings)
                if kind not in BLOCKING_FINDINGS and kind not in said
            ],
        }
        if self._allows(request, "change"):
            context |= self._offered(request, obj)
        return context

    def _offered(self, request: HttpRequest, obj: CaseStudy) -> dict[str, Any]:
        """Return what this person can do with the case as it stands."""
        reviews = policies.can_review(request.user, obj)
        schedules = policies.can_schedule(request.user, obj)
        possible = {move for move, row in CASE_MOVES.items() if obj.state in row.sources}
        held = obj.session is not None and obj.session.state in (SessionState.HELD, SessionState.CLOSED)
        languages = [code for code, _name in settings.LANGUAGES]
        return {
            "can_translate": reviews and obj.state in TRANSLATABLE_CASES,
            "can_accept": reviews and CaseMove.ACCEPT in possible,
            "can_return": reviews and CaseMove.RETURN in possible,
            "can_publish": reviews and CaseMove.PUBLISH in possible,
            "lacking": policies.case_lacks(obj, conditions=obj.conditions.exists(), languages=languages),
            "can_unpublish": reviews and CaseMove.UNPUBLISH in possible,
            "can_unschedule": schedules and CaseMove.UNSCHEDULE in possible,
            "can_present": schedules and CaseMove.PRESENT in possible and held,
            "can_schedule": schedules and CaseMove.SCHEDULE in possible,
            "agendas": list(case_selectors.sessions_for_cases(request.user))
            if schedules and CaseMove.SCHEDULE in possible
            else [],
        }


def _declared(submission: CaseSubmission | None) -> dict[str, Any] | None:
    """Return what the author declared, in words."""
    if submission is None:
        return None
    return {
        "at": submission.submitted_at,
        "points": [CasePoint(point).label for point in submission.points if point in CasePoint.values],
        "consent": PatientConsent(submission.patient_consent).label,
        "confirmed": [FindingKind(kind).label for kind in submission.confirmed if kind in FindingKind.values],
    }


@site.card
def cases_waiting(request: HttpRequest) -> Card | None:
    """The case studies on which this coordinator has to decide, longest waiting first."""
    if not network_policies.allows(request.user, "change", "dialogues.casestudy"):
        return None
    queue = case_selectors.cases_waiting(request.user)
    count = queue.count()
    rows = []
    for case in queue[:WAITING_SHOWN]:
        days = (timezone.now() - case.submitted_at).days if case.submitted_at else 0
        rows.append(
            {
                "url": reverse("admin:dialogues_casestudy_change", args=[case.pk]),
                "label": str(case),
                "detail": ngettext("waits for %(days)s day", "waits for %(days)s days", days) % {"days": days},
            }
        )
    return Card(
        title=gettext("Case studies that wait"),
        icon="pencil",
        url=reverse("admin:dialogues_casestudy_changelist") + f"?state__exact={CaseState.SUBMITTED}",
        count=count,
        rows=rows,
        empty=gettext("No case study waits."),
        urgent=count > 0,
    )
