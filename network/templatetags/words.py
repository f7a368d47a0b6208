"""Words that people wrote, each in its own language and direction."""

from datetime import datetime
from typing import Any

from django import template
from django.template.defaultfilters import linebreaks_filter
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext

from network.enums import SpokenLanguage
from notifications import zones

register = template.Library()


def _other_language(row: Any, field: str) -> str:
    """Return the language of a translated field's text where it is not the page's, else ""."""
    language = (get_language() or "ar")[:2]
    if getattr(row, f"{field}_{language}", ""):
        return ""
    return "en" if language == "ar" else "ar"


def _lang(row: Any, field: str) -> SafeString:
    other = _other_language(row, field)
    return format_html(' lang="{}"', other) if other else SafeString("")


@register.simple_tag
def words(row: Any, field: str) -> SafeString:
    """Show a translated line; where only the other language has it, it is marked as such."""
    text = getattr(row, field) or ""
    return format_html("<bdi{}>{}</bdi>", _lang(row, field), text) if text else SafeString("")


@register.simple_tag
def paragraphs(row: Any, field: str) -> SafeString:
    """Show a translated text in paragraphs; where only the other language has it, it is marked as such."""
    text = getattr(row, field) or ""
    if not text:
        return SafeString("")
    return format_html('<div class="text" dir="auto"{}>{}</div>', _lang(row, field), linebreaks_filter(text))


@register.simple_tag
def span(starts: datetime, ends: datetime) -> SafeString:
    """Show from when to when something lasts, in Tripoli time; the day of its end only where that is another one.

    For whoever lives elsewhere by their own clock too.
    """
    start, end = timezone.localtime(starts), timezone.localtime(ends)
    first, last = date_format(start, "DATETIME_FORMAT"), date_format(end, "DATETIME_FORMAT")
    if start.date() == end.date():
        # A line may end behind the day, but not between the times.
        begins, ends_at = time_format(start, "TIME_FORMAT"), time_format(end, "TIME_FORMAT")
        times = gettext("%(start)s to %(end)s") % {"start": begins, "end": ends_at}
        text = first.removesuffix(begins) + times.replace(" ", "\xa0")
    else:
        text = gettext("%(start)s to %(end)s") % {"start": first, "end": last}
    there = zones.elsewhere(starts, ends)
    text = f"{_in_tripoli(text)} · {there}" if there else text
    return format_html('<time datetime="{}">{}</time>', start.isoformat(timespec="minutes"), text)


def _in_tripoli(text: str) -> str:
    return gettext("%(time)s %(place)s time") % {"time": text, "place": gettext("Tripoli")}


@register.filter
def clock(moment: datetime, shape: str) -> str:
    """Return a moment as `date` does, for whoever lives elsewhere by their own clock too."""
    text, there = date_format(timezone.localtime(moment), shape), zones.elsewhere(moment)
    return f"{_in_tripoli(text)} · {there}" if there else text


@register.filter
def clock_named(moment: datetime, shape: str) -> str:
    """Return the same, and always whose clock it is."""
    text, there = date_format(timezone.localtime(moment), shape), zones.elsewhere(moment)
    return f"{_in_tripoli(text)} · {there}" if there else _in_tripoli(text)


@register.filter
def clock_short(moment: datetime, shape: str) -> str:
    """Return a moment for an SMS: "18:00", for whoever lives elsewhere "18:00 (17:00 London)"."""
    text, (time, place) = date_format(timezone.localtime(moment), shape), zones.there(moment)
    return f"{text} ({time} {place})" if time else text


@register.simple_tag
def elsewhere(starts: datetime, ends: datetime | None = None) -> str:
    """Return what the reader's own clock shows, where it is another."""
    return zones.elsewhere(starts, ends)


@register.filter
def spoken(codes: list[str]) -> SafeString:
    """Return languages by name."""
    names = [str(SpokenLanguage(code).label) for code in codes or [] if code in SpokenLanguage.values]
    return conditional_escape(pgettext("between the items of a list", ", ").join(names))


@register.filter
def for_language(text: str, language: str) -> SafeString:
    """Show a text in paragraphs that is known to be in that language."""
    direction = "rtl" if language == "ar" else "ltr"
    return format_html('<div class="text" lang="{}" dir="{}">{}</div>', language, direction, linebreaks_filter(text))
