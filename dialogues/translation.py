from modeltranslation.translator import TranslationOptions, register

from dialogues.models import AgendaItem, Material, Session, Site


@register(Session)
class SessionOptions(TranslationOptions):
    fields = ("title", "summary", "agenda")


@register(Site)
class SiteOptions(TranslationOptions):
    fields = ("name", "address")


@register(AgendaItem)
class AgendaItemOptions(TranslationOptions):
    fields = ("title", "note")


@register(Material)
class MaterialOptions(TranslationOptions):
    fields = ("title",)
