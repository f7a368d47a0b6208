"""How a private file goes to a browser: by the proxy where there is one, else piece by piece; never by its name in the folder."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from network import files
from network.uploads.documents import TYPES

# No browser, proxy or carrier keeps it.
NOT_KEPT = "private, no-cache, no-store"


def attached(stored: str, filename: str, folder: str) -> HttpResponseBase:
    """Return a private file, to be kept under its name and not to be opened; the caller has made sure that this reader may have it."""
    content_type = TYPES.get(filename.rpartition(".")[2].lower(), "application/octet-stream")
    return sent(stored, folder, content_type=content_type, disposition=disposition(filename))


def sent(
    stored: str, folder: str, *, content_type: str, disposition: str, cached: str = NOT_KEPT, posted: bool = False
) -> HttpResponseBase:
    """Return a private file of exactly this type, in which nothing runs. Raises Http404 where it is gone.

    What answers a POST passes by the proxy, which sends files for a GET alone.
    """
    response: HttpResponseBase
    if settings.FILES_BY_PROXY and not posted:
        response = HttpResponse()
        response["X-Accel-Redirect"] = f"{settings.MEDIA_URL}{folder}/{stored}"
    else:
        path = files.path_of(stored, folder)
        if not path.exists():
            raise Http404
        response = StreamingHttpResponse(_read(path))
        response["Content-Length"] = path.stat().st_size
    response["Content-Type"] = content_type
    response["Content-Disposition"] = disposition
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = cached
    return response


def _read(path: Path) -> Iterator[bytes]:
    """Yield a file piece by piece; it is opened when somebody reads, and closed whatever becomes of them."""
    with path.open("rb") as file:
        while piece := file.read(65_536):
            yield piece


def disposition(filename: str) -> str:
    """Return the header by which a browser keeps a file under its name, in ASCII for those that know no better."""
    stem, _dot, extension = filename.rpartition(".")
    plain = "".join(c for c in stem if c.isascii() and (c.isalnum() or c in " -_().")).strip() or "file"
    return f"attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{quote(filename, safe='')}"
