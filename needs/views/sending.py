"""What can be done with a pledge once it counts, whoever gave it: send a part, call a delivery off, take the rest back."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from facilities.enums import FacilityState
from needs import balances, services
from needs.enums import COUNTING_STATES, DeliveryState, NeedState
from needs.forms import DeliverForm, TakeBackForm
from needs.models import Delivery, Pledge
from network import answering
from network.models import User


def row(pledge: Pledge, balance: balances.Balance, *, base: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a page shows of a pledge with its deliveries and legs; its forms go to addresses under `base`.

    `typed` is what was refused before, by the form.
    """
    waiting = sum(each.quantity for each in pledge.deliveries.all() if each.state == DeliveryState.PREPARED)
    over = pledge.need.state == NeedState.WITHDRAWN or pledge.need.facility.state == FacilityState.CLOSED
    left = balance.unsent - waiting if pledge.state in COUNTING_STATES and not over else 0
    return {
        "pledge": pledge,
        "base": base,
        "balance": balance,
        "left": left,
        "no_longer_needed": over and balance.sent < pledge.offered,
        "deliver_form": DeliverForm(
            typed.get(f"deliver-{pledge.pk}"),
            auto_id=f"id_{pledge.code}_go_%s",
            initial={"uid": uuid.uuid4(), "quantity": left},
        ),
        "take_form": TakeBackForm(
            typed.get(f"take-back-{pledge.pk}"),
            auto_id=f"id_{pledge.code}_no_%s",
            initial={"uid": uuid.uuid4(), "quantity": left},
        ),
        "deliveries": [
            {"delivery": each, **{leg.kind: leg for leg in each.legs.all()}} for each in pledge.deliveries.all()
        ],
    }


def _of_form(
    request: HttpRequest, form: Any, name: str, sentence: str, call: Callable[..., Any], to: str
) -> HttpResponse:
    if not form.is_valid():
        return answering.refused(request, str(next(iter(form.errors.values()))[0]), to, name)
    return answering.done(request, sentence, lambda: call(**form.cleaned_data), to, name)


def deliver(request: HttpRequest, pledge: Pledge, *, by: User | None, to: str) -> HttpResponse:
    """Prepare a part of the pledge for its carrier."""
    sentence = gettext("Prepared. Print the slip, and show the carrier the code.")

    def call(**typed: Any) -> Delivery:
        return services.prepare_delivery(pledge=pledge, by=by, **typed)

    return _of_form(request, DeliverForm(request.POST), f"deliver-{pledge.pk}", sentence, call, to)


def take_back(request: HttpRequest, pledge: Pledge, *, by: User | None, to: str) -> HttpResponse:
    """Take back what is not sent."""
    sentence = gettext("Taken back. Thank you for telling us.")

    def call(**typed: Any) -> Pledge:
        return services.take_back(pledge=pledge, by=by, **typed)

    return _of_form(request, TakeBackForm(request.POST), f"take-back-{pledge.pk}", sentence, call, to)


def call_off(request: HttpRequest, pledge: Pledge, delivery: int, *, by: User | None, to: str) -> HttpResponse:
    """Undo a delivery that no carrier has taken over."""
    found = Delivery.objects.filter(pledge=pledge, pk=delivery).first()
    if found is None:
        raise Http404
    return answering.done(request, gettext("Called off."), lambda: services.call_off(delivery=found, by=by), to)
