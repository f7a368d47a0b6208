"""Who stands behind something, as far as a reader of the desk may know them."""

from collections.abc import Iterable

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from network.models import Practitioner, User


def names_in_reach(people: Iterable[Practitioner], reader: User) -> dict[int, str]:
    """Return the names of those whom this reader's role reaches, by id."""
    rows = Practitioner.objects.visible_to(reader).filter(pk__in={person.pk for person in people})
    return {person.pk: person.name for person in rows}


def described(person: Practitioner, names: dict[int, str]) -> SafeString:
    """Show somebody by name where that is in reach, else by profession and side."""
    if name := names.get(person.pk):
        return format_html('<bdi dir="auto">{}</bdi>', name)
    side = person.region.name if person.region else gettext("abroad")
    return format_html("{}", gettext("%(profession)s, %(side)s") % {"profession": person.profession.name, "side": side})
