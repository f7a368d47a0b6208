"""Write a measure: begin it, go on, open it for comments, take it back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from dialogues import differences, selectors as session_selectors
from dialogues.models import Decision, Session
from measures import services, texts
from measures.enums import WRITABLE_STATES, MeasureState
from measures.forms import MeasureForm
from measures.forms.drafting import LENGTHS, label_of
from measures.models import Measure, Version
from measures.models.measures import TITLE_LENGTH
from measures.views import documents
from measures.views.common import attempt, of_author
from network.decorators import member_page
from network.enums import DomainError
from network.models import Practitioner
from network.services import IllegalMove


def _origin(request: HttpRequest, practitioner: Practitioner) -> tuple[Session | None, Decision | None]:
    """Return the decision of published minutes from which the measure is begun, as the address names it."""
    slug, key = request.GET.get("session", ""), request.GET.get("decision", "")
    if not slug and not key:
        return None, None
    session = session_selectors.session_for(slug, request.user, practitioner)
    try:
        decision = services.decision_of(session, uuid.UUID(key), request.user) if session else None
    except ValueError:
        decision = None
    if decision is None:
        raise Http404
    return session, decision


def _prefilled(decision: Decision | None) -> dict[str, str]:
    """Return the texts that a decision gives: its words, and as title as many of them as fit."""
    said = {code: getattr(decision, f"text_{code}", "") or "" for code in ("ar", "en")}
    return {f"text_{code}": text for code, text in said.items()} | {
        f"title_{code}": texts.shortened(text, TITLE_LENGTH) for code, text in said.items()
    }


def _page(request: HttpRequest, form: MeasureForm, **context: Any) -> HttpResponse:
    if request.POST.get("do") == "preview":
        context["preview"] = documents.of_words(form.typed())
    return render(request, "measures/form.html", {"form": form, **context})


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, practitioner: Practitioner) -> HttpResponse:
    """Begin a measure, from nothing or from a session's decision. The same form sent twice makes one."""
    session, decision = _origin(request, practitioner)
    form = MeasureForm(request.POST or None, initial={"uid": uuid.uuid4()} | _prefilled(decision))
    context = {"session": session}
    if request.method != "POST" or request.POST.get("do") == "preview" or not form.is_valid():
        return _page(request, form, **context)
    try:
        measure = services.create_measure(
            author=practitioner,
            words=form.words(),
            uid=form.cleaned_data["uid"] or uuid.uuid4(),
            by=request.user,
            session=session,
            decision=decision.key if decision else None,
            choices=form.all_choices(),
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, form, **context)
    if {name: getattr(measure.current, name) or "" for name in form.words()} != form.words():
        # Somebody went back to the empty page and wrote on: nothing of that is lost.
        return _begun_before(request, measure)
    messages.success(request, gettext("Your draft is kept. Only its authors see it."))
    return redirect(measure)


def _begun_before(request: HttpRequest, measure: Measure) -> HttpResponse:
    form = _based_on(request.POST, measure)
    form.add_error(
        None,
        gettext(
            "From this page you have begun a measure already. What stands here now is not kept yet: save it to put it in its place."
        ),
    )
    return _page(request, form, measure=measure, action=reverse("measures:edit", args=[measure.slug]))


def _based_on(sent: Any, measure: Measure, **changes: str) -> MeasureForm:
    """Return the form as it was sent, on top of what is kept now."""
    data = sent.copy()
    data["base"] = str(measure.current.number if measure.current else 0)
    for name, value in changes.items():
        data[name] = value
    return MeasureForm(data, measure=measure)


@of_author
def edit(request: HttpRequest, practitioner: Practitioner, measure: Measure) -> HttpResponse:
    """Go on writing. Whoever was overtaken by somebody else's save puts both texts together."""
    if measure.state not in WRITABLE_STATES:
        error = (
            services.NotWhileVoting()
            if measure.state == MeasureState.OPEN
            else IllegalMove(state=measure.get_state_display())
        )
        messages.info(request, str(error))
        return redirect(measure)
    form = MeasureForm(_resolved(request, measure) if request.method == "POST" else None, measure=measure)
    if request.method != "POST" or request.POST.get("do") == "preview" or not form.is_valid():
        return _page(request, form, measure=measure)
    before = measure.state
    try:
        measure = services.edit_measure(
            measure=measure,
            base=form.cleaned_data["base"] or 0,
            words=form.words(),
            by=request.user,
            note=form.cleaned_data["note"],
            choices=form.changed_choices(),
        )
    except services.MeasureHasChanged:
        return _conflict(request, measure.pk, form)
    except DomainError as error:
        form.add_error(None, str(error))
        return _page(request, form, measure=measure)
    if before == MeasureState.PARITY and measure.state == MeasureState.REVIEW:
        messages.warning(
            request, gettext("Your version is kept. The comparison was undone: both texts are to be compared again.")
        )
    elif before in (MeasureState.MEDIATION, MeasureState.NOT_ADOPTED) and measure.state == MeasureState.REVIEW:
        messages.warning(
            request, gettext("Your version is kept. The measure is open for comments again, on the way to a new vote.")
        )
    else:
        messages.success(request, gettext("Your version is kept."))
    return redirect(measure)


def _resolved(request: HttpRequest, measure: Measure) -> Any:
    """Return what was sent; from the page of a conflict, with the parts of the other version that were taken."""
    if request.POST.get("do") != "resolve":
        return request.POST
    base = request.POST.get("base", "")
    theirs = Version.objects.filter(
        measure=measure, number=int(base) if base.isdecimal() and len(base) < 7 else 0
    ).first()
    data = request.POST.copy()
    for box in MeasureForm().texts:
        if theirs is not None and data.get(f"take_{box.name}") == "theirs":
            data[box.name] = getattr(theirs, box.name) or ""
    return data


def _conflict(request: HttpRequest, pk: int, form: MeasureForm) -> HttpResponse:
    """Show both texts part by part; what is the same goes along unseen."""
    measure = Measure.objects.select_related("current").get(pk=pk)
    began = Version.objects.filter(measure=measure, number=form.cleaned_data["base"] or 0).first()
    mine = form.words()
    parts = [
        differences.part(
            name,
            label_of(name[:-3], name[-2:]),
            name[-2:],
            theirs=getattr(measure.current, name) or "",
            mine=said,
            began=(getattr(began, name) or "") if began else "",
            length=LENGTHS[name[:-3]],
        )
        for name, said in mine.items()
        if said != (getattr(measure.current, name) or "")
    ]
    shown = {part.name for part in parts}
    again = _based_on(request.POST, measure, **mine)
    context = {
        "measure": measure,
        "form": again,
        "parts": parts,
        "same": [box for box in again.texts if box.name not in shown],
    }
    return render(request, "measures/conflict.html", context, status=409)


def _moved(request: HttpRequest, measure: Measure, sentence: str, call: Any) -> HttpResponse:
    if request.method == "POST":
        attempt(request, sentence, call, measure=measure, by=request.user)
    return redirect(measure)


@of_author
def submit(request: HttpRequest, practitioner: Practitioner, measure: Measure) -> HttpResponse:
    """Open a draft to all members."""
    return _moved(request, measure, gettext("All members can read and comment on it now."), services.submit_measure)


@of_author
def take_back(request: HttpRequest, practitioner: Practitioner, measure: Measure) -> HttpResponse:
    """Take a measure back to its authors."""
    return _moved(request, measure, gettext("It is a draft again. Only its authors see it."), services.take_back)
