from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext, gettext_lazy as _, pgettext
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline

from dialogues import policies, selectors, services
from dialogues.admin import attendance, broadcasts, feedback, minutes, papers, planning, series
from dialogues.enums import SESSION_MOVES, SessionMove, SessionState
from dialogues.models import AgendaItem, Session, Site
from network import policies as network_policies
from network.admin_scoping import RegionScopedAdmin, RegionScopedInline
from network.admin_site import Card, JisrAdminSite
from network.models import Practitioner

site: JisrAdminSite = admin.site  # type: ignore[assignment]

COMING_SHOWN = 5
# Spelled out, because modeltranslation does not look into fieldsets that are made for each request.
TEXTS = ("title_ar", "title_en", "summary_ar", "summary_en", "agenda_ar", "agenda_en")
WHOSE = ("kind", "host_region")
TIMES = ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at")
INVITED = ("invited_regions", "abroad_invited", "listing", "invited_professions", "chatham_house")
LEADING = ("facilitators", "join_link", "join_link_minutes", "minimum_minutes")
PEOPLE = ("facilitators", "invited_regions", "invited_professions")
SITE = ("kind", "name_ar", "name_en", "seats", "municipality", "address_ar", "address_en", "local_host")


class SessionForm(planning.ReachForm):
    """A session as its coordinators type it; what only a published one needs is checked when it is published."""

    class Meta:
        model = Session
        fields = (*WHOSE, *TEXTS, *TIMES, *INVITED, *LEADING)
        widgets = {
            "join_link": forms.URLInput(attrs={"dir": "ltr", "class": "vURLField"}),
            **{text: forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}) for text in TEXTS[2:]},
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts = data.get("starts_at")
        published = self.instance.state == SessionState.PUBLISHED
        if (
            starts
            and "starts_at" in self.changed_data
            and starts <= timezone.now()
            and (published or not self.instance.pk)
        ):
            self.add_error("starts_at", _("The start must be in the future."))
        if starts and data.get("registration_closes_at") and data["registration_closes_at"] > starts:
            self.add_error("registration_closes_at", _("Registration closes at the start at the latest."))
        return data


class SiteForm(forms.ModelForm):
    class Meta:
        model = Site
        fields = SITE

    def clean_seats(self) -> int:
        seats = self.cleaned_data["seats"]
        if self.instance.pk and seats < self.instance.taken:
            raise forms.ValidationError(services.SeatsTaken.message % {"taken": self.instance.taken})
        return seats


class SiteInline(RegionScopedInline, TranslationStackedInline):
    model = Site
    form = SiteForm
    extra = 1
    autocomplete_fields = ("local_host",)
    fields = SITE

    def get_extra(self, request: HttpRequest, obj: Session | None = None, **kwargs: Any) -> int:
        return 0 if obj and obj.sites.exists() else 1

    def get_fields(self, request: HttpRequest, obj: Session | None = None) -> Any:
        fields = list(super().get_fields(request, obj))
        if obj and not policies.can_manage(request.user, obj):
            # The host may belong to another side: a name is not for this reader.
            fields.remove("local_host")
        return fields


