"""Minutes at the desk: the texts and notes of one session, their revisions, and the way to publication."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext

from dialogues import differences, minutes, policies, publication, services
from dialogues.admin import attendance
from dialogues.enums import Listing, MinutesState, SessionState
from dialogues.forms.minutes import PublishForm, StatementForm, WithdrawForm, as_lines
from dialogues.models import Minutes, MinutesRevision, Session, Statement
from dialogues.views import editing
from network import policies as network_policies
from network.admin_fields import number
from network.enums import DomainError
from network.models import Practitioner

Page = Callable[[Any, HttpRequest, Session], HttpResponse]
FOLDER = "admin/dialogues/session/"


def urls(model_admin: Any) -> list[Any]:
    """Return the addresses of the minutes below one session; for those who may not read drafts there are none."""

    def view(page: Page) -> Any:
        def shown(request: HttpRequest, object_id: str) -> HttpResponse:
            session = model_admin.get_object_in_reach(request, object_id)
            if not policies.can_read_drafts(request.user, session):
                raise Http404
            if request.method == "POST" and not _may_write(request, session):
                raise Http404
            return page(model_admin, request, session)

        return model_admin.admin_site.admin_view(shown)

    return [
        path("<path:object_id>/minutes/", view(write), name="dialogues_session_minutes"),
        path("<path:object_id>/minutes/revisions/", view(revisions), name="dialogues_session_revisions"),
        path("<path:object_id>/minutes/publish/", view(publish), name="dialogues_session_publication"),
    ]


def _may_write(request: HttpRequest, session: Session) -> bool:
    return policies.can_manage(request.user, session) and network_policies.allows(
        request.user, "change", "dialogues.minutes"
    )


def _context(model_admin: Any, request: HttpRequest, session: Session, title: str) -> dict[str, Any]:
    kept = minutes.of_session(session)
    return {
        **attendance._context(model_admin, request, session, title),
        "minutes": kept,
        "under_rule": minutes.under_rule(session, kept),
        "may_write": _may_write(request, session),
        "open": policies.minutes_are_open(session, timezone.now()),
    }


# --- writing ------------------------------------------------------------------------------------------------------------


def write(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """The texts in both languages, the decisions, and the notes that were taken."""

    def page(template: str, form: StatementForm | None = None) -> Any:
        def shown(context: dict[str, Any]) -> HttpResponse:
            frame = _context(model_admin, request, session, gettext("Minutes"))
            frame["statements"] = minutes.statements(frame["minutes"], session)
            frame["form"] = form or StatementForm(session=session, user=request.user)
            return TemplateResponse(request, FOLDER + template, {**frame, **context})

        return shown

    pages = editing.Pages(page("minutes.html"), page("minutes_conflict.html"))
    if request.method != "POST":
        return editing.shown(session, pages)
    if request.POST.get("do") == "note":
        form = StatementForm(request.POST, session=session, user=request.user)
        if form.is_valid() and _done(request, lambda: _note(request, session, form)):
            return redirect(f"{request.path}#notes")
        return editing.shown(session, editing.Pages(page("minutes.html", form), pages.conflict))
    if request.POST.get("do") == "forget":
        _done(request, lambda: _forget(request, session))
        return redirect(f"{request.path}#notes")
    answer = editing.handled(request, session, pages)
    if answer is None:
        raise Http404
    return answer


def _done(request: HttpRequest, call: Callable[[], str]) -> bool:
    try:
        told = call()
    except DomainError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, told)
    return True


def _note(request: HttpRequest, session: Session, form: StatementForm) -> str:
    services.add_statement(session=session, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
    return gettext("The note is kept.")


def _forget(request: HttpRequest, session: Session) -> str:
    rows = Statement.objects.filter(minutes__session=session).select_related("minutes__session")
    if row := rows.filter(pk=number(request.POST.get("statement", ""))).first():
        services.remove_statement(statement=row, by=request.user)  # type: ignore[arg-type]
    return gettext("The note is gone.")


# --- revisions ----------------------------------------------------------------------------------------------------------


def revisions(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """All that was ever saved; how any two differ; an old one brought back."""
    kept = minutes.of_session(session)
    if request.method == "POST":
        if request.POST.get("do") != "restore":
            raise Http404
        wanted, base = (number(request.POST.get(name, "")) or 0 for name in ("number", "base"))
        _done(request, lambda: _restore(request, session, wanted, base))
        return redirect(request.path)
    context = _context(model_admin, request, session, gettext("Revisions of the minutes"))
    rows = list(minutes.revisions(kept)) if kept else []
    context["rows"] = _told(rows, request, context["under_rule"])
    if kept and len(rows) > 1:
        numbers = [row.number for row in rows]
        first, second = (_asked(request, name, numbers) for name in ("from", "to"))
        second = second or numbers[0]
        first = first or max((n for n in numbers if n < second), default=second)
        context |= {"first": first, "second": second, "compared": _compared(kept, first, second)}
    return TemplateResponse(request, FOLDER + "minutes_revisions.html", context)


def _asked(request: HttpRequest, name: str, numbers: list[int]) -> int | None:
    found = number(request.GET.get(name, ""))
    return found if found in numbers else None


def _told(rows: list[MinutesRevision], request: HttpRequest, under_rule: bool) -> list[dict[str, Any]]:
    """Say of revisions who wrote them and when, as far as it is kept and the reader may know; under the Rule neither."""
    kept = {
        row.pk: attribution for row in rows if (attribution := getattr(row, "attribution", None)) and not under_rule
    }
    authors = [attribution.written_by_id for attribution in kept.values()]
    people = Practitioner.objects.visible_to(request.user).filter(user_id__in=authors)
    names = {person.user_id: person.name for person in people}

    def who(row: MinutesRevision) -> str:
        if row.pk in kept:
            return names.get(kept[row.pk].written_by_id) or gettext("a coordinator")
        return gettext("a coordinator") if under_rule else gettext("somebody who has left")

    return [{"row": row, "who": who(row), "at": kept[row.pk].written_at if row.pk in kept else None} for row in rows]


def _compared(kept: Minutes, first: int, second: int) -> list[dict[str, Any]]:
    old, new = (services.contents(minutes.revision(kept, n)) for n in (first, second))
    parts = [
        (gettext("Arabic text"), "ar", old[0].ar, new[0].ar),
        (gettext("English text"), "en", old[0].en, new[0].en),
        (gettext("Decisions"), "", as_lines(old[1]), as_lines(new[1])),
    ]
    return [
        {"label": label, "language": language, "pieces": differences.compare(a, b), "same": a == b}
        for label, language, a, b in parts
    ]


def _restore(request: HttpRequest, session: Session, wanted: int, base: int) -> str:
    services.restore_revision(session=session, number=wanted, base=base, by=request.user)  # type: ignore[arg-type]
    return gettext("That revision is back, as a new one.")


# --- publication --------------------------------------------------------------------------------------------------------


def publish(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """What readers would see of it, what names somebody, and the button; withdrawing what is published."""
    kept = minutes.of_session(session)
    last = minutes.latest(kept)
    findings = minutes.look(session, last) if last else []
    under_rule = minutes.under_rule(session, kept)
    doubts = under_rule and bool(findings) and not any(finding.sure for finding in findings)
    options = {"public": session.listing == Listing.PUBLIC, "doubts": doubts}
    initial = {
        "number": last.number if last else 0,
        "confirmed": publication.fingerprint(findings),
        "audience": kept.audience if kept else None,
    }
    form, withdrawing = PublishForm(initial=initial, **options), WithdrawForm()
    if request.method == "POST":
        step = request.POST.get("do")
        if step == "publish":
            form = PublishForm(request.POST, **options)
            if form.is_valid() and _done(request, lambda: _publish(request, session, form)):
                return redirect(request.path)
        elif step == "withdraw":
            withdrawing = WithdrawForm(request.POST)
            if withdrawing.is_valid() and _done(request, lambda: _withdraw(request, session, withdrawing)):
                return redirect(request.path)
        else:
            raise Http404
    context = _context(model_admin, request, session, gettext("Publication of the minutes"))
    context |= {
        "last": last,
        "findings": findings,
        "sure": [finding for finding in findings if finding.sure],
        "form": form,
        "withdrawing": withdrawing,
        "closed": session.state == SessionState.CLOSED,
        "published": bool(kept and kept.state == MinutesState.PUBLISHED),
        "missing": _missing(last),
        "current": bool(kept and last and kept.published_revision_id == last.pk),
        "reason": _last_reason(kept),
    }
    return TemplateResponse(request, FOLDER + "minutes_publish.html", context)


def _missing(last: MinutesRevision | None) -> list[str]:
    if last is None:
        return []
    names = {"ar": gettext("Arabic"), "en": gettext("English")}
    return [names[code] for code in names if not getattr(last, f"text_{code}")]


def _last_reason(kept: Minutes | None) -> str:
    if kept is None or kept.state != MinutesState.WITHDRAWN:
        return ""
    step = minutes.steps(kept).filter(to_state=MinutesState.WITHDRAWN).last()
    return step.reason if step else ""


def _publish(request: HttpRequest, session: Session, form: PublishForm) -> str:
    data = form.cleaned_data
    services.publish_minutes(
        session=session,
        number=data["number"],
        audience=data["audience"],
        confirmed=data["confirmed"] if data.get("nobody") else "",
        reason=data.get("reason", ""),
        by=request.user,  # type: ignore[arg-type]
    )
    return gettext("The minutes are published. Those with a place in the session are being told.")


def _withdraw(request: HttpRequest, session: Session, form: WithdrawForm) -> str:
    services.withdraw_minutes(session=session, by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
    return gettext("The minutes are withdrawn: no reader sees them any more.")
