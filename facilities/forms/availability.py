"""Which services a facility gives: one row a service, on a page for a phone."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from facilities.enums import Barrier
from facilities.models import ServiceDomain, ServiceStatus
from facilities.services import Said
from facilities.upkeep_enums import Availability


class ServicesForm(forms.Form):
    """For each service whether it is there and, if not fully, what it lacks; what is left as it is says nothing new."""

    as_of = forms.DateField(
        label=_("Since which day is it so?"),
        widget=forms.DateInput(attrs={"type": "date"}),
        initial=timezone.localdate,
    )
    marks_optional = False

    def __init__(
        self, *args: Any, domains: Collection[ServiceDomain], standing: Mapping[int, ServiceStatus], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.domains, self.standing = list(domains), standing
        for domain in self.domains:
            known = standing.get(domain.pk)
            self.fields[f"service-{domain.pk}"] = forms.ChoiceField(
                label=domain.name,
                choices=[("", _("no information")), *Availability.choices],
                initial=known.availability if known else "",
                required=False,
                show_hidden_initial=True,
            )
            self.fields[f"lacks-{domain.pk}"] = forms.MultipleChoiceField(
                label=_("What it lacks"),
                choices=Barrier.choices,
                initial=known.barriers if known else [],
                required=False,
                show_hidden_initial=True,
                widget=forms.CheckboxSelectMultiple,
            )

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "domain": domain,
                "known": self.standing.get(domain.pk),
                "availability": self[f"service-{domain.pk}"],
                "lacks": self[f"lacks-{domain.pk}"],
                "open": self[f"service-{domain.pk}"].value() in (Availability.PARTLY, Availability.NOT),
            }
            for domain in self.domains
        ]

    def said(self) -> dict[int, Said]:
        """Return what the service takes: of every service of which something else is said than the page showed when it was opened."""
        data, changed = self.cleaned_data, set(self.changed_data)
        return {
            domain.pk: Said(data[f"service-{domain.pk}"], data[f"lacks-{domain.pk}"])
            for domain in self.domains
            if data[f"service-{domain.pk}"] and changed & {f"service-{domain.pk}", f"lacks-{domain.pk}"}
        }
