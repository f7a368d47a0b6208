"""What came of a contest: for everybody, and for each entrant what they may say to it, without an account."""

import uuid
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaigns import galleries, judging, outcomes, photos, policies, services, shortlists
from campaigns.enums import LIVE_AWARDS, AwardState
from campaigns.forms import ComplaintForm, PrizeForm
from campaigns.models import Campaign, Entry
from campaigns.views.entries import done, of_mine
from network.decorators import public_page
from network.enums import DomainError
from network.paging import Page

PHOTOS_A_PAGE = 24


def _published(slug: str) -> Campaign:
    campaign = outcomes.published(slug)
    if campaign is None:
        raise Http404
    return campaign


@login_not_required
@never_cache
@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has won which prize, by public code; how it was counted; until when it can be complained of.

    Nobody on the way keeps it: a consent that is taken back counts at once.
    """
    campaign = _published(slug)
    won, now = outcomes.winners(campaign), timezone.now()
    decision = outcomes.decided(campaign)
    context = {
        "campaign": campaign,
        "decision": decision,
        "shortlist": shortlists.told(decision) if decision else [],
        "won": won,
        "moved_up": any(award.moved_up_from_id for award in won),
        "by_lot": any(award.by_lot for award in won),
        "complaints_until": policies.complaints_until(campaign, campaign.results_at)
        if policies.takes_complaints(campaign, now)
        else None,
        "giving": galleries.prize_giving(campaign),
        "photos": galleries.gallery(campaign).exists(),
    }
    return render(request, "campaigns/results.html", context)


@public_page
def result_sheet(request: HttpRequest, slug: str) -> HttpResponse:
    """The sheet that was decided, byte for byte what its hash is of."""
    decision = outcomes.decided(_published(slug))
    if decision is None:
        raise Http404
    response = HttpResponse(judging.canonical(decision.sheet.sheet), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{slug}-results.json"'
    return response


@login_not_required
@never_cache
@require_safe
def gallery(request: HttpRequest, slug: str) -> HttpResponse:
    """The photos that their entrants allow to be shown; kept by nobody on the way either."""
    campaign = _published(slug)
    page = Page.of(galleries.gallery(campaign), request.GET.get("page"), PHOTOS_A_PAGE)
    context = {"campaign": campaign, "page_obj": page, "pictures": galleries.hung(campaign, page.rows)}
    return render(request, "campaigns/gallery.html", context)


@login_not_required
@require_safe
def gallery_photo(request: HttpRequest, slug: str, item: int, size: str) -> HttpResponseBase:
    """One size of a photo in the gallery; once its entrant takes the permission back it is not there any more."""
    row = galleries.gallery(_published(slug)).filter(pk=item).first()
    stored = row.photo.kept.get(size) if row else None
    if not stored:
        raise Http404
    return photos.served(stored, size.rpartition(".")[2], published=True)


# --- an entrant's own -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@of_mine
def prize(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Accept a prize, with what may be shown, or decline it."""
    award = outcomes.outcomes([entry], timezone.now())[entry.pk].award
    if award is None or award.state not in LIVE_AWARDS:
        return redirect("entries:mine")
    step = request.POST.get("do", "")
    if step == "decline":
        sentence = gettext("You have declined the prize. It goes to the next.")
        return done(request, sentence, lambda: services.answer_award(entry=entry, accepts=False))
    initial = {"name_shown": award.name_shown, "place_shown": award.place_shown}
    form = PrizeForm(request.POST) if step == "accept" else PrizeForm(initial=initial)
    if step == "accept" and form.is_valid():
        sentence = gettext("Thank you. What you have chosen is kept.")
        return done(request, sentence, lambda: services.answer_award(entry=entry, accepts=True, **form.cleaned_data))
    context = {
        "entry": entry,
        "campaign": entry.campaign,
        "award": award,
        "form": form,
        "declinable": award.state in (AwardState.TOLD, AwardState.ACCEPTED),
    }
    return render(request, "campaigns/prize.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@of_mine
def complain(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Write what is wrong with the results, or with one's own disqualification; in time by the server's clock."""
    received_at = getattr(request, "received_at", timezone.now())
    outcome = outcomes.outcomes([entry], received_at)[entry.pk]
    form = ComplaintForm(request.POST) if request.method == "POST" else ComplaintForm(initial={"uid": uuid.uuid4()})
    if request.method == "POST":
        ratelimit.consume(request, app="allauth.account", action="entry", raise_exception=True)
        if form.is_valid() and _complained(request, entry, form, received_at):
            return redirect("entries:mine")
    elif not (outcome.may_complain or outcome.may_appeal):
        return redirect("entries:mine")
    context: dict[str, Any] = {"entry": entry, "campaign": entry.campaign, "form": form, "outcome": outcome}
    return render(request, "campaigns/complain.html", context, status=400 if form.errors else 200)


def _complained(request: HttpRequest, entry: Entry, form: ComplaintForm, received_at: Any) -> bool:
    try:
        services.receive_complaint(entry=entry, received_at=received_at, **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, gettext("We have received what you wrote. The answer will stand here."))
    return True


@require_POST
@of_mine
def leave_gallery(request: HttpRequest, entry: Entry) -> HttpResponse:
    """Take back the permission to show one's photos."""
    sentence = gettext("Your photos are not shown any more.")
    return done(request, sentence, lambda: services.leave_gallery(entry=entry))
