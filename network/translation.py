from modeltranslation.translator import TranslationOptions, register

from network.models import (
    CodeOfConduct,
    Condition,
    District,
    Municipality,
    Profession,
    Region,
    SpecialPeriod,
    Specialty,
)


@register([Region, District, Municipality, Profession, SpecialPeriod, Specialty, Condition])
class NamedOptions(TranslationOptions):
    fields = ("name",)
    required_languages = ("ar", "en")


@register(CodeOfConduct)
class CodeOfConductOptions(TranslationOptions):
    fields = ("text",)
    required_languages = ("ar", "en")
