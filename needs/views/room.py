"""The room of a facility: its focal point reports, receives and answers here, phone in hand; its side's coordinators may too."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from facilities.enums import FacilityState
from facilities.models import Facility
from needs import balances, policies, selectors, services
from needs.enums import ASSET_MOVES, AssetMove, NeedState
from needs.forms import (
    AssetForm,
    BrokenForm,
    CheckForm,
    GoneForm,
    NeedForm,
    QuantityForm,
    ReceiveForm,
    RecountForm,
    SurplusForm,
)
from needs.models import Asset, Need, Surplus
from needs.views import giving
from needs.views.pledges import limited
from needs.views.public import sent_photo
from needs.views.reached import in_room, where_it_comes
from network import answering
from network.enums import DomainError


@never_cache
@require_safe
def rooms(request: HttpRequest) -> HttpResponse:
    """The facilities that the reader keeps; where it is one, its room at once. To anybody else the page is not there."""
    rows = list(selectors.facilities_worked_by(request.user))
    if not rows:
        raise Http404
    if len(rows) == 1:
        return redirect("needs:room", rows[0].code)
    return render(request, "needs/rooms.html", {"rows": rows})


@require_safe
@where_it_comes
def room(request: HttpRequest, facility: Facility) -> HttpResponse:
    """What is needed, what comes, what is asked, what is to be sent to others, what is broken, what is left over.

    Of a closed facility only what still comes is left.
    """
    if facility.state != FacilityState.OPEN:
        return redirect("needs:receive", facility.code)
    context = {"facility": facility, "room": selectors.room(facility), "given": giving.shown(request, facility)}
    return render(request, "needs/room.html", context)


def _kept(
    request: HttpRequest, form: Any, call: Callable[[], Any], sentence: str, facility: Facility, to: Any = None
) -> HttpResponse | None:
    """Make one service call of a form that was sent; None where the form has to be shown again."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        made = call()
    except DomainError as error:
        if isinstance(form, QuantityForm):
            form.refuse(error, form.initial["seen"])
        else:
            form.add_error(None, str(error))
        return None
    messages.success(request, sentence)
    return redirect(to(made)) if to else redirect("needs:room", facility.code)


def _shown(request: HttpRequest, facility: Facility, form: Any, title: str, button: str, **more: Any) -> HttpResponse:
    context = {"facility": facility, "form": form, "title": title, "button": button, **more}
    return render(request, "needs/room_form.html", context, status=400 if form.errors else 200)


def _fresh(**more: Any) -> dict[str, Any]:
    return {"uid": uuid.uuid4(), **more}


