"""What is done about an adopted measure: planned, begun, proved, reported as done by one owner, confirmed by the other."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from measures import accountability, policies, selectors, services
from measures.accountability import Reader, Row
from measures.enums import ACTION_MOVES, UNFINISHED_ACTIONS, ActionMove, ActionState, MeasureState
from measures.forms import actions as forms
from measures.models import Action, Evidence, Measure
from network import policies as network_policies, sending
from network.enums import DomainError
from network.models import Practitioner

View = Callable[..., HttpResponseBase]


# --- on the page of a measure -----------------------------------------------------------------------------------------


def panel(request: HttpRequest, measure: Measure, practitioner: Practitioner | None) -> dict[str, Any]:
    """Return what `measures/_actions.html` shows."""
    return listed(Reader(request.user, practitioner, network_policies.is_staff(request.user)), measure)


def listed(reader: Reader, measure: Measure) -> dict[str, Any]:
    """Return the actions of a measure as this reader sees them, and how far they are."""
    if not measure.adopted_at:
        return {}
    rows = accountability.rows(accountability.of_measure(measure), reader)
    done, whole = policies.progress([row.action.state for row in rows])
    in_force = measure.state == MeasureState.ADOPTED
    return {
        "measure": measure,
        "rows": rows,
        "progress": accountability.Progress(done, whole),
        "inside": reader.inside,
        "may_plan": in_force and reader.inside and _may_plan(reader, measure),
    }


def _may_plan(reader: Reader, measure: Measure) -> bool:
    return network_policies.is_national(reader.user) or selectors.is_author(measure, reader.practitioner)


# --- who may ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """An action as it is looked at by somebody inside of the network."""

    reader: Reader
    action: Action
    row: Row

    @property
    def mine(self) -> bool:
        return self.row.mine

    @property
    def may_plan(self) -> bool:
        return _may_plan(self.reader, self.action.measure)

    @property
    def over(self) -> bool:
        return self.action.state not in UNFINISHED_ACTIONS

    def takes(self, move: ActionMove) -> bool:
        """Tell whether the action is ready for a step of this reader's; nobody answers what they have reported themselves."""
        answers = move in {ActionMove.CONFIRM, ActionMove.RETURN}
        ready = self.action.state in ACTION_MOVES[move].sources
        return ready and not (answers and self.action.claimed_by_id == self.reader.user.pk)


def _inside(request: HttpRequest) -> Reader | None:
    reader = Reader.of(request.user)
    if not reader.inside:
        messages.info(request, gettext("This page opens to verified members. See below where you stand."))
        return None
    return reader


def of_action(*methods: str) -> Callable[[View], View]:
    """Give a view the action as this reader sees it; others are told on their own page what is missing."""

    def wrapped(view: View) -> View:
        @wraps(view)
        def found(request: HttpRequest, slug: str, action: int) -> HttpResponseBase:
            reader = _inside(request)
            if reader is None:
                return redirect("network:me")
            kept = accountability.with_owners(
                Action.objects.filter(measure__in=reader.adopted().values("pk"), measure__slug=slug, pk=action)
            ).first()
            if kept is None:
                raise Http404
            return view(request, Seen(reader, kept, accountability.rows([kept], reader)[0]))

        return require_http_methods(list(methods))(found)

    return wrapped


def _done(request: HttpRequest, sentence: str, call: Callable[..., Any], **values: Any) -> bool:
    try:
        call(by=request.user, **values)
    except DomainError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, sentence)
    return True


# --- looking ------------------------------------------------------------------------------------------------------------


@of_action("GET", "HEAD")
def action_detail(request: HttpRequest, seen: Seen) -> HttpResponse:
    """One action: what, where, who answers for it, what proves it, what happened; and what its reader can do next."""
    action = seen.action
    mine_to_confirm = seen.mine and seen.takes(ActionMove.CONFIRM)
    evidence = accountability.evidence_of(action)
    history = accountability.history(action, seen.reader)
    last = next((step for step in reversed(history) if step.move), None)
    context = {
        "action": action,
        "measure": action.measure,
        "row": seen.row,
        "evidence": evidence,
        "history": history,
        "missing": last.reason if last and last.move == ActionMove.RETURN else "",
        "can": {
            "start": seen.mine and seen.takes(ActionMove.START),
            "prove": seen.mine and not seen.over,
            "claim": seen.mine and seen.takes(ActionMove.CLAIM) and bool(evidence),
            "confirm": mine_to_confirm,
            "edit": seen.may_plan and not seen.over,
            "hand_over": bool(_handed(seen)),
            "drop": network_policies.is_national(request.user) and not seen.over,
        },
        "waits": seen.mine and action.state == ActionState.CLAIMED and not mine_to_confirm,
    }
    return render(request, "measures/action_detail.html", context)


