"""What a juror says of an entry: yes or no, a mark for each criterion, or finalists in order."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from campaigns.enums import DECLARED_CONFLICTS, ConflictKind, RoundKind
from campaigns.models import Assignment, Criterion, Round
from network.forms import NumberField, SafeForm

# More steps than these are typed, not pressed.
BUTTONS_AT_MOST = 11
NO_MARK = _("Please choose a mark.")


class MarksForm(SafeForm):
    """The marks of one entry, of which `value` is what the service takes."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], said: Any = None, **kwargs: Any) -> None:
        initial = {f"c-{code}": mark for code, mark in said.items()} if isinstance(said, dict) else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.criteria = list(criteria)
        for row in self.criteria:
            self.fields[f"c-{row.code}"] = self._field(row)

    def _field(self, row: Criterion) -> forms.Field:
        common: dict[str, Any] = {
            "label": row.label,
            "help_text": row.help,
            "error_messages": {"required": NO_MARK, "invalid_choice": NO_MARK},
        }
        if row.maximum - row.minimum >= BUTTONS_AT_MOST:
            return NumberField(min_value=row.minimum, max_value=row.maximum, **common)
        choices = [(number, str(number)) for number in range(row.minimum, row.maximum + 1)]
        return forms.TypedChoiceField(choices=choices, coerce=int, widget=forms.RadioSelect, **common)

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Return the fields with what their buttons are like."""
        return [
            {"field": self[f"c-{row.code}"], "row": row, "buttons": row.maximum - row.minimum < BUTTONS_AT_MOST}
            for row in self.criteria
        ]

    def value(self) -> dict[str, int]:
        return {row.code: self.cleaned_data[f"c-{row.code}"] for row in self.criteria}


class YesNoForm(SafeForm):
    """Whether an entry goes on."""

    yes = forms.TypedChoiceField(
        label=_("Does it go on?"),
        choices=[("1", _("Yes")), ("0", _("No"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say yes or no."), "invalid_choice": _("Please say yes or no.")},
    )

    def __init__(self, *args: Any, said: Any = None, **kwargs: Any) -> None:
        initial = {"yes": "1" if said else "0"} if isinstance(said, bool) else {}
        super().__init__(*args, initial=initial, **kwargs)

    @property
    def asked(self) -> list[dict[str, Any]]:
        return [{"field": self["yes"], "row": None, "buttons": True}]

    def value(self) -> bool:
        return self.cleaned_data["yes"]


def marks_form(data: Any, round_: Round, criteria: Sequence[Criterion], said: Any) -> MarksForm | YesNoForm:
    """Return the form of a round in which each entry is judged for itself."""
    if round_.kind == RoundKind.SCREENING:
        return YesNoForm(data, said=said)
    return MarksForm(data, criteria=criteria, said=said)


class OrderForm(SafeForm):
    """A place for each finalist."""

    def __init__(self, *args: Any, mine: Sequence[Assignment], said: dict[int, Any], **kwargs: Any) -> None:
        initial = {f"place-{row.turn}": said.get(row.pk) for row in mine}
        super().__init__(*args, initial=initial, **kwargs)
        self.mine = list(mine)
        places = [("", _("Place")), *((number, str(number)) for number in range(1, len(self.mine) + 1))]
        for number, row in enumerate(self.mine, 1):
            needed = {"required": _("Please give it a place."), "invalid_choice": _("Please give it a place.")}
            label = gettext("Place of entry %(number)s") % {"number": number}
            self.fields[f"place-{row.turn}"] = forms.TypedChoiceField(
                choices=places, coerce=int, label=label, error_messages=needed
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [data[name] for name in self.fields if name in data]
        if len(given) == len(self.fields) and len(set(given)) < len(given):
            self.add_error(None, gettext("Two entries have the same place. Please give each place once."))
        return data

    def places(self) -> dict[int, int]:
        return {row.pk: self.cleaned_data[f"place-{row.turn}"] for row in self.mine}


class ConflictForm(SafeForm):
    """Why one does not judge an entry."""

    kind = forms.ChoiceField(
        label=_("Why is it not for you?"),
        choices=[(kind.value, ConflictKind(kind).label) for kind in DECLARED_CONFLICTS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a reason.")},
    )
