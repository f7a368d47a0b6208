"""A whole Django project: one table, one indexed query, 25 rows in a template; files kept as they come. `application` serves it."""

import os
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dj_database_url
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

ROWS = 10_000
SHOWN = 25

if not settings.configured:
    settings.configure(
        SECRET_KEY="bare",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="benchmarks.bare.project",
        INSTALLED_APPS=["benchmarks.bare"],
        MIDDLEWARE=["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"],
        DATABASES={
            "default": dj_database_url.parse(os.environ["BARE_DATABASE_URL"], conn_max_age=60, conn_health_checks=True)
        },
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [Path(__file__).parent]}],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()

# The model needs the settings above.
from benchmarks.bare.models import Row  # noqa: E402


def rows(request: HttpRequest) -> HttpResponse:
    """Show the first rows of one kind."""
    shown = Row.objects.filter(kind=3).order_by("starts_at")[:SHOWN]
    return render(request, "rows.html", {"rows": shown})


def healthz(request: HttpRequest) -> HttpResponse:
    """Tell that this process answers."""
    return HttpResponse("ok")


@csrf_exempt
def entries(request: HttpRequest) -> HttpResponse:
    """Keep the bytes of the files that were sent, on the disk, and one row."""
    for upload in request.FILES.getlist("photos"):
        kept = Path(os.environ["BARE_KEPT"]) / secrets.token_hex(16)
        with kept.open("xb") as file:
            file.writelines(upload.chunks())
            file.flush()
            os.fsync(file.fileno())
    Row.objects.create(kind=1, title=request.POST["name"], place=request.POST["phone"], starts_at=datetime.now(UTC))
    return HttpResponse("ok")


urlpatterns = [path("", rows), path("entries", entries), path("healthz", healthz)]
application = get_wsgi_application()


def fill() -> None:
    """Make the table and its rows, and the directory of the files."""
    from django.db import connection  # noqa: PLC0415 - only for this

    if kept := os.environ.get("BARE_KEPT"):
        Path(kept).mkdir()
    with connection.schema_editor() as editor:
        editor.create_model(Row)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    Row.objects.bulk_create(
        Row(kind=n % 10, title=f"جلسة رقم {n}", place=f"قاعة {n % 40}", starts_at=start + timedelta(hours=n))
        for n in range(ROWS)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


if __name__ == "__main__" and sys.argv[1:] == ["fill"]:
    fill()