@require_safe
def evidence_file(request: HttpRequest, evidence: int) -> HttpResponseBase:
    """Send a file to somebody inside of the network, to be kept and not to be opened on the site."""
    reader = Reader.of(request.user)
    found = Evidence.objects.exclude(stored="").filter(pk=evidence).first()
    if found is None or not reader.inside:
        raise Http404
    return sending.attached(found.stored, found.filename, services.EVIDENCE_FOLDER)


# --- planning -----------------------------------------------------------------------------------------------------------


def _finder(reader: Reader) -> tuple[forms.Find, forms.Get]:
    def find(query: str) -> list[Practitioner]:
        return accountability.find_owners(reader, query)

    def get(ids: Iterable[int]) -> list[Practitioner]:
        return list(reader.people().filter(pk__in=list(ids)).select_related("profession", "region"))

    return find, get


@require_http_methods(["GET", "HEAD", "POST"])
def action_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan something to do: its authors and the national coordinators. The same form sent twice makes one action."""
    reader = _inside(request)
    if reader is None:
        return redirect("network:me")
    measure = reader.adopted().filter(slug=slug, state=MeasureState.ADOPTED).select_related("current").first()
    if measure is None or not _may_plan(reader, measure):
        raise Http404
    find, get = _finder(reader)
    sending = request.method == "POST" and "find" not in request.POST
    typed = request.POST.dict() if request.method == "POST" else {"uid": uuid.uuid4()}
    form = forms.PlanForm(request.POST if sending else None, initial=typed, find=find, get=get)
    if sending and form.is_valid():
        try:
            action = services.plan_action(
                measure=measure,
                content=form.content(),
                first_owner=form.chosen[0],
                second_owner=form.chosen[1],
                uid=form.cleaned_data["uid"] or uuid.uuid4(),
                by=request.user,
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("The action is planned. Both owners are being told."))
            return redirect(action)
    return render(request, "measures/action_form.html", {"form": form, "measure": measure})


@of_action("GET", "HEAD", "POST")
def action_edit(request: HttpRequest, seen: Seen) -> HttpResponse:
    """Change what is to be done, where or until when."""
    if not seen.may_plan:
        raise Http404
    if seen.over:
        messages.error(request, str(services.ActionIsOver()))
        return redirect(seen.action)
    form = forms.ActionForm(request.POST or None, action=seen.action)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_action(action=seen.action, content=form.content(), by=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Saved."))
            return redirect(seen.action)
    context = {"form": form, "measure": seen.action.measure, "action": seen.action}
    return render(request, "measures/action_form.html", context)


def _handed(seen: Seen) -> list[int]:
    """Return the places, 1 and 2, that this reader may hand to somebody else: their own, or both for those who plan."""
    if seen.over:
        return []
    claimer = seen.action.claimed_by_id if seen.action.state == ActionState.CLAIMED else None
    places = ((1, seen.action.first_owner), (2, seen.action.second_owner))
    return [
        place
        for place, owner in places
        if (seen.may_plan or owner.user_id == seen.reader.user.pk) and (claimer is None or owner.user_id != claimer)
    ]


@of_action("GET", "HEAD", "POST")
def action_owner(request: HttpRequest, seen: Seen) -> HttpResponse:
    """Put another member in the place of an owner."""
    allowed = _handed(seen)
    asked = request.POST.get("place") or request.GET.get("place") or str(allowed[0] if allowed else "")
    if asked not in {str(place) for place in allowed}:
        raise Http404
    owner = seen.action.first_owner if asked == "1" else seen.action.second_owner
    find, get = _finder(seen.reader)
    sending = request.method == "POST" and "find" not in request.POST
    form = forms.OwnerForm(request.POST if sending else None, initial=request.POST.dict(), find=find, get=get)
    if sending and form.is_valid():
        try:
            services.hand_over(action=seen.action, owner=owner, to=form.chosen[0], by=request.user)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Handed over. The new owner is being told."))
            return redirect(seen.action)
    context = {
        "form": form,
        "action": seen.action,
        "measure": seen.action.measure,
        "place": asked,
        "owner": seen.row.owners[int(asked) - 1],
        "other_place": next((place for place in allowed if str(place) != asked), None),
    }
    return render(request, "measures/action_owner.html", context)


# --- doing --------------------------------------------------------------------------------------------------------------


@of_action("POST")
def action_start(request: HttpRequest, seen: Seen) -> HttpResponse:
    """Say that it has begun."""
    if not seen.mine:
        raise Http404
    _done(request, gettext("It is in progress now."), services.start_action, action=seen.action)
    return redirect(seen.action)


@of_action("GET", "HEAD", "POST")
def action_evidence(request: HttpRequest, seen: Seen) -> HttpResponse:
    """Add what proves it: words, a link, a file."""
    if not seen.mine:
        raise Http404
    if seen.over:
        messages.error(request, str(services.ActionIsOver()))
        return redirect(seen.action)
    form = forms.EvidenceForm(request.POST or None, request.FILES or None, initial={"uid": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["upload"]
        try:
            services.add_evidence(
                action=seen.action,
                text=form.cleaned_data["text"],
                link=form.cleaned_data["link"],
                upload=(upload.name, upload.read()) if upload else None,
                uid=form.cleaned_data["uid"] or uuid.uuid4(),
                by=request.user,
            )
        except DomainError as error:
            form.add_error("upload" if upload else None, str(error))
        else:
            messages.success(request, gettext("The evidence is kept. Members of the network see it."))
            return redirect(seen.action)
    context = {"form": form, "action": seen.action, "measure": seen.action.measure}
    return render(request, "measures/action_evidence.html", context)


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is asked about before it is made."""

    question: Any
    words: Any
    button: Any
    done: Any
    call: Callable[..., Any]
    reasoned: bool = False
    danger: bool = False


