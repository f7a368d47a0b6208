from modeltranslation.translator import TranslationOptions, register

from campaigns.models import Appearance, Outlet, Speaker


@register([Outlet, Speaker])
class NamedOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("ar", "en")


@register(Appearance)
class AppearanceOptions(TranslationOptions):
    fields = ("title", "programme", "note")
    required_languages = {"ar": ("title",), "en": ("title",)}
