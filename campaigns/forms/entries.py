"""The entry form: who enters, and the questions that the campaign asks."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy as _

from campaigns import photos
from campaigns.enums import QuestionKind
from campaigns.models import Campaign, Question
from campaigns.services import Entrant
from network.forms import NumberField, PhoneField, SafeForm, place_choices
from network.models import Municipality
from network.querysets import MunicipalityQuerySet

ABROAD = "abroad"
CODE = {"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
NUMBER_AT_MOST = 1_000_000
# More digits than these are no id of ours.
LONGEST_ID = 18
# Photos are kept beside it, under the same uid.
NOT_PUT_ASIDE = {"uid", "rules", "photos"}


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


class PhotosInput(forms.FileInput):
    """Several files at once; what was chosen is looked at one by one by the view, so that never more than one lies in memory."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else []


class PhotosField(forms.Field):
    widget = PhotosInput

    def __init__(self, *, most: int) -> None:
        super().__init__(
            label=_("Photos"),
            required=False,
            widget=PhotosInput(attrs={"multiple": True, "accept": photos.ACCEPTED}),
            help_text=format_lazy(
                _(
                    "At most {most}, each of at most {megabytes} MB. What a photo says of its place and time is removed."
                ),
                most=most,
                megabytes=settings.PHOTO_LARGEST // 1_000_000,
            ),
        )


class _Asks(SafeForm):
    """A form with the questions of a campaign, and its photos."""

    def take_photos(self, campaign: Campaign) -> None:
        if campaign.photos_at_most:
            self.fields["photos"] = PhotosField(most=campaign.photos_at_most)

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


class _PlaceField(forms.ChoiceField):
    """A municipality of today: `is_place` asks for the one that was chosen, and only where the field is shown all are read."""

    is_place: Callable[[str], bool]

    def valid_value(self, value: Any) -> bool:
        return self.is_place(str(value))


class EnterForm(_Asks):
    """A new entry."""

    has_to_be_reached = True

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
    municipality = _PlaceField(label=_("Your municipality"))
    in_gallery = forms.BooleanField(
        label=_("My entry may be shown in the public gallery, without my name."), required=False
    )
    rules = forms.BooleanField(
        label=_("I have read the rules and accept them."),
        error_messages={"required": _("Please tick the box if you accept the rules.")},
    )

    def __init__(self, *args: Any, campaign: Campaign, questions: Iterable[Question], **kwargs: Any):
        super().__init__(*args, **kwargs)
        place: Any = self.fields["municipality"]
        place.choices, place.is_place = lambda: self.offered, self.is_place
        self.ask(questions)
        self.take_photos(campaign)
        if not campaign.rules:
            del self.fields["rules"]
        if not campaign.is_contest:
            # What is pledged is shown nowhere, and nobody judges it.
            del self.fields["in_gallery"]
            self.fields["name"].help_text = _("Of a group: the name of whoever speaks for it. It is not published.")
        # As on the page: what is asked, then what is agreed to.
        last = {"in_gallery", "rules"}
        self.order_fields([name for name in self.fields if name not in last])

    @cached_property
    def offered(self) -> list[Any]:
        return self.places()

    def is_place(self, value: str) -> bool:
        """Tell whether somebody may live there, and keep where that is."""
        self.place: Municipality | None = None
        if value == ABROAD:
            return self.takes_abroad()
        if value.isascii() and value.isdigit() and len(value) <= LONGEST_ID:
            self.place = self.homes().filter(pk=int(value)).first()
        return self.place is not None

    def takes_abroad(self) -> bool:
        return True

    def homes(self) -> MunicipalityQuerySet:
        """Return the municipalities to choose from."""
        return Municipality.objects.valid_on(timezone.localdate()).select_related("district__region")

    def places(self) -> list[Any]:
        return [("", _("Choose your municipality")), *place_choices(), (_("Elsewhere"), [(ABROAD, _("Abroad"))])]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        reached = data.get("phone") or data.get("email") or {"phone", "email"} & set(self.errors)
        if self.has_to_be_reached and not reached:
            self.add_error("phone", gettext("Please give a telephone number or an e-mail address."))
        return data

    def entrant(self) -> Entrant:
        return Entrant(
            name=self.cleaned_data["name"],
            phone=self.cleaned_data["phone"],
            email=self.cleaned_data["email"],
            municipality=self.place,
        )

    def typed(self) -> dict[str, str]:
        """Return what stands in the form, however far it has come: what is put aside for later."""
        kept = {name: str(self.data.get(name, ""))[:2_000] for name in self.fields if name not in NOT_PUT_ASIDE}
        return {name: value for name, value in kept.items() if value}


class PaperForm(EnterForm):
    """A new entry as it stands on paper, typed by a coordinator of the side on which its sender lives."""

    has_to_be_reached = False
    marks_optional = False

    def __init__(self, *args: Any, sides: Collection[int], abroad: bool, **kwargs: Any) -> None:
        self.sides, self.abroad = sides, abroad
        super().__init__(*args, **kwargs)
        labels = {"name": _("Name"), "municipality": _("Municipality"), "in_gallery": _("May be shown in the gallery")}
        for name, label in {**labels, "rules": _("The form is signed: its sender accepts the rules.")}.items():
            if name in self.fields:
                self.fields[name].label = label
        for name in ("name", "phone", "email"):
            # What the browser knows is the coordinator's own.
            self.fields[name].widget.attrs["autocomplete"] = "off"
            self.fields[name].help_text = ""
        self.fields["name"].widget.attrs["autofocus"] = not self.is_bound

    def takes_abroad(self) -> bool:
        return self.abroad

    def homes(self) -> MunicipalityQuerySet:
        """Return those of the coordinator's sides."""
        return super().homes().filter(district__region__in=self.sides)

    def places(self) -> list[Any]:
        elsewhere = [(_("Elsewhere"), [(ABROAD, _("Abroad"))])] if self.abroad else []
        return [("", "—"), *place_choices(self.sides), *elsewhere]


class CorrectForm(_Asks):
    """The answers of an entry that is there. It brings back what it showed: kept is what differs from that, from an old tab too."""

    in_gallery = forms.BooleanField(
        label=_("My entry may be shown in the public gallery, without my name."), required=False
    )

    def __init__(self, *args: Any, campaign: Campaign, questions: Iterable[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask(questions)
        self.take_photos(campaign)
        if not campaign.is_contest:
            del self.fields["in_gallery"]
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "photos"

    def changes(self) -> dict[str, Any]:
        """Return what the service takes: the answers that were changed, None for one that was taken out, and the gallery if it was."""
        changed, given = set(self.changed_data), self.answers()
        keys = [question.key for question in self.questions if f"q-{question.key}" in changed]
        gallery = {"in_gallery": self.cleaned_data["in_gallery"]} if "in_gallery" in changed else {}
        return {"answers": {key: given.get(key) for key in keys}, **gallery}


class ContactForm(SafeForm):
    """How an entrant is reached, put right by themselves."""

    phone = PhoneField(required=False)
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "email"})
    )


class ToldContactForm(ContactForm):
    """The same at the desk."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=1_000,
        help_text=_("For example: their sister came with the receipt. Please write no telephone number here."),
        widget=forms.Textarea(attrs={"rows": 2, "cols": 40, "dir": "auto"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("phone", "email"):
            # What the browser knows is the coordinator's own.
            self.fields[name].widget.attrs["autocomplete"] = "off"


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
