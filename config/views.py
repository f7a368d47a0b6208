"""Health, the way in, and the pages of errors."""

import logging
from typing import Any

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from notifications import outbox

log = logging.getLogger("jisr.health")

# Beat drains the outbox every 30 s: notices older than this wait because nobody works.
OUTBOX_STALLED_SECONDS = 300


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Tell that this process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Tell whether the database, the outbox and the broker work; 503 when one doesn't."""
    checks: dict[str, Any] = {"database": _database()}
    if checks["database"] == "ok":
        waiting = outbox.oldest_due_age()
        checks["oldest_due_notice_seconds"] = round(waiting)
        checks["outbox"] = "ok" if waiting < OUTBOX_STALLED_SECONDS else "stalled"
    checks["broker"] = _broker()
    ready = all(value == "ok" for value in checks.values() if isinstance(value, str))
    return JsonResponse({"status": "ok" if ready else "not ready", **checks}, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("readyz: database: %s", type(error).__name__)
        return "unreachable"
    return "ok"


def _broker() -> str:
    try:
        with current_app.connection_for_write(connect_timeout=1) as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except Exception as error:  # noqa: BLE001 (each transport raises its own)
        log.warning("readyz: broker: %s", type(error).__name__)
        return "unreachable"
    return "ok"


@login_not_required
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Send to the home page in the reader's language."""
    response = redirect(f"/{get_language_from_request(request)}/")
    response.headers["Vary"] = "Accept-Language, Cookie"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Tell that the form was too old or came from elsewhere."""
    return render(request, "403_csrf.html", status=403)
