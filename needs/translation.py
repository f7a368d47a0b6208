from modeltranslation.translator import TranslationOptions, register

from needs.models import Item, ItemCategory


@register([Item, ItemCategory])
class TermOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("ar", "en")
