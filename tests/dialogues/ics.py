"""Checks the grammar of a calendar by hand, apart from the library that wrote it (RFC 5545, RFC 7986)."""

import re

LINE = re.compile(rb"(?P<name>[A-Z][A-Z0-9-]*)(?P<parameters>(?:;[A-Z-]+=(?:\"[^\"]*\"|[^\";:,]*))*):(?P<value>.*)")
INSTANT = re.compile(r"[0-9]{8}T[0-9]{6}Z")
ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "CLASS"}
TEXTS = {"SUMMARY", "LOCATION", "NAME", "X-WR-CALNAME"}
OF_CALENDAR = {
    "PRODID", "VERSION", "CALSCALE", "METHOD", "NAME", "X-WR-CALNAME", "X-WR-TIMEZONE", "REFRESH-INTERVAL", "X-PUBLISHED-TTL",
}  # fmt: skip

Event = dict[str, str]


def unfolded(content: bytes) -> list[bytes]:
    """Return the lines as they were before folding; each folded one is whole UTF-8 of at most 75 octets, ended by CRLF."""
    assert content.endswith(b"\r\n")
    lines: list[bytes] = []
    for line in content.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75, line
        assert b"\r" not in line
        assert b"\n" not in line
        line.decode()
        if line.startswith(b" "):
            lines[-1] += line[1:]
        else:
            lines.append(line)
    return lines


def text(value: str) -> str:
    """Return an escaped text as it was; every comma, semicolon and backslash must be escaped."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[,;]", value), value
    return re.sub(r"\\(.)", lambda match: "\n" if match.group(1) in "nN" else match.group(1), value)


def read(content: bytes) -> tuple[Event, list[Event]]:
    """Return a calendar's own properties and those of its events; fails on whatever the standard does not allow."""
    lines = unfolded(content)
    assert (lines[0], lines[-1]) == (b"BEGIN:VCALENDAR", b"END:VCALENDAR")
    calendar: Event = {}
    events: list[Event] = []
    inside = False
    for line in lines[1:-1]:
        match = LINE.fullmatch(line)
        assert match, line
        name, value = match["name"].decode(), match["value"].decode()
        if name == "BEGIN":
            assert (value, inside) == ("VEVENT", False)
            inside = True
            events.append({})
        elif name == "END":
            assert (value, inside) == ("VEVENT", True)
            inside = False
        else:
            here = events[-1] if inside else calendar
            assert name not in here, name
            here[name] = text(value) if name in TEXTS else value
    assert {"PRODID", "VERSION"} <= calendar.keys() <= OF_CALENDAR
    assert calendar["VERSION"] == "2.0"
    for event in events:
        assert event.keys() >= ONCE, event
        assert event["SEQUENCE"].isdigit()
        assert event["STATUS"] in ("TENTATIVE", "CONFIRMED", "CANCELLED")
        for name in ("DTSTAMP", "DTSTART", "DTEND"):
            assert INSTANT.fullmatch(event[name]), event[name]
        assert event["DTEND"] > event["DTSTART"]
    assert len({event["UID"] for event in events}) == len(events)
    return calendar, events
