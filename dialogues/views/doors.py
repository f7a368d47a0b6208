"""The door of a site: the list of its host, what a scanned pass tells, the sheet to print; and the pass that a member shows there.

GET tells, POST marks.
"""

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from dialogues import policies, selectors, services
from dialogues.enums import EXPECTED_STATES, RegistrationState, SiteKind, Via
from dialogues.models import Registration, Session, Site
from dialogues.views.seats import of_session
from network import policies as network_policies, search
from network.admin_fields import number
from network.enums import DomainError
from network.models import Practitioner

BLANK_LINES = range(6)
LONGEST_QUERY = 60
LONGEST_PASTE = 6000


# --- the member's pass --------------------------------------------------------------------------------------------------


@of_session
def session_pass(request: HttpRequest, practitioner: Practitioner, session: Session) -> HttpResponse:
    """What a member shows at the door; a page that still works when it was saved and there is no network."""
    registration = selectors.latest_registration(session, practitioner)
    if registration is None or not pass_is_due(session, registration):
        return redirect(session)
    return _pass(request, registration)


def pass_is_due(session: Session, registration: Registration) -> bool:
    """Tell whether somebody needs a pass: with a seat in a room, from a day before."""
    seated = registration.state in (RegistrationState.CONFIRMED, RegistrationState.ATTENDED)
    return seated and registration.site.kind == SiteKind.ROOM and policies.pass_is_shown(session, timezone.now())


def _pass(request: HttpRequest, registration: Registration) -> HttpResponse:
    context = {
        "session": registration.session,
        "registration": registration,
        "address": services.pass_url(registration),
        "code": services.shown_code(registration.code),
    }
    return render(request, "dialogues/session_pass.html", context)


# --- the host's list ----------------------------------------------------------------------------------------------------


def _sites(request: HttpRequest, slug: str) -> list[Site]:
    """Return the sites of a session whose door this host keeps now."""
    rows = Site.objects.hosted_by(request.user).filter(session__slug=slug)
    sites = list(rows.select_related("session", "municipality").order_by("pk"))
    return sites if sites and policies.door_is_open(sites[0].session, timezone.now()) else []


def _chosen(request: HttpRequest, sites: list[Site]) -> Site:
    wanted = request.GET.get("site")
    for site in sites:
        if wanted in (None, "", str(site.pk)):
            return site
    raise Http404


def _rows(site: Site, query: str = "") -> list[dict[str, Any]]:
    """Return who is expected at a site as its host sees them, those alone who match a name or a code."""
    hidden = site.session.chatham_house
    wanted, code = search.fold(query), services.read_code(query)
    rows = []
    for row in selectors.door_list(site):
        name = policies.short_name(row.practitioner.name) if hidden else row.practitioner.name
        # Only what the list shows can be searched: else a search would tell the rest.
        found = code == row.code if code else wanted in search.fold(name)
        if found:
            rows.append({"row": row, "name": name, "code": services.shown_code(row.code)})
    return sorted(rows, key=lambda shown: (search.fold(shown["name"]), shown["row"].pk))


@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, slug: str) -> HttpResponse:
    """The list of a site for its local host: tick, undo, search, type codes. Coordinators have theirs on the desk."""
    sites = _sites(request, slug)
    if not sites:
        return _desk(request, slug)
    site = _chosen(request, sites)
    answers: list[dict[str, Any]] = []
    left = ""
    if request.method == "POST":
        if request.POST.get("do") == "mark":
            return _marked(request, site)
        if request.POST.get("do") != "codes":
            raise Http404
        try:
            found = services.check_in_codes(
                session=site.session, typed=request.POST.get("codes", "")[:LONGEST_PASTE], by=request.user, via=Via.CODE
            )
        except DomainError as error:
            messages.error(request, str(error))
            left = request.POST.get("codes", "")[:LONGEST_PASTE]
        else:
            answers = told(found, hidden=site.session.chatham_house)
            # What is done needs no second look; the rest stays where it can be put right.
            left = "\n".join(answer.typed for answer in found if not answer.is_done)
    query = request.GET.get("q", "")[:LONGEST_QUERY]
    rows = _rows(site)
    context = {
        "session": site.session,
        "site": site,
        "sites": sites,
        "rows": _rows(site, query) if query.strip() else rows,
        "query": query,
        "expected": len(rows),
        "present": sum(shown["row"].state == RegistrationState.ATTENDED for shown in rows),
        "open": policies.attendance_is_open(site.session, timezone.now()),
        "answers": answers,
        "typed": left,
    }
    return render(request, "dialogues/door.html", context)


def told(answers: list[Any], *, hidden: bool) -> list[dict[str, Any]]:
    """Return the answers to typed codes as a page shows them."""

    def name(row: Registration) -> str:
        return policies.short_name(row.practitioner.name) if hidden else row.practitioner.name

    return [
        {
            "typed": answer.typed[:40],
            "name": name(answer.registration) if answer.registration else "",
            "outcome": answer.outcome,
            "label": answer.outcome.label,
            "good": answer.is_done,
        }
        for answer in answers
    ]


