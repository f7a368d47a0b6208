from modeltranslation.translator import TranslationOptions, register

from dialogues.models import AgendaItem, Broadcast, CaseStudy, Decision, Material, MinutesRevision, Session, Site


@register(Session)
class SessionOptions(TranslationOptions):
    fields = ("title", "summary", "agenda")


@register(Site)
class SiteOptions(TranslationOptions):
    fields = ("name", "address")


@register(Broadcast)
class BroadcastOptions(TranslationOptions):
    fields = ("subject", "text")


@register(MinutesRevision)
class MinutesRevisionOptions(TranslationOptions):
    fields = ("text",)


@register(Decision)
class DecisionOptions(TranslationOptions):
    fields = ("text",)


@register(CaseStudy)
class CaseStudyOptions(TranslationOptions):
    fields = ("title", "setting", "done", "result", "lesson")


@register(AgendaItem)
class AgendaItemOptions(TranslationOptions):
    fields = ("title", "note")


@register(Material)
class MaterialOptions(TranslationOptions):
    fields = ("title",)
