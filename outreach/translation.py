from modeltranslation.translator import TranslationOptions, register

from outreach.models import MobileUnit, Pathway, SafeSpace, TrainingTopic


@register([MobileUnit, SafeSpace, TrainingTopic])
class NamedOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("ar", "en")


@register(Pathway)
class PathwayOptions(TranslationOptions):
    # Often known in one language only; pages fall back to the other.
    fields = ("how",)
    required_languages = ()