STEPS = {
    ActionMove.CLAIM: Step(
        _("Report it as done?"),
        _("The other owner is asked to look at the evidence and to confirm it."),
        _("Yes, it is done"),
        _("Reported. The other owner is being told."),
        services.claim_done,
    ),
    ActionMove.CONFIRM: Step(
        _("Confirm that it was done?"),
        _(
            "You have looked at the evidence. The action is over then, and everybody who reads the measure sees that it is done."
        ),
        _("Yes, I confirm it"),
        _("Confirmed. Thank you."),
        services.confirm_done,
    ),
    ActionMove.RETURN: Step(
        _("What is missing?"),
        _("The other owner reads what you write, and the action goes on."),
        _("Send it back"),
        _("Sent back. The other owner is being told."),
        services.return_claim,
        reasoned=True,
    ),
    ActionMove.DROP: Step(
        _("Drop this action?"),
        _("It stays on the public page as dropped. The reason is kept for both owners and the national coordinators."),
        _("Yes, drop it"),
        _("Dropped."),
        services.drop_action,
        reasoned=True,
        danger=True,
    ),
}


def _step(move: ActionMove) -> View:
    step = STEPS[move]

    @of_action("GET", "HEAD", "POST")
    def asked(request: HttpRequest, seen: Seen) -> HttpResponse:
        allowed = network_policies.is_national(request.user) if move == ActionMove.DROP else seen.mine
        if not allowed:
            raise Http404
        if request.method != "POST" and not seen.takes(move):
            # The page of the action says where it stands.
            return redirect(seen.action)
        form = forms.ReasonForm(request.POST or None) if step.reasoned else None
        if request.method == "POST" and (form is None or form.is_valid()):
            more = {"reason": form.cleaned_data["reason"]} if form else {}
            _done(request, str(step.done), step.call, action=seen.action, **more)
            return redirect(seen.action)
        context = {"step": step, "form": form, "action": seen.action, "measure": seen.action.measure}
        return render(request, "measures/action_step.html", context)

    return asked


action_claim = _step(ActionMove.CLAIM)
action_confirm = _step(ActionMove.CONFIRM)
action_return = _step(ActionMove.RETURN)
action_drop = _step(ActionMove.DROP)
