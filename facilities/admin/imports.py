"""Lists of facilities at the desk: uploaded, columns chosen, read, decided, taken over; and the same list to take along."""

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from facilities import selectors, services
from facilities.forms.imports import UploadForm, chosen, column_choices
from facilities.lists.columns import Column
from facilities.lists.enums import IMPORT_MOVES, Decision, ImportMove, Outcome
from facilities.lists.faults import sentences
from facilities.models import FacilityImport, ImportRow
from network import policies as network_policies, sending, sheets
from network.admin_fields import number
from network.admin_scoping import RegionScopedAdmin
from network.enums import DomainError
from network.paging import Page

PAGE_SIZE = 50
LONGEST_SHOWN = 80


@admin.register(FacilityImport)
class FacilityImportAdmin(RegionScopedAdmin):
    """Nothing is changed before somebody has seen what would be."""

    form = UploadForm
    list_display = ("told_file", "source", "side", "state", "uploaded_at")
    list_filter = ("state",)
    list_select_related = ("source", "side")
    ordering = ("-pk",)
    fields = ("told_file", "source", "side", "official", "uploaded_at")
    readonly_fields = fields
    change_form_template = "admin/facilities/facilityimport/change.html"
    change_list_template = "admin/facilities/facilityimport/list.html"

    @admin.display(description=_("file"), ordering="filename")
    def told_file(self, obj: FacilityImport) -> SafeString:
        return format_html('<bdi dir="auto">{}</bdi>', obj.filename)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    # --- uploading --------------------------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else ("source", "side", "official", "upload")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change=change, **kwargs)
        if obj:
            return made
        sides = sorted(network_policies.regions(request.user))

        class OfSides(made):  # type: ignore[valid-type,misc]
            def __init__(self, *args: Any, **given: Any) -> None:
                super().__init__(*args, sides=sides, **given)

        return OfSides

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """Keep the list by its service; the form's own row is never saved."""
        given = form.cleaned_data
        upload = given["upload"]
        form.instance = services.upload_list(
            source=given["source"],
            side=given["side"],
            official=given["official"],
            upload=(upload.name, upload.read()),
            by=request.user,
        )
        form.save_m2m = lambda: None
        return form.instance

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        return None

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        messages.success(request, gettext("Uploaded. Nothing is changed yet: please look at the columns."))
        return redirect(self.after_move(obj))

    # --- buttons ----------------------------------------------------------------------------------------------------

    def moves(self) -> dict[str, Any]:
        return {
            "read": self._read,
            "decide": self._decide,
            "apply": self._apply,
            "discard": self._discard,
        }

    def _read(self, request: HttpRequest, obj: FacilityImport) -> str:
        services.choose_columns(batch=obj, mapping=chosen(obj, request.POST), by=request.user)
        return gettext("The list is being read. Nothing is changed by that.")

    def _decide(self, request: HttpRequest, obj: FacilityImport) -> str:
        line = request.POST.get("line", "")
        if line and number(line) is None:
            raise services.NoDuplicate
        decided = services.decide_rows(
            batch=obj, decision=request.POST.get("decision", ""), by=request.user, line=number(line) if line else None
        )
        return ngettext("Decided: %(number)s row.", "Decided: %(number)s rows.", decided) % {"number": decided}

    def _apply(self, request: HttpRequest, obj: FacilityImport) -> str:
        services.ask_to_apply(batch=obj, by=request.user)
        return gettext("The list is being taken over: all of it, or nothing.")

    def _discard(self, request: HttpRequest, obj: FacilityImport) -> str:
        services.discard_list(batch=obj, by=request.user)
        return gettext("Put away. Nothing was changed.")

    # --- the page ---------------------------------------------------------------------------------------------------

    def around_form(self, request: HttpRequest, obj: FacilityImport) -> dict[str, Any]:
        works = self._allows(request, "change") and self.is_editable(request, obj) and not obj.wanted
        outcome = request.GET.get("outcome", "")
        shown = outcome if outcome in Outcome.values else self._first_to_look_at(obj)
        page = Page.of(selectors.import_rows(obj, shown), request.GET.get("page"), PAGE_SIZE)
        return {
            "bar": obj.bar if obj.wanted else None,
            "outcomes": obj.outcomes if obj.counts else (),
            "shown": Outcome(shown),
            "page_obj": page,
            "rows": [self._told(row) for row in page.rows],
            "decisions": [each for each in Decision if each],
            "undecided": selectors.undecided_rows(obj) if obj.count_of(Outcome.DUPLICATE) else 0,
            "columns": [
                {"heading": heading, "code": obj.mapping.get(heading, ""), "name": f"column-{place}"}
                for place, heading in enumerate(obj.headings)
            ],
            "choices": column_choices(),
            "can": {
                "read": works and obj.state in ("uploaded", "read"),
                "decide": works and obj.state in IMPORT_MOVES[ImportMove.APPLY].sources,
                "apply": works and obj.state in IMPORT_MOVES[ImportMove.APPLY].sources,
                "discard": works and obj.state in IMPORT_MOVES[ImportMove.DISCARD].sources,
            },
        }

    @staticmethod
    def _first_to_look_at(obj: FacilityImport) -> str:
        order = (Outcome.DUPLICATE, Outcome.ERROR, Outcome.CHANGED, Outcome.NEW)
        return next((each for each in order if obj.count_of(each)), Outcome.SAME)

    @staticmethod
    def _told(row: ImportRow) -> dict[str, Any]:
        labels = dict(Column.choices)
        given = row.values.get("columns", {})
        return {
            "row": row,
            "errors": sentences(row.errors),
            "name": given.get(Column.NAME_AR) or given.get(Column.NAME_EN) or given.get(Column.NAME_SOURCE, ""),
            "given": [(labels[code], given[code][:LONGEST_SHOWN]) for code in Column.values if given.get(code)],
            "difference": [
                (_told_column(name, labels), old[:LONGEST_SHOWN], new[:LONGEST_SHOWN])
                for name, (old, new) in row.difference.items()
            ],
        }

    # --- to take along ----------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Add the list of all facilities as a file."""
        view = self.admin_site.admin_view(self._export)
        return [path("export/", view, name="facilities_facilityimport_export"), *super().get_urls()]

    def _export(self, request: HttpRequest) -> HttpResponseBase:
        """Hand out the facilities; by POST, for it is recorded."""
        kind = request.POST.get("kind", "")
        if not self._allows(request, "view"):
            raise Http404
        if request.method != "POST" or kind not in sheets.CONTENT_TYPES:
            return redirect("admin:facilities_facilityimport_changelist")
        try:
            pieces = services.export_facilities(kind=kind, by=request.user)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("admin:facilities_facilityimport_changelist")
        response = StreamingHttpResponse(pieces, content_type=sheets.CONTENT_TYPES[kind])
        filename = f"facilities-{timezone.localdate():%Y-%m-%d}.{kind}"
        response["Content-Disposition"] = sending.disposition(filename)
        response["Cache-Control"] = sending.NOT_KEPT
        return response


def _told_column(name: str, labels: dict[Any, Any]) -> str:
    bare = name.removeprefix(services.IN_SOURCE)
    label = str(labels.get(bare, bare))
    return label if bare == name else gettext("only kept with the source: %(column)s") % {"column": label}
