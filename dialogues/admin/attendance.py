"""The pages of one session's people: registrations, attendance, the sheet to sign."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from dialogues import policies, selectors, services
from dialogues.admin import balance, checkin
from dialogues.enums import RegistrationState
from dialogues.models import Registration, Session, Site, WalkIn
from network import policies as network_policies
from network.admin_fields import number
from network.enums import DomainError
from network.forms import PhoneField, SafeForm
from network.models import Practitioner, Region

FOUND_SHOWN = 10
BLANK_LINES = range(8)


def typed(request: HttpRequest, name: str) -> str:
    """Return a line or paragraph of a small form, without control characters."""
    return "".join(c for c in request.POST.get(name, "") if c.isprintable() or c == "\n").strip()[:1000]


class WalkInForm(SafeForm):
    """Somebody without an account, as the paper sheet has them."""

    site = forms.ModelChoiceField(label=_("site"), queryset=Site.objects.none())
    name = forms.CharField(label=_("name"), max_length=120)
    phone = PhoneField(required=False)
    region = forms.ModelChoiceField(
        label=_("side"), queryset=Region.objects.none(), required=False, empty_label=_("abroad")
    )

    def __init__(self, *args: Any, session: Session, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = session.sites.order_by("pk")  # type: ignore[attr-defined]
        regions = Region.objects.order_by("position", "pk")
        if not network_policies.is_national(user):
            regions = regions.filter(pk__in=network_policies.regions(user))
            self.fields["region"].empty_label = None  # type: ignore[attr-defined]
            self.fields["region"].required = True
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]


Page = Callable[[Any, HttpRequest, Session], HttpResponse]


def urls(model_admin: Any) -> list[Any]:
    """Return the addresses below one session in the admin."""

    def view(page: Page) -> Any:
        def shown(request: HttpRequest, object_id: str) -> HttpResponse:
            return page(model_admin, request, model_admin.get_object_in_reach(request, object_id))

        return model_admin.admin_site.admin_view(shown)

    return [
        path("<path:object_id>/attendance/", view(attendance), name="dialogues_session_attendance"),
        path("<path:object_id>/sheet/", view(sheet), name="dialogues_session_sheet"),
        path("<path:object_id>/balance/", view(balance.balance), name="dialogues_session_balance"),
        path("<path:object_id>/export/", view(checkin.export), name="dialogues_session_export"),
        path("<path:object_id>/people/", view(people), name="dialogues_session_people"),
    ]


def _context(model_admin: Any, request: HttpRequest, session: Session, title: str) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "session": session,
        "sites": list(session.sites.select_related("municipality").order_by("pk")),
        "sides": selectors.counts_by_side(session),
        "can_manage": policies.can_manage(request.user, session)
        and network_policies.allows(request.user, "change", "dialogues.session"),
        "minutes_shown": policies.can_read_drafts(request.user, session),
        "can_mark": network_policies.allows(request.user, "change", "dialogues.registration"),
    }


def _here(request: HttpRequest) -> HttpResponseRedirect:
    return redirect(request.path)


def _site(session: Session, request: HttpRequest) -> Site:
    site = session.sites.filter(pk=number(request.POST.get("site", ""))).first()
    if site is None:
        raise Http404
    return site


def _person(request: HttpRequest) -> Practitioner:
    rows = Practitioner.objects.editable_by(request.user).active()
    person = rows.filter(pk=number(request.POST.get("practitioner", ""))).first()
    if person is None:
        raise Http404
    return person


def _found(request: HttpRequest, session: Session) -> list[Practitioner]:
    """Return members of the coordinator's own side whose name matches the search box."""
    query = request.GET.get("q", "")[:100]
    if not query.strip():
        return []
    rows = Practitioner.objects.editable_by(request.user).active().matching(query)
    return list(rows.select_related("profession", "municipality").order_by("search", "pk")[:FOUND_SHOWN])


# --- attendance ---------------------------------------------------------------------------------------------------------


def attendance(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """Tick who is there. A page posts what it showed beside what it says, so that two of them don't overwrite each other."""
    form = WalkInForm(session=session, user=request.user)
    typed_in: dict[str, Any] = {}
    if request.method == "POST":
        if not network_policies.allows(request.user, "change", "dialogues.registration"):
            raise Http404
        step = request.POST.get("do", "")
        if step == "walk-in":
            form = WalkInForm(request.POST, session=session, user=request.user)
            if form.is_valid() and _done(request, lambda: _add(request, session, form)):
                return _here(request)
        elif step == "mark" and request.headers.get("X-Requested-With") == "fetch":
            return _marked_at_once(request, session)
        elif step in ("codes", "late"):
            typed_in = checkin.typed_codes(request, session, late=step == "late")
            session.refresh_from_db()
        elif step in STEPS:
            _done(request, lambda: STEPS[step](request, session))
            return _here(request)
        else:
            raise Http404
    rows = checkin.with_minutes(session, list(selectors.attendance_list(session, request.user)))
    walked = checkin.with_invitations(list(selectors.walk_ins(session, request.user)), request.user)
    context = _context(model_admin, request, session, gettext("Attendance"))
    context["groups"] = [
        {
            "site": site,
            "rows": [row for row in rows if row.site_id == site.pk],
            "walk_ins": [row for row in walked if row.site_id == site.pk],
        }
        for site in context["sites"]
    ]
    mine = (
        selectors.markable(session, request.user, timezone.now())
        if context["can_mark"]
        else Registration.objects.none()
    )
    markable = set(mine.values_list("pk", flat=True))
    context |= {
        "form": form,
        "markable": markable,
        "reads_only_some": any(row.pk not in markable for row in rows),
        "open": policies.attendance_is_open(session, timezone.now()),
        "found": _found(request, session),
        "query": request.GET.get("q", "")[:100],
        "can_export": policies.can_export(request.user, session),
        "invitation_page": services.invitation_address("").removesuffix("/"),
        **typed_in,
    }
    return TemplateResponse(request, "admin/dialogues/session/attendance.html", context)


def _done(request: HttpRequest, call: Callable[[], Any]) -> bool:
    try:
        told = call()
    except DomainError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, told if isinstance(told, str) else gettext("Saved."))
    return True


