from modeltranslation.translator import TranslationOptions, register

from campaigns.models import Campaign, Faq, Prize, Question


@register(Campaign)
class CampaignOptions(TranslationOptions):
    fields = ("title", "summary", "text", "rules", "sponsor")


@register(Question)
class QuestionOptions(TranslationOptions):
    fields = ("label", "help", "choices")


@register(Prize)
class PrizeOptions(TranslationOptions):
    fields = ("what", "given_by")


@register(Faq)
class FaqOptions(TranslationOptions):
    fields = ("question", "answer")
