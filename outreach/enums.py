from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy


class Sex(TextChoices):
    FEMALE = "female", pgettext_lazy("people reached", "women and girls")
    MALE = "male", pgettext_lazy("people reached", "men and boys")


class AgeGroup(TextChoices):
    """The age groups that national health surveys count in."""

    CHILDREN = "0-14", _("under 15")
    YOUTH = "15-24", _("15 to 24")
    ADULTS = "25-49", _("25 to 49")
    OLDER = "50-up", _("50 and over")


class SiteKind(TextChoices):
    """Where a mobile unit stops."""

    DISPLACED = "displaced", _("site of displaced people")
    CLINIC = "clinic", pgettext_lazy("a stop", "clinic or health centre")
    SCHOOL = "school", pgettext_lazy("a stop", "school")
    OTHER = "other", pgettext_lazy("a stop", "another place")


class ReferredTo(TextChoices):
    """To which level of care people were referred."""

    PRIMARY = "primary", _("primary care")
    SECONDARY = "secondary", _("secondary care: general hospital")
    TERTIARY = "tertiary", _("tertiary care: specialised or teaching hospital")


class Why(TextChoices):
    """Why a row that can't be changed is corrected by another. No free words: such rows are kept for ever."""

    MISCOUNTED = "miscounted", pgettext_lazy("why corrected", "counted wrongly")
    MISTYPED = "mistyped", pgettext_lazy("why corrected", "typed wrongly")
    ELSEWHERE = "elsewhere", pgettext_lazy("why corrected", "belongs to another day or place")


class Subject(TextChoices):
    """Of what a figure is that everybody is told."""

    PEOPLE = "people", _("people seen")
    CELL = "cell", _("people seen, by sex and age")
    REFERRED = "referred", _("people referred")
    LEVEL = "level", _("people referred, by level of care")
    TRAINED = "trained", _("staff trained")
    TOPIC = "topic", _("staff trained, by topic")