def _marked_at_once(request: HttpRequest, session: Session) -> JsonResponse:
    """Answer a tick that the page sent by itself."""
    try:
        return JsonResponse({"said": _mark(request, session)})
    except DomainError as error:
        return JsonResponse({"said": str(error)}, status=409)


def _mark(request: HttpRequest, session: Session) -> str:
    """Apply the ticks that differ from what the page showed."""
    listed, ticked, shown = ({number(pk) for pk in request.POST.getlist(name)} for name in ("row", "present", "was"))
    changes = {pk: "present" if pk in ticked else "undo" for pk in listed - {None} if (pk in ticked) != (pk in shown)}
    rows = Registration.objects.visible_to(request.user).filter(session=session, pk__in=changes)
    count = 0
    for row in rows.order_by("pk"):
        services.mark(registration=row, as_=changes[row.pk], by=request.user)
        count += 1
    return ngettext("%(count)s change saved.", "%(count)s changes saved.", count) % {"count": count}


def _seat(request: HttpRequest, session: Session) -> str:
    services.seat_walk_in(session=session, site=_site(session, request), practitioner=_person(request), by=request.user)
    return gettext("Marked as present.")


def _add(request: HttpRequest, session: Session, form: WalkInForm) -> str:
    services.add_walk_in(session=session, by=request.user, **form.cleaned_data)
    return gettext("Added to the list.")


def _remove(request: HttpRequest, session: Session) -> str:
    rows = WalkIn.objects.visible_to(request.user).filter(session=session)
    walk_in = rows.filter(pk=number(request.POST.get("walk_in", ""))).first()
    if walk_in is None:
        raise Http404
    services.remove_walk_in(walk_in=walk_in, by=request.user)
    return gettext("Removed from the list.")


def _close(request: HttpRequest, session: Session) -> str:
    services.close_attendance(session=session, by=request.user)
    return gettext("The attendance is closed: whoever was not ticked is absent.")


def _reopen(request: HttpRequest, session: Session) -> str:
    services.reopen_attendance(session=session, by=request.user, reason=typed(request, "reason"))
    return gettext("The attendance is open again.")


STEPS: dict[str, Callable[[HttpRequest, Session], str]] = {
    "mark": _mark,
    "seat": _seat,
    "remove": _remove,
    "invite": checkin.invite,
    "close": _close,
    "reopen": _reopen,
}


def sheet(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """A page to print: the names of one site or of all, with room for signatures and for those who come unannounced."""
    rows = list(selectors.attendance_list(session, request.user))
    context = _context(model_admin, request, session, gettext("Sign-in sheet"))
    wanted = request.GET.get("site", "")
    context["groups"] = [
        {
            "site": site,
            "address": services.door_url(session, site),
            "rows": [
                {"row": row, "name": row.practitioner.name, "code": services.shown_code(row.code)}
                for row in rows
                if row.site_id == site.pk
            ],
        }
        for site in context["sites"]
        if wanted in ("", str(site.pk))
    ]
    context["blank_lines"] = BLANK_LINES
    return TemplateResponse(request, "admin/dialogues/session/sheet.html", context)


# --- registrations ------------------------------------------------------------------------------------------------------


def people(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """Who has a seat and who waits; sign somebody of one's own side up or out who asked by telephone."""
    if request.method == "POST":
        if not network_policies.allows(request.user, "change", "dialogues.registration"):
            raise Http404
        if request.POST.get("do") == "register":
            _done(request, lambda: _register(request, session))
        elif request.POST.get("do") == "withdraw":
            _done(request, lambda: _withdraw(request, session))
        else:
            raise Http404
        return _here(request)
    rows = (
        Registration.objects.visible_to(request.user)
        .filter(session=session)
        .select_related("practitioner__profession", "site", "side")
        .order_by("site_id", "pk")
    )
    context = _context(model_admin, request, session, gettext("Registrations"))
    context |= {
        "rows": list(rows.live()),
        "gone": list(
            rows.filter(state__in=[RegistrationState.CANCELLED, RegistrationState.DECLINED, RegistrationState.EXPIRED])
        ),
        "open": policies.registration_is_open(session, timezone.now()),
        "found": _found(request, session),
        "query": request.GET.get("q", "")[:100],
        "base": reverse("admin:dialogues_session_change", args=[session.pk]),
    }
    return TemplateResponse(request, "admin/dialogues/session/people.html", context)


def _register(request: HttpRequest, session: Session) -> str:
    person = _person(request)
    row = services.register(session=session, site=_site(session, request), practitioner=person, by=request.user)
    return gettext("Signed up: %(state)s.") % {"state": row.get_state_display()}


def _withdraw(request: HttpRequest, session: Session) -> str:
    services.withdraw(session=session, practitioner=_person(request), by=request.user)
    return gettext("Withdrawn. A freed seat is offered to the next person.")
