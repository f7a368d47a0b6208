from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from needs.models import Item, ItemCategory
from network.admin_scoping import ReferenceAdmin


@admin.register(ItemCategory)
class ItemCategoryAdmin(ReferenceAdmin, TranslationAdmin):
    list_display = ("name", "code", "name_ar_status")
    search_fields = ("name_ar", "name_en", "code")
    ordering = ("code", "pk")


@admin.register(Item)
class ItemAdmin(ReferenceAdmin, TranslationAdmin):
    list_display = ("name", "code", "category", "unit", "durable")
    list_filter = ("category",)
    list_select_related = ("category",)
    search_fields = ("name_ar", "name_en", "code", "official_code")
    ordering = ("code", "pk")
