"""How the seats of a session are shared: kept seats by side and profession, how each stands, and the form that changes them."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from dialogues import policies, seating, services
from dialogues.admin import planning
from dialogues.allocation import Floors
from dialogues.enums import FloorKind, SessionState
from dialogues.models import Session, Site
from network import policies as network_policies
from network.enums import DomainError
from network.forms import SafeForm
from network.models import Profession, Region

PROFESSION_ROWS = 3
ABROAD = "abroad"


class SharingForm(SafeForm):
    """For each site so many seats for each side, for members abroad, and for a few professions; and until when."""

    until = forms.SplitDateTimeField(
        label=_("seats are kept until"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=_("Tripoli time. Empty: two days before the start."),
    )

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session = session
        self.sides = [*Region.objects.order_by("position", "pk"), None]
        self.sites = list(session.sites.prefetch_related(seating.with_floors()).order_by("pk"))
        self.fields["until"].initial = session.floors_until
        for widget, part in zip(self.fields["until"].widget.widgets, (gettext("date"), gettext("time")), strict=True):
            widget.attrs["aria-label"] = f"{self.fields['until'].label}: {part}"
        professions = Profession.objects.order_by("name", "pk")
        for site in self.sites:
            kept = {(floor.kind, floor.key): floor.seats for floor in site.floors.all()}
            for side in self.sides:
                self.fields[self._side(site, side)] = forms.IntegerField(
                    label=side.name if side else gettext("abroad"),
                    min_value=0,
                    max_value=site.seats,
                    required=False,
                    initial=kept.get((FloorKind.SIDE, side.pk if side else None), 0),
                )
            rows = [(key, seats) for (kind, key), seats in kept.items() if kind == FloorKind.PROFESSION]
            for number in range(max(PROFESSION_ROWS, len(rows) + 1)):
                key, seats = rows[number] if number < len(rows) else (None, None)
                self.fields[f"{site.pk}-profession-{number}"] = forms.ModelChoiceField(
                    label=gettext("profession"), queryset=professions, required=False, initial=key
                )
                self.fields[f"{site.pk}-kept-{number}"] = forms.IntegerField(
                    label=gettext("kept seats"), min_value=0, max_value=site.seats, required=False, initial=seats
                )

        if session.series_id:
            self.fields |= planning.reach_fields()

    @property
    def reaches_following(self) -> bool:
        """Whether the following sessions of the series are meant too."""
        return self.cleaned_data.get("reach") == planning.FOLLOWING

    @staticmethod
    def _side(site: Site, side: Region | None) -> str:
        return f"{site.pk}-side-{side.pk if side else ABROAD}"

    def boxes(self, site: Site) -> list[forms.BoundField]:
        """Return the boxes of the sides at one site."""
        return [self[self._side(site, side)] for side in self.sides]

    def pairs(self, site: Site) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        """Return the boxes of the professions at one site, each with its number of seats."""
        number = 0
        while f"{site.pk}-profession-{number}" in self.fields:
            yield self[f"{site.pk}-profession-{number}"], self[f"{site.pk}-kept-{number}"]
            number += 1

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("until") and data["until"] > self.session.starts_at:
            self.add_error("until", _("Seats can be kept until the start at the latest."))
        for site in self.sites:
            chosen = [data.get(name.name) for name, _number in self.pairs(site) if data.get(name.name)]
            if len(set(chosen)) < len(chosen):
                self.add_error(None, gettext("%(site)s: each profession once, please.") % {"site": site.name})
        return data

    def floors(self) -> dict[int, Floors]:
        """Return what was typed, site id → floors."""
        data = self.cleaned_data
        return {
            site.pk: Floors(
                {side.pk if side else None: data.get(self._side(site, side)) or 0 for side in self.sides},
                {
                    data[name.name].pk: data.get(number.name) or 0
                    for name, number in self.pairs(site)
                    if data.get(name.name)
                },
            )
            for site in self.sites
        }


def _keep(request: HttpRequest, session: Session, form: SharingForm) -> None:
    shared = {"session": session, "floors": form.floors(), "until": form.cleaned_data["until"], "by": request.user}
    if form.reaches_following:
        changed = services.share_following(**shared, also_changed_alone=form.cleaned_data["reach_changed_alone"])
        planning.tell_reached(request, changed)
    else:
        services.set_floors(**shared)


def balance(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """Show a bar for each side against its kept seats; whoever runs the session changes them here."""
    may = (
        policies.can_manage(request.user, session)
        and network_policies.allows(request.user, "change", "dialogues.session")
        and session.state in (SessionState.DRAFT, SessionState.PUBLISHED)
        and session.starts_at > timezone.now()
    )
    form = SharingForm(session=session) if may else None
    if request.method == "POST":
        if form is None:
            raise Http404
        form = SharingForm(request.POST, session=session)
        if form.is_valid():
            try:
                _keep(request, session, form)
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, gettext("Saved. Whoever may have a seat now is being offered it."))
                return redirect(request.path)
    until = policies.floors_end(floors_until=session.floors_until, starts_at=session.starts_at)
    standing = seating.balance(session)
    if form:
        for place in standing:
            pairs = list(form.pairs(place["site"]))
            filled = any(box.value() for pair in pairs for box in pair)
            place |= {"boxes": form.boxes(place["site"]), "pairs": pairs, "by_profession": filled}
    context = {
        **model_admin.admin_site.each_context(request),
        "title": gettext("Sharing the seats"),
        "opts": model_admin.opts,
        "session": session,
        "places": standing,
        "form": form,
        "until": until,
        "released": timezone.now() >= until,
    }
    return TemplateResponse(request, "admin/dialogues/session/balance.html", context)
