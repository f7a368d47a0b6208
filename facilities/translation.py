from modeltranslation.translator import TranslationOptions, register

from facilities.models import Edition, Facility, FacilityType, Indicator, LocalRegion, ServiceDomain, Source, TracerItem


@register([Edition, FacilityType, Indicator, ServiceDomain, TracerItem])
class TermOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("ar", "en")


@register(Source)
class SourceOptions(TranslationOptions):
    fields = ("name", "credit")
    required_languages = {"ar": ("name",), "en": ("name",)}


@register(Facility)
class FacilityOptions(TranslationOptions):
    # Many are known in one language only; pages fall back to the other.
    fields = ("name", "hours")
    required_languages = ()


@register(LocalRegion)
class LocalRegionOptions(TranslationOptions):
    fields = ("name", "words")
    required_languages = {"ar": ("name",), "en": ("name",)}
