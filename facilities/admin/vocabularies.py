from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from facilities.models import Edition, FacilityType, ServiceDomain, TracerItem
from network.admin_scoping import ReferenceAdmin


@admin.register(Edition, FacilityType, ServiceDomain, TracerItem)
class TermAdmin(ReferenceAdmin, TranslationAdmin):
    list_display = ("name", "code", "name_ar_status")
    search_fields = ("name_ar", "name_en", "code")
    ordering = ("code", "pk")
