"""A desk as its collector works it, phone in hand: a code, a count, a receipt, the sheet of the day.

What is not at this desk is not there: no other desk, no entry but by its whole code, and of that no more than its name.
"""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from campaigns import chain, judging_selectors, policies, services
from campaigns.enums import OUT_STATES, EntryState
from campaigns.forms import BroughtForm, CodeForm, CorrectCountForm, DayForm, DeskCodeForm
from campaigns.models import Desk, Entry, HandIn
from network import codes
from network.enums import DomainError

# What is done about a contact that is not proved yet → what is said when it is done.
PROVING = {"prove": _("The contact is confirmed."), "again": _("A new code is on its way.")}


def _of_desk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view the desk that its address names, if the reader collects there today; else it is not there."""

    @wraps(view)
    def found(request: HttpRequest, desk: int, **given: Any) -> HttpResponse:
        rows = Desk.objects.kept_by(request.user, timezone.localdate()).select_related("campaign", "municipality")
        return view(request, get_object_or_404(rows, pk=desk), **given)

    return never_cache(found)


@never_cache
@require_safe
def desk_list(request: HttpRequest) -> HttpResponse:
    """The desks at which the reader collects today; to anybody else the page is not there."""
    desks = Desk.objects.kept_by(request.user, timezone.localdate()).select_related("campaign", "municipality")
    rows = list(desks.order_by("pk"))
    if not rows:
        raise Http404
    return render(request, "campaigns/desk_list.html", {"desks": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@_of_desk
def desk(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Type a code; below it the last receipts."""
    form = DeskCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        if Entry.objects.filter(campaign=desk.campaign_id, code=code).exists():
            return redirect("desks:count", desk.pk, code)
        form.add_error("code", gettext("No entry of this campaign has this code. Please compare it."))
    context = {
        "desk": desk,
        "form": form,
        "receipts": chain.last_receipts(desk),
        "takes": policies.takes_in(desk.campaign),
    }
    return render(request, "campaigns/desk_detail.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_desk
def count(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Count what one entry brings. GET shows whose it is and what was counted before."""
    rows = Entry.objects.filter(campaign=desk.campaign_id).select_related("campaign")
    entry = get_object_or_404(rows, code=codes.as_kept(code) or "-")
    step = request.POST.get("do", "") if request.method == "POST" else ""
    if step in PROVING:
        return _proved(request, desk, entry, step)
    form = BroughtForm(request.POST) if step == "count" else BroughtForm(initial={"uid": uuid.uuid4()})
    if step == "count" and form.is_valid():
        try:
            row = services.count_hand_in(desk=desk, entry=entry, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return redirect("desks:receipt", desk.pk, row.number)
    before = chain.hand_ins_of([entry])[entry.pk]
    missing = chain.missing_of([entry])
    context = {
        "desk": desk,
        "entry": entry,
        "form": form,
        "counted": sum(row.pieces for row in before),
        # Receipts of other desks are theirs.
        "before": [row for row in before if row.desk_id == desk.pk],
        "missing": missing[entry.pk],
        "out": entry.state in OUT_STATES,
        "left_out": judging_selectors.left_out([entry], missing).get(entry.pk),
        "to_prove": _to_prove(entry),
        "code_form": CodeForm(),
    }
    return render(request, "campaigns/desk_count.html", context, status=400 if form.errors else 200)


def _to_prove(entry: Entry) -> bool:
    return entry.state == EntryState.RECEIVED and bool(entry.phone or entry.email)


def _proved(request: HttpRequest, desk: Desk, entry: Entry, step: str) -> HttpResponse:
    """Take the six digits that the sender reads out, or send new ones: whoever has no network proves their contact at the desk."""
    try:
        if step == "prove":
            services.confirm_contact(entry=entry, typed=request.POST.get("code", ""))
        else:
            services.send_proof_again(entry=entry)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, PROVING[step])
    return redirect("desks:count", desk.pk, entry.code)


def _row(desk: Desk, number: int) -> HandIn:
    rows = HandIn.objects.select_related("desk", "entry__campaign", "corrects__desk")
    return get_object_or_404(rows, desk=desk, number=number)


@require_safe
@_of_desk
def receipt(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """One receipt, to be printed or read out; how to put it right stands below."""
    row = _row(desk, number)
    first = chain.as_it_stands(row.corrects or row)
    first.desk = desk
    context = {
        "desk": desk,
        "row": row,
        "first": first,
        "entry": row.entry,
        "campaign": desk.campaign,
        "corrections": list(HandIn.objects.filter(corrects=first).select_related("desk").order_by("pk")),
        "missing": chain.missing_of([row.entry])[row.entry_id],
        "to_prove": _to_prove(row.entry),
    }
    return render(request, "campaigns/desk_receipt.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_of_desk
def correct_receipt(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Write what a receipt should have said: it stays, a new one is added."""
    row = _row(desk, number)
    first = chain.as_it_stands(row.corrects or row)
    first.desk = desk
    initial = {
        "uid": uuid.uuid4(),
        "seen": first.corrections.count(),
        "brought": first.brought_now,  # type: ignore[attr-defined]
        "pieces": first.pieces_now,  # type: ignore[attr-defined]
    }
    form = CorrectCountForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.correct_hand_in(row=first, by=request.user, **form.cleaned_data)
        except DomainError as error:
            form.refuse(error, first.corrections.count())
        else:
            messages.success(request, gettext("Corrected, under a receipt of its own."))
            return redirect("desks:receipt", desk.pk, made.number)
    context = {"desk": desk, "row": first, "entry": row.entry, "form": form}
    return render(request, "campaigns/desk_correct.html", context, status=400 if form.errors else 200)


@require_safe
@_of_desk
def day(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The sheet of a day: every receipt in its order, corrections too, and the sums."""
    today = timezone.localdate()
    form = DayForm(request.GET) if "on" in request.GET else DayForm(initial={"on": today})
    chosen = form.cleaned_data["on"] if form.is_bound and form.is_valid() else today
    context = {"desk": desk, "form": form, "day": chosen, "sheet": chain.day_sheet(desk, chosen)}
    return render(request, "campaigns/desk_day.html", context, status=400 if form.errors else 200)
