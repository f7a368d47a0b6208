from modeltranslation.translator import TranslationOptions, register

from campaigns.models import (
    Appearance,
    Campaign,
    Criterion,
    Desk,
    Faq,
    GalleryItem,
    Outlet,
    Prize,
    PrizeGiving,
    Question,
    Round,
    Speaker,
    Topic,
)


@register(Campaign)
class CampaignOptions(TranslationOptions):
    fields = ("title", "summary", "text", "rules", "sponsor", "picture_alt")


@register(Question)
class QuestionOptions(TranslationOptions):
    fields = ("label", "help", "choices")


@register(Prize)
class PrizeOptions(TranslationOptions):
    fields = ("what", "donor")


@register(Faq)
class FaqOptions(TranslationOptions):
    fields = ("question", "answer")


@register(Topic)
class TopicOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("ar", "en")


@register([Round])
class RoundOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("ar", "en")


@register(Criterion)
class CriterionOptions(TranslationOptions):
    fields = ("label", "help")
    required_languages = {"ar": ("label",), "en": ("label",)}


@register(Desk)
class DeskOptions(TranslationOptions):
    fields = ("name", "place", "hours")
    required_languages = {"ar": ("name", "place"), "en": ("name", "place")}


@register(GalleryItem)
class GalleryItemOptions(TranslationOptions):
    fields = ("alt",)
    required_languages = ("ar", "en")


@register(PrizeGiving)
class PrizeGivingOptions(TranslationOptions):
    fields = ("place", "text")
    required_languages = {"ar": ("place",), "en": ("place",)}


@register([Outlet, Speaker])
class NamedOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("ar", "en")


@register(Appearance)
class AppearanceOptions(TranslationOptions):
    fields = ("title", "programme", "note")
    required_languages = {"ar": ("title",), "en": ("title",)}
