"""The admin that most projects would have: only the list is scoped. The matrix must find what it leaks."""

from typing import Any

from django.conf.urls.i18n import i18n_patterns
from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.db import models
from django.http import HttpRequest
from django.urls import path

from config import urls
from dialogues.models import Session, Site
from network import policies, selectors
from network.models import Practitioner, RoleGrant
from notifications.models import Message


class NaiveSite(AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        return policies.is_staff(request.user)


class Allowed:
    """Whoever is staff may do everything to whatever the list shows."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class NaiveAdmin(Allowed, ModelAdmin):
    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return self.model._default_manager.visible_to(request.user)  # type: ignore[attr-defined]


class SiteInline(Allowed, TabularInline):
    model = Site
    autocomplete_fields = ("local_host",)


class PractitionerAdmin(NaiveAdmin):
    list_display = ("__str__", "state")
    list_filter = ("state", "region")
    search_fields = ("name_ar", "name_latin", "user__email")


class SessionAdmin(NaiveAdmin):
    list_display = ("title", "starts_at")
    list_filter = ("state", "host_region", "facilitators")
    search_fields = ("title_ar", "title_en")
    inlines = (SiteInline,)


class MessageAdmin(NaiveAdmin):
    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return selectors.messages_visible_to(request.user)


site = NaiveSite()
site.register(Practitioner, PractitionerAdmin)
site.register(Session, SessionAdmin)
site.register(Message, MessageAdmin)
site.register(RoleGrant, NaiveAdmin)

urlpatterns = [*i18n_patterns(path("admin/", site.urls)), *urls.urlpatterns]
