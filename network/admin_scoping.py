"""The scope rule in Django's admin: lists, pickers, autocomplete, inlines, filters, actions, history, deletion and log.

Every admin class inherits RegionScopedAdmin. What may be done follows from `policies.MATRIX`, to which rows from the model's
`visible_to` and `editable_by`. Unknown and forbidden are both 404.
"""

from collections.abc import Sequence
from typing import Any, NoReturn

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.admin.options import BaseModelAdmin, IncorrectLookupParameters
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import DataError, models, transaction
from django.forms import BaseFormSet, ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from network import answering, policies, selectors, services
from network.admin_fields import AnyDate, AnyMoment, Autocomplete, AutocompleteMany, RowsField
from network.enums import DomainError
from network.remembering import remembering

ID_ONLY = "#{}"
# What the links of Django's own list filters ask for.
FILTER_LOOKUPS = ("", "__exact", "__id__exact", "__isnull", "__gte", "__lt", "__year", "__month", "__day")


LONGEST_REASON = 1_000


def typed_reason(request: HttpRequest) -> str:
    """Return the reason that the form of a move sends: what can be read of it, up to LONGEST_REASON."""
    told = "".join(c for c in request.POST.get("reason", "") if c.isprintable() or c == "\n")
    return told.strip()[:LONGEST_REASON]


