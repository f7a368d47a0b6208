"""The entry form: who enters, and the questions that the campaign asks."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from campaigns.enums import QuestionKind
from campaigns.models import Campaign, Question
from campaigns.services import Entrant
from network.forms import PhoneField, SafeForm, place_choices
from network.models import Municipality

ABROAD = "abroad"
CODE = {"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
NUMBER_AT_MOST = 1_000_000


def options(question: Question) -> list[tuple[str, str]]:
    """Return the answers to choose from, kept by their number so that each language shows its own words."""
    lines = [line.strip() for line in question.choices.splitlines() if line.strip()]
    return [(str(number), line) for number, line in enumerate(lines, 1)]


def field_of(question: Question) -> forms.Field:
    """Return the field of one question."""
    common: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help,
        "required": question.required,
    }
    if question.kind == QuestionKind.NUMBER:
        least = 0 if question.minimum is None else question.minimum
        most = NUMBER_AT_MOST if question.maximum is None else question.maximum
        return NumberField(min_value=least, max_value=most, **common)
    if question.kind == QuestionKind.CHOICE:
        return forms.ChoiceField(choices=options(question), widget=forms.RadioSelect, **common)
    if question.kind == QuestionKind.CONSENT:
        needed = {"required": _("Please tick the box if you agree.")}
        return forms.BooleanField(error_messages=needed, **common)
    if question.kind == QuestionKind.TEXT:
        box = forms.Textarea(attrs={"rows": 4, "dir": "auto"})
        return forms.CharField(max_length=question.maximum or 2_000, widget=box, **common)
    return forms.CharField(max_length=question.maximum or 200, widget=forms.TextInput(attrs={"dir": "auto"}), **common)


class NumberField(forms.IntegerField):
    """A whole number in any digits: ٢٠ is 20."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "class": "short", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = "".join(str(int(c)) if c.isdecimal() else c for c in value.strip())
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave the bounds to the server: a text box knows none."""
        return {}


class _Asks(SafeForm):
    """A form with the questions of a campaign."""

    def ask(self, questions: Iterable[Question]) -> None:
        self.questions = list(questions)
        for question in self.questions:
            self.fields[f"q-{question.key}"] = field_of(question)
            self._protect(self.fields[f"q-{question.key}"])

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[f"q-{question.key}"] for question in self.questions]

    def answers(self) -> dict[str, Any]:
        """Return {key: answer}: text, number, the number of the choice as text, or True; what was not answered is left out."""
        given = {question.key: self.cleaned_data[f"q-{question.key}"] for question in self.questions}
        return {key: answer for key, answer in given.items() if answer not in (None, "", False)}


class EnterForm(_Asks):
    """A new entry."""

    uid = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"}),
        help_text=_("Of a group: the name of whoever speaks for it. The jury never sees it."),
    )
    phone = PhoneField(required=False, help_text=_("We send a code to it. Nobody else gets it."))
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "email"}),
        help_text=_("If you have no mobile telephone."),
    )
    municipality = forms.ChoiceField(label=_("Your municipality"))
    in_gallery = forms.BooleanField(
        label=_("My entry may be shown in the public gallery, without my name."), required=False
    )
    rules = forms.BooleanField(
        label=_("I have read the rules and accept them."),
        error_messages={"required": _("Please tick the box if you accept the rules.")},
    )

    def __init__(
        self, *args: Any, campaign: Campaign, questions: Iterable[Question], paper: bool = False, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.paper = paper
        places = [*place_choices(), (_("Elsewhere"), [(ABROAD, _("Abroad"))])]
        self.fields["municipality"].choices = [("", _("Choose your municipality")), *places]  # type: ignore[attr-defined]
        self.ask(questions)
        if not campaign.rules:
            del self.fields["rules"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        reached = data.get("phone") or data.get("email") or {"phone", "email"} & set(self.errors)
        if not reached and not self.paper:
            self.add_error("phone", gettext("Please give a telephone number or an e-mail address."))
        return data

    def entrant(self) -> Entrant:
        chosen = self.cleaned_data["municipality"]
        today = Municipality.objects.valid_on(timezone.localdate()).select_related("district__region")
        return Entrant(
            name=self.cleaned_data["name"],
            phone=self.cleaned_data["phone"],
            email=self.cleaned_data["email"],
            municipality=None if chosen == ABROAD else today.get(pk=chosen),
        )

    def typed(self) -> dict[str, str]:
        """Return what stands in the form, however far it has come: what is put aside for later."""
        kept = {name: str(self.data.get(name, ""))[:2_000] for name in self.fields if name not in {"uid", "rules"}}
        return {name: value for name, value in kept.items() if value}


class CorrectForm(_Asks):
    """The answers of an entry that is there."""

    in_gallery = forms.BooleanField(
        label=_("My entry may be shown in the public gallery, without my name."), required=False
    )

    def __init__(self, *args: Any, questions: Iterable[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask(questions)


class ResumeForm(SafeForm):
    code = forms.CharField(
        label=_("The code of your unfinished form"), max_length=40, widget=forms.TextInput(attrs=CODE)
    )


class CodeForm(SafeForm):
    code = forms.CharField(
        label=_("The six digits that we sent you"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "one-time-code", "class": "short"}
        ),
    )


class LookupForm(SafeForm):
    """An entry by its code and the contact that was given with it."""

    code = forms.CharField(
        label=_("The code of your entry"),
        max_length=40,
        widget=forms.TextInput(attrs=CODE),
        help_text=_("Twelve letters and digits, from the page or the message after you entered."),
    )
    contact = forms.CharField(
        label=_("Your telephone or e-mail"),
        max_length=254,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
        help_text=_("The same that you gave when you entered."),
    )
