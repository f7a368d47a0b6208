from modeltranslation.translator import TranslationOptions, register

from network.models import CodeOfConduct, District, Municipality, Profession, Region, SpecialPeriod, Specialty


@register([Region, District, Municipality, Profession, SpecialPeriod, Specialty])
class NamedOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("ar", "en")


@register(CodeOfConduct)
class CodeOfConductOptions(TranslationOptions):
    fields = ("text",)
    required_languages = ("ar", "en")
