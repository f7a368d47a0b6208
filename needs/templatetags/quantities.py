"""How many of what, in the form that the number asks for."""

from django import template
from django.utils.formats import localize
from django.utils.translation import npgettext

from needs.enums import Unit

register = template.Library()


@register.simple_tag
def quantity(number: int, unit: str) -> str:
    """Return a number with its unit: 1 piece, 5 pieces."""
    told = {
        Unit.PIECE: npgettext("quantity", "%(n)s piece", "%(n)s pieces", number),
        Unit.SET: npgettext("quantity", "%(n)s set", "%(n)s sets", number),
        Unit.BOX: npgettext("quantity", "%(n)s box", "%(n)s boxes", number),
        Unit.LITRE: npgettext("quantity", "%(n)s litre", "%(n)s litres", number),
    }
    return told[Unit(unit)] % {"n": localize(number)}
