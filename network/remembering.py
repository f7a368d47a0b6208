"""Forms that know what they showed: by that is told what was changed, and what two people have changed is put before the second."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db.models import Model
from django.forms import BooleanField, BoundField, FileField, ModelForm, MultipleHiddenInput
from django.utils import formats, timezone
from django.utils.text import Truncator
from django.utils.translation import gettext, pgettext

# So much of a long text is told beside the box in which another one stands.
TOLD = 200


class _Remembering(ModelForm):
    """Sends along, hidden, what each box showed; of a file nothing is shown: it is sent, or it is not.

    A box that the reader has changed and that says something else by now, saved by somebody else, is refused once, and tells what it
    says: whoever then sends it again has read that.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = not isinstance(field, FileField)

    def full_clean(self) -> None:
        # Not before: a form among others is given fields of its own after it is made.
        if self.is_bound:
            self.data = self.data.copy()
            # Django knows that a box was sent along by its name, which one of several parts doesn't bear, nor a list that was empty:
            # shown again with the reader's own words as those it had shown, what they changed would count as unchanged.
            for box in self:
                if box.html_initial_name not in self.data and self._remembers(box):
                    self.data.setlist(box.html_initial_name, [])
        super().full_clean()

    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.instance._state.adding:
            for box in [self[name] for name in self.changed_data]:
                if self._remembers(box) and self._changed_by_others(box):
                    self._put_before_the_reader(box)
        return cleaned

    def _remembers(self, box: BoundField) -> bool:
        hidden = box.field.hidden_widget()
        if not box.field.show_hidden_initial:
            return False
        if isinstance(hidden, MultipleHiddenInput):
            # Of an empty list nothing is sent: what the other boxes of its form have sent tells for it.
            return any(name.startswith(self.add_initial_prefix("")) for name in self.data)
        return not hidden.value_omitted_from_data(self.data, self.files, box.html_initial_name)

    def _changed_by_others(self, box: BoundField) -> bool:
        showed = {name: self.data.getlist(name) for name in _shown(box)}
        return showed != _shown(box) and bool(box.field.has_changed(box.initial, box.data))

    def _put_before_the_reader(self, box: BoundField) -> None:
        told = gettext("Meanwhile somebody else has saved here: %(what)s. Save again to put yours in its place.")
        self.add_error(box.name, told % {"what": _in_words(box)})
        for name, values in _shown(box).items():
            self.data.setlist(name, values)


def _shown(box: BoundField) -> dict[str, list[str]]:
    """Return what the hidden inputs of a box send as things stand: values by name."""
    hidden = box.field.hidden_widget()
    widget = hidden.get_context(box.html_initial_name, box.field.prepare_value(box.initial), {})["widget"]
    sent: dict[str, list[str]] = {}
    for name, value in _inputs(widget):
        sent.setdefault(name, []).append(value)
    return sent or {box.html_initial_name: []}


def _inputs(widget: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and value of each hidden input of a widget."""
    if "subwidgets" in widget:
        for part in widget["subwidgets"]:
            yield from _inputs(part)
    else:
        yield widget["name"], "" if widget["value"] is None else str(widget["value"])


def _in_words(box: BoundField) -> str:
    """Return what a box says as others have saved it."""
    field, value = box.field, box.initial
    if isinstance(field, BooleanField):
        return gettext("Yes") if value else gettext("No")
    if value in (None, "", []):
        return pgettext("stands in a box", "nothing")
    if hasattr(field, "label_from_instance"):
        rows = [row.pk if isinstance(row, Model) else row for row in (value if isinstance(value, list) else [value])]
        return ", ".join(field.label_from_instance(row) for row in field.queryset.filter(pk__in=rows))
    if hasattr(field, "choices"):
        labels = dict(field.choices)
        return ", ".join(str(labels.get(each, each)) for each in (value if isinstance(value, list) else [value]))
    if hasattr(value, "astimezone"):
        value = timezone.localtime(value)
    return Truncator(str(formats.localize(value))).chars(TOLD)


@cache
def remembering(form: type[ModelForm]) -> type[ModelForm]:
    """Return a form that remembers, made of an admin class's own."""
    return type(form.__name__, (_Remembering, form), {})
