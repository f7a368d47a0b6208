from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext

from network import policies, selectors, validators
from network.enums import DomainError, SpokenLanguage, Visibility
from network.models import Municipality, Practitioner, User
from network.services import CorrectedMeanwhile
from notifications import outbox, zones

# Topics that concern nobody but whoever holds a role.
STAFF_TOPICS = frozenset({"membership", "case-reviews"})

REQUIRED_WHERE = {
    "municipality": _("Please choose your municipality, or say that you live abroad."),
    "abroad_in": _("Please write the country in which you live."),
}


class PhoneField(forms.CharField):
    """A telephone number as people write it; cleaned to E.164."""

    widget = forms.TextInput(attrs={"type": "tel", "dir": "ltr", "autocomplete": "tel", "inputmode": "tel"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Telephone"))
        super().__init__(max_length=30, **kwargs)

    def clean(self, value: Any) -> str:
        value = super().clean(value)
        return validators.phone_number(value) if value else ""


class NumberField(forms.IntegerField):
    """A whole number in any digits: ٢٠ is 20."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "class": "short", "autocomplete": "off"})
    # Short: they stand above boxes as narrow as a number.
    default_error_messages = {
        "invalid": _("Please write a number."),
        "min_value": _("Not less than %(limit_value)s."),
        "max_value": _("Not more than %(limit_value)s."),
    }

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = "".join(str(int(c)) if c.isdecimal() else c for c in value.strip())
        return super().to_python(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave the bounds to the server: a text box knows none."""
        return {}


class SafeForm(forms.Form):
    """Refuses control characters in every text field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            self._protect(field)

    def _protect(self, field: forms.Field) -> None:
        if isinstance(field, forms.CharField) and not isinstance(field, PhoneField | forms.UUIDField):
            long = isinstance(field.widget, forms.Textarea)
            field.validators = [*field.validators, validators.plain_text if long else validators.plain_line]


class CorrectionForm(SafeForm):
    """Numbers as they should have been. `seen` says how many corrections there were when they began to write."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def refuse(self, error: DomainError, seen: int) -> None:
        """Say why it was not taken; after somebody else's correction what stands now, to which the next sending then answers."""
        self.add_error(None, str(error))
        if not isinstance(error, CorrectedMeanwhile):
            return
        for name, field in self.fields.items():
            initial = self.get_initial_for_field(field, name)
            if not field.widget.is_hidden and name != "why" and field.has_changed(initial, self[name].data):
                shown = dict(getattr(field, "choices", ())).get(initial, initial)
                self.add_error(
                    name, gettext("Now it says: %(what)s") % {"what": shown or pgettext("stands in a box", "nothing")}
                )
        self.data = self.data.copy()
        self.data["seen"] = str(seen)


class SignupForm(forms.Form):
    """What allauth's sign-up form is built on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def full_clean(self) -> None:
        """Take as long for an address or a number that has an account: a new password is hashed, which takes long on purpose."""
        super().full_clean()
        if self.is_bound and not self._errors and getattr(self, "account_already_exists", False):
            make_password(self.cleaned_data["password1"])

    def signup(self, request: Any, user: Any) -> None:
        """Nothing more is kept: the profile comes after the address is proved."""


def place_choices(sides: Collection[int] | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the municipalities of today, grouped under "side: district"; those of some sides where these are named."""
    return [
        (f"{district.region.name}: {district.name}", [(str(m.pk), m.name) for m in district.present])  # type: ignore[attr-defined]
        for district in selectors.places()
        if sides is None or district.region_id in sides
    ]


class ProfileForm(SafeForm, forms.ModelForm):
    """A practitioner's own profile: at least one name, and a municipality or a country abroad."""

    where = forms.ChoiceField(
        label=_("Where do you live?"),
        choices=[("here", _("In the country")), ("abroad", _("Abroad"))],
        widget=forms.RadioSelect,
        initial="here",
    )
    zone = forms.ChoiceField(
        label=_("Your clock"),
        required=False,
        widget=forms.Select(attrs={"data-when": "where:abroad"}),
        help_text=_("If you live elsewhere, we tell you times by your clock too, beside Tripoli time."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you work in"),
        choices=SpokenLanguage.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    class Meta:
        model = Practitioner
        fields = [
            "name_ar",
            "name_latin",
            "profession",
            "specialty",
            "where",
            "municipality",
            "abroad_in",
            "workplace",
            "licence_number",
            "languages",
            "visibility",
        ]
        labels = {
            "name_ar": _("Your name in Arabic letters"),
            "name_latin": _("Your name in Latin letters"),
            "municipality": _("Your municipality"),
            "abroad_in": _("The country in which you live"),
            "visibility": _("Who finds you in the directory?"),
        }
        help_texts = {
            "name_ar": _("Write your name in Arabic letters, in Latin letters, or in both."),
            "workplace": _("The hospital, health centre or office. Shown to no member."),
            "licence_number": _("Only those who verify you see it."),
            "visibility": _("You can change this at any time."),
        }
        widgets = {
            "name_ar": forms.TextInput(attrs={"dir": "rtl", "lang": "ar", "autocomplete": "name"}),
            "name_latin": forms.TextInput(attrs={"dir": "ltr", "lang": "en", "autocomplete": "name"}),
            "municipality": forms.Select(attrs={"data-when": "where:here"}),
            "abroad_in": forms.TextInput(
                attrs={"dir": "auto", "autocomplete": "country-name", "data-when": "where:abroad"}
            ),
            "workplace": forms.TextInput(attrs={"dir": "auto", "autocomplete": "organization"}),
            "licence_number": forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
            "visibility": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("profession", "specialty"):
            field = self.fields[name]
            field.queryset = field.queryset.order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["profession"].empty_label = _("Choose your profession")  # type: ignore[attr-defined]
        self.fields["specialty"].empty_label = _("No specialty")  # type: ignore[attr-defined]
        self.fields["visibility"].choices = Visibility.choices  # type: ignore[attr-defined]
        # Each is asked of those to whom it applies; `clean` lets the others go.
        for name, sentence in REQUIRED_WHERE.items():
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = sentence
        self._offer_municipalities(self.fields["municipality"])
        self.fields["zone"].choices = zones.labels()  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["zone"] = self.instance.user.zone
        if self.instance.pk and self.instance.municipality_id is None:
            self.initial["where"] = "abroad"

    def _offer_municipalities(self, field: Any) -> None:
        """Offer those of today, and the person's own should it exist no more."""
        own = self.instance.municipality if self.instance.pk else None
        today = Municipality.objects.valid_on(timezone.localdate())
        field.queryset = Municipality.objects.filter(Q(pk__in=today.values("pk")) | Q(pk=own.pk if own else None))
        offered = place_choices()
        if own and not any(str(own.pk) == value for _group, places in offered for value, _name in places):
            offered = [(own.district.name, [(str(own.pk), own.name)]), *offered]
        field.choices = [("", _("Choose your municipality")), *offered]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("name_ar") and not data.get("name_latin") and not {"name_ar", "name_latin"} & set(self.errors):
            self.add_error(None, _("Please give your name in Arabic or in Latin letters."))
        if data.get("where") == "abroad":
            data["municipality"] = None
            self.errors.pop("municipality", None)
        else:
            data["abroad_in"] = data["zone"] = ""
            self.errors.pop("abroad_in", None)
        return data

    def profile(self) -> dict[str, Any]:
        """Return the cleaned values that the services take."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name != "where"}


class ConductForm(forms.Form):
    """That somebody has read the code of conduct: in which language, and the hash of the text that they saw."""

    accept = forms.BooleanField(
        label=_("I have read the code of conduct and accept it."),
        error_messages={"required": _("Please tick the box if you accept the code of conduct.")},
    )
    language = forms.ChoiceField(choices=settings.LANGUAGES, widget=forms.HiddenInput)
    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)


class ApplicationForm(ConductForm, ProfileForm):
    """The profile and the code of conduct, by which somebody applies for membership."""


class NoticesForm(forms.Form):
    """How somebody wants to be told, with two boxes for each topic; SMS only for whoever has proved a telephone number."""

    language = forms.ChoiceField(
        label=_("Language of our notices"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    discreet = forms.BooleanField(
        label=_("Discreet mode"),
        required=False,
        help_text=_(
            "Subjects, SMS and calendar entries then never name the network nor the session: they say that there is news for "
            "you, or that you have an appointment."
        ),
    )

    def __init__(self, *args: Any, user: User, preferences: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, initial={"language": user.language, "discreet": user.discreet}, **kwargs)
        self.by_sms = bool(user.phone and user.phone_verified)
        self.preferences = {
            topic: wanted
            for topic, wanted in preferences.items()
            if topic not in STAFF_TOPICS or policies.is_staff(user)
        }
        for topic, wanted in self.preferences.items():
            self.fields[f"{topic}-email"] = self._box(outbox.Channel.EMAIL.label, wanted.email)
            if self.by_sms:
                self.fields[f"{topic}-sms"] = self._box(outbox.Channel.SMS.label, wanted.sms)

    def _box(self, label: Any, initial: bool) -> forms.BooleanField:
        return forms.BooleanField(label=label, initial=initial, required=False)

    def rows(self) -> list[dict[str, Any]]:
        """Return for each topic its name and its boxes."""
        names = outbox.topics()
        return [
            {"name": names[topic], "boxes": [self[name] for name in self.fields if name.startswith(f"{topic}-")]}
            for topic in self.preferences
        ]

    def topics(self) -> dict[str, tuple[bool, bool]]:
        """Return what the service takes: topic → (e-mail, SMS). Where there is no box for SMS, what was said before stays."""
        data = self.cleaned_data
        return {
            topic: (data[f"{topic}-email"], data.get(f"{topic}-sms", wanted.sms))
            for topic, wanted in self.preferences.items()
        }


class VisibilityForm(forms.Form):
    visibility = forms.ChoiceField(
        label=_("Who finds you in the directory?"), choices=Visibility.choices, widget=forms.RadioSelect
    )


class LeaveForm(forms.Form):
    sure = forms.BooleanField(
        label=_("Yes, I want to leave the network."),
        error_messages={"required": _("Please tick the box if you want to leave.")},
    )


def refuse(form: forms.BaseForm, error: ValidationError) -> None:
    """Show at a form what the models refused; what belongs to none of its fields stands above it."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)
