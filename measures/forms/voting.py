"""What a voter fills in, and what stops a measure."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from measures.enums import CHOICES_OF, REASONED, Choice, Method
from measures.models.votes import REASON_LENGTH
from network.forms import SafeForm

# What each answer means, in words for whoever votes for the first time.
MEANS = {
    Choice.AGREE: _("You want this measure to be adopted as it stands."),
    Choice.ABSTAIN: _("You leave it to the others. Your vote counts for the quorum of your side and for nothing else."),
    Choice.STAND_ASIDE: _("It would not be your choice, but you can live with it. You do not stop it."),
    Choice.DISAGREE: _("You do not want this measure to be adopted."),
    Choice.BLOCK: _(
        "One objection is enough to stop it for now. You say why, and the authors have two weeks to find a text with which you can live."
    ),
}


class BallotForm(SafeForm):
    """One answer, and a reason where one objects."""

    # The question itself says when it is asked.
    marks_optional = False

    choice = forms.ChoiceField(
        label=_("How do you vote?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the answers.")},
    )
    reason = forms.CharField(
        label=_("If you object: why, and what would have to change?"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto", "data-when": f"choice:{Choice.BLOCK}"}),
        help_text=_(
            "After the close every member reads it, without your name and without your side. "
            "Please write nothing by which you can be recognised."
        ),
    )

    def __init__(self, *args: Any, method: str, named: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = CHOICES_OF[Method(method)]
        self.fields["choice"].choices = [(choice.value, choice.label) for choice in offered]  # type: ignore[attr-defined]
        if not REASONED & set(offered):
            del self.fields["reason"]
        elif named:
            self.fields["reason"].help_text = _(
                "This vote is open: after the close every member reads the reason, and sees beside your name that you objected."
            )

    def cards(self) -> list[dict[str, Any]]:
        """Return the answers as they are drawn: each with what it means."""
        return [{"input": part, "means": MEANS[Choice(part.data["value"])]} for part in self["choice"]]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("choice") in REASONED and "reason" not in self.errors and not (data.get("reason") or "").strip():
            self.add_error("reason", _("Please say why you object, so that the text can be mended."))
        return data


class ReceiptForm(SafeForm):
    """A receipt as somebody wrote it down; the answer, not the form, says what is wrong with it."""

    code = forms.CharField(
        label=_("Your receipt"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Fifteen letters and digits. Small letters, spaces and dashes are fine."),
    )


class WithdrawForm(SafeForm):
    """Why a measure is withdrawn."""

    reason = forms.CharField(
        label=_("Why is it withdrawn?"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("It is kept with the measure."),
    )

    def __init__(self, *args: Any, required: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required
