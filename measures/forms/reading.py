"""What readers of a measure send: a comment, what they think of it, that both texts say the same."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from measures.enums import Leaning
from measures.models.measures import COMMENT_LENGTH
from network.forms import SafeForm


class CommentForm(SafeForm):
    """A comment, or an answer to one."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=1, max_value=10**6, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Your comment"),
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        error_messages={"required": _("Please write what you want to say.")},
    )

    def __init__(self, *args: Any, answer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if answer:
            self.fields["text"].label = _("Your answer")


class LeaningForm(forms.Form):
    value = forms.ChoiceField(choices=[("", ""), *Leaning.choices], required=False)


class CompareForm(forms.Form):
    """That somebody read exactly these two texts."""

    hash_ar = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
    hash_en = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
    same = forms.BooleanField(
        label=_("I read both, and they say the same."),
        error_messages={"required": _("Please tick this once you have read both texts.")},
    )


class SearchForm(SafeForm):
    """Whom to ask to write too."""

    q = forms.CharField(
        label=_("Name, in either script"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto", "autocomplete": "off"}),
    )
