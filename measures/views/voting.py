"""Casting a vote, and asking with its receipt whether it was counted."""

from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from measures import ballots, outcomes, selectors, services
from measures.enums import Choice, MeasureState, Secrecy
from measures.forms import BallotForm, ReceiptForm
from measures.models import Measure, Version, Vote
from measures.views import documents, standings
from measures.views.found import readable
from network.decorators import member_page
from network.enums import DomainError
from network.models import Practitioner


def panel(request: HttpRequest, measure: Measure, practitioner: Practitioner | None) -> dict[str, Any]:
    """Return what the page of a measure says of a vote that runs.

    The same before and after the reader has voted, so that nobody who looks over their shoulder learns it.
    """
    if measure.state != MeasureState.OPEN or practitioner is None:
        return {}
    running = selectors.running_vote(measure)
    if running is None:
        return {}
    return {
        "vote": running,
        "over": running.closes_at <= timezone.now(),
        "mine": selectors.roll_entry(running, practitioner) is not None,
    }


@sensitive_post_parameters("choice", "reason")
@sensitive_variables("form", "mine")
@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def vote(request: HttpRequest, practitioner: Practitioner, slug: str) -> HttpResponse:
    """Show what is voted on and one's own vote; POST casts or changes it, and comes back here."""
    measure, _member = readable(slug, request.user)
    running = selectors.running_vote(measure)
    if running is None:
        raise Http404
    if measure.state != MeasureState.OPEN:
        return redirect("measures:outcome", slug=measure.slug)
    over = running.closes_at <= timezone.now()
    on_roll = selectors.roll_entry(running, practitioner) is not None
    mine = services.my_ballot(running, practitioner) if on_roll else None
    named = running.secrecy == Secrecy.NAMED
    if request.method == "POST":
        form = BallotForm(request.POST, method=running.method, named=named)
        if form.is_valid():
            try:
                services.cast_vote(
                    vote=running,
                    practitioner=practitioner,
                    choice=form.cleaned_data["choice"],
                    reason=form.cleaned_data.get("reason", ""),
                )
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                # Which one is not said: this sentence lies in a cookie until it is read.
                messages.success(request, gettext("Your vote is kept. Below you see it, and your receipt."))
                return redirect(request.path)
    else:
        initial = {"choice": mine.choice, "reason": mine.reason} if mine else None
        form = BallotForm(initial=initial, method=running.method, named=named)
    context = {
        "measure": measure,
        "vote": running,
        "over": over,
        "form": form if on_roll and not over else None,
        "on_roll": on_roll,
        "mine": _shown(mine) if mine else None,
        "named": named,
        "rules": standings.shown_rules(outcomes.in_order(running.rules.select_related("region"))),
        **_texts(running.version),
    }
    return render(request, "measures/vote.html", context)


def _shown(mine: services.Cast) -> dict[str, Any]:
    return {
        "choice": Choice(mine.choice).label,
        "reason": mine.reason,
        "receipt": ballots.receipt_shown(mine.receipt),
    }


def _texts(version: Version) -> dict[str, Any]:
    """Return what is voted on in the reader's language, and the same in the other."""
    own = (get_language() or "ar")[:2]
    both = {
        language: {
            "language": language,
            "direction": "rtl" if language == "ar" else "ltr",
            "title": getattr(version, f"title_{language}"),
            "text": documents.whole(getattr(version, f"text_{language}")),
            "reasons": documents.whole(getattr(version, f"reasons_{language}")),
            "evidence": documents.whole(getattr(version, f"evidence_{language}")),
        }
        for language in ("ar", "en")
    }
    return {"text": both[own], "other": both["en" if own == "ar" else "ar"]}


@login_not_required
@sensitive_post_parameters("code")
@sensitive_variables("form", "found")
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, slug: str) -> HttpResponse:
    """Say of a receipt what became of its vote, and nothing else. Asked by POST, so that no log and no history keeps it."""
    measure, _practitioner = readable(slug, request.user)
    votes = list(Vote.objects.filter(measure=measure).order_by("-number"))
    if not votes:
        raise Http404
    form = ReceiptForm(request.POST or None)
    context: dict[str, Any] = {"measure": measure, "form": form, "asked": False}
    if request.method == "POST" and form.is_valid():
        ratelimit.consume(request, app="allauth.account", action="vote_receipt", raise_exception=True)
        context |= {"asked": True, **_found(votes, form.cleaned_data["code"])}
    response = render(request, "measures/receipt.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _found(votes: list[Vote], typed: str) -> dict[str, Any]:
    for one in votes:
        standing = services.receipt_standing(vote=one, typed=typed)
        if standing:
            return {"standing": standing, "round": one.number}
    return {"standing": ""}
