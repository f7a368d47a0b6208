"""What is typed about an action."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext, pgettext_lazy

from dialogues.services import TooLarge
from facilities.models import Facility
from measures.accountability import side_name
from measures.models import Action
from network.forms import SafeForm, place_choices
from network.models import Municipality, Practitioner, Region
from network.uploads.documents import SAME, TYPES

Find = Callable[[str], list[Practitioner]]
Get = Callable[[Iterable[int]], list[Practitioner]]
TEXTS = ("title_ar", "title_en", "wanted_ar", "wanted_en")


def _text(label: Any, code: str, *, long: bool = False, help_text: Any = "", required: bool = True) -> forms.CharField:
    attrs = {"lang": code, "dir": "rtl" if code == "ar" else "ltr"}
    return forms.CharField(
        label=label,
        max_length=600 if long else 200,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs=attrs | {"rows": 3}) if long else forms.TextInput(attrs=attrs),
    )


class ActionForm(SafeForm):
    """What is to be done, where, until when, and what would prove it."""

    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    title_ar = _text(_("What is to be done, in Arabic"), "ar")
    title_en = _text(_("What is to be done, in English"), "en")
    municipality = forms.ChoiceField(label=_("Municipality"), required=False)
    region = forms.ModelChoiceField(
        label=_("Or a whole side"),
        queryset=Region.objects.order_by("position", "pk"),
        required=False,
        empty_label=_("The whole country"),
    )
    facility = forms.CharField(
        label=_("Code of a facility"),
        max_length=12,
        required=False,
        help_text=_("If it is done at one facility: the code stands on its page under “Facilities”."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "autocapitalize": "characters"}),
    )
    place = forms.CharField(
        label=_("Or a place in words"), max_length=160, required=False, widget=forms.TextInput(attrs={"dir": "auto"})
    )
    due = forms.DateField(
        label=_("Due"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )
    wanted_ar = _text(_("What will prove it, in Arabic"), "ar", long=True, required=False)
    wanted_en = _text(_("What will prove it, in English"), "en", long=True, required=False)

    @property
    def titles(self) -> list[Any]:
        return [self["title_ar"], self["title_en"]]

    @property
    def proofs(self) -> list[Any]:
        return [self["wanted_ar"], self["wanted_en"]]

    def __init__(self, *args: Any, action: Action | None = None, **kwargs: Any) -> None:
        self.action = action
        initial = kwargs.pop("initial", None) or {}
        if action:
            initial = {name: getattr(action, name) or "" for name in (*TEXTS, "place")} | {
                "municipality": str(action.municipality_id or ""),
                "facility": action.facility.code if action.facility else "",
                "region": None if action.municipality_id else action.region_id,
                "due": action.due,
            }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["municipality"].choices = [("", _("None in particular")), *place_choices()]  # type: ignore[attr-defined]

    def clean_due(self) -> date:
        due: date = self.cleaned_data["due"]
        kept = self.action.due if self.action else None
        if due != kept and due < timezone.localdate():
            raise forms.ValidationError(gettext("This day is over. Please choose one that is still to come."))
        return due

    def clean_facility(self) -> Facility | None:
        code = self.cleaned_data["facility"].strip().upper()
        kept = self.action.facility if self.action else None
        if not code or (kept and kept.code == code):
            return kept if code else None
        facility = Facility.objects.public().select_related("side").filter(code=code).first()
        if facility is None:
            raise forms.ValidationError(gettext("No facility has this code. Please look it up under “Facilities”."))
        return facility

    def content(self) -> dict[str, Any]:
        """Return what the service takes; whoever names a municipality or a facility has named its side."""
        said = {name: self.cleaned_data[name] for name in (*TEXTS, "facility", "place", "due")}
        chosen = self.cleaned_data["municipality"]
        municipality = Municipality.objects.select_related("district").get(pk=chosen) if chosen else None
        facility = self.cleaned_data["facility"]
        region = facility.side if facility else self.cleaned_data["region"]
        return said | {
            "municipality": municipality,
            "region": municipality.district.region if municipality else region,
        }


class OwnerSearch:
    """Owners to choose from: those whom a name finds, and whoever is chosen already. Works as a part of any form."""

    def __init__(self, form: forms.Form, names: dict[str, Any], find: Find, get: Get, source: Any) -> None:
        self.form, self.names, self.found = form, names, {}
        for name, label in names.items():
            form.fields[f"{name}_q"] = asked = forms.CharField(
                label=label,
                required=False,
                max_length=100,
                help_text=gettext("A name in either script; then press “Search”."),
                widget=forms.TextInput(attrs={"type": "search", "dir": "auto", "autocomplete": "off"}),
            )
            form._protect(asked)  # type: ignore[attr-defined]
            picked = str(source.get(name) or "")
            people = get([int(picked)]) if picked.isdecimal() and len(picked) < 18 else []
            people += [person for person in find(str(source.get(f"{name}_q") or "")[:100]) if person not in people]
            self.found[name] = {str(person.pk): person for person in people}
            form.fields[name] = found = forms.ChoiceField(
                label=gettext("Found"),
                required=False,
                choices=[(str(person.pk), _shown(person)) for person in people],
                widget=forms.RadioSelect,
            )
            # Neither has to be filled in for a search, yet in the end somebody has to be chosen.
            asked.needed = found.needed = True  # type: ignore[attr-defined]

    def people(self) -> list[Practitioner]:
        """Return who was chosen for each; says beside the search what is missing where nobody was."""
        chosen = []
        for name in self.names:
            person = self.found[name].get(self.form.cleaned_data.get(name) or "")
            if person is None:
                self.form.add_error(f"{name}_q", gettext("Please search for a member and choose one of those found."))
            else:
                chosen.append(person)
        return chosen


def _shown(person: Practitioner) -> str:
    said = {"name": person.name, "profession": person.profession, "side": side_name(person.region)}
    return pgettext("a person among those found", "%(name)s · %(profession)s · %(side)s") % said


class _ChoosesOwners(SafeForm):
    """A form with people to search for by name; `chosen` are those who were chosen once it is valid."""

    def search_for(self, names: dict[str, Any], find: Find, get: Get) -> None:
        self.search = OwnerSearch(self, names, find, get, self.data if self.is_bound else self.initial)

    @property
    def owners(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"{name}_q"], self[name]) for name in self.search.names]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.chosen = self.search.people()
        return data


class PlanForm(ActionForm, _ChoosesOwners):
    """A new action with its two owners, who are searched for on the same page."""

    def __init__(self, *args: Any, find: Find, get: Get, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {
            "first": _("First owner: search by name"),
            "second": _("Second owner, of another side: search by name"),
        }
        self.search_for(names, find, get)


class OwnerForm(_ChoosesOwners):
    """Another member in the place of an owner."""

    def __init__(self, *args: Any, find: Find, get: Get, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.search_for({"to": _("Who takes it over: search by name")}, find, get)


class EvidenceForm(SafeForm):
    """What was done, with a link or a file that shows it."""

    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=pgettext_lazy("of an action", "What was done"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=_("Name no patients."),
    )
    link = forms.URLField(
        label=_("Link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"dir": "ltr", "placeholder": "https://"}),
        help_text=_("A page that begins with https://"),
    )
    upload = forms.FileField(label=_("File"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        upload = self.fields["upload"]
        upload.widget.attrs["accept"] = ",".join(f".{extension}" for extension in (*TYPES, *SAME))
        upload.help_text = gettext(
            "PDF, Word, PowerPoint, Excel, OpenDocument or a picture, at most %(megabytes)s MB. Pictures are made anew, "
            "and the names of authors are taken out."
        ) % {"megabytes": settings.MATERIAL_LARGEST // 1_000_000}

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"]
        if link and not link.startswith("https://"):
            raise forms.ValidationError(gettext("Please give a link that begins with https://."))
        return link

    def clean_upload(self) -> Any:
        upload = self.cleaned_data["upload"]
        if upload and upload.size > settings.MATERIAL_LARGEST:
            raise forms.ValidationError(TooLarge.message % {"megabytes": settings.MATERIAL_LARGEST // 1_000_000})
        return upload


class ReasonForm(SafeForm):
    """Why."""

    reason = forms.CharField(label=_("Why"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))
