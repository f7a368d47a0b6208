"""What other pages tell of needs."""

from django import template

from facilities.models import Facility
from needs import selectors

register = template.Library()


@register.simple_tag
def has_open_needs(facility: Facility) -> bool:
    """Tell whether the public list of needs names this facility."""
    return selectors.open_needs_of(facility).exists()
