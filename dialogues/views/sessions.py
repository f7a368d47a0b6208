"""Sessions for those who might come: the list, the month, one session, and its calendar entry."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext

from dialogues import calendars, case_selectors, filters, notices, outreach, planning, policies, selectors
from dialogues.enums import SessionKind, SessionState
from dialogues.models import Session
from dialogues.views import doors, months
from dialogues.views.cards import Card, cards
from dialogues.views.papers import papers
from network import policies as network_policies, selectors as network_selectors
from network.decorators import public_page
from network.paging import Page

PAGE_SIZE = 12
# A month of which more than this is announced is looked at with filters.
MONTH_SHOWN = 200


@public_page
def session_list(request: HttpRequest) -> HttpResponse:
    """What is coming, what was, or one month: the public sessions, for members all that they may know of."""
    practitioner = network_selectors.active_practitioner(request.user)
    listed = selectors.listed(request.user, practitioner)
    found = (
        filters.MemberSessionFilter(request.GET, listed, practitioner=practitioner)
        if practitioner
        else filters.SessionFilter(request.GET, listed)
    )
    view = request.GET.get("view")
    context: dict[str, Any] = {
        "form": found.form,
        "filtered": any(request.GET.get(name) for name in found.filters),
        "practitioner": practitioner,
        "view": view if view in ("past", "month") else "coming",
    }
    now = timezone.now()
    if context["view"] == "month":
        context |= _month(request, found.qs, practitioner, now)
    else:
        rows = selectors.past(found.qs) if context["view"] == "past" else selectors.coming(found.qs)
        page = Page.of(rows, request.GET.get("page"), PAGE_SIZE)
        context |= {
            "page_obj": page,
            "cards": cards(page.rows, now, practitioner, for_visitor=not request.user.is_authenticated),
        }
    return render(request, "dialogues/session_list.html", context)


def _month(request: HttpRequest, sessions: Any, practitioner: Any, now: Any) -> dict[str, Any]:
    asked = request.GET.get("month")
    first = months.parse(asked) or timezone.localdate(now).replace(day=1)
    rows = selectors.with_sites(selectors.in_month(sessions, first)).order_by("starts_at", "pk")[: MONTH_SHOWN + 1]
    shown = cards(rows, now, practitioner, for_visitor=not request.user.is_authenticated)
    return {
        "first": first,
        "bad_month": bool(asked) and months.parse(asked) is None,
        "weekdays": months.weekdays(first),
        "days": months.days(first, shown[:MONTH_SHOWN]),
        "nothing": not shown,
        "cut_off": len(shown) > MONTH_SHOWN,
        "before": months.before(first),
        "after": months.after(first),
    }


def _card(session: Session, practitioner: Any, *, invited: bool = False) -> Card:
    now = timezone.now()
    if practitioner is None:
        return Card(session, now)
    return Card(session, now, practitioner, selectors.latest_registration(session, practitioner), invited)


@public_page
def session_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """All about one session, and what the reader can do in it."""
    practitioner = network_selectors.active_practitioner(request.user)
    session = selectors.session_for(slug, request.user, practitioner)
    if session is None:
        raise Http404
    regions = [] if session.host_region_id else list(session.invited_regions.order_by("position", "pk"))
    professions = list(session.invited_professions.order_by("name", "pk"))
    invited = practitioner is not None and policies.invites(
        session,
        practitioner,
        regions={region.pk for region in regions},
        professions={profession.pk for profession in professions},
    )
    card = _card(session, practitioner, invited=invited)
    leaders = selectors.facilitators(session, request.user, practitioner)
    # Under the Chatham House Rule the list is empty, but whoever leads knows it of themselves.
    leads = practitioner in leaders or (
        session.chatham_house and practitioner is not None and selectors.leads(session, practitioner)
    )
    context = {
        "session": session,
        "card": card,
        "practitioner": practitioner,
        "opens": policies.registration_opens(session),
        "closes": policies.registration_closes(session),
        "position": selectors.queue_position(card.registration) if card.waits else None,
        "facilitators": leaders,
        "leads": leads,
        "cases": case_selectors.cases_on_agenda(session) if session.kind == SessionKind.CASE_STUDY else [],
        "invited_regions": regions,
        "invited_professions": professions,
        "join_link": session.join_link
        if (card.has_seat or leads) and policies.join_link_is_shown(session, card.now)
        else "",
        "asks_how_it_was": practitioner is not None and outreach.asks_how_it_was(session, practitioner),
        "shows_pass": card.registration is not None and doors.pass_is_due(session, card.registration),
        "keeps_door": practitioner is not None
        and policies.door_is_open(session, card.now)
        and any(site.local_host_id == practitioner.pk for site in session.sites.all()),
        "reads_minutes": policies.reads_minutes(
            session.minutes_for,  # type: ignore[attr-defined]
            member=practitioner is not None,
            concerned=invited or leads or card.has_place,
            staff=session.minutes_for is not None and policies.can_read_drafts(request.user, session),  # type: ignore[attr-defined]
        ),
        "writes_minutes": leads and policies.minutes_are_open(session, card.now),
        "linked": planning.linked(session, request.user, practitioner),
        "preview": session.state == SessionState.DRAFT,
        "can_manage": network_policies.is_staff(request.user) and policies.can_manage(request.user, session),
        **papers(session, card, request.user, leads=leads),
    }
    return render(request, "dialogues/session_detail.html", context)


@public_page
def session_calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Download a session as a calendar entry that says no more than its reader wants to have in their calendar."""
    practitioner = network_selectors.active_practitioner(request.user)
    session = selectors.session_for(slug, request.user, practitioner)
    if session is None or session.state == SessionState.DRAFT:
        raise Http404
    card = _card(session, practitioner)
    neutral = session.chatham_house or getattr(request.user, "discreet", False)
    site = card.registration.site if card.has_seat else None
    entry = calendars.Entry(
        uid=str(session.uid),
        sequence=session.sequence,
        starts=session.starts_at,
        ends=session.ends_at,
        summary=gettext("Appointment") if neutral else session.title,
        location=calendars.located(site.name, site.address) if site and not neutral else "",
        url="" if neutral else notices.session_url(session.slug, (get_language() or "ar")[:2]),
        private=neutral,
        cancelled=session.state == SessionState.CANCELLED,
    )
    response = HttpResponse(calendars.published([entry]), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    return response
