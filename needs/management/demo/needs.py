"""Invented needs for the demo, made by the services."""

import uuid
from collections.abc import Sequence
from typing import Any

from facilities.models import Facility
from needs import notices, services
from needs.enums import Cause, LegKind, Priority
from needs.models import Item, Leg, Need, Pledge
from network.models import User


def load(*, facilities: Sequence[Facility], reporters: Sequence[User], desks: Sequence[User]) -> None:
    """Report and verify a few needs, list a broken device, offer a surplus, and let the matching propose it.

    The nth reporter keeps the nth facility; the nth desk coordinates its side and is somebody else. Items have to be loaded.
    """
    items = {code: Item.objects.get(code=code) for code in ("oxygen_concentrator", "air_conditioner", "incubator")}
    wanted = [
        ("oxygen_concentrator", 10, Priority.LIFE, "تعطّلت الأجهزة القديمة، والقسم ممتلئ."),
        ("air_conditioner", 4, Priority.USUAL, "غرفة الأدوية أعلى من الحرارة المسموحة."),
    ]
    needs = []
    for number, (facility, by, desk) in enumerate(zip(facilities, reporters, desks, strict=True)):
        code, quantity, priority, why = wanted[number % len(wanted)]
        asked = services.Asked(quantity=quantity, item=items[code], priority=priority, why=why)
        need = services.report_need(facility=facility, uid=uuid.uuid4(), asked=asked, by=by)
        needs.append(services.verify_need(need=need, by=desk))
    _pledged(needs[0])
    first, last = facilities[0], facilities[-1]
    services.register_asset(
        facility=first,
        uid=uuid.uuid4(),
        item=items["incubator"],
        label="قسم حديثي الولادة",
        serial="",
        by=reporters[0],
        cause=Cause.PART,
    )
    services.offer_surplus(
        facility=last,
        uid=uuid.uuid4(),
        item=items["oxygen_concentrator"],
        quantity=3,
        note="جديدة في صناديقها.",
        by=reporters[-1],
    )


def _pledged(need: Need) -> None:
    """Let a partner pledge some of it, prove the contact with the code that they are sent, and hand a part to a carrier."""
    giver = services.Giver(name="جمعية السنابل (اسم تجريبي)", email="partner@demo.jisr.invalid")
    codes: list[str] = []
    tell = notices.tell_proof

    def told(pledge: Pledge, *, code: str, **more: Any) -> None:
        codes.append(code)
        tell(pledge, code=code, **more)

    notices.tell_proof = told
    try:
        pledge = services.offer_pledge(need=need, uid=uuid.uuid4(), giver=giver, quantity=4, ready_on=None)
    finally:
        notices.tell_proof = tell
    pledge = services.confirm_contact(pledge=pledge, typed=codes[0])
    delivery = services.prepare_delivery(pledge=pledge, uid=uuid.uuid4(), quantity=3)
    leg = Leg.objects.get(delivery=delivery, kind=LegKind.CARRIER)
    services.hand_over(code=leg.code, carrier="سائق (اسم تجريبي)")