@require_http_methods(["GET", "HEAD", "POST"])
@in_room
def report(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Report what is needed; from the page of a broken piece with it."""
    asset = _asset_named(request, facility)
    initial = _fresh(item=asset.item_id if asset else None)
    form = NeedForm(request.POST, request.FILES) if request.method == "POST" else NeedForm(initial=initial)

    def call() -> Need:
        data = form.cleaned_data
        need = services.report_need(
            facility=facility, uid=data["uid"], asked=form.asked(), by=request.user, asset=asset
        )
        if data["photo"] and not need.photo:
            try:
                services.set_photo(need=need, content=data["photo"].read(), by=request.user)
            except DomainError as error:
                # The need is kept whatever becomes of its photo.
                messages.error(request, str(error))
        return need

    done = _kept(request, form, call, gettext("Reported. Your side's coordinators verify it."), facility)
    title, button = gettext("Report a need"), gettext("Report it")
    return done or _shown(request, facility, form, title, button, files=True, asset=asset)


def _asset_named(request: HttpRequest, facility: Facility) -> Asset | None:
    named = request.GET.get("asset", "")
    if not (named.isascii() and named.isdigit() and len(named) < 18):
        return None
    return Asset.objects.filter(facility=facility, pk=int(named)).select_related("item").first()


def _of_room(rows: Any, facility: Facility, **known: Any) -> Any:
    row = rows.filter(facility=facility, **known).first()
    if row is None:
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@in_room
def correct(request: HttpRequest, facility: Facility, need: str) -> HttpResponse:
    row = _of_room(Need.objects.select_related("item", "facility"), facility, code=need.upper())
    # Counted before the quantity is read: whatever is entered in between has not been seen.
    seen = selectors.said_of(row).count()
    form = QuantityForm(request.POST or None, initial=_fresh(seen=seen, quantity=balances.of_need(row).asked))
    done = _kept(
        request,
        form,
        lambda: services.correct_need(need=row, by=request.user, **form.cleaned_data),
        gettext("Corrected, by an entry of its own."),
        facility,
    )
    return done or _shown(
        request, facility, form, gettext("Correct the quantity"), pgettext("a need", "Correct it"), about=row
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_room
def withdraw(request: HttpRequest, facility: Facility, need: str) -> HttpResponse:
    row = _of_room(Need.objects.select_related("item", "facility"), facility, code=need.upper())
    form = GoneForm(request.POST or None)
    done = _kept(
        request,
        form,
        lambda: services.withdraw_need(need=row, reason=form.cleaned_data["why"], by=request.user),
        gettext("Withdrawn."),
        facility,
    )
    return done or _shown(
        request, facility, form, gettext("Withdraw the need"), pgettext("a need", "Withdraw it"), about=row
    )


@never_cache
@require_safe
def photo(request: HttpRequest, need: str, size: str) -> HttpResponseBase:
    """Send the photo of a need to whoever works on it, verified or not."""
    return sent_photo(Need.objects.worked_by(request.user).filter(code=need.upper()).first(), size)


@require_http_methods(["GET", "HEAD", "POST"])
@where_it_comes
def receive(request: HttpRequest, facility: Facility) -> HttpResponse:
    """Type the code of the slip, and count what came."""
    form = ReceiveForm(request.POST or None)
    if request.method == "POST":
        limited(request)
    done = _kept(
        request,
        form,
        lambda: services.receive(by=request.user, **form.cleaned_data),
        gettext("Thank you. This is the receipt."),
        facility,
        to=lambda leg: leg_address(leg.code),
    )
    return done or _shown(request, facility, form, gettext("Something has come"), gettext("Confirm what came"))


def leg_address(code: str) -> str:
    return redirect("handovers:receipt", code).url


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer, thirty days after something came, whether it is in use; and later that more of it is."""
    row = selectors.check_to_answer(pk, request.user)
    if row is None:
        raise Http404
    need, came = row.delivery.pledge.need, balances.received_of(row.delivery)
    again = bool(row.cause) and not policies.lists_pieces(need.item, came)
    initial = {"works": came, "cause": row.cause}
    form = CheckForm(request.POST) if request.method == "POST" else CheckForm(initial=initial)
    done = _kept(
        request,
        form,
        lambda: services.answer_check(check=row, by=request.user, **form.cleaned_data),
        gettext("Thank you. That is kept."),
        need.facility,
    )
    title = gettext("Is it in use?")
    said = {"answered": row.answered_at and not again, "works": row.works if again else None}
    return done or _shown(request, need.facility, form, title, gettext("Answer"), about=need, came=came, **said)


# --- surplus ------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@in_room
def offer(request: HttpRequest, facility: Facility) -> HttpResponse:
    form = SurplusForm(request.POST) if request.method == "POST" else SurplusForm(initial=_fresh())
    done = _kept(
        request,
        form,
        lambda: services.offer_surplus(facility=facility, by=request.user, **form.cleaned_data),
        gettext("Kept. Where it fits a need, the coordinators of both sides are asked."),
        facility,
    )
    return done or _shown(request, facility, form, gettext("We have too much of something"), gettext("Offer it"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_room
def recount(request: HttpRequest, facility: Facility, pk: int) -> HttpResponse:
    row = _of_room(Surplus.objects.select_related("item"), facility, pk=pk)
    # Counted before the quantity is read: whatever is promised in between has not been seen.
    seen = row.entries.count()
    form = RecountForm(request.POST or None, initial=_fresh(seen=seen, quantity=balances.free(row)))
    done = _kept(
        request,
        form,
        lambda: services.correct_surplus(surplus=row, by=request.user, **form.cleaned_data),
        gettext("Corrected, by an entry of its own."),
        facility,
    )
    return done or _shown(
        request, facility, form, gettext("Correct the quantity"), pgettext("a surplus", "Correct it"), about=row
    )


# --- equipment ----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@in_room
def register(request: HttpRequest, facility: Facility) -> HttpResponse:
    form = AssetForm(request.POST) if request.method == "POST" else AssetForm(initial=_fresh())
    done = _kept(
        request,
        form,
        lambda: services.register_asset(facility=facility, by=request.user, **form.cleaned_data),
        gettext("Listed."),
        facility,
        to=lambda asset: redirect("needs:asset", asset.pk).url,
    )
    return done or _shown(request, facility, form, gettext("List equipment"), gettext("List it"))


def _asset(request: HttpRequest, pk: int) -> Asset:
    row = selectors.asset_to_work_on(pk, request.user)
    if row is None:
        raise Http404
    return row


@never_cache
@require_safe
def asset(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece: what happened to it from the first day, its needs, and how they were met, in one thread."""
    row = _asset(request, pk)
    open_needs = row.needs.exclude(state__in=[NeedState.WORKING, NeedState.WITHDRAWN])
    context = {
        "asset": row,
        "facility": row.facility,
        "lines": selectors.thread(row),
        "wanted": list(open_needs.select_related("item").order_by("pk")),
        "can": {move.value: row.state in ASSET_MOVES[move].sources for move in AssetMove},
        "broken_form": BrokenForm(auto_id="id_broken_%s"),
        "gone_form": GoneForm(answering.typed_before(request).get(f"retire-{row.pk}"), auto_id="id_gone_%s"),
    }
    return render(request, "needs/asset.html", context)


@never_cache
@require_POST
def asset_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Say that a piece is broken, works again, or is gone."""
    row = _asset(request, pk)
    calls: dict[str, Callable[[], Any]] = {
        AssetMove.BREAK: lambda: services.break_asset(asset=row, cause=request.POST.get("cause", ""), by=request.user),
        AssetMove.REPAIR: lambda: services.repair_asset(asset=row, by=request.user),
        AssetMove.RETIRE: lambda: services.retire_asset(
            asset=row, reason=request.POST.get("why", "")[:300], by=request.user
        ),
    }
    if step not in calls:
        raise Http404
    return answering.done(
        request,
        gettext("Kept. It stands in the thread."),
        calls[step],
        reverse("needs:asset", args=[row.pk]),
        f"{step}-{row.pk}",
    )
