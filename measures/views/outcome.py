"""What a vote came to, an objection that is taken back, and a measure that is withdrawn."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from measures import outcomes, policies, selectors, services
from measures.enums import COUNTED_AS, Choice, MeasureState, Secrecy
from measures.forms import WithdrawForm
from measures.models import Measure, Vote
from measures.outcomes import Round
from measures.views import standings
from measures.views.found import readable
from network import policies as network_policies
from network.decorators import member_page, public_page
from network.enums import DomainError
from network.models import Practitioner
from network.paging import Page

NAMES_SHOWN = 50


def panel(request: HttpRequest, measure: Measure, practitioner: Practitioner | None) -> dict[str, Any]:
    """Return what the page of a measure says of the votes that are over."""
    last = Vote.objects.filter(measure=measure, closings__isnull=False).order_by("-number").first()
    if last is None:
        return {}
    mediation = measure.state == MeasureState.MEDIATION
    return {
        "vote": last,
        "mediation": mediation,
        "objects": mediation and practitioner is not None and _objects(last, practitioner),
    }


def _objects(vote: Vote, practitioner: Practitioner) -> bool:
    mine = services.my_ballot(vote, practitioner)
    return mine is not None and mine.choice == Choice.BLOCK


@public_page
def measure_outcome(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how each side stood in each round, what was reserved, and what follows."""
    measure, practitioner = readable(slug, request.user)
    rounds = outcomes.rounds(measure)
    if not rounds:
        raise Http404
    # What was said against it, and who voted how in an open vote, is for members; the public page has neither.
    inside = practitioner is not None or network_policies.is_staff(request.user)
    closed = [found for found in rounds if found.closing]
    reasons = outcomes.objections(closed) if inside else {}
    context = {
        "measure": measure,
        "rounds": [_shown(found, measure, reasons.get(found.vote.number, [])) for found in rounds],
        "inside": inside,
        "actions": measure.actions.exists() if measure.adopted_at else False,
        "objects": measure.state == MeasureState.MEDIATION
        and practitioner is not None
        and _objects(rounds[0].vote, practitioner),
        **(_named(request, closed) if inside else {}),
    }
    return render(request, "measures/outcome.html", context)


def _shown(found: Round, measure: Measure, reasons: list[outcomes.Objection]) -> dict[str, Any]:
    sides = [standings.of_result(side, found.vote.method) for side in found.sides]
    running = found.closing is None and measure.state == MeasureState.OPEN
    return {
        "round": found,
        "vote": found.vote,
        "closing": found.closing,
        "running": running,
        "stopped": found.closing is None and not running,
        "sides": sides,
        "missing": [side.name for side in sides if not side.standing.reached],
        "tabled": [side for side in sides if side.told],
        "reasons": reasons,
        "withdrawn": found.objected - found.standing,
        "standing": standings.objections_sentence(found.standing) if found.standing else "",
    }


def _named(request: HttpRequest, closed: list[Round]) -> dict[str, Any]:
    """Return who voted how in the last open vote that was counted, or in the round that was asked for."""
    votes = {str(found.vote.number): found.vote for found in closed if found.vote.secrecy == Secrecy.NAMED}
    if not votes:
        return {}
    shown = votes.get(request.GET.get("round", "")) or next(iter(votes.values()))
    page = Page.of(outcomes.named(shown), request.GET.get("page"), NAMES_SHOWN)
    rows = [
        {"ballot": row, "choice": COUNTED_AS[Choice(row.choice)], "side": row.region or standings.ABROAD}
        for row in page.rows
    ]
    return {"names": rows, "named_vote": shown, "named_rounds": list(votes.values()), "page_obj": page}


@sensitive_variables("mine")
@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def objection(request: HttpRequest, practitioner: Practitioner, slug: str) -> HttpResponse:
    """Take back one's own objection during the mediation; GET asks. Nobody else has this page."""
    measure, _member = readable(slug, request.user)
    last = selectors.running_vote(measure)
    mine = services.my_ballot(last, practitioner) if last and measure.state == MeasureState.MEDIATION else None
    if last is None or mine is None or mine.choice != Choice.BLOCK:
        if request.method == "POST" and last is not None and last.closings.exists():
            # The second of two clicks; whoever never objected changes nothing either.
            return redirect("measures:outcome", slug=measure.slug)
        raise Http404
    if request.method != "POST":
        context = {"measure": measure, "reason": mine.reason, "named": last.secrecy == Secrecy.NAMED}
        return render(request, "measures/objection_withdraw.html", context)
    try:
        measure = services.withdraw_objection(vote=last, practitioner=practitioner)
    except DomainError as error:
        messages.info(request, str(error))
    else:
        adopted = measure.state == MeasureState.ADOPTED
        messages.success(
            request,
            gettext("You have taken your objection back. It was the last one: the measure is adopted.")
            if adopted
            else gettext("You have taken your objection back; you abstain now."),
        )
    return redirect("measures:outcome", slug=measure.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Withdraw a measure that is not adopted: its lead author or, once it is shared, a national coordinator."""
    measure, _practitioner = readable(slug, request.user)
    lead = selectors.authors(measure).first()
    if measure.adopted_at or not policies.can_withdraw(
        request.user, measure, lead_user_id=lead.practitioner.user_id if lead else None
    ):
        raise Http404
    if measure.state == MeasureState.WITHDRAWN:
        # The second of two clicks, or somebody else was quicker.
        return redirect(measure)
    form = WithdrawForm(request.POST or None, required=measure.state != MeasureState.DRAFT)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw_measure(measure=measure, by=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("The measure is withdrawn."))
            return redirect(measure)
    context = {"measure": measure, "form": form, "voting": measure.state == MeasureState.OPEN}
    return render(request, "measures/measure_withdraw.html", context)
