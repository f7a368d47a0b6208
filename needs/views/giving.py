"""What a facility gives to others of its surplus: its keepers send it as a partner sends what they pledged."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from facilities.models import Facility
from needs import balances, selectors
from needs.views import sending
from needs.views.reached import in_room
from network import answering


def of_given(step: Callable[..., HttpResponse]) -> Any:
    """Give a step the pledge that its address names, if it is of this facility's surplus; then back to the room."""

    @require_POST
    @in_room
    @wraps(step)
    def found(request: HttpRequest, facility: Facility, pledge: int, **more: Any) -> HttpResponse:
        row = selectors.given_by(facility).filter(pk=pledge).first()
        if row is None:
            raise Http404
        return step(request, row, by=request.user, to=reverse("needs:room", args=[facility.code]), **more)

    return found


def shown(request: HttpRequest, facility: Facility) -> list[dict[str, Any]]:
    """Return what the room shows of what is promised from the facility's surplus and has not all arrived."""
    pledges = list(selectors.given_by(facility))
    sums = balances.of_pledges(pledges)
    base, typed = reverse("needs:room", args=[facility.code]) + "gives/", answering.typed_before(request)
    return [
        {
            **sending.row(pledge, sums[pledge.pk], base=f"{base}{pledge.pk}/", typed=typed),
            "to": selectors.told_facility(pledge.need.facility, request.user),
        }
        for pledge in pledges
    ]


deliver_given = of_given(sending.deliver)
take_back_given = of_given(sending.take_back)
call_off_given = of_given(sending.call_off)
