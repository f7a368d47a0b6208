from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext_lazy as _, pgettext

from dialogues import policies
from dialogues.enums import CasePoint, FindingKind, PatientConsent
from dialogues.models import CaseStudy
from dialogues.models.cases import TEXT_LENGTH
from dialogues.validators.identifiers import Finding
from facilities.models import FacilityType
from network.forms import SafeForm
from network.models import Condition, District, Specialty

TITLE_LENGTH = 160
MOST_CONDITIONS = 3
QUESTIONS = {
    "title": _("Title"),
    "setting": _("The setting"),
    "done": _("What was done"),
    "result": _("The result"),
    "lesson": _("The lesson"),
}
HELP = {
    "title": _("One line that says what others can learn."),
    "setting": _("What kind of place, with what means, and what the problem was."),
    "done": _("Step by step, so that a colleague elsewhere could do the same."),
    "result": _("What changed, in figures if you have them; and what did not."),
    "lesson": _("What you would tell a colleague who faces this tomorrow."),
}


def question(field: str, code: str) -> str:
    """Return a question with the language in which it is answered."""
    # Translators: a question of a form, and the language in which it is answered.
    words = pgettext("question and language", "%(question)s (%(language)s)")
    return words % {"question": QUESTIONS[field], "language": dict(settings.LANGUAGES)[code]}


def placed(findings: Iterable[Finding]) -> list[tuple[Finding, str]]:
    """Return findings, each with the question in whose answer it stands."""
    return [(finding, question(finding.field, finding.language)) for finding in findings]


def _text(field: str, code: str, *, helps: bool) -> forms.CharField:
    """Return the field of one text in one language."""
    attrs = {"lang": code, "dir": "rtl" if code == "ar" else "ltr"}
    long = field != "title"
    return forms.CharField(
        label=question(field, code),
        required=False,
        max_length=TEXT_LENGTH if long else TITLE_LENGTH,
        help_text=HELP[field] if helps else "",
        widget=forms.Textarea(attrs=attrs | {"rows": 5}) if long else forms.TextInput(attrs=attrs),
    )


class TextsForm(SafeForm):
    """Texts of a case study; `version` is that of the texts that the page showed."""

    # The page says once what is needed, instead of beside each field.
    marks_optional = False

    version = forms.IntegerField(required=False, min_value=0, max_value=10**9, widget=forms.HiddenInput)

    def ask(self, code: str, *, helps: bool = False) -> None:
        """Add the fields of a language, with what SafeForm gives to those that are declared."""
        for field in policies.CASE_TEXTS:
            self.fields[f"{field}_{code}"] = made = _text(field, code, helps=helps)
            self._protect(made)

    def rows(self, code: str) -> list[forms.BoundField]:
        """Return the fields of a language."""
        return [self[f"{field}_{code}"] for field in policies.CASE_TEXTS]

    def texts(self) -> dict[str, str]:
        """Return the cleaned texts by column."""
        return {
            f"{field}_{code}": self.cleaned_data[f"{field}_{code}"]
            for field in policies.CASE_TEXTS
            for code, _name in settings.LANGUAGES
            if f"{field}_{code}" in self.fields
        }


def _grouped(conditions: Iterable[Condition]) -> list[Any]:
    """Return conditions to choose from: illnesses first, then topics of how care is organised."""
    illnesses: list[tuple[str, str]] = []
    topics: list[tuple[str, str]] = []
    for condition in conditions:
        (topics if condition.group == "system" else illnesses).append((condition.code, condition.name))
    return [("", _("Choose one")), (_("Conditions"), illnesses), (_("How care is organised"), topics)]


