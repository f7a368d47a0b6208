"""A campaign's pages at the desk for what lies on paper: forms that are typed fast, receipts that are printed, the chain of numbers."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext

from campaigns import chain, policies, selectors, services
from campaigns.admin.subpages import around, subpage
from campaigns.enums import Via
from campaigns.forms import PaperForm
from campaigns.forms.entries import ABROAD
from campaigns.models import Campaign, Entry
from campaigns.views import photos
from campaigns.views.entries import scan_address
from network import policies as network_policies
from network.enums import DomainError

if TYPE_CHECKING:
    from campaigns.admin.campaigns import CampaignAdmin

STAGES = ("declared", "brought", "counted", "given")


def urls(page: "CampaignAdmin") -> list[Any]:
    return [
        subpage(page, _chain, "chain"),
        subpage(page, _paper, "paper"),
        subpage(page, _receipt, "receipt", "paper/<int:number>"),
    ]


def may_type(page: "CampaignAdmin", request: HttpRequest, campaign: Campaign, at: datetime) -> bool:
    """Tell whether a coordinator may type forms of this campaign: of their sides, or as a national one of people abroad."""
    user = request.user
    own = bool(network_policies.regions(user)) or network_policies.is_national(user)
    return own and page._allows(request, "change") and policies.takes_entries(campaign, at)


# --- the chain ----------------------------------------------------------------------------------------------------------


def _chain(page: "CampaignAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    campaign = page.get_object_in_reach(request, object_id)
    sides = chain.of_campaign(campaign, request.user)
    whole = chain.total(sides, gettext("all shown here"))
    others = chain.of_others(
        campaign, request.user, gettext("of these: from abroad, from sides not shown here, or out of the contest")
    )
    words = (
        pgettext("pieces", "declared"),
        gettext("brought"),
        pgettext("pieces", "counted"),
        gettext("given out"),
    )
    most = max((getattr(whole, stage) or 0 for stage in STAGES), default=0)
    bars = [
        {
            "name": name,
            "number": getattr(whole, stage),
            "width": max(getattr(whole, stage), 0) * 100 / most if most else 0,
        }
        for stage, name in zip(STAGES, words, strict=True)
    ]
    context = around(
        page, request, campaign, gettext("Chain of numbers"), sides=sides, whole=whole, bars=bars, others=others
    )
    return TemplateResponse(request, "admin/campaigns/campaign/chain.html", context)


# --- forms on paper -----------------------------------------------------------------------------------------------------


def _last_typed(campaign: Campaign, request: HttpRequest) -> Entry | None:
    """Return the form that this coordinator typed last."""
    rows = Entry.objects.filter(campaign=campaign, clerk=request.user, via=Via.PAPER).select_related("campaign")
    return rows.order_by("-pk").first()


def _paper(page: "CampaignAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """One form after the other: what was saved last stands above the next, which begins with the same municipality."""
    received_at = getattr(request, "received_at", timezone.now())
    campaign = page.get_object_in_reach(request, object_id)
    if not may_type(page, request, campaign, received_at):
        raise Http404
    last = _last_typed(campaign, request)
    given = {
        "campaign": campaign,
        "questions": selectors.questions(campaign),
        "sides": network_policies.regions(request.user),
        "abroad": network_policies.is_national(request.user),
    }
    uid, beside = photos.form_uid(request), []
    if request.method == "POST":
        posted = request.POST.copy()
        posted["uid"] = str(uid)
        form = PaperForm(posted, request.FILES, **given)
        beside_form = "drop" in posted or posted.get("do") == "add"
        sent = selectors.sent_before(campaign, uid)
        if refused := sent and (beside_form or not form.is_valid() or not services.is_of(sent, form.entrant())):
            # Another form over one that is saved, in an old tab: it goes on under a uid of its own.
            posted["uid"] = uid = uuid.uuid4()
            form.add_error(None, str(services.SentAlready()))
        photos.keep_all(request, form, campaign, uid, received_at, request.user)
        if "drop" in posted:
            photos.drop_asked(request, campaign, uid, received_at, request.user)
        if beside_form and not refused:
            # Only what is wrong with photos is said of a form that is not sent yet.
            for sentence in form.errors.get("photos", []):
                messages.error(request, sentence)
            form = PaperForm(initial={**form.typed(), "uid": uid}, **given)
        elif form.is_valid() and _typed(campaign, form, request, received_at):
            return redirect("admin:campaigns_campaign_paper", campaign.pk)
        beside = photos.beside(campaign, uid)
    else:
        place = (last.municipality_id or ABROAD) if last else ""
        form = PaperForm(initial={"uid": uid, "municipality": str(place)}, **given)
    context = around(page, request, campaign, gettext("Type paper forms"), form=form, last=last, photos=beside)
    return TemplateResponse(request, "admin/campaigns/campaign/paper.html", context, status=400 if form.errors else 200)


def _typed(campaign: Campaign, form: PaperForm, request: HttpRequest, received_at: datetime) -> bool:
    try:
        services.receive_entry(
            campaign=campaign,
            uid=form.cleaned_data["uid"],
            entrant=form.entrant(),
            answers=form.answers(),
            in_gallery=form.cleaned_data.get("in_gallery", False),
            received_at=received_at,
            by=request.user,
        )
    except DomainError as error:
        form.add_error(None, str(error))
        return False
    return True


def _receipt(page: "CampaignAdmin", request: HttpRequest, object_id: str, number: int) -> HttpResponse:
    """The receipt of a form that was typed here, to be printed for its sender."""
    campaign = page.get_object_in_reach(request, object_id)
    rows = Entry.objects.editable_by(request.user).filter(campaign=campaign, via=Via.PAPER)
    entry = get_object_or_404(rows.select_related("municipality"), pk=number)
    context = around(
        page,
        request,
        campaign,
        gettext("Receipt"),
        entry=entry,
        address=scan_address(entry),
        lookup=settings.SITE_URL + reverse("entries:lookup"),
        desks=chain.desks_of([campaign.pk], timezone.localdate()).get(campaign.pk, []),
    )
    return TemplateResponse(request, "admin/campaigns/campaign/receipt.html", context)
