"""A partner's way without an account: one form, a code to prove the contact, and what can be done with the pledge afterwards."""

import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from facilities import policies as facility_policies
from facilities.enums import Audience
from needs import balances, selectors, services
from needs.enums import PledgeState
from needs.forms import HandOverForm, LookupForm, PledgeForm, ProofForm
from needs.models import Pledge
from needs.views import sending
from network import answering, codes, opened, validators
from network.enums import DomainError

# The pledges that this browser may open, by the id in its session: it has sent them, or looked them up.
SESSION_KEY = "pledges"
MINE = "pledges:mine"


def _open_in(request: HttpRequest, pledge: Pledge) -> None:
    opened.keep_open(request, SESSION_KEY, pledge.pk)


def limited(request: HttpRequest) -> None:
    """Count a try of this address; too many are answered with 429."""
    ratelimit.consume(request, app="allauth.account", action="pledge", raise_exception=True)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def pledge(request: HttpRequest, need: str) -> HttpResponse:
    """The form of a pledge. The same form sent twice is one pledge."""
    row = selectors.public_need(need.upper())
    if row is None:
        raise Http404
    form = PledgeForm(initial={"uid": uuid.uuid4()})
    if request.method == "POST":
        limited(request)
        form = PledgeForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = services.offer_pledge(
                    need=row, uid=data["uid"], giver=form.giver(), quantity=data["quantity"], ready_on=data["ready_on"]
                )
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                _open_in(request, made)
                return redirect("pledges:mine")
    context = {
        "need": row,
        "form": form,
        "balance": balances.of_need(row),
        "place": facility_policies.place_for(row.facility, Audience.PUBLIC),
    }
    return render(request, "needs/pledge.html", context, status=400 if form.errors else 200)


def _contact(typed: str) -> dict[str, str]:
    if "@" in typed:
        return {"email": typed.strip().lower()}
    try:
        return {"phone": validators.phone_number(typed)}
    except ValidationError:
        return {}


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """Open a pledge by its code and the contact given with it. Which of both is wrong is not said, nor whether the code exists."""
    form = LookupForm(request.POST or None)
    if request.method == "POST":
        limited(request)
        if form.is_valid():
            contact = _contact(form.cleaned_data["contact"])
            rows = Pledge.objects.filter(code=codes.as_kept(form.cleaned_data["code"]) or "-", **contact)
            found = rows.first() if contact else None
            if found:
                _open_in(request, found)
                return redirect("pledges:mine")
            form.add_error(None, gettext("No pledge is found under this code and this contact. Please compare both."))
    context = {"form": form, "opened": bool(opened.opened(request, SESSION_KEY))}
    return render(request, "needs/lookup.html", context, status=400 if form.errors else 200)


def _opened(request: HttpRequest) -> list[Pledge]:
    return selectors.pledges_by_id(opened.opened(request, SESSION_KEY))


@login_not_required
@never_cache
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close what this browser has open: whoever holds the device next finds nothing of it."""
    opened.close(request, SESSION_KEY)
    messages.success(request, gettext("Nothing of yours is open on this device any more."))
    return redirect("pledges:lookup")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def mine(request: HttpRequest) -> HttpResponse:
    """Show the pledges that this browser has open: what counts of them, what is on its way, what can be done."""
    pledges = _opened(request)
    if not pledges:
        return redirect("pledges:lookup")
    typed = answering.typed_before(request)
    return render(request, "needs/mine.html", {"rows": [_row(each, typed) for each in pledges]})


def _row(pledge: Pledge, typed: Mapping[str, Any]) -> dict[str, Any]:
    base = reverse("pledges:lookup") + f"{pledge.code}/"
    return {
        **sending.row(pledge, balances.of_pledge(pledge), base=base, typed=typed),
        "to_prove": pledge.state == PledgeState.OFFERED,
        "proof_form": ProofForm(auto_id=f"id_{pledge.code}_%s"),
    }


def of_mine(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the pledge that its address names, if this browser has it open; else it is not there."""

    @wraps(view)
    def found(request: HttpRequest, code: str, **more: Any) -> HttpResponse:
        pledge = next((row for row in _opened(request) if row.code == codes.as_kept(code)), None)
        if pledge is None:
            raise Http404
        return view(request, pledge, **more)

    return login_not_required(never_cache(require_POST(found)))


@sensitive_post_parameters("code")
@of_mine
def prove(request: HttpRequest, pledge: Pledge) -> HttpResponse:
    """Prove the contact with the six digits that were sent to it."""
    limited(request)
    typed = request.POST.get("code", "")
    sentence = gettext("Thank you. Your pledge counts from now on.")
    return answering.done(request, sentence, lambda: services.confirm_contact(pledge=pledge, typed=typed), MINE)


@of_mine
def prove_again(request: HttpRequest, pledge: Pledge) -> HttpResponse:
    limited(request)
    sentence = gettext("A new code is on its way.")
    return answering.done(request, sentence, lambda: services.send_proof_again(pledge=pledge), MINE)


@of_mine
def take_back(request: HttpRequest, pledge: Pledge) -> HttpResponse:
    return sending.take_back(request, pledge, by=None, to=MINE)


@of_mine
def deliver(request: HttpRequest, pledge: Pledge) -> HttpResponse:
    return sending.deliver(request, pledge, by=None, to=MINE)


@of_mine
def call_off(request: HttpRequest, pledge: Pledge, delivery: int) -> HttpResponse:
    return sending.call_off(request, pledge, delivery, by=None, to=MINE)


# --- hand-overs ---------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    """A carrier takes goods over, with the code that they are shown."""
    form = HandOverForm(request.POST or None)
    if request.method == "POST":
        limited(request)
        if form.is_valid():
            try:
                by = request.user if request.user.is_authenticated else None
                leg = services.hand_over(by=by, **form.cleaned_data)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                return redirect("handovers:receipt", leg.code)
    return render(request, "needs/hand_over.html", {"form": form}, status=400 if form.errors else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """The receipt of a hand-over, for whoever has its code; it can be printed and names no person but the carrier."""
    limited(request)
    leg = selectors.receipt(codes.as_kept(code) or "-")
    if leg is None:
        raise Http404
    entries = {entry.kind: entry.quantity for entry in leg.entries.all()}
    context = {"leg": leg, "delivery": leg.delivery, "need": leg.delivery.pledge.need, "entries": entries}
    return render(request, "needs/receipt.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD"])
def slip(request: HttpRequest, code: str) -> HttpResponse:
    """The slip that goes with the goods: what, how many, where to, and the code that is typed there."""
    limited(request)
    leg = selectors.slip(codes.as_kept(code) or "-")
    if leg is None:
        raise Http404
    need = leg.delivery.pledge.need
    context = {
        "leg": leg,
        "delivery": leg.delivery,
        "need": need,
        "place": facility_policies.place_for(need.facility, Audience.PUBLIC),
    }
    return render(request, "needs/slip.html", context)
