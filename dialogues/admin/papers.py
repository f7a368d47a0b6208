"""What belongs to a session on paper: the agenda on its own form, its materials and certificates on pages below it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _
from modeltranslation.admin import TranslationStackedInline

from dialogues import policies, services, suggestions
from dialogues.enums import SessionState
from dialogues.models import AgendaItem, Certificate, Material, Session
from dialogues.selectors import papers as paper_selectors
from dialogues.suggestions import Suggestion
from network import policies as network_policies
from network.admin_fields import number
from network.admin_scoping import RegionScopedInline, typed_reason
from network.enums import DomainError
from network.forms import SafeForm
from network.uploads.documents import SAME, TYPES

AGENDA_ITEM = ("kind", "begins", "minutes", "title_ar", "title_en", "note_ar", "note_en", "speakers", "guest")
OF_PEOPLE = ("speakers", "guest")
# What stands side by side, so that an agenda is not a mile long.
ABREAST = (("kind", "begins", "minutes"), ("title_ar", "title_en"), ("note_ar", "note_en"))
MATERIAL = ("title_ar", "title_en", "link", "language", "item", "shown", "audience")


# --- agenda -------------------------------------------------------------------------------------------------------------


class AgendaItemForm(forms.ModelForm):
    """An item with the time of day at which it begins; what is kept is how long that is after the session's start."""

    begins = forms.DateTimeField(
        label=_("begins (Tripoli time)"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty: right after the last item."),
    )

    class Meta:
        model = AgendaItem
        fields = tuple(name for name in AGENDA_ITEM if name != "begins")
        widgets = {
            text: forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}) for text in ("note_ar", "note_en")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["begins"] = self.instance.starts_at.replace(second=0, microsecond=0)


