"""The FHIR endpoint: every answer is a resource, that of a mistake too."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from impact.fhir import capability, kinds, searching
from impact.fhir.parameters import Problem

JSON = "application/fhir+json"
# What `_format` and Accept may say; a browser that asks for a page gets JSON as well.
FORMATS = {"json", "text/json", "application/json", JSON, ""}
ACCEPTED = FORMATS | {"*/*", "application/*", "text/*", "text/html"}
FORM = "application/x-www-form-urlencoded"
Answer = Callable[..., dict[str, Any]]


def answered(*methods: str) -> Callable[[Answer], Callable[..., JsonResponse]]:
    """Answer to these methods with what a function returns, or with the OperationOutcome of its Problem.

    Nobody is signed in here, and nothing is written: a form of another site may post a search.
    """

    def decorate(answer: Answer) -> Callable[..., JsonResponse]:
        @wraps(answer)
        def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
            try:
                if request.method not in methods:
                    raise Problem(405, "not-supported", "This is read only.")
                _consume(request)
                _understood(request)
                return _sent(answer(request, *args, **kwargs), 200, methods)
            except Problem as problem:
                return _sent(searching.outcome("error", problem.code, problem.why), problem.status, methods)

        return csrf_exempt(login_not_required(shown))

    return decorate


def _sent(resource: dict[str, Any], status: int, methods: tuple[str, ...]) -> JsonResponse:
    response = JsonResponse(
        resource, status=status, content_type=f"{JSON}; charset=utf-8", json_dumps_params={"ensure_ascii": False}
    )
    response["X-Content-Type-Options"] = "nosniff"
    if status == 405:
        response["Allow"] = ", ".join(methods)
    return response


def _consume(request: HttpRequest) -> None:
    try:
        ratelimit.consume(request, app="allauth.account", action="fhir", limit_get=True, raise_exception=True)
    except RateLimited as error:
        raise Problem(429, "throttled", "Too many requests from this address: please wait a minute.") from error


def _understood(request: HttpRequest) -> None:
    """Refuse another format than JSON."""
    asked = request.GET.get("_format")
    if asked is None and request.method == "POST" and request.content_type == FORM:
        asked = request.POST.get("_format")
    if asked is not None:
        # A plus that nobody escaped arrives as a blank.
        fine = asked.partition(";")[0].strip().replace(" ", "+").lower() in FORMATS
    else:
        named = [part.partition(";")[0].strip().lower() for part in request.headers.get("Accept", "").split(",")]
        fine = bool(ACCEPTED & set(named))
    if not fine:
        raise Problem(406, "not-supported", "JSON alone is offered (application/fhir+json).")


def _kind(slug: str) -> kinds.Kind:
    kind = kinds.find(slug)
    if kind is None:
        raise Problem(404, "not-supported", "This type of resource is not offered; /fhir/metadata tells which are.")
    return kind


def _strict(request: HttpRequest) -> bool:
    return bool(re.search(r"(?:^|[;,\s])handling\s*=\s*\"?strict", request.headers.get("Prefer", ""), re.IGNORECASE))


def _items(values: Any) -> searching.Items:
    return [(name, text) for name, texts in values.lists() for text in texts]


@answered("GET", "HEAD")
def fhir_metadata(request: HttpRequest) -> dict[str, Any]:
    """What is offered."""
    return capability.statement()


@answered("GET", "HEAD")
def fhir_search(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Search by the address."""
    return searching.search(_kind(slug), _items(request.GET), strict=_strict(request))


@answered("GET", "HEAD", "POST")
def fhir_posted_search(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Search by a form, so that what is looked for stands in no log; by the address too."""
    kind = _kind(slug)
    if request.method == "POST" and request.content_type not in {FORM, ""}:
        raise Problem(415, "not-supported", f"Please post {FORM}.")
    return searching.search(kind, [*_items(request.GET), *_items(request.POST)], strict=_strict(request))


@answered("GET", "HEAD")
def fhir_read(request: HttpRequest, slug: str, item: str) -> dict[str, Any]:
    """One resource by its id."""
    return searching.read(_kind(slug), item)


@answered("GET", "HEAD")
def fhir_unknown(request: HttpRequest, item: str = "") -> dict[str, Any]:
    """What is no address here."""
    raise Problem(404, "not-supported", "There is nothing here; /fhir/metadata tells what is offered.")
