"""What a browser sends of a form that nobody has touched."""

from typing import Any

from django import forms


def untouched(form: forms.BaseForm) -> dict[str, Any]:
    """Return every box of a form as it was shown, and what the form remembers of how it was shown."""
    sent: dict[str, Any] = {}
    for box in form:
        value = box.value()
        sent[box.html_name] = "" if value is None else value
        if box.field.show_hidden_initial:
            sent[box.html_initial_name] = sent[box.html_name]
    return sent