class ScopeMixin(BaseModelAdmin):
    """What admin pages and inlines have in common."""

    model: type[models.Model]
    formfield_overrides = {models.DateTimeField: {"form_class": AnyMoment}, models.DateField: {"form_class": AnyDate}}

    def _allows(self, request: HttpRequest, action: str) -> bool:
        return policies.allows(request.user, action, self.model._meta.label_lower)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = self.model._default_manager.visible_to(request.user)  # type: ignore[attr-defined]
        return rows.order_by(*(self.get_ordering(request) or ("pk",)))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Say what the two boxes of a time are, to those who hear the page."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, models.DateTimeField) and field is not None:
            for widget, part in zip(field.widget.widgets, (gettext("date"), gettext("time")), strict=True):
                widget.attrs["aria-label"] = f"{field.label}: {part}"
        if language := getattr(db_field, "language", None):
            field.widget.attrs |= {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = Autocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["form_class"] = RowsField
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = AutocompleteMany(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> models.QuerySet:
        """Offer only rows that the person may read; nothing of a model that has no scope rule."""
        manager = db_field.remote_field.model._default_manager
        rows = manager.visible_to(request.user) if hasattr(manager, "visible_to") else manager.none()
        related = self.admin_site._registry.get(db_field.remote_field.model)
        return rows.order_by(*((related.get_ordering(request) if related else ()) or ("pk",)))


class RegionScopedInline(ScopeMixin, admin.options.InlineModelAdmin):
    """Rows of a thing on its own page; whoever may change the thing may change them."""

    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> type[BaseFormSet]:
        return super().get_formset(request, obj, **{"form": remembering(self.form)} | kwargs)

    def _may(self, request: HttpRequest, action: str, parent: Any) -> bool:
        if not self._allows(request, action):
            return False
        if parent is None or action == "view":
            return True
        return type(parent)._default_manager.editable_by(request.user).filter(pk=parent.pk).exists()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)


class CountedSoFar(Paginator):
    """Pages of a list that is counted so far and no farther: beyond it a list is no longer read, it is searched or filtered."""

    at_most = 5_000

    @cached_property
    def count(self) -> int:
        """How many rows there are, of which pages are made; `at_most` where there are more."""
        return min(self._found, self.at_most)

    @property
    def cut_off(self) -> bool:
        return self._found > self.at_most

    @cached_property
    def _found(self) -> int:
        return self.object_list.order_by()[: self.at_most + 1].count()


class RegionScopedAdmin(ScopeMixin, admin.ModelAdmin):
    """An admin page that shows and takes only what the person's role reaches."""

    class Media:
        # Names for the boxes in which people, places and so on are looked up.
        js = ("js/admin.js",)

    actions: Sequence[Any] = ()
    list_per_page = 50
    show_full_result_count = False
    paginator = CountedSoFar
    view_on_site = False
    history_template = "admin/history.html"

    # --- who may --------------------------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._allows(request, "view")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._allows(request, "view") and (obj is None or self.get_queryset(request).filter(pk=obj.pk).exists())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._allows(request, "add")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._allows(request, "change") and (obj is None or self.is_editable(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._allows(request, "delete") and obj is not None and self.is_editable(request, obj)

    def is_editable(self, request: HttpRequest, obj: Any) -> bool:
        return self.model._default_manager.editable_by(request.user).filter(pk=obj.pk).exists()  # type: ignore[attr-defined]

    # --- what is reached ------------------------------------------------------------------------------------------

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer no bulk deletion: what may be deleted is deleted on its own page, by its service."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Take a value that no column can hold for a wrong question: the list is shown without it."""
        try:
            with transaction.atomic():
                changelist = super().get_changelist_instance(request)
        except (ValueError, OverflowError, DataError) as error:
            raise IncorrectLookupParameters from error
        # Django's "select one of them" wants another form of the noun in Arabic.
        changelist.title = capfirst(self.opts.verbose_name_plural)
        return changelist

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Take only the lookups of the list's own filters: any other would tell about fields that are not shown."""
        listed = (*self.get_list_filter(request), self.date_hierarchy)
        names = [name for name in (f[0] if isinstance(f, tuple) else f for f in listed) if isinstance(name, str)]
        own = {each.parameter_name for each in listed if isinstance(each, type) and issubclass(each, SimpleListFilter)}
        return lookup in own or any(lookup == f"{name}{end}" for name in names for end in FILTER_LOOKUPS)

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        return to_field == self.opts.pk.name

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        raise Http404

    def get_object_in_reach(self, request: HttpRequest, object_id: str) -> Any:
        """Return the row for a page of our own; 404 for one that is unknown or out of reach."""
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            raise Http404
        return obj

    # --- writing --------------------------------------------------------------------------------------------------

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the form again, as it was typed, with the sentence of a service that refused."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            request.refusal = str(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **{"form": remembering(self.form)} | kwargs)
        refusal = getattr(request, "refusal", "")
        if not refusal:
            return form

        class Refused(form):  # type: ignore[valid-type,misc]
            def clean(self) -> Any:
                self.add_error(None, refusal)
                return super().clean()

        return Refused

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: list[BaseFormSet], change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Whatever was typed, the row must still be one that this person answers for.
        if not self.is_editable(request, form.instance):
            raise PermissionDenied

    # --- log: ids, never names ------------------------------------------------------------------------------------

    def _log(self, request: HttpRequest, objects: Sequence[Any], flag: int, message: Any) -> None:
        LogEntry.objects.bulk_create(
            LogEntry(
                user_id=request.user.pk,
                content_type_id=ContentType.objects.get_for_model(obj, for_concrete_model=False).pk,
                object_id=str(obj.pk),
                object_repr=ID_ONLY.format(obj.pk),
                action_flag=flag,
                change_message=message,
            )
            for obj in objects
        )

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        self._log(request, [obj], ADDITION, "")

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        fields = [
            field
            for part in message
            if isinstance(part, dict)
            for done in part.values()
            for field in [*([done["name"]] if "name" in done else []), *done.get("fields", [])]
        ]
        self._log(request, [obj], CHANGE, ", ".join(str(field) for field in fields))

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        self._log(request, list(queryset), DELETION, "")

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Tell the steps of a thing: what, when, why, and who as far as the reader may know them."""
        obj = self.get_object_in_reach(request, object_id)
        steps = list(selectors.steps(obj))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("History"),
            "opts": self.opts,
            "object": obj,
            "steps": selectors.told_steps(steps, request.user),
        }
        return TemplateResponse(request, self.history_template, context)

    # --- buttons --------------------------------------------------------------------------------------------------

    def around_list(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the list shows besides its rows."""
        return {}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), **self.around_list(request)})

    def around_form(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Return what the page of a row shows besides its form."""
        return {}

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        around = self.around_form(request, obj) if obj else {}
        if obj and not self._has_fields(context):
            # What is changed by moves alone has nothing to save.
            around |= {"show_save": False, "show_save_and_continue": False, "show_save_and_add_another": False}
        # Django takes a faulty new row for an old one where a forged button says "save as new".
        return super().render_change_form(request, {**context, **around}, obj is None, obj is not None, form_url, obj)

    @staticmethod
    def _has_fields(context: Any) -> bool:
        """Tell whether a form or an inline of the page takes anything."""
        inlines = context["inline_admin_formsets"]
        return bool(context["adminform"].form.fields) or any(
            inline.has_add_permission or inline.has_change_permission or inline.has_delete_permission
            for inline in inlines
        )

    def moves(self) -> dict[str, Any]:
        """Return the moves that have a button: url part → function(request, obj), which calls a service."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{move}/",
                self.admin_site.admin_view(require_POST(self._move_view(call))),
                name=f"{self.opts.app_label}_{self.opts.model_name}_{move}",
            )
            for move, call in self.moves().items()
        ]
        return [*own, *super().get_urls()]

    def _move_view(self, call: Any) -> Any:
        def moved(request: HttpRequest, object_id: str) -> HttpResponse:
            obj = self.get_object_in_reach(request, object_id)
            if not self._allows(request, "change"):
                raise Http404
            try:
                with transaction.atomic():
                    done = call(request, obj)
                    self._log(request, [obj], CHANGE, request.resolver_match.url_name if request.resolver_match else "")
            except DomainError as error:
                return answering.refused(request, str(error), self.after_move(obj), request.path)
            messages.success(request, done)
            return redirect(self.after_move(obj))

        return moved

    def after_move(self, obj: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])


class ReferenceAdmin(RegionScopedAdmin):
    """Reference data of the whole country: changed by the national coordinator alone."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        services.keep_reference(row=obj, changed=form.changed_data, by=request.user)