class AgendaInline(RegionScopedInline, TranslationStackedInline):
    model = AgendaItem
    form = AgendaItemForm
    fields = AGENDA_ITEM
    autocomplete_fields = ("speakers",)
    extra = 1
    ordering = ("offset", "pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("session")

    def get_extra(self, request: HttpRequest, obj: Session | None = None, **kwargs: Any) -> int:
        return self.extra if obj else 0

    def get_fields(self, request: HttpRequest, obj: Session | None = None) -> Any:
        """Leave out who speaks for those who don't run the session: a name of another side is not for them."""
        own = obj is None or policies.can_manage(request.user, obj)
        return [*ABREAST, OF_PEOPLE] if own else list(ABREAST)

    @admin.display(description=_("begins (Tripoli time)"))
    def begins(self, obj: AgendaItem) -> str:
        return date_format(timezone.localtime(obj.starts_at), "SHORT_DATETIME_FORMAT")


def keep_agenda(request: HttpRequest, session: Session, formset: Any) -> None:
    """Keep what was typed into the agenda, item by item."""
    formset.save(commit=False)
    for item in formset.deleted_objects:
        services.remove_agenda_item(item=item, by=request.user)
    gone = {id(form) for form in formset.deleted_forms}
    for form in formset.forms:
        if id(form) in gone or not form.has_changed():
            continue
        item, changed = form.instance, [name for name in form.changed_data if name not in ("begins", "speakers")]
        item.session = session
        if "begins" in form.changed_data or item.pk is None:
            begins = form.cleaned_data.get("begins")
            item.offset = round((begins - session.starts_at).total_seconds() / 60) if begins else None
            changed.append("offset")
        speakers = form.cleaned_data.get("speakers") if "speakers" in form.changed_data else None
        services.save_agenda_item(item=item, changed=changed, speakers=speakers, by=request.user)


def warn_of_overlaps(request: HttpRequest, session: Session) -> None:
    """Say which items of the agenda do not fit; they are kept, for talks may well run side by side."""
    if found := paper_selectors.overlapping(session):
        titles = gettext("; ").join(str(item) for item in found)
        sentence = gettext(
            "Please look at the agenda again: these items overlap, or end after the session: %(titles)s."
        )
        messages.warning(request, sentence % {"titles": titles})


def suggested(request: HttpRequest, session: Session) -> list[Suggestion]:
    """Return what this coordinator can put on the agenda with one click; nothing for a session that is over."""
    open_states = (SessionState.DRAFT, SessionState.PUBLISHED)
    if session.state not in open_states or session.ends_at <= timezone.now():
        return []
    if not policies.can_manage(request.user, session) or not network_policies.allows(
        request.user, "add", "dialogues.agendaitem"
    ):
        return []
    taken = set(session.agenda_items.exclude(origin="").values_list("origin", flat=True))
    return [suggestion for suggestion in suggestions.of(session, request.user) if suggestion.key not in taken]


def take(request: HttpRequest, session: Session) -> str:
    """Put what was suggested on the agenda. A second click finds it there already."""
    key = request.POST.get("suggestion", "")
    if not session.agenda_items.filter(origin=key).exclude(origin="").exists():
        found = next((suggestion for suggestion in suggested(request, session) if suggestion.key == key), None)
        if found is None:
            raise Http404
        services.take_suggestion(session=session, suggestion=found, by=request.user)
    return gettext("It is on the agenda.")


# --- pages below a session ----------------------------------------------------------------------------------------------

Page = Callable[[Any, HttpRequest, Session], HttpResponse]


def urls(model_admin: Any) -> list[Any]:
    """Return the addresses of these pages."""

    def view(page: Page) -> Any:
        def shown(request: HttpRequest, object_id: str) -> HttpResponse:
            return page(model_admin, request, model_admin.get_object_in_reach(request, object_id))

        return model_admin.admin_site.admin_view(shown)

    return [
        path("<path:object_id>/materials/", view(materials), name="dialogues_session_materials"),
        path("<path:object_id>/certificates/", view(certificates), name="dialogues_session_certificates"),
    ]


def _context(model_admin: Any, request: HttpRequest, session: Session, title: str) -> dict[str, Any]:
    return {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "opts": model_admin.opts,
        "session": session,
    }


class MaterialForm(SafeForm, forms.ModelForm):
    """A file or a link, with what it is called, when it is shown and to whom."""

    # Said once above the form: a title in one language, and a file or a link.
    marks_optional = False

    upload = forms.FileField(label=_("file"), required=False)

    class Meta:
        model = Material
        fields = MATERIAL
        widgets = {"link": forms.URLInput(attrs={"dir": "ltr", "class": "vURLField"})}

    def __init__(self, *args: Any, session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.session = session
        self.fields["item"].queryset = session.agenda_items.order_by("offset", "pk")
        self.fields["item"].empty_label = gettext("the whole session")
        for language in ("ar", "en"):
            self.fields[f"title_{language}"].required = False
            self.fields[f"title_{language}"].widget.attrs |= {
                "lang": language, "dir": "rtl" if language == "ar" else "ltr", "class": "vTextField",
            }  # fmt: skip
        upload = self.fields["upload"]
        upload.widget.attrs["accept"] = ",".join(f".{extension}" for extension in (*TYPES, *SAME))
        upload.help_text = gettext(
            "PDF, Word, PowerPoint, Excel, OpenDocument or a picture, at most %(megabytes)s MB. Pictures are made anew, "
            "and the names of authors are taken out."
        ) % {"megabytes": settings.MATERIAL_LARGEST // 1_000_000}
        if self.instance.pk:
            # Another file is another material: whoever has the old one can tell.
            del self.fields["upload"]
            if self.instance.stored:
                del self.fields["link"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("title_ar") and not data.get("title_en"):
            self.add_error("title_ar", gettext("Please give a title, in one language at least."))
        if "upload" in self.fields and "upload" not in self.errors and "link" not in self.errors:
            if bool(data.get("upload")) == bool(data.get("link")):
                self.add_error("upload", gettext("Give a file or a link, and not both."))
        elif "link" in self.fields and not data.get("link"):
            self.add_error("link", gettext("Please give the link."))
        if data.get("upload") and data["upload"].size > settings.MATERIAL_LARGEST:
            megabytes = settings.MATERIAL_LARGEST // 1_000_000
            self.add_error("upload", services.TooLarge.message % {"megabytes": megabytes})
        return data

    def validate_constraints(self) -> None:
        """Whether it is a file is settled by the service; here only what these fields say."""
        if self.cleaned_data.get("audience") == "present" and self.cleaned_data.get("shown") != "after":
            constraint = next(
                c for c in Material._meta.constraints if c.name == "material_for_those_present_comes_after"
            )
            self.add_error("audience", constraint.get_violation_error_message())


def _may_change_materials(request: HttpRequest, session: Session) -> bool:
    return policies.can_manage(request.user, session) and network_policies.allows(
        request.user, "change", "dialogues.material"
    )


def _material(session: Session, pk: Any) -> Material:
    material = session.materials.filter(pk=number(pk)).first() if number(pk) else None
    if material is None:
        raise Http404
    return material


def materials(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """Add, change and remove what belongs to a session."""
    may_change = _may_change_materials(request, session)
    editing = _material(session, request.GET["edit"]) if may_change and request.GET.get("edit") else None
    form = MaterialForm(session=session, instance=editing) if may_change else None
    if request.method == "POST":
        if not may_change:
            raise Http404
        step = request.POST.get("do", "")
        if step == "remove":
            doomed = _material(session, request.POST.get("material", ""))
            _said(request, lambda: services.remove_material(material=doomed, by=request.user), gettext("Removed."))
            return redirect(request.path)
        if step not in ("add", "edit") or (step == "edit") != (editing is not None):
            raise Http404
        form = MaterialForm(request.POST, request.FILES, session=session, instance=editing)
        if form.is_valid() and _kept(request, form):
            return redirect(request.path)
    rows = session.materials.select_related("item").order_by("shown", "pk")
    context = _context(model_admin, request, session, gettext("Materials"))
    context |= {"rows": list(rows), "form": form, "editing": editing}
    return TemplateResponse(request, "admin/dialogues/session/materials.html", context)


def _said(request: HttpRequest, call: Callable[[], Any], done: str) -> None:
    try:
        call()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)


def _kept(request: HttpRequest, form: MaterialForm) -> bool:
    """Keep what was typed; a service that refuses says why beside the file."""
    material, upload = form.instance, form.cleaned_data.get("upload")
    try:
        if material.pk:
            services.edit_material(material=material, changed=form.changed_data, by=request.user)
        else:
            given = (upload.name, upload.read()) if upload else None
            services.add_material(material=material, upload=given, by=request.user)
    except DomainError as error:
        form.add_error("upload" if upload else None, str(error))
        return False
    messages.success(request, gettext("Saved."))
    return True


def certificates(model_admin: Any, request: HttpRequest, session: Session) -> HttpResponse:
    """See who has a certificate, and revoke one."""
    may_revoke = policies.can_revoke(request.user, session) and network_policies.allows(
        request.user, "change", "dialogues.certificate"
    )
    rows = paper_selectors.certificates(session, request.user)
    if request.method == "POST":
        if not may_revoke or request.POST.get("do") != "revoke":
            raise Http404
        certificate = rows.filter(pk=number(request.POST.get("certificate", ""))).first()
        if certificate is None:
            raise Http404
        _said(
            request,
            lambda: services.revoke_certificate(certificate=certificate, reason=typed_reason(request), by=request.user),
            gettext("Revoked. The person is being told."),
        )
        return redirect(request.path)
    everybody = Certificate.objects.filter(registration__session=session).count()
    context = _context(model_admin, request, session, gettext("Certificates"))
    shown = list(rows)
    context |= {"rows": shown, "others": everybody - len(shown), "may_revoke": may_revoke}
    return TemplateResponse(request, "admin/dialogues/session/certificates.html", context)