def _desk(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a coordinator who opened the address of a door their own page; it does not exist for anybody else."""
    if network_policies.allows(request.user, "view", "dialogues.registration"):
        session = Session.objects.visible_to(request.user).filter(slug=slug).first()
        if session:
            return redirect("admin:dialogues_session_attendance", session.pk)
    raise Http404


def _marked(request: HttpRequest, site: Site) -> HttpResponse:
    """Apply the ticks that differ from what the page showed; answer one that the page sent by itself in JSON."""
    by_itself = request.headers.get("X-Requested-With") == "fetch"
    listed, ticked, shown = ({number(pk) for pk in request.POST.getlist(name)} for name in ("row", "present", "was"))
    changes = {pk: "present" if pk in ticked else "undo" for pk in listed - {None} if (pk in ticked) != (pk in shown)}
    rows = Registration.objects.at_doors_of(request.user).filter(session=site.session_id, pk__in=changes)
    count = 0
    try:
        for row in rows.select_related("session").order_by("pk"):
            services.mark(registration=row, as_=changes[row.pk], by=request.user)
            count += 1
    except DomainError as error:
        if by_itself:
            return JsonResponse({"said": str(error)}, status=409)
        messages.error(request, str(error))
        return redirect(request.get_full_path())
    said = ngettext("%(count)s change saved.", "%(count)s changes saved.", count) % {"count": count}
    if by_itself:
        return JsonResponse({"said": said})
    messages.success(request, said)
    return redirect(request.get_full_path())


@require_safe
def door_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """The list of a site to print: name, code, box, room for a signature and for those who come unannounced."""
    sites = _sites(request, slug)
    if not sites:
        raise Http404
    site = _chosen(request, sites)
    context = {
        "session": site.session,
        "site": site,
        "rows": _rows(site),
        "blank_lines": BLANK_LINES,
        "address": services.door_url(site.session, site),
    }
    return render(request, "dialogues/door_sheet.html", context)


# --- a scanned pass -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def checkin(request: HttpRequest, token: str) -> HttpResponse:
    """What a pass tells whoever scanned it: its owner sees the pass, who keeps the door whom they have before them; others nothing."""
    pk = services.registration_of_pass(token)
    rows = Registration.objects.select_related("session", "site", "practitioner__profession", "practitioner__region")
    registration = rows.filter(pk=pk).first() if pk else None
    if registration is None:
        raise Http404
    session = registration.session
    hosted = Site.objects.hosted_by(request.user).filter(session=session)
    at_door = policies.door_is_open(session, timezone.now()) and hosted.exists()
    # Somebody who moved may have a seat in a session of which their new coordinator may not even know.
    answers = (
        Registration.objects.editable_by(request.user).filter(pk=registration.pk).exists()
        and Session.objects.visible_to(request.user).filter(pk=session.pk).exists()
    )
    if not at_door and not answers:
        return _own_pass(request, registration)
    # A coordinator's names are behind the second factor everywhere.
    proved = answers and is_mfa_enabled(request.user)
    if not at_door and not proved:
        messages.info(request, gettext("Your role needs a second step at login. Please set it up now."))
        return redirect("mfa_activate_totp")
    mine = proved or Registration.objects.at_doors_of(request.user).filter(pk=registration.pk).exists()
    if request.method == "POST":
        if not mine:
            raise Http404
        try:
            services.check_in(registration=registration, by=request.user, via=Via.PASS)
        except DomainError as error:
            messages.error(request, str(error))
        return redirect("short:checkin", token)
    return render(request, "dialogues/checkin.html", _scanned(registration, mine=mine, at_door=at_door))


def _own_pass(request: HttpRequest, registration: Registration) -> HttpResponse:
    own = registration.practitioner.user_id == request.user.pk
    if not own or request.method == "POST" or not pass_is_due(registration.session, registration):
        raise Http404
    return _pass(request, registration)


def _scanned(registration: Registration, *, mine: bool, at_door: bool) -> dict[str, Any]:
    """Return what the page says: who it is, only where they are expected, and what is wrong if something is."""
    session = registration.session
    seated = registration.state in EXPECTED_STATES
    person = registration.practitioner
    newer = (
        not seated and mine and Registration.objects.expected().filter(session=session, practitioner=person).exists()
    )
    return {
        "registration": registration,
        "session": session,
        "name": policies.short_name(person.name) if session.chatham_house else person.name,
        "mine": mine,
        "seated": seated,
        "newer": newer,
        "present": registration.state == RegistrationState.ATTENDED,
        "open": policies.attendance_is_open(session, timezone.now()),
        "back": reverse("dialogues:door", args=[session.slug])
        if at_door
        else reverse("admin:dialogues_session_attendance", args=[session.pk]),
    }
