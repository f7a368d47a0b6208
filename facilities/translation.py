from modeltranslation.translator import TranslationOptions, register

from facilities.models import FacilityType, ServiceDomain, TracerItem


@register([FacilityType, ServiceDomain, TracerItem])
class TermOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("ar", "en")
