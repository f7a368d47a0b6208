from modeltranslation.translator import TranslationOptions, register

from dialogues.models import CaseStudy, Session, Site


@register(Session)
class SessionOptions(TranslationOptions):
    fields = ("title", "summary", "agenda")


@register(Site)
class SiteOptions(TranslationOptions):
    fields = ("name", "address")


@register(CaseStudy)
class CaseStudyOptions(TranslationOptions):
    fields = ("title", "setting", "done", "result", "lesson")
