from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy as _

from facilities.models import ServiceDomain
from measures.enums import News
from network.models import Region


class FilterForm(forms.Form):
    """One wish to be told: side and topic and kind together, of which at least one is chosen."""

    region = forms.ModelChoiceField(
        Region.objects.none(),
        required=False,
        label=_("Side"),
        empty_label=_("any side"),
        help_text=_("Whose people write the measure, or answer for the action."),
    )
    topic = forms.ModelChoiceField(
        ServiceDomain.objects.none(), required=False, label=_("Topic"), empty_label=_("any topic")
    )
    kind = forms.ChoiceField(
        choices=[("", _("whatever happens")), *News.choices], required=False, label=_("What happens")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.order_by("position", "pk")
        self.fields["topic"].queryset = ServiceDomain.objects.order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.values()):
            self.add_error(
                None,
                gettext("Please choose a side, a topic or what happens: leaving all three open would mean everything."),
            )
        return cleaned
