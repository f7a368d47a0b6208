"""What is typed about results: a winner's answer, a complaint, and at the desk its answer, a proof, the words of a photo."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from campaigns.models.results import ANSWER_LENGTH, COMPLAINT_LENGTH
from network.forms import SafeForm

LONGEST_REASON = 1_000
# Twelve letters and digits, with what stands between them.
LONGEST_CODES = 10_000


class PrizeForm(SafeForm):
    """What a winner allows to be shown: nothing, if they say nothing."""

    name_shown = forms.BooleanField(label=_("My name may be shown with the results."), required=False)
    place_shown = forms.BooleanField(label=_("My municipality may be shown with the results."), required=False)


class ComplaintForm(SafeForm):
    uid = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What is wrong, and why?"),
        max_length=COMPLAINT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_(
            "Only those who run the campaign, and its auditor, read it. You find the answer here, in the language of this page."
        ),
    )


class ToldComplaintForm(ComplaintForm):
    """A complaint as the desk writes it down for somebody who entered on paper."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = _(
            "In their own words. The answer stands on the page of the entry: please tell them."
        )


class AnswerForm(SafeForm):
    """The answer to a complaint."""

    upheld = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[
            ("no", pgettext_lazy("answer to a complaint", "It stays as it is")),
            ("yes", pgettext_lazy("answer to a complaint", "They are right")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=_("Answer, which the entrant reads"),
        max_length=ANSWER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "dir": "auto"}),
    )


class DeliverForm(SafeForm):
    proof = forms.FileField(label=_("Proof: the signed receipt, as a photo or scan"))
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )


class PromiseForm(SafeForm):
    day = forms.DateField(label=_("Day"), input_formats=["%Y-%m-%d"])


class DisqualifyForm(SafeForm):
    """Which entries, and why."""

    codes = forms.CharField(
        label=_("Codes of the entries"),
        max_length=LONGEST_CODES,
        widget=forms.Textarea(attrs={"rows": 6, "cols": 40, "dir": "ltr", "spellcheck": "false"}),
        help_text=_("One on each line, or with blanks or commas in between; at most 500."),
    )
    reason = forms.CharField(
        label=_("Reason, which each of these entrants reads"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "dir": "auto"}),
    )


class WordsForm(SafeForm):
    """What a photo shows, for those who do not see it."""

    alt_ar = forms.CharField(
        label=_("What it shows, in Arabic"),
        max_length=200,
        widget=forms.TextInput(attrs={"lang": "ar", "dir": "rtl", "size": 50}),
    )
    alt_en = forms.CharField(
        label=_("What it shows, in English"),
        max_length=200,
        widget=forms.TextInput(attrs={"lang": "en", "dir": "ltr", "size": 50}),
    )


def first_error(form: Any) -> str:
    """Return the first sentence about what is wrong, with the name of its field."""
    name, sentences = next(iter(form.errors.items()))
    return f"{form[name].label}: {sentences[0]}" if name in form.fields else str(sentences[0])