@admin.register(Session)
class SessionAdmin(RegionScopedAdmin, TranslationAdmin):
    """Schedule, publish, move, cancel; from here to the people and the attendance."""

    form = SessionForm
    inlines = (SiteInline, papers.AgendaInline)
    list_display = ("title", "kind", "state", "starts_at", "host", "seats")
    list_filter = ("state", "kind", "host_region", "starts_at")
    list_select_related = ("host_region",)
    search_fields = ("title_ar", "title_en")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at", "pk")
    autocomplete_fields = ("facilitators",)
    change_form_template = "admin/dialogues/session/change.html"
    change_list_template = "admin/dialogues/session/list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("sites")

    # --- fields -----------------------------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Session | None = None) -> Any:
        own = obj is None or policies.can_manage(request.user, obj)
        national = network_policies.is_national(request.user)
        regional = bool(network_policies.regions(request.user))
        joint = national or not own
        return [
            (None, {"fields": [*(WHOSE if regional or not own else WHOSE[:1]), *TEXTS]}),
            (_("Time (Tripoli)"), {"fields": TIMES}),
            (_("Who is invited"), {"fields": INVITED if joint else INVITED[2:]}),
            (_("Leading and joining"), {"fields": LEADING if own else ("facilitators_in_reach",)}),
            *planning.fieldsets(obj, own=own),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Session | None = None) -> Any:
        own = obj is None or policies.can_manage(request.user, obj)
        return () if own else ("facilitators_in_reach",)

    @admin.display(description=_("facilitators"))
    def facilitators_in_reach(self, obj: Session) -> str:
        return getattr(obj, "facilitators_shown", "-")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        obj = super().get_object(request, object_id, from_field)
        if obj:
            mine = list(Practitioner.objects.visible_to(request.user).filter(pk__in=obj.facilitators.values("pk")))
            others = obj.facilitators.count() - len(mine)
            names = pgettext("between the items of a list", ", ").join(p.name for p in mine)
            obj.facilitators_shown = names + (f" +{others}" if others else "")
        return obj

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "host_region" and field is not None:
            field.queryset = field.queryset.filter(pk__in=network_policies.regions(request.user))
            if not network_policies.is_national(request.user):
                field.required = True
                field.empty_label = None
        return field

    # --- writing ----------------------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Session, form: forms.ModelForm, change: bool) -> None:
        if obj.host_region_id:
            obj.abroad_invited = False
        if change and form.reaches_following:  # type: ignore[attr-defined]
            # Kept in `save_related`, together with the people and the sites.
            return
        if change:
            changed = [name for name in form.changed_data if name not in (*PEOPLE, *planning.REACH)]
            services.edit_session(session=obj, changed=changed, by=request.user)
        else:
            services.create_session(session=obj, by=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        people = {name: form.cleaned_data[name] for name in PEOPLE if name in form.cleaned_data}
        saved = [form.instance]
        if change and form.reaches_following:
            saved = planning.save_following(request, form, formsets, people)
            formsets = [formset for formset in formsets if formset.model is not Site]
        else:
            services.set_people(session=form.instance, by=request.user, **people)
        form.save_m2m = lambda: None
        super().save_related(request, form, formsets, change)
        planning.warn(request, saved)
        papers.warn_of_overlaps(request, form.instance)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        if formset.model is AgendaItem:
            papers.keep_agenda(request, form.instance, formset)
            return
        formset.save(commit=False)
        for row, changed in formset.changed_objects:
            services.save_site(site=row, changed=changed, by=request.user)
        for row in formset.new_objects:
            services.save_site(site=row, changed=(), by=request.user)
        for row in formset.deleted_objects:
            services.remove_site(site=row, by=request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Session | None = None) -> bool:
        """A draft may be deleted; what was published is cancelled instead."""
        return super().has_delete_permission(request, obj) and obj is not None and obj.state == SessionState.DRAFT

    def delete_model(self, request: HttpRequest, obj: Session) -> None:
        services.delete_draft(session=obj, by=request.user)

    # --- list -------------------------------------------------------------------------------------------------------

    @admin.display(description=_("side"), ordering="host_region__position")
    def host(self, obj: Session) -> str:
        return obj.host_region.name if obj.host_region else gettext("joint")

    @admin.display(description=_("seats taken"))
    def seats(self, obj: Session) -> str:
        sites = obj.sites.all()
        return f"{sum(s.taken for s in sites)} / {sum(s.seats for s in sites)}"

    # --- buttons ----------------------------------------------------------------------------------------------------

    def moves(self) -> dict[str, Any]:
        return {"publish": self._publish, "cancel": self._cancel, "suggestion": papers.take}

    def _publish(self, request: HttpRequest, obj: Session) -> str:
        services.publish_session(session=obj, by=request.user)
        return gettext("Published. The invited members are being told.")

    def _cancel(self, request: HttpRequest, obj: Session) -> str:
        services.cancel_session(session=obj, by=request.user, reason=attendance.typed(request, "reason"))
        return gettext("Cancelled. Everybody with a place in it is being told.")

    def get_urls(self) -> list[Any]:
        return [
            *series.urls(self),
            *attendance.urls(self),
            *broadcasts.urls(self),
            *feedback.urls(self),
            *minutes.urls(self),
            *papers.urls(self),
            *super().get_urls(),
        ]

    def around_form(self, request: HttpRequest, obj: Session) -> dict[str, Any]:
        own = policies.can_manage(request.user, obj) and self._allows(request, "change")
        return {
            "can_publish": own and obj.state in SESSION_MOVES[SessionMove.PUBLISH].sources,
            "can_cancel": own and obj.state in SESSION_MOVES[SessionMove.CANCEL].sources,
            "sides": selectors.counts_by_side(obj),
            "minutes_shown": policies.can_read_drafts(request.user, obj),
            "suggestions": papers.suggested(request, obj),
            "preview_url": obj.get_absolute_url(),
            **planning.context(request, obj),
        }


@site.card
def coming_sessions(request: HttpRequest) -> Card | None:
    """The next sessions that this coordinator may see."""
    if not network_policies.allows(request.user, "view", "dialogues.session"):
        return None
    coming = (
        Session.objects.visible_to(request.user)
        .filter(ends_at__gte=timezone.now())
        .exclude(state=SessionState.CANCELLED)
        .prefetch_related("sites")
        .order_by("starts_at", "pk")[:COMING_SHOWN]
    )
    rows = [
        {
            "url": reverse("admin:dialogues_session_change", args=[session.pk]),
            "label": session.title,
            "detail": f"{formats.date_format(timezone.localtime(session.starts_at), 'SHORT_DATETIME_FORMAT')}"
            f" · {session.get_state_display()}"
            f" · {sum(s.taken for s in session.sites.all())}/{sum(s.seats for s in session.sites.all())}",
        }
        for session in coming
    ]
    return Card(
        title=gettext("Coming sessions"),
        icon="calendar",
        url=reverse("admin:dialogues_session_changelist"),
        rows=rows,
        empty=gettext("No session is planned."),
        links=[{"url": planning.month_url(), "label": gettext("Month")}],
    )


@site.card
def attendance_to_close(request: HttpRequest) -> Card | None:
    """Sessions that are over and whose attendance is still open."""
    if not network_policies.allows(request.user, "change", "dialogues.session"):
        return None
    waiting = (
        Session.objects.editable_by(request.user)
        .filter(ends_at__lt=timezone.now(), state__in=[SessionState.PUBLISHED, SessionState.HELD])
        .order_by("starts_at", "pk")
    )
    rows = [
        {
            "url": reverse("admin:dialogues_session_attendance", args=[session.pk]),
            "label": session.title,
            "detail": formats.date_format(timezone.localtime(session.starts_at), "SHORT_DATETIME_FORMAT"),
        }
        for session in waiting[:COMING_SHOWN]
    ]
    return Card(
        title=gettext("Attendance to close"),
        icon="check",
        url=reverse("admin:dialogues_session_changelist") + f"?state__exact={SessionState.HELD}",
        count=len(rows),
        rows=rows,
        empty=gettext("No attendance is open."),
        urgent=bool(rows),
    )
