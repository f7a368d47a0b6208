"""What a column of a list can tell, and by which headings it is known."""

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from network.search import fold


class Column(TextChoices):
    """The columns that are understood, by the codes that head an exported list."""

    CODE = "code", _("code of the facility here")
    NUMBER = "external_id", _("number in the list")
    NAME_AR = "name_ar", _("name in Arabic")
    NAME_EN = "name_en", _("name in English")
    KIND = "kind", _("kind of facility")
    OWNER = "owner", _("owner")
    LEVEL = "level", _("level of care")
    DISTRICT = "district", _("district: name or P-code")
    MUNICIPALITY = "municipality", _("municipality: name or P-code")
    LATITUDE = "latitude", _("latitude")
    LONGITUDE = "longitude", _("longitude")
    FUNCTIONALITY = "functionality", _("functionality")
    BEDS = "beds", _("beds")
    HEAD = "head", pgettext_lazy("of a facility", "head")
    CATCHMENT = "catchment", _("people in its catchment area")
    PHONES = "phones", _("telephones")
    HOURS_AR = "hours_ar", _("opening hours in Arabic")
    HOURS_EN = "hours_en", _("opening hours in English")
    NAME_SOURCE = "name_source", _("name as the source writes it")
    SAID_ON = "said_on", _("day of which the row tells")
    DUPLICATE_OF = "duplicate_of", _("number of the row that tells of the same")
    GENERIC = "name_is_generic", _("the name is only what it is (1: yes)")


# An export has facilities by their own code.
EXPORTED = tuple(
    column for column in tuple(Column)[: tuple(Column).index(Column.NAME_SOURCE)] if column != Column.NUMBER
)
# Headings as ministries, surveys and open maps write them; compared in their folded form.
SYNONYMS: dict[Column, tuple[str, ...]] = {
    Column.CODE: ("facility code", "jisr code", "رمز المرفق", "الرمز"),
    Column.NUMBER: (
        "id",
        "facility id",
        "number",
        "no",
        "osm id",
        "uuid",
        "hf id",
        "serial",
        "رقم",
        "الرقم",
        "رقم المرفق",
        "ت",
        "م",
        "الرقم التسلسلي",
    ),
    Column.NAME_AR: (
        "arabic name",
        "name arabic",
        "name",
        "الاسم",
        "اسم المرفق",
        "اسم المرفق الصحي",
        "الاسم بالعربية",
        "الاسم العربي",
        "المرفق",
    ),
    Column.NAME_EN: (
        "english name",
        "name english",
        "name latin",
        "facility name",
        "الاسم بالإنجليزية",
        "الاسم الإنجليزي",
    ),
    Column.KIND: ("type", "facility type", "category", "kind of facility", "النوع", "نوع المرفق", "التصنيف"),
    Column.OWNER: (
        "ownership",
        "ownership hint",
        "operator type",
        "sector",
        "managing authority",
        "الملكية",
        "المالك",
        "القطاع",
        "التبعية",
    ),
    Column.LEVEL: ("level of care", "care level", "المستوى", "مستوى الرعاية", "مستوى الخدمة"),
    Column.DISTRICT: (
        "adm2 pcode",
        "admin2 pcode",
        "adm2",
        "admin2",
        "district pcode",
        "district name",
        "shabiya",
        "mantika",
        "المنطقة",
        "الشعبية",
        "المنطقة الصحية",
    ),
    Column.MUNICIPALITY: (
        "adm3 pcode",
        "admin3 pcode",
        "adm3",
        "admin3",
        "baladiya",
        "municipality name",
        "البلدية",
        "بلدية",
    ),
    Column.LATITUDE: ("lat", "y", "gps latitude", "خط العرض", "دائرة العرض"),
    Column.LONGITUDE: ("lon", "lng", "long", "x", "gps longitude", "خط الطول"),
    Column.FUNCTIONALITY: (
        "functional status",
        "functioning",
        "status",
        "operational status",
        "الحالة",
        "حالة العمل",
        "الحالة التشغيلية",
    ),
    Column.BEDS: (
        "number of beds",
        "bed capacity",
        "capacity beds",
        "no of beds",
        "عدد الأسرة",
        "الأسرة",
        "السعة السريرية",
    ),
    Column.HEAD: ("director", "manager", "head of facility", "المدير", "مدير المرفق", "اسم المدير"),
    Column.CATCHMENT: ("catchment population", "population served", "السكان المستفيدون", "عدد السكان"),
    Column.PHONES: ("phone", "telephone", "phone number", "contact phone", "الهاتف", "رقم الهاتف", "هاتف"),
    Column.HOURS_AR: ("ساعات العمل", "أوقات الدوام", "مواعيد العمل"),
    Column.HOURS_EN: ("opening hours", "hours", "working hours"),
    Column.NAME_SOURCE: ("name raw", "original name", "source name", "الاسم في المصدر"),
    Column.SAID_ON: (
        "as of",
        "date",
        "osm last edit",
        "last edit",
        "last update",
        "last updated",
        "التاريخ",
        "تاريخ التحديث",
        "حتى تاريخ",
    ),
    Column.DUPLICATE_OF: ("same as", "مكرر", "تكرار"),
    Column.GENERIC: ("generic name", "اسم عام"),
}
KNOWN = {fold(name): column for column, names in SYNONYMS.items() for name in (column.value, *names)}


def guess(headings: Iterable[str]) -> dict[str, str]:
    """Return what each heading probably is; the first of two that seem to be the same, no code for what is not known."""
    found: dict[str, str] = {}
    for heading in headings:
        column = KNOWN.get(fold(heading))
        if column and column.value not in found.values():
            found[heading] = column.value
    return found
