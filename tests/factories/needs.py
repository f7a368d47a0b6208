"""Invented needs. Everything is made by the services, so that every quantity has its entry from the first day."""

import re
import uuid
from typing import Any

from facilities.models import Facility
from needs import selectors, services
from needs.models import Delivery, Item, ItemCategory, Leg, Need, Pledge, Surplus, UseCheck
from network.models import User
from notifications.models import Message
from tests.factories import facilities
from tests.factories.network import PractitionerFactory, RegionFactory, coordinator


def item(code: str = "oxygen_concentrator", **fields: Any) -> Item:
    category, _ = ItemCategory.objects.get_or_create(
        code="oxygen", defaults={"name_ar": "الأكسجين", "name_en": "Oxygen"}
    )
    values = {"name_ar": "مكثف أكسجين", "name_en": "Oxygen concentrator", "use": "oxygen", "durable": True} | fields
    return Item.objects.get_or_create(code=code, defaults={"category": category, **values})[0]


def keeper(facility: Facility) -> User:
    """Return a focal point of a facility."""
    member = PractitionerFactory(side=facility.side.code)
    facilities.focal_point(facility, member)
    return member.user


def asked(quantity: int = 10, **fields: Any) -> services.Asked:
    return services.Asked(quantity=quantity, **({"item": item(), "why": "تعطّلت الأجهزة القديمة."} | fields))


def reported(facility: Facility | None = None, quantity: int = 10, *, by: User | None = None, **fields: Any) -> Need:
    facility = facility or facilities.facility()
    by = by or keeper(facility)
    return services.report_need(facility=facility, uid=uuid.uuid4(), asked=asked(quantity, **fields), by=by)


def need(facility: Facility | None = None, quantity: int = 10, **fields: Any) -> Need:
    """Return a need that the coordinators of its side have verified."""
    row = reported(facility, quantity, **fields)
    return services.verify_need(need=row, by=coordinator(row.facility.side.code))


def giver(number: int = 0, **fields: Any) -> services.Giver:
    return services.Giver(**({"name": "جمعية النخلة", "phone": f"+21891{number:07}"} | fields))


_next = iter(range(1_000_000, 9_000_000))


def offered(need: Need, quantity: int = 4, **fields: Any) -> Pledge:
    values = {"uid": uuid.uuid4(), "giver": giver(next(_next)), "ready_on": None} | fields
    return services.offer_pledge(need=need, quantity=quantity, **values)


def code_of(pledge: Pledge) -> str:
    """Return the digits that were sent last."""
    rows = Message.objects.filter(kind="pledge-received", context__pledge=pledge.shown_code)
    code = rows.order_by("-pk")[0].context["code"]
    assert re.fullmatch(r"\d{6}", code)
    return code


def pledged(need: Need, quantity: int = 4, **fields: Any) -> Pledge:
    """Return a pledge whose contact is proved, so that it counts."""
    pledge = offered(need, quantity, **fields)
    return services.confirm_contact(pledge=pledge, typed=code_of(pledge))


def delivery(pledge: Pledge, quantity: int = 4, by: User | None = None) -> Delivery:
    return services.prepare_delivery(pledge=pledge, uid=uuid.uuid4(), quantity=quantity, by=by)


def leg(delivery: Delivery, kind: str) -> Leg:
    return Leg.objects.get(delivery=delivery, kind=kind)


def sent(pledge: Pledge, quantity: int = 4, by: User | None = None) -> Delivery:
    """Return a delivery that a carrier has taken over."""
    row = delivery(pledge, quantity, by)
    services.hand_over(code=leg(row, "carrier").code, carrier="سائق مستعار")
    return Delivery.objects.get(pk=row.pk)


def received(delivery: Delivery, quantity: int, by: User) -> UseCheck | None:
    services.receive(code=leg(delivery, "facility").code, quantity=quantity, by=by)
    return UseCheck.objects.filter(delivery=delivery).first()


def seen(row: Need | Surplus) -> int:
    """Return how many entries somebody knows of who has just looked at it."""
    return row.entries.count() if isinstance(row, Surplus) else selectors.said_of(row).count()


def surplus(facility: Facility, quantity: int = 5, **fields: Any) -> Surplus:
    values = {"item": item(), "note": ""} | fields
    by = coordinator(facility.side.code)
    return services.offer_surplus(facility=facility, uid=uuid.uuid4(), quantity=quantity, by=by, **values)


def sides() -> None:
    for code in ("east", "west", "south"):
        RegionFactory(code=code)
