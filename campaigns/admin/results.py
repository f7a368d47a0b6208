"""A campaign's pages at the desk for what comes of it: the decision of two people, prizes, complaints, disqualification.

Who runs the campaign sees and does all; other coordinators of a contest of all sides read what concerns entries of their side.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from campaigns import outcomes, policies, returning, services, shortlists
from campaigns.admin.subpages import around, subpage
from campaigns.enums import (
    AWARD_MOVES,
    AwardMove,
    AwardState,
    CampaignState,
    ComplaintKind,
    ComplaintState,
    DecisionState,
)
from campaigns.forms import AnswerForm, DeliverForm, DisqualifyForm, PromiseForm, first_error
from campaigns.models import Award, Campaign, Complaint, Decision, Entry
from network import answering, codes as network_codes, policies as network_policies, sending
from network.admin_fields import number
from network.admin_scoping import typed_reason
from network.enums import DomainError

if TYPE_CHECKING:
    from campaigns.admin.campaigns import CampaignAdmin

COMPLAINTS_A_PAGE = 25


def urls(page: "CampaignAdmin") -> list[Any]:
    return [
        subpage(page, _results, "results"),
        subpage(page, _proof, "proof", "results/<int:number>/proof"),
        subpage(page, _disqualify, "disqualify"),
    ]


def manages(page: "CampaignAdmin", request: HttpRequest, campaign: Campaign) -> bool:
    return page._allows(request, "change") and policies.can_manage(request.user, campaign)


def _reads_whole(request: HttpRequest, campaign: Campaign) -> bool:
    return policies.can_manage(request.user, campaign) or network_policies.reads_all(request.user)


def managed_campaign(page: "CampaignAdmin", request: HttpRequest, object_id: str) -> Campaign:
    """Return a campaign that this person runs. Raises Http404."""
    campaign: Campaign = page.get_object_in_reach(request, object_id)
    if not manages(page, request, campaign):
        raise Http404
    return campaign


# --- results and prizes ---------------------------------------------------------------------------------------------------


def _results(page: "CampaignAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    campaign = page.get_object_in_reach(request, object_id)
    if request.method == "POST":
        return _done(page, request, managed_campaign(page, request, object_id))
    whole, managed = _reads_whole(request, campaign), manages(page, request, campaign)
    awards, said = outcomes.for_the_desk(campaign, request.user, whole=whole)
    page_obj = Paginator(said, COMPLAINTS_A_PAGE).get_page(request.GET.get("page"))
    complaints = list(page_obj)
    decision = outcomes.standing_decision(campaign)
    context = around(
        page,
        request,
        campaign,
        gettext("Results and prizes"),
        whole=whole,
        managed=managed,
        decision=decision,
        round=outcomes.to_decide(campaign) if whole else None,
        lines=outcomes.lines(campaign, decision.sheet.sheet) if whole and decision else [],
        shortlist=shortlists.told(decision) if whole and decision else [],
        readable=_readable(request, awards, complaints),
        awards=[_award_row(award, managed=managed) for award in awards],
        page_obj=page_obj,
        complaints=_complaint_rows(request, campaign, complaints, managed=managed),
        can=_can(request, campaign, decision, awards) if managed else {},
    )
    return TemplateResponse(request, "admin/campaigns/campaign/results.html", context)


def _readable(request: HttpRequest, awards: list[Award], complaints: list[Complaint]) -> set[int]:
    """Return the entries that have a page for this reader."""
    ids = {row.entry_id for row in awards} | {row.entry_id for row in complaints}
    return set(Entry.objects.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True))


def _award_row(award: Award, *, managed: bool) -> dict[str, Any]:
    def open_to(step: AwardMove) -> bool:
        return managed and award.state in AWARD_MOVES[step].sources

    late = bool(award.answer_until and award.answer_until <= timezone.now())
    return {
        "award": award,
        "tell": open_to(AwardMove.TELL),
        "accept": open_to(AwardMove.ACCEPT),
        "decline": open_to(AwardMove.DECLINE),
        "lapse": open_to(AwardMove.LAPSE) and late,
        "promise": open_to(AwardMove.PROMISE),
        "deliver": open_to(AwardMove.DELIVER),
    }


def _complaint_rows(
    request: HttpRequest, campaign: Campaign, complaints: list[Complaint], *, managed: bool
) -> list[dict[str, Any]]:
    """Return the complaints of a page, each with whether this person may answer it, and of an appeal what upholding it would do."""
    involved = outcomes.involved(complaints)
    own = {row.pk for row in complaints if not policies.may_answer(row.kind, involved[row.pk], request.user.pk)}
    answered_here = [row for row in complaints if managed and not row.answer and row.pk not in own]
    appeals = {row.pk: row.entry for row in answered_here if row.kind == ComplaintKind.APPEAL}
    becomes = returning.returns(campaign, list(appeals.values()))
    return [
        {
            "complaint": row,
            "answer": row in answered_here,
            "own": managed and row.pk in own,
            "becomes": becomes[row.entry_id].sentence if row.pk in appeals else "",
        }
        for row in complaints
    ]


def _can(request: HttpRequest, campaign: Campaign, decision: Decision | None, awards: list[Award]) -> dict[str, bool]:
    judging = campaign.state == CampaignState.JUDGING
    proposed = decision is not None and decision.state == DecisionState.PROPOSED
    decided = decision is not None and decision.state == DecisionState.CONFIRMED
    untold = any(award.state == AwardState.DECIDED for award in awards)
    return {
        "propose": judging and decision is None,
        "confirm": proposed and decision is not None and outcomes.may_confirm(request.user, decision),
        "refuse": proposed,
        "tell": decided and untold,
        "publish": decided and judging and not untold,
    }


def _done(page: "CampaignAdmin", request: HttpRequest, campaign: Campaign) -> HttpResponse:
    """Do what a button of the page says."""
    steps: dict[str, Callable[[HttpRequest, Campaign], str]] = {
        "propose": _propose,
        "confirm": _confirm,
        "refuse": _refuse,
        "tell": _tell,
        "publish": _publish,
    }
    of_awards: dict[str, Callable[[HttpRequest, Award], str]] = {
        "told": _told,
        "accept": _accept,
        "decline": _decline,
        "lapse": _lapse,
        "promise": _promise,
        "deliver": _deliver,
    }
    step = request.POST.get("do", "")
    try:
        if step in steps:
            sentence = steps[step](request, campaign)
        elif step in of_awards:
            rows = Award.objects.filter(campaign=campaign).select_related("campaign", "entry")
            sentence = of_awards[step](request, get_object_or_404(rows, pk=number(request.POST.get("award", ""))))
        elif step == "answer":
            said = Complaint.objects.filter(campaign=campaign).select_related("campaign", "entry")
            sentence = _answer(request, get_object_or_404(said, pk=number(request.POST.get("complaint", ""))))
        else:
            raise Http404
    except DomainError as error:
        messages.error(request, str(error))
        answering.keep(request, request.path)
    else:
        if sentence:
            messages.success(request, sentence)
            page._log(request, [campaign], CHANGE, f"results: {step}")
        else:
            answering.keep(request, request.path)
    return redirect("admin:campaigns_campaign_results", campaign.pk)


def _propose(request: HttpRequest, campaign: Campaign) -> str:
    services.propose_results(campaign=campaign, by=request.user)
    return gettext("Proposed. A second person confirms it on this page.")


def _confirm(request: HttpRequest, campaign: Campaign) -> str:
    seen = request.POST.get("sha256", "")
    services.confirm_results(campaign=campaign, sha256=seen, by=request.user)
    return gettext("Decided. Nobody has been told yet.")


def _refuse(request: HttpRequest, campaign: Campaign) -> str:
    services.refuse_results(campaign=campaign, by=request.user, reason=typed_reason(request))
    return gettext("Refused. The results can be proposed again.")


def _tell(request: HttpRequest, campaign: Campaign) -> str:
    left = services.tell_winners(campaign=campaign, by=request.user)
    if left:
        messages.warning(request, gettext("Some have given no contact. Tell them in person, and mark it below."))
    return gettext("The winners are being told.")


def _publish(request: HttpRequest, campaign: Campaign) -> str:
    services.publish_results(campaign=campaign, by=request.user)
    return gettext("Published: everybody reads the results now.")


def _told(request: HttpRequest, award: Award) -> str:
    services.tell_in_person(award=award, by=request.user)
    return gettext("Marked as told in person.")


def _accept(request: HttpRequest, award: Award) -> str:
    services.answer_award(entry=award.entry, accepts=True, by=request.user)
    return gettext("Accepted, as the winner has told you. Neither name nor place is shown.")


def _decline(request: HttpRequest, award: Award) -> str:
    services.answer_award(entry=award.entry, accepts=False, by=request.user)
    return gettext("Declined, as the winner has told you. The prize goes to the next.")


def _lapse(request: HttpRequest, award: Award) -> str:
    services.lapse_award(award=award, by=request.user)
    return gettext("The prize goes to the next.")


def _promise(request: HttpRequest, award: Award) -> str:
    form = PromiseForm(request.POST)
    if not form.is_valid():
        raise services.NoDay
    services.promise_award(award=award, day=form.cleaned_data["day"], by=request.user)
    return gettext("Promised. The winner sees the day with the code of the entry.")


def _deliver(request: HttpRequest, award: Award) -> str:
    form = DeliverForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return ""
    upload = form.cleaned_data["proof"]
    services.deliver_award(
        award=award,
        upload=(upload.name, upload.read()),
        note=form.cleaned_data["note"],
        by=request.user,
    )
    return gettext("Handed over: the proof is kept.")


def _answer(request: HttpRequest, complaint: Complaint) -> str:
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return ""
    answered = services.answer_complaint(complaint=complaint, by=request.user, **form.cleaned_data)
    if answered.state == ComplaintState.UPHELD and answered.kind == ComplaintKind.APPEAL:
        entry = Entry.objects.select_related("campaign").get(pk=answered.entry_id)
        _say_of(request, returning.returns(entry.campaign, [entry])[entry.pk])
    return gettext("Answered: the entrant is being told.")


def _say_of(request: HttpRequest, found: returning.Return) -> None:
    """Say what became of an entry in the rounds: what it was taken back in for, or that nobody judges it any more."""
    if found.sentence:
        tell = messages.warning if found.is_over else messages.info
        tell(request, found.sentence)


def _proof(page: "CampaignAdmin", request: HttpRequest, object_id: str, number: int) -> HttpResponseBase:
    """Send the proof of a prize to whoever reads the prize."""
    campaign = page.get_object_in_reach(request, object_id)
    rows = Award.objects.all() if _reads_whole(request, campaign) else Award.objects.visible_to(request.user)
    award = get_object_or_404(rows.filter(campaign=campaign).exclude(stored=""), pk=number)
    return sending.attached(award.stored, award.filename, services.PROOF_FOLDER)


# --- disqualification -----------------------------------------------------------------------------------------------------


def _disqualify(page: "CampaignAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Choose entries by their codes and see what would happen; the second step does it."""
    campaign = managed_campaign(page, request, object_id)
    if request.method != "POST":
        return disqualification(page, request, campaign, codes=())
    form = DisqualifyForm(request.POST)
    wanted = outcomes.codes_in(form.cleaned_data["codes"]) if form.is_valid() else []
    seal = request.POST.get("seal", "")
    if wanted and seal:
        try:
            plan = services.disqualify_entries(
                campaign=campaign, wanted=wanted, reason=form.cleaned_data["reason"], seal=seal, by=request.user
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            page._log(request, [campaign], CHANGE, "disqualify")
            said = gettext("Disqualified: %(count)s. Each of them is being told.") % {"count": len(plan.going)}
            messages.success(request, said)
            return redirect("admin:campaigns_campaign_results", campaign.pk)
    return disqualification(page, request, campaign, codes=wanted, form=form)


def disqualification(
    page: Any, request: HttpRequest, campaign: Campaign, *, codes: Sequence[str], form: DisqualifyForm | None = None
) -> HttpResponse:
    """Show what would become of the entries of these codes, before anything is done."""
    plan = outcomes.plan(campaign, outcomes.codes_in("\n".join(codes))) if codes else None
    form = form or DisqualifyForm(initial={"codes": "\n".join(codes)})
    readable = {fate.entry.pk for fate in plan.fates} if plan else set()
    readable &= set(Entry.objects.visible_to(request.user).filter(pk__in=readable).values_list("pk", flat=True))
    context = around(
        page,
        request,
        campaign,
        gettext("Disqualify entries"),
        form=form,
        plan=plan,
        codes=" ".join(codes),
        readable=readable,
        rises=[{"prize": rise.prize, "code": network_codes.spelled(rise.entry)} for rise in plan.rises] if plan else [],
    )
    status = 400 if form.errors else 200
    return TemplateResponse(request, "admin/campaigns/campaign/disqualify.html", context, status=status)
