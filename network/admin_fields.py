"""What the forms of the admin are made of: rows to choose from, days and moments in any digits."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError

from network.numerals import western

# More digits than this are no id of ours, and more than a database takes.
LONGEST_NUMBER = 18


def number(text: Any) -> int | None:
    """Return the id that a form sends as text, None for what is none."""
    text = str(text)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


class RowsField(forms.ModelMultipleChoiceField):
    """Rows to choose from; what is no id is a wrong choice and not a fault."""

    def clean(self, value: Any) -> Any:
        for pk in value if isinstance(value, list | tuple) else ():
            if number(pk) is None:
                raise ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": pk}
                )
        return super().clean(value)


class _OfNumbers:
    """Shows again what was chosen, as far as it can be rows at all."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        return super().optgroups(name, [pk for pk in value if number(pk) is not None], attrs)  # type: ignore[misc]


class Autocomplete(_OfNumbers, AutocompleteSelect):
    pass


class AutocompleteMany(_OfNumbers, AutocompleteSelectMultiple):
    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> Any:
        """Leave out the cross that clears all: Select2 puts it between the items of a list, where screen readers expect items alone."""
        return super().build_attrs(base_attrs, extra_attrs) | {"data-allow-clear": "false"}


class AnyDate(forms.DateField):
    """A day, in the digits of any keyboard."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(western(value) if isinstance(value, str) else value)


class AnyMoment(forms.SplitDateTimeField):
    """A day and a time, in the digits of any keyboard."""

    def clean(self, value: Any) -> Any:
        return super().clean([western(part) if isinstance(part, str) else part for part in value or ()])
