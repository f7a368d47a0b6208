"""Open data: the files, and what stands in them for people and for machines."""

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date

from impact import datasets
from network.decorators import live_page
from network.sheets import CONTENT_TYPES, CSV


@live_page
def data_root(request: HttpRequest) -> HttpResponse:
    """Send to the page in the reader's language."""
    response = redirect("data:index")
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


@live_page
def data_index(request: HttpRequest) -> HttpResponse:
    """All tables, with licence, credit and date."""
    tables = [{"dataset": dataset, "at": dataset.version().at} for dataset in datasets.known()]
    return render(request, "impact/data.html", {"tables": tables})


@live_page
def data_dictionary(request: HttpRequest, slug: str) -> HttpResponse:
    """What stands in each column of a table."""
    dataset = _found(slug)
    return render(request, "impact/data_dictionary.html", {"dataset": dataset, "at": dataset.version().at})


@live_page
def data_package(request: HttpRequest) -> HttpResponse:
    """All tables and their columns for machines, as a Data Package."""
    package: dict[str, Any] = {
        "profile": "data-package",
        "name": "jisr",
        "title": "Jisr",
        "resources": [dataset.resource() for dataset in datasets.known()],
    }
    return _json(package)


@live_page
def data_schema(request: HttpRequest, slug: str) -> HttpResponse:
    """One table's columns for machines, as a Table Schema."""
    return _json(_found(slug).schema())


@live_page
def data_file(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A table as CSV, written while it is sent; with `hxl=1` a row of HXL tags below the headings.

    Whoever has it may keep it, and asks each time whether it is still the same: no copy on the way outlives a facility that is hidden.
    """
    ratelimit.consume(request, app="allauth.account", action="open_data", limit_get=True, raise_exception=True)
    dataset = _found(slug)
    hxl, version = request.GET.get("hxl") == "1", dataset.version()
    etag, modified = dataset.etag(version, hxl=hxl), _whole_second(version.at)
    unchanged = get_conditional_response(
        request, etag=etag, last_modified=int(modified.timestamp()) if modified else None
    )
    response: HttpResponseBase = unchanged or StreamingHttpResponse(
        dataset.lines(hxl=hxl), content_type=CONTENT_TYPES[CSV]
    )
    response["ETag"] = etag
    if modified:
        response["Last-Modified"] = http_date(modified.timestamp())
    response["Cache-Control"] = "private, no-cache"
    if response.status_code == 200:
        response["Content-Disposition"] = f'attachment; filename="{dataset.filename}"'
        response["X-Content-Type-Options"] = "nosniff"
        response["Link"] = f'<{dataset.licence_url}>; rel="license"' if dataset.licence_url else ""
    return response


def _whole_second(at: datetime | None) -> datetime | None:
    """Return the second that ends a change; none while it lasts, for something else might be hidden in it."""
    if at is None:
        return None
    ended = at.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
    return ended if ended < timezone.now().replace(microsecond=0) else None


def _found(slug: str) -> datasets.Dataset:
    dataset = datasets.find(slug)
    if dataset is None:
        raise Http404
    return dataset


def _json(content: dict[str, Any]) -> JsonResponse:
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
