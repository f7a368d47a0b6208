"""Two invented local-regions, made through the services: one of the west, one across sides."""

from typing import Protocol

from django.utils import timezone

from facilities import services
from facilities.models import LocalRegion
from network.models import Municipality, Practitioner, Region, User


class Cast(Protocol):
    """The demo's people by their logins."""

    def user(self, login: str) -> User: ...

    def person(self, login: str) -> Practitioner: ...


def load(cast: Cast) -> int:
    """Make both with a contact person, and return how many there are. Needs the places."""
    today = timezone.localdate()
    west, national, east = (cast.user(login) for login in ("coordinator.west", "national.abroad", "coordinator.east"))
    coast = LocalRegion(
        slug="tripoli-coast", name_ar="ساحل طرابلس (تجريبي)", name_en="Tripoli coast (demo)",
        side=Region.objects.get(pcode="LY02"),
    )  # fmt: skip
    across = LocalRegion(slug="two-cities", name_ar="إقليم المدينتين (تجريبي)", name_en="Region of two cities (demo)")
    coast = services.save_local_region(region=coast, changed=(), by=west)
    across = services.save_local_region(region=across, changed=(), by=national)
    for region, pcode, by in (
        (coast, "LY021101", west),
        (coast, "LY021102", west),
        (across, "LY021104", west),
        (across, "LY010304", east),
    ):
        place = Municipality.objects.get(pcode=pcode)
        services.group_municipality(region=region, municipality=place, starts_on=today, ends_on=None, by=by)
    person = cast.person("member1.west")
    contact = services.name_contact(region=coast, practitioner=person, starts_on=today, ends_on=None, by=west)
    services.answer_contact(contact=contact, agrees=True, by=person.user)
    return 2
