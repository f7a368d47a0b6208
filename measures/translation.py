from modeltranslation.translator import TranslationOptions, register

from measures.models import Action, Version


@register(Version)
class VersionOptions(TranslationOptions):
    fields = ("title", "text", "reasons", "evidence")


@register(Action)
class ActionOptions(TranslationOptions):
    fields = ("title", "wanted")
