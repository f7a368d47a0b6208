"""What was typed into a small form of the desk and refused: it stands there again on the page that comes after."""

from typing import Any

from django import template

from network import answering

register = template.Library()


@register.simple_tag(takes_context=True)
def typed(context: Any, form: str, name: str, default: Any = "", **same: Any) -> Any:
    """Return what was typed into the box `name` of the form that is sent to the address `form`, once.

    Of several forms with that address it is the one whose other boxes are `same`.
    """
    request = context["request"]
    if not hasattr(request, "typed_before"):
        request.typed_before = answering.typed_before(request)
    known = request.typed_before.get(form, {})
    if not known or any(known.get(box) != str(value) for box, value in same.items()):
        return default
    return known.get(name, default)
