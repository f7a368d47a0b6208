"""What the desk does for somebody who entered on paper, and may have neither telephone nor e-mail: what others do on their own pages.

And for everybody whom no code has reached: their contact is put right.
"""

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext

from campaigns import outcomes, policies, services
from campaigns.enums import ENTRY_MOVES, EntryMove, EntryState
from campaigns.forms import ToldComplaintForm, ToldContactForm
from campaigns.models import Complaint, Entry
from campaigns.views.corrections import around_correction, take_correction
from network.enums import DomainError

if TYPE_CHECKING:
    from campaigns.admin.entries import EntryAdmin


def urls(page: "EntryAdmin") -> list[Any]:
    def shown(call: Any) -> Any:
        return page.admin_site.admin_view(lambda request, object_id: call(page, request, object_id))

    return [
        path("<path:object_id>/correct/", shown(_correct), name="campaigns_entry_correct"),
        path("<path:object_id>/complain/", shown(_complain), name="campaigns_entry_complain"),
        path("<path:object_id>/contact/", shown(_contact), name="campaigns_entry_contact"),
    ]


def _acts(page: "EntryAdmin", request: HttpRequest, entry: Entry) -> bool:
    return page._allows(request, "change") and policies.acts_for(request.user, entry)


def _corrects_contact(page: "EntryAdmin", request: HttpRequest, entry: Entry) -> bool:
    return page._allows(request, "change") and policies.corrects_contact(request.user, entry)


def around(page: "EntryAdmin", request: HttpRequest, entry: Entry) -> dict[str, Any]:
    """Return what the page of an entry offers to those who act for its sender, and what was written down for them."""
    proves = {"proves": entry.state == EntryState.RECEIVED and _corrects_contact(page, request, entry)}
    if not _acts(page, request, entry):
        return proves
    now = timezone.now()
    outcome = outcomes.outcomes([entry], now)[entry.pk]
    return {
        **proves,
        "acts": True,
        "can": {
            "correct": policies.can_correct(entry, entry.campaign, now),
            "withdraw": entry.state in ENTRY_MOVES[EntryMove.WITHDRAW].sources,
            "leave": entry.in_gallery,
            "complain": outcome.may_complain,
            "appeal": outcome.may_appeal,
        },
        "complaints": list(Complaint.objects.filter(entry=entry).order_by("pk")),
    }


def _in_hand(page: "EntryAdmin", request: HttpRequest, object_id: str) -> Entry:
    entry: Entry = page.get_object_in_reach(request, object_id)
    if not _acts(page, request, entry):
        raise Http404
    return entry


def _page(page: "EntryAdmin", request: HttpRequest, entry: Entry, name: str, **more: Any) -> HttpResponse:
    context = {**page.admin_site.each_context(request), "opts": page.opts, "object": entry, "entry": entry, **more}
    return TemplateResponse(
        request, f"admin/campaigns/entry/{name}.html", context, status=400 if more["form"].errors else 200
    )


def _kept(page: "EntryAdmin", request: HttpRequest, entry: Entry, step: str, sentence: str) -> HttpResponse:
    page._log(request, [entry], CHANGE, step)
    messages.success(request, sentence)
    return redirect("admin:campaigns_entry_change", entry.pk)


def _correct(page: "EntryAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Change the answers until the close, in the form that entrants have themselves."""
    entry = _in_hand(page, request, object_id)
    if request.method != "POST" and not policies.can_correct(entry, entry.campaign, timezone.now()):
        return redirect("admin:campaigns_entry_change", entry.pk)
    form, kept = take_correction(request, entry, by=request.user)
    if kept:
        return _kept(page, request, entry, "correct", gettext("Corrected. The receipt can be printed again."))
    around_form = around_correction(entry, form)
    return _page(page, request, **around_form, name="correct", title=gettext("Correct it for its sender"))


def _contact(page: "EntryAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Put right how somebody is reached whom no code has reached, or send one more there."""
    entry = page.get_object_in_reach(request, object_id)
    if not _corrects_contact(page, request, entry):
        raise Http404
    shown = {"phone": entry.phone, "email": entry.email}
    form = ToldContactForm(request.POST if request.method == "POST" else None, initial=shown)
    if form.is_bound and form.is_valid():
        try:
            entry = services.correct_contact(entry=entry, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            reached = entry.phone or entry.email
            sentence = gettext("Saved. A new code is on its way there.") if reached else gettext("Saved.")
            return _kept(page, request, entry, "contact", sentence)
    elif not form.is_bound and entry.state != EntryState.RECEIVED:
        return redirect("admin:campaigns_entry_change", entry.pk)
    return _page(page, request, entry, "contact", form=form, title=gettext("Correct their contact"))


def _complain(page: "EntryAdmin", request: HttpRequest, object_id: str) -> HttpResponse:
    """Write down what its sender says of the results, or of being disqualified; in time by the server's clock."""
    entry = _in_hand(page, request, object_id)
    received_at = getattr(request, "received_at", timezone.now())
    outcome = outcomes.outcomes([entry], received_at)[entry.pk]
    if request.method == "POST":
        form = ToldComplaintForm(request.POST)
        if form.is_valid() and _written(entry, form, request, received_at):
            return _kept(page, request, entry, "complain", gettext("Written down. The answer will stand on this page."))
    elif not (outcome.may_complain or outcome.may_appeal):
        return redirect("admin:campaigns_entry_change", entry.pk)
    else:
        form = ToldComplaintForm(initial={"uid": uuid.uuid4()})
    title = gettext("Appeal of its sender") if outcome.may_appeal else gettext("Complaint of its sender")
    return _page(page, request, entry, "complain", form=form, outcome=outcome, title=title)


def _written(entry: Entry, form: ToldComplaintForm, request: HttpRequest, received_at: Any) -> Complaint | None:
    try:
        return services.receive_complaint(entry=entry, received_at=received_at, by=request.user, **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, str(error))
        return None
