"""Case studies: for everybody the published ones, for their author the way from the first words to publication."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogues import case_selectors, filters, forms, policies, services
from dialogues.enums import CASE_MOVES, TRANSLATABLE_CASES, WRITABLE_CASES, CaseMove, CaseState
from dialogues.models import CaseStudy
from network import selectors as network_selectors
from network.decorators import member_page, public_page
from network.enums import DomainError
from network.models import Practitioner
from network.paging import Page
from network.services import IllegalMove

PAGE_SIZE = 12
NARROWING = ("condition", "specialty", "kind")


@public_page
def case_list(request: HttpRequest) -> HttpResponse:
    """The published case studies, by words in either script, condition, specialty and kind of facility."""
    found = filters.CaseFilter(request.GET, queryset=case_selectors.published_cases())
    page = Page.of(found.qs, request.GET.get("page"), PAGE_SIZE)
    context = {
        "page_obj": page,
        "form": found.form,
        "filtered": any(request.GET.get(name) for name in found.filters),
        "narrowed": any(request.GET.get(name) for name in NARROWING),
        "practitioner": network_selectors.active_practitioner(request.user),
    }
    return render(request, "dialogues/case_list.html", context)


@member_page
@require_safe
def case_mine(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """All case studies of the member, in whatever state."""
    page = Page.of(case_selectors.all_of(practitioner), request.GET.get("page"), PAGE_SIZE)
    return render(request, "dialogues/case_mine.html", {"page_obj": page})


@public_page
def case_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One case study: a published one for everybody, in every other state for its author, with what comes next."""
    case = case_selectors.case_for(slug, request.user)
    if case is None:
        raise Http404
    own = request.user.is_authenticated and case.author.user_id == request.user.pk
    context: dict[str, Any] = {
        "case": case,
        "related": case_selectors.related_cases(case),
        "author": case.author if policies.shows_author(case) else None,
        "session": case.session if policies.shows_session(case) else None,
        "published": case.state == CaseState.PUBLISHED,
    }
    if own and case.author.is_active_member:
        context |= {
            "own": True,
            "reason": case_selectors.last_reason(case) if case.state == CaseState.RETURNED else "",
            "agenda": case.session,
            "writable": case.state in WRITABLE_CASES,
            "translatable": case.state in TRANSLATABLE_CASES,
            "withdrawable": case.state in CASE_MOVES[CaseMove.WITHDRAW].sources,
        }
    return render(request, "dialogues/case_detail.html", context)


