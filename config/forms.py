"""How forms are drawn: the site's own field and form templates."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest


class JisrFormRenderer(TemplatesSetting):
    """Draw every form with labels above, help and errors tied to their field, and a summary of the errors on top."""

    form_template_name = "includes/_form.html"
    field_template_name = "includes/_field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Render a template of a form; a field's placeholder goes, since it only repeats the label and fades on typing."""
        if template_name == self.field_template_name:
            context["field"].field.widget.attrs.pop("placeholder", None)
        return super().render(template_name, context, request)
