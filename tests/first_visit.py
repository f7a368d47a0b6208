"""What a browser loads when it opens a page for the first time: the page and every file it names, as they travel."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urldefrag, urljoin

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client

# One flight of a new TCP connection: ten segments of 1460 bytes.
FIRST_FLIGHT = 14_600
LOADED_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "manifest", "apple-touch-icon"}
IN_STYLES = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")


class Named(HTMLParser):
    """The files that a page names and a browser fetches on its own."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and LOADED_LINKS & set(given.get("rel", "").split()):
            self.found.append(given["href"])
        elif tag in {"script", "img", "source", "iframe", "video", "audio", "embed", "input"} and given.get("src"):
            self.found.append(given["src"])
        elif tag in {"use", "image"}:
            self.found.append(given.get("href") or given.get("xlink:href", ""))
        self.found += [part.split()[0] for part in given.get("srcset", "").split(",") if part.strip()]
        self.found += [found for pair in IN_STYLES.findall(given.get("style", "")) for found in pair if found]


def _stored(address: str) -> Path:
    """Return the collected file behind a static address."""
    assert address.startswith(settings.STATIC_URL), f"{address} comes from elsewhere."
    return Path(staticfiles_storage.path(address.removeprefix(settings.STATIC_URL)))


def _files(addresses: list[str], base: str) -> set[str]:
    """Return the addresses of files, those that style sheets name included."""
    found: set[str] = set()
    for address in addresses:
        whole = urldefrag(urljoin(base, address)).url
        if not whole or address.startswith(("data:", "#")) or whole in found:
            continue
        found.add(whole)
        if whole.endswith(".css"):
            styles = _stored(whole).read_text()
            found |= _files([name for pair in IN_STYLES.findall(styles) for name in pair if name], whole)
    return found


def travelling(path: Path) -> int:
    """Return the size of a static file as whitenoise sends it: the smallest of its compressed twins, else itself."""
    return min(
        twin.stat().st_size
        for twin in (path, path.with_name(f"{path.name}.gz"), path.with_name(f"{path.name}.br"))
        if twin.exists()
    )


def first_visit(client: Client, path: str) -> dict[str, int]:
    """Return the bytes of a page and of each file that it loads, by address."""
    text = client.get(path, headers={"accept-encoding": "identity"})
    sent = client.get(path, headers={"accept-encoding": "gzip, br"})
    assert sent.headers["Content-Encoding"] == "gzip"
    files = _files(Named(text.content.decode()).found, path)
    return {path: len(sent.content)} | {name: travelling(_stored(name)) for name in sorted(files)}
