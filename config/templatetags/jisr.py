"""Template tags of the look: icons, states, navigation and the way to the same page in the other language."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse, translate_url
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

register = template.Library()

# Icons that point along the line of text and so turn with it.
DIRECTED_ICONS = {"arrow", "leave"}

# State code → (icon, tone). The word comes from the state's own label; the tone only helps those who see colours.
STATE_LOOKS: dict[str, tuple[str, str]] = {
    "absent": ("x", "plain"),
    "accepted": ("check", "ok"),
    "active": ("shield", "ok"),
    "adopted": ("check", "ok"),
    "applied": ("hourglass", "warn"),
    "attended": ("check", "ok"),
    "called_off": ("ban", "plain"),
    "cancelled": ("ban", "bad"),
    "claimed": ("hourglass", "warn"),
    "closed": ("lock", "plain"),
    "confirmed": ("check", "ok"),
    "decided": ("hourglass", "info"),
    "declined": ("x", "bad"),
    "delivered": ("check", "ok"),
    "disqualified": ("ban", "bad"),
    "draft": ("pencil", "plain"),
    "dropped": ("x", "plain"),
    "due": ("clock", "info"),
    "expired": ("clock", "plain"),
    "done": ("check", "ok"),
    "failed": ("alert", "warn"),
    "full": ("users", "warn"),
    "gave_up": ("alert", "bad"),
    "held": ("check", "info"),
    "in_progress": ("clock", "info"),
    "lapsed": ("clock", "plain"),
    "late": ("alert", "bad"),
    "left": ("leave", "plain"),
    "lost": ("ban", "plain"),
    "mediation": ("users", "warn"),
    "not_adopted": ("x", "plain"),
    "offered": ("ticket", "warn"),
    "open": ("ticket", "ok"),
    "parity": ("check", "info"),
    "planned": ("calendar", "plain"),
    "presented": ("video", "info"),
    "promised": ("calendar", "info"),
    "proposed": ("hourglass", "warn"),
    "published": ("calendar", "info"),
    "refused": ("x", "bad"),
    "rejected": ("x", "plain"),
    "repaired": ("check", "ok"),
    "requested": ("clock", "info"),
    "results": ("check", "ok"),
    "returned": ("pencil", "warn"),
    "review": ("users", "info"),
    "scheduled": ("calendar", "info"),
    "sent": ("mail", "ok"),
    "submitted": ("hourglass", "info"),
    "superseded": ("leave", "plain"),
    "suspended": ("pause", "bad"),
    "told": ("mail", "info"),
    "too_old": ("clock", "plain"),
    "tried": ("mail", "info"),
    "upheld": ("check", "ok"),
    "verified": ("shield", "info"),
    "waiting": ("hourglass", "warn"),
    "winner": ("check", "ok"),
    "withdrawn": ("ban", "plain"),
    "working": ("check", "ok"),
}
# What a browser calls itself → what people call it; the first that fits, since each also names the ones that it imitates.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "Chrome": "Chrome",
    "CriOS": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}
MESSAGE_LOOKS = {"success": ("check", "ok"), "warning": ("alert", "warn"), "error": ("alert", "bad")}


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, extra: str = "") -> SafeString:
    """Draw an icon of the sprite, hidden from screen readers: the words beside it say the same."""
    classes = " ".join(filter(None, ["icon", "flip" if name in DIRECTED_ICONS else "", extra]))
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("icons.svg"), name
    )


@register.inclusion_tag("includes/_badge.html")
def state_badge(state: str, label: str) -> dict[str, str]:
    """Show a state as a word with its icon."""
    icon_name, tone = STATE_LOOKS.get(str(state), ("info", "plain"))
    return {"state": str(state), "label": label, "icon": icon_name, "tone": tone}


@register.filter
def message_icon(level_tag: str) -> str:
    """Return the icon of a message's level."""
    return MESSAGE_LOOKS.get(level_tag, ("info", "info"))[0]


@register.filter
def message_tone(level_tag: str) -> str:
    """Return the tone of a message's level."""
    return MESSAGE_LOOKS.get(level_tag, ("info", "info"))[1]


@register.filter
def browser_name(user_agent: str) -> str:
    """Return the browser and the system of a User-Agent header in two words."""
    found = [next((name for mark, name in names.items() if mark in user_agent), "") for names in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or user_agent[:60]


@register.filter
def of(rows: Mapping[Any, Any] | None, key: Any) -> Any:
    """Return what a mapping holds for a key, "" for nothing."""
    return (rows or {}).get(key, "")


@register.simple_tag(takes_context=True)
def nav_link(context: Context, url_name: str, label: str, exact: bool = False) -> SafeString:
    """Link to a named page, marked when the reader is on it or, unless `exact`, on a page below it."""
    url = reverse(url_name)
    request = context.get("request")
    path = request.path if request else ""
    current = "page" if path == url else "true" if path.startswith(url) and not exact else ""
    return format_html(
        '<a href="{}"{}>{}</a>', url, format_html(' aria-current="{}"', current) if current else "", label
    )


@register.simple_tag
def other_language() -> str:
    """Return the code of the language that the page is not in."""
    return "en" if (get_language() or "ar").startswith("ar") else "ar"


@register.simple_tag(takes_context=True)
def other_language_url(context: Context) -> str:
    """Return this page's address in the other language, or that language's home page where there is none."""
    code = other_language()
    request = context.get("request")
    if request:
        here = request.get_full_path()
        there = translate_url(here, code)
        if there != here:
            return there
    with override(code):
        return reverse("home")


@register.simple_tag
def contact_email() -> str:
    """Return the address at which people reach the network."""
    return settings.CONTACT_EMAIL


@register.simple_tag(takes_context=True)
def page_url(context: Context, page: int) -> str:
    """Return the query string of another page of the same list, keeping its filters."""
    query = context["request"].GET.copy()
    query["page"] = str(page)
    return f"?{query.urlencode()}"


@register.simple_tag
def qr(text: str, label: str) -> SafeString:
    """Draw a text as a QR code: black on white in any light, so that every camera reads it."""
    # Few pages draw one: it need not lie in the memory of every worker.
    import segno  # noqa: PLC0415

    rows = [bytes(row) for row in segno.make_qr(text, error="m", boost_error=False).matrix]
    size, border = len(rows), 4
    dark = "".join(
        f"M{border + x},{border + y}h{len(run)}v1h-{len(run)}z"
        for y, row in enumerate(rows)
        for x, run in ((found.start(), found.group()) for found in re.finditer(b"\x01+", row))
    )
    whole = size + 2 * border
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" width="320" height="320" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<path fill="#fff" d="M0,0h{}v{}H0z"/><path fill="#000" d="{}"/></svg>',
        label, whole, whole, whole, whole, dark,
    )  # fmt: skip
