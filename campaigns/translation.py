from modeltranslation.translator import TranslationOptions, register

from campaigns.models import Appearance, Campaign, Faq, Outlet, Prize, Question, Speaker


@register(Campaign)
class CampaignOptions(TranslationOptions):
    fields = ("title", "summary", "text", "rules", "sponsor")


@register(Question)
class QuestionOptions(TranslationOptions):
    fields = ("label", "help", "choices")


@register(Prize)
class PrizeOptions(TranslationOptions):
    fields = ("what", "donor")


@register(Faq)
class FaqOptions(TranslationOptions):
    fields = ("question", "answer")


@register([Outlet, Speaker])
class NamedOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("ar", "en")


@register(Appearance)
class AppearanceOptions(TranslationOptions):
    fields = ("title", "programme", "note")
    required_languages = {"ar": ("title",), "en": ("title",)}