class CaseForm(TextsForm):
    """A case study as its author writes it. A draft may be as empty as they like; what is needed is asked when it is submitted."""

    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    language = forms.ChoiceField(
        label=_("I write in"), choices=settings.LANGUAGES, widget=forms.RadioSelect, required=False
    )
    specialty = forms.ModelChoiceField(
        label=_("Specialty"), queryset=Specialty.objects.none(), required=False, empty_label=_("No specialty")
    )
    facility_type = forms.ModelChoiceField(
        label=_("Kind of facility"), queryset=FacilityType.objects.none(), required=False, empty_label=_("Choose one")
    )
    district = forms.ModelChoiceField(
        label=_("District"),
        queryset=District.objects.none(),
        required=False,
        empty_label=_("Not told"),
        help_text=_("Everybody sees it. Leave it out if it could tell who the patient is, or who you are."),
    )
    credited = forms.TypedChoiceField(
        label=_("Your name"),
        choices=[("", _("Published without my name")), ("yes", _("Published with my name and profession"))],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("You can take your name off at any time. Your side is not shown."),
    )

    def __init__(self, *args: Any, case: CaseStudy | None = None, **kwargs: Any) -> None:
        here = (get_language() or "ar")[:2]
        self.main = case.language if case else here
        initial = {"language": self.main, "credited": ""}
        if case:
            initial = {name: getattr(case, name) for name in ("language", "specialty", "facility_type", "district")}
            initial |= {"credited": "yes" if case.credited else "", "version": case.version}
            initial |= {
                f"{field}_{code}": getattr(case, f"{field}_{code}") or ""
                for field in policies.CASE_TEXTS
                for code, _name in settings.LANGUAGES
            }
            initial |= {f"condition{n}": c.code for n, c in enumerate(case.conditions.all(), 1)}
        super().__init__(*args, initial=initial | (kwargs.pop("initial", None) or {}), **kwargs)
        for name, model in (("specialty", Specialty), ("facility_type", FacilityType), ("district", District)):
            self.fields[name].queryset = model.objects.order_by("name", "pk")  # type: ignore[attr-defined]
        self.known = {condition.code: condition for condition in Condition.objects.order_by("name", "pk")}
        for number in range(1, MOST_CONDITIONS + 1):
            self.fields[f"condition{number}"] = forms.ChoiceField(
                label=_("Condition or topic") if number == 1 else _("Another one"),
                choices=_grouped(self.known.values()),
                required=False,
            )
        for code, _name in settings.LANGUAGES:
            self.ask(code, helps=code == self.main)

    @property
    def sections(self) -> list[dict[str, Any]]:
        """Return the texts by language, that of the author first; the other one is open where it holds something."""
        languages = sorted(settings.LANGUAGES, key=lambda language: language[0] != self.main)
        return [
            {
                "name": name,
                "rows": self.rows(code),
                "other": code != self.main,
                "open": any(row.value() or row.errors for row in self.rows(code)),
            }
            for code, name in languages
        ]

    @property
    def conditions(self) -> list[forms.BoundField]:
        return [self[f"condition{number}"] for number in range(1, MOST_CONDITIONS + 1)]

    def content(self) -> dict[str, Any]:
        """Return the cleaned texts and choices that the services take."""
        chosen = {name: self.cleaned_data[name] for name in ("specialty", "facility_type", "district", "credited")}
        return self.texts() | chosen | {"language": self.cleaned_data["language"] or self.main}

    def chosen_conditions(self) -> list[Condition]:
        codes = [self.cleaned_data[f"condition{number}"] for number in range(1, MOST_CONDITIONS + 1)]
        return [self.known[code] for code in dict.fromkeys(codes) if code]


class TranslationForm(TextsForm):
    """The texts of a case study in the language that its author does not write in."""

    def __init__(self, *args: Any, case: CaseStudy, code: str, **kwargs: Any) -> None:
        self.code = code
        initial = {f"{field}_{code}": getattr(case, f"{field}_{code}") or "" for field in policies.CASE_TEXTS}
        super().__init__(*args, initial=initial | {"version": case.version}, **kwargs)
        self.ask(code)

    @property
    def texts_rows(self) -> list[forms.BoundField]:
        return self.rows(self.code)


class SubmitForm(forms.Form):
    """What an author declares when they submit: each point, the patient's consent, and each kind of what was found."""

    version = forms.IntegerField(required=False, min_value=0, max_value=10**9, widget=forms.HiddenInput)
    patient_consent = forms.ChoiceField(
        label=_("Has the patient agreed?"),
        choices=PatientConsent.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the two.")},
    )

    def __init__(self, *args: Any, case: CaseStudy, findings: Iterable[Finding], **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": case.version}, **kwargs)
        for point in CasePoint:
            self.fields[f"point-{point}"] = forms.BooleanField(
                label=point.label, error_messages={"required": _("Please tick this point, or change the text.")}
            )
        self.kinds = list(dict.fromkeys(finding.kind for finding in findings if not finding.blocks))
        for kind in self.kinds:
            self.fields[f"found-{kind}"] = forms.BooleanField(
                label=_("I have looked at it: this identifies no patient (%(kind)s).")
                % {"kind": FindingKind(kind).label},
                error_messages={"required": _("Please look at it: change the text, or tick this.")},
            )

    @property
    def points(self) -> list[forms.BoundField]:
        return [self[f"point-{point}"] for point in CasePoint]

    @property
    def found(self) -> list[forms.BoundField]:
        return [self[f"found-{kind}"] for kind in self.kinds]

    def declared(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {
            "points": [str(point) for point in CasePoint if self.cleaned_data[f"point-{point}"]],
            "confirmed": [str(kind) for kind in self.kinds if self.cleaned_data[f"found-{kind}"]],
            "patient_consent": self.cleaned_data["patient_consent"],
        }
