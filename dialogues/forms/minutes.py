"""Minutes as they are typed: the two texts, the decisions row by row, the notes."""

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _

from dialogues import differences, minutes
from dialogues.enums import Readers, Responsible
from dialogues.models import MinutesRevision, Session
from dialogues.models.minutes import DECISION_LENGTH, STATEMENT_LENGTH, TEXT_LENGTH
from dialogues.services import Item, Words, contents
from network.admin_fields import number
from network.forms import SafeForm
from network.models import Practitioner, Region

MOST_DECISIONS = 60
ARABIC = {"lang": "ar", "dir": "rtl"}
ENGLISH = {"lang": "en", "dir": "ltr"}


def _text(label: Any, length: int, rows: int, **attrs: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "cols": 40, **attrs})
    return forms.CharField(label=label, max_length=length, required=False, widget=widget)


class TextsForm(SafeForm):
    """The two texts, and the number of the revision from which they were made."""

    marks_optional = False

    base = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)
    ar = _text(_("Arabic text"), TEXT_LENGTH, 14, **ARABIC)
    en = _text(_("English text"), TEXT_LENGTH, 14, **ENGLISH)


class DecisionForm(SafeForm):
    """One decision; an empty row is none."""

    marks_optional = False

    # No UUIDField: that is a text field which yields no text, and SafeForm looks through text.
    key = forms.RegexField("^[0-9a-f-]{36}$", required=False, widget=forms.HiddenInput)
    ar = _text(_("Decision in Arabic"), DECISION_LENGTH, 2, **ARABIC)
    en = _text(_("Decision in English"), DECISION_LENGTH, 2, **ENGLISH)
    responsible = forms.ChoiceField(
        label=_("Who sees to it"), choices=[("", "-"), *Responsible.choices], required=False
    )
    side = forms.ModelChoiceField(
        label=_("Of which side"), queryset=Region.objects.none(), required=False, empty_label="-"
    )
    due = forms.DateField(
        label=_("By when"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, sides: list[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        side: Any = self.fields["side"]
        side.queryset = Region.objects.order_by("position", "pk")
        side.choices = [("", "-"), *((str(region.pk), region.name) for region in sides)]

    def clean_key(self) -> uuid.UUID | None:
        try:
            return uuid.UUID(self.cleaned_data["key"]) if self.cleaned_data["key"] else None
        except ValueError:
            # It was not typed by anybody: such a decision is a new one.
            return None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("side") and not data.get("responsible"):
            self.add_error("side", _("Please choose who sees to it, or no side."))
        if (data.get("responsible") or data.get("due")) and not (data.get("ar") or data.get("en")) and not self.errors:
            self.add_error("ar", _("Please write what was decided."))
        return data

    def item(self) -> Item:
        data = self.cleaned_data
        return Item(_words(data), responsible=data["responsible"], side=data["side"], due=data["due"], key=data["key"])


def _words(data: Mapping[str, Any]) -> Words:
    """Browsers send the line breaks of the network; texts are kept and compared with plain ones."""
    return Words(*(data.get(code, "").replace("\r\n", "\n").strip() for code in ("ar", "en")))


class Editor:
    """The page on which minutes are written: the texts and as many rows for decisions as there are, with one to spare."""

    def __init__(self, texts: TextsForm, rows: list[DecisionForm]) -> None:
        self.texts, self.rows = texts, rows

    @classmethod
    def of(cls, words: Words, items: list[Item], base: int) -> "Editor":
        """Return the page of what is kept."""
        initial = [
            {
                "key": item.key,
                "ar": item.words.ar,
                "en": item.words.en,
                "responsible": item.responsible,
                "side": item.side.pk if item.side else "",
                "due": item.due,
            }
            for item in items
        ]
        return cls._unbound({"base": base, "ar": words.ar, "en": words.en}, initial)

    @classmethod
    def of_revision(cls, revision: MinutesRevision | None) -> "Editor":
        words, items = contents(revision)
        return cls.of(words, items, revision.number if revision else 0)

    @classmethod
    def _unbound(cls, texts: Mapping[str, Any], rows: list[dict[str, Any]]) -> "Editor":
        sides = _sides()
        rows = [*rows, {}][:MOST_DECISIONS] if not rows or any(rows[-1].get(n) for n in ("ar", "en")) else rows
        return cls(
            TextsForm(initial=texts),
            [DecisionForm(initial=row, prefix=f"d{i}", sides=sides) for i, row in enumerate(rows)],
        )

    @classmethod
    def sent(cls, data: Mapping[str, Any]) -> "Editor":
        """Return the page as it was sent."""
        sides = _sides()
        count = min(number(data.get("rows", "")) or 0, MOST_DECISIONS)
        return cls(TextsForm(data), [DecisionForm(data, prefix=f"d{i}", sides=sides) for i in range(count)])

    def is_valid(self) -> bool:
        return all([self.texts.is_valid(), *(row.is_valid() for row in self.rows)])

    @property
    def base(self) -> int:
        return self.texts.cleaned_data["base"]

    @property
    def words(self) -> Words:
        return _words(self.texts.cleaned_data)

    @property
    def items(self) -> list[Item]:
        return [item for row in self.rows if (item := row.item()).words != Words()]

    @property
    def faults(self) -> list[tuple[str, str, str]]:
        """What is wrong: the id of the box, its name, the sentence."""
        found = []
        for place, form in [("", self.texts), *((str(i), row) for i, row in enumerate(self.rows, 1))]:
            for name, errors in form.errors.items():
                label = f"{form[name].label} {place}".strip() if name in form.fields else ""
                found.append((form[name].id_for_label if name in form.fields else "", label, str(errors[0])))
        return found

    def changed(self, step: str) -> "Editor":
        """Return the page with a row more, less or moved ("add", "remove-2", "up-2", "down-2"), as it was typed and not saved."""
        typed = [{name: row[name].data for name in row.fields} for row in self.rows]
        what, _, which = step.partition("-")
        at = (number(which) or 0) - 1
        if what == "add" and len(typed) < MOST_DECISIONS:
            typed.append({})
        elif 0 <= at < len(typed):
            row = typed.pop(at)
            if what in ("up", "down"):
                typed.insert(max(0, at - 1) if what == "up" else at + 1, row)
        texts = {name: self.texts[name].data for name in self.texts.fields}
        return self._unbound(texts, typed)


def as_lines(items: list[Item]) -> str:
    """Return decisions as lines of text, to be compared."""
    lines = []
    for position, item in enumerate(items, 1):
        who = [
            str(Responsible(item.responsible).label) if item.responsible else "",
            item.side.name if item.side else "",
        ]
        more = " · ".join(filter(None, [*who, date_format(item.due, "DATE_FORMAT") if item.due else ""]))
        first, *rest = filter(None, [item.words.ar, item.words.en])
        lines += [f"{position}. {first}", *rest, more]
    return "\n".join(filter(None, lines))


class Conflict:
    """The page on which somebody whose revision was overtaken puts both together."""

    def __init__(self, session: Session, words: Words, items: list[Item], base: int) -> None:
        kept = minutes.of_session(session)
        latest = minutes.latest(kept)
        start = minutes.revision(kept, base) if kept else None
        theirs, began = contents(latest), contents(start)
        self.number = latest.number if latest else 0
        self.editor = Editor.of(words, items, self.number)
        labels = {"ar": gettext("Arabic text"), "en": gettext("English text")}
        self.parts = [
            differences.part(
                code,
                labels[code],
                code,
                theirs=getattr(theirs[0], code),
                mine=getattr(words, code),
                began=getattr(began[0], code),
                length=TEXT_LENGTH,
            )
            for code in labels
            if getattr(theirs[0], code) != getattr(words, code)
        ]
        told, mine, before = (as_lines(found) for found in (theirs[1], items, began[1]))
        self.decisions = (
            differences.part("d", gettext("Decisions"), "", theirs=told, mine=mine, began=before)
            if told != mine
            else None
        )
        self.same = [code for code in labels if code not in [part.name for part in self.parts]]


def resolved(session: Session, editor: Editor, data: Mapping[str, Any]) -> tuple[Words, list[Item]]:
    """Return what somebody put together from their own version and the one that was saved meanwhile."""
    kept = minutes.of_session(session)
    theirs, items = contents(minutes.revision(kept, editor.base) if kept else None)
    words = Words(
        *(getattr(theirs if data.get(f"take_{code}") == "theirs" else editor.words, code) for code in ("ar", "en"))
    )
    take, mine = data.get("take_d"), editor.items
    if take == "theirs":
        return words, items
    if take == "both":
        there = {replace(item, key=None) for item in items}
        return words, [*items, *(replace(item, key=None) for item in mine if replace(item, key=None) not in there)]
    return words, mine


def _sides() -> list[Region]:
    return list(Region.objects.order_by("position", "pk"))


class StatementForm(SafeForm):
    """A note of what was said."""

    marks_optional = False

    text = forms.CharField(
        label=_("What was said"),
        max_length=STATEMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 40, "dir": "auto"}),
    )
    side = forms.ModelChoiceField(
        label=_("Somebody of which side"), queryset=Region.objects.none(), required=False, empty_label="-"
    )
    speaker = forms.ModelChoiceField(
        label=_("Who said it"), queryset=Practitioner.objects.none(), required=False, empty_label="-"
    )

    def __init__(self, *args: Any, session: Session, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["side"].queryset = Region.objects.order_by("position", "pk")  # type: ignore[attr-defined]
        self.fields["speaker"].queryset = minutes.speakers(session, user)  # type: ignore[attr-defined]


class PublishForm(SafeForm):
    """For whom minutes are published, and why words that may be names are none."""

    number = forms.IntegerField(min_value=1, max_value=1_000_000, widget=forms.HiddenInput)
    confirmed = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    audience = forms.ChoiceField(label=_("Who reads them"), choices=Readers.choices, widget=forms.RadioSelect)
    nobody = forms.BooleanField(
        label=_("I have looked at each of these words: none tells who was there."), required=False
    )
    reason = forms.CharField(
        label=_("Why they tell of nobody"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 40, "dir": "auto"}),
        help_text=_("It is kept. Please don't repeat the words themselves."),
    )

    def __init__(self, *args: Any, public: bool, doubts: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not public:
            audience: Any = self.fields["audience"]
            audience.choices = [choice for choice in Readers.choices if choice[0] != Readers.EVERYBODY]
        if doubts:
            self.fields["nobody"].required = self.fields["reason"].required = True
        else:
            del self.fields["nobody"], self.fields["reason"]


class WithdrawForm(SafeForm):
    reason = forms.CharField(
        label=_("Why they are withdrawn"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 40, "dir": "auto"}),
        help_text=_("It is kept at the desk, and shown to no reader."),
    )
