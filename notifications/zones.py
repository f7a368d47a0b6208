"""The clocks by which people live: beside the network's own time, whoever lives elsewhere reads theirs, on pages and in notices alike."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext, gettext_lazy as _

# Where members live abroad: IANA's name, the city by which people know its time, and the country.
PLACES = [
    ("Africa/Algiers", _("Algiers"), _("Algeria")),
    ("Africa/Cairo", _("Cairo"), _("Egypt")),
    ("Africa/Casablanca", _("Casablanca"), _("Morocco")),
    ("Africa/Johannesburg", _("Johannesburg"), _("South Africa")),
    ("Africa/Khartoum", _("Khartoum"), _("Sudan")),
    ("Africa/Tunis", _("Tunis"), _("Tunisia")),
    ("America/Chicago", _("Chicago"), _("United States, centre")),
    ("America/Los_Angeles", _("Los Angeles"), _("United States, west")),
    ("America/New_York", _("New York"), _("United States, east")),
    ("America/Toronto", _("Toronto"), _("Canada, east")),
    ("America/Vancouver", _("Vancouver"), _("Canada, west")),
    ("Asia/Amman", _("Amman"), _("Jordan")),
    ("Asia/Beirut", _("Beirut"), _("Lebanon")),
    ("Asia/Dubai", _("Dubai"), _("Emirates and Oman")),
    ("Asia/Kuala_Lumpur", _("Kuala Lumpur"), _("Malaysia")),
    ("Asia/Kuwait", _("Kuwait City"), _("Kuwait")),
    ("Asia/Qatar", _("Doha"), _("Qatar")),
    ("Asia/Riyadh", _("Riyadh"), _("Saudi Arabia")),
    ("Asia/Tokyo", _("Tokyo"), _("Japan")),
    ("Australia/Perth", _("Perth"), _("Australia, west")),
    ("Australia/Sydney", _("Sydney"), _("Australia, east")),
    ("Europe/Amsterdam", _("Amsterdam"), _("Netherlands")),
    ("Europe/Athens", _("Athens"), _("Greece")),
    ("Europe/Berlin", _("Berlin"), _("Germany")),
    ("Europe/Brussels", _("Brussels"), _("Belgium")),
    ("Europe/Dublin", _("Dublin"), _("Ireland")),
    ("Europe/Istanbul", _("Istanbul"), _("Turkey")),
    ("Europe/London", _("London"), _("United Kingdom")),
    ("Europe/Madrid", _("Madrid"), _("Spain")),
    ("Europe/Malta", _("Valletta"), _("Malta")),
    ("Europe/Moscow", _("Moscow"), _("Russia, west")),
    ("Europe/Oslo", _("Oslo"), _("Norway")),
    ("Europe/Paris", _("Paris"), _("France")),
    ("Europe/Rome", _("Rome"), _("Italy")),
    ("Europe/Stockholm", _("Stockholm"), _("Sweden")),
    ("Europe/Vienna", _("Vienna"), _("Austria")),
    ("Europe/Zurich", _("Zurich"), _("Switzerland")),
    ("Pacific/Auckland", _("Auckland"), _("New Zealand")),
]
CITIES = {zone: city for zone, city, _country in PLACES}
LONGEST = 40

_nobodys: Callable[[], str] = str
_readers: ContextVar[Callable[[], str]] = ContextVar("zone of the reader", default=_nobodys)


@contextmanager
def override(zone: Callable[[], str]) -> Iterator[None]:
    """Show times in a second zone too: the reader's, which is asked for when there is a time to show."""
    token = _readers.set(zone)
    try:
        yield
    finally:
        _readers.reset(token)


def labels() -> list[tuple[str, str]]:
    """Return what a form offers, in the order of the reader's alphabet: "London (United Kingdom)"."""
    named = [(zone, f"{city} ({country})") for zone, city, country in PLACES]
    return [("", gettext("Tripoli")), *sorted(named, key=lambda row: row[1])]


def _part(at: datetime, day: object) -> str:
    clock = time_format(at, "TIME_FORMAT")
    return clock if at.date() == day else f"{date_format(at, 'j F')}, {clock}"


def there(begins: datetime, ends: datetime | None = None) -> tuple[str, str]:
    """Return what the reader's clock shows then, and where that is; nothing where it shows what the network's does."""
    zone = _readers.get()()
    if zone not in CITIES:
        return "", ""
    here, own = timezone.localtime(begins), begins.astimezone(ZoneInfo(zone))
    if here.utcoffset() == own.utcoffset():
        return "", ""
    text = _part(own, here.date())
    if ends is not None:
        text = gettext("%(start)s to %(end)s") % {
            "start": text,
            "end": _part(ends.astimezone(ZoneInfo(zone)), own.date()),
        }
    return text, str(CITIES[zone])


def elsewhere(begins: datetime, ends: datetime | None = None) -> str:
    """Return a time or a span of time in the reader's zone as words, "" where they live by the network's."""
    text, place = there(begins, ends)
    return gettext("%(time)s %(place)s time") % {"time": text, "place": place} if text else ""
