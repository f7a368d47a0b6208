"""What a browser would send of the forms of a page."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Forms(HTMLParser):
    """Reads what a browser would send of a page's forms: one dictionary a form."""

    found: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.found.append({})
        if not self.found:
            return
        name, form = given.get("name") or "", self.found[-1]
        if tag == "input" and name and given.get("type") not in ("submit", "button"):
            if given.get("type") not in ("checkbox", "radio"):
                self._sends(name, given.get("value") or "")
            elif "checked" in given:
                self._sends(name, given.get("value") or "on")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            form.setdefault(self._select, []).append(given.get("value") or "")
        elif tag == "textarea":
            self._textarea = name
            form[name] = ""

    def _sends(self, name: str, value: str) -> None:
        """Add an input: several of one name send several values."""
        form = self.found[-1]
        before = form.get(name)
        form[name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        if tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea and self.found:
            self.found[-1][self._textarea] += data


def form_of(page: str) -> dict[str, Any]:
    """Return what the largest form of a page sends."""
    reader = Forms()
    reader.feed(page)
    return max(reader.found, key=len, default={})