def of_author(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view a case study of the member's own; unknown and forbidden are both 404."""

    @wraps(view)
    def found(request: HttpRequest, practitioner: Practitioner, slug: str) -> HttpResponse:
        case = case_selectors.own_case(slug, practitioner)
        if case is None:
            raise Http404
        return view(request, case)

    return member_page(require_http_methods(["GET", "HEAD", "POST"])(found))


def _saved(request: HttpRequest, case: CaseStudy) -> HttpResponse:
    messages.success(request, gettext("Your draft is kept. Nobody else sees it."), extra_tags="kept")
    if "submit" in request.POST:
        return redirect("cases:submit", case.slug)
    return redirect("cases:edit", case.slug)


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def case_new(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """Begin a case study. The same form sent twice makes one."""
    form = forms.CaseForm(request.POST or None, initial={"uid": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        try:
            case = services.create_case(
                author=practitioner,
                content=form.content(),
                conditions=form.chosen_conditions(),
                uid=form.cleaned_data["uid"] or uuid.uuid4(),
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, case)
    return render(request, "dialogues/case_form.html", {"form": form})


def _not_now(request: HttpRequest, case: CaseStudy) -> HttpResponse:
    messages.info(request, str(IllegalMove(state=case.get_state_display())))
    return redirect(case)


@of_author
def case_edit(request: HttpRequest, case: CaseStudy) -> HttpResponse:
    """Go on writing. What was typed on a page that another tab has overtaken is shown again, beside what is kept."""
    if case.state not in WRITABLE_CASES:
        return _not_now(request, case)
    form = forms.CaseForm(request.POST or None, case=case)
    kept: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        try:
            case = services.edit_case(
                case=case,
                version=form.cleaned_data["version"] or 0,
                content=form.content(),
                conditions=form.chosen_conditions(),
                by=request.user,
            )
        except services.CaseHasChanged:
            kept = _overtaken(form, case)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, case)
    context = {"form": form, "case": case, "overtaken": bool(kept), "kept": kept}
    return render(request, "dialogues/case_form.html", context, status=409 if kept else 200)


def _overtaken(form: Any, case: CaseStudy) -> list[dict[str, Any]]:
    """Let the next press of the button overwrite what is kept, which the page now shows; return what of it differs."""
    data = form.data.copy()
    data["version"] = str(case.version)
    form.data = data
    names = [name for name in form.texts() if form.cleaned_data[name] != (getattr(case, name) or "")]
    rows = [{"label": form[name].label, "text": getattr(case, name) or "", "lang": name[-2:]} for name in names]
    return rows or [{"label": gettext("The choices"), "text": "", "lang": ""}]


@of_author
def case_submit(request: HttpRequest, case: CaseStudy) -> HttpResponse:
    """Look at what was found, tick the list, and hand the case study to its reviewers."""
    if case.state not in CASE_MOVES[CaseMove.SUBMIT].sources:
        return _not_now(request, case)
    findings = policies.case_findings(case)
    form = forms.SubmitForm(request.POST or None, case=case, findings=findings)
    if request.method == "POST" and form.is_valid():
        try:
            services.submit_case(
                case=case, version=form.cleaned_data["version"] or 0, by=request.user, **form.declared()
            )
        except services.CaseHasChanged as error:
            data = form.data.copy()
            data["version"] = str(case.version)
            form.data = data
            form.add_error(None, str(error) + " " + gettext("Please look through it again and submit it then."))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Thank you. Your case study is with its reviewers now."))
            return redirect(case)
    context = {
        "case": case,
        "form": form,
        "findings": forms.placed(findings),
        "blocked": any(finding.blocks for finding in findings),
        "missing": policies.case_lacks(case, conditions=bool(case.conditions.all()), languages=[case.language]),
    }
    return render(request, "dialogues/case_submit.html", context)


@of_author
def case_translate(request: HttpRequest, case: CaseStudy) -> HttpResponse:
    """Add the other language while the case study is under review."""
    if case.state not in TRANSLATABLE_CASES:
        return _not_now(request, case)
    code = services.other_language(case)
    form = forms.TranslationForm(request.POST or None, case=case, code=code)
    if request.method == "POST" and form.is_valid():
        try:
            services.translate_case(
                case=case, version=form.cleaned_data["version"] or 0, texts=form.texts(), by=request.user
            )
        except services.CaseHasChanged as error:
            data = form.data.copy()
            data["version"] = str(case.version)
            form.data = data
            form.add_error(None, str(error) + " " + gettext("What you typed is kept. Save again to write over it."))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("The other language is kept."))
            return redirect(case)
    return render(request, "dialogues/case_translate.html", {"case": case, "form": form, "code": code})


def _do(request: HttpRequest, sentence: str, call: Callable[..., Any], case: CaseStudy) -> None:
    try:
        call(case=case, by=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, sentence)


@of_author
def case_withdraw(request: HttpRequest, case: CaseStudy) -> HttpResponse:
    """Take it back, after one question. Taken back already is as good."""
    if case.state == CaseState.DRAFT:
        return redirect(case)
    if request.method == "POST":
        sentence = gettext("You have taken your case study back. Only you see it now.")
        _do(request, sentence, services.withdraw_case, case)
        return redirect(case)
    return render(request, "dialogues/case_withdraw.html", {"case": case})


@of_author
def case_delete(request: HttpRequest, case: CaseStudy) -> HttpResponse:
    """Delete a draft, after one question."""
    if case.state not in WRITABLE_CASES:
        return _not_now(request, case)
    if request.method == "POST":
        _do(request, gettext("The draft is deleted."), services.delete_case, case)
        return redirect("network:me")
    return render(request, "dialogues/case_delete.html", {"case": case})


@member_page
@require_POST
def case_name(request: HttpRequest, practitioner: Practitioner, slug: str) -> HttpResponse:
    """Take one's name off."""
    case = case_selectors.own_case(slug, practitioner)
    if case is None:
        raise Http404
    _do(request, gettext("Your name no longer stands with this case study."), services.take_name_off, case)
    return redirect(case)
