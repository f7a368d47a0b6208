"""No log holds what opens something by itself, whichever address carries it."""

import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import include, path
from hypothesis import given, settings as examples, strategies as st

from config import gunicorn
from config.logs import WithoutSecrets, without_secrets
from tests.security.urls_walked import Address, walk

SECRET = "S3cr-et_T0k.en:AbC"
# Parameters that open nothing and tell of nobody: numbers and names of rows, which are seen by whoever may see the row.
HARMLESS = {
    "action", "app_label", "comment", "delivery", "desk", "evidence", "facility", "field", "first", "item", "material",
    "month", "need", "number",
    "object_id", "pk", "place", "pledge", "second", "size", "slug", "step", "turn",
}  # fmt: skip
# Below these a code names a facility or a mobile unit: it opens nothing.
NAMED_BY_CODE = ("ar/facilities/", "ar/outreach/units/")
# All that the admin doesn't know.
CATCH_ALL = "ar/admin/(?P<url>.*)$"


def unmasked(addresses: Iterator[Address]) -> set[str]:
    """Return the routes of which a log would hold a parameter that is not known to be harmless."""
    kept = set()
    for address in addresses:
        shown = re.sub(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)", lambda m: SECRET + (m[1] or m[2]), f"/{address.route}")
        names = {"code"} if address.route.startswith(NAMED_BY_CODE) else set()
        for parameter in set(address.parameters) - HARMLESS - names:
            assert SECRET + parameter in shown
            if SECRET + parameter in without_secrets(shown) and address.route != CATCH_ALL:
                kept.add(address.route)
    return kept


def test_no_address_of_the_site_shows_its_secret() -> None:
    assert unmasked(walk()) == set()
    # The walk has seen them.
    assert {"token", "code"} <= {parameter for address in walk() for parameter in address.parameters}


def test_a_new_address_with_a_token_is_noticed() -> None:
    class Planted:
        url_patterns = [path("en/new/<str:token>/", print), path("en/o/", include([path("<str:token>/", print)]))]

    assert unmasked(walk(Planted())) == {"en/new/<str:token>/"}


@pytest.mark.parametrize(
    ("line", "clean"),
    [
        (f"GET /calendar/{SECRET}.ics HTTP/1.1", "GET /calendar/… HTTP/1.1"),
        (f"Not Found: /ar/o/{SECRET}/", "Not Found: /ar/o/…/"),
        (f'"POST /en/i/{SECRET}/?next=/en/i/{SECRET}/ HTTP/1.1" 404', '"POST /en/i/…/?next=/en/i/…/ HTTP/1.1" 404'),
        (f"https://jisr.example/ar/checkin/{SECRET}", "https://jisr.example/ar/checkin/…"),
        ("Not Found: /en/certificates/ABCD EFGH JKMN/", "Not Found: /en/certificates/…/"),
        (f"/en/certificates/?code={SECRET}&x=1", "/en/certificates/?code=…&x=1"),
        (f"/en/i/?code={SECRET}", "/en/i/?code=…"),
        (f"/ar/accounts/login/?next=%2Far%2Fi%2F{SECRET}%2F", "/ar/accounts/login/?next=%2Far%2Fi%2F…%2F"),
        (f"/ar/accounts/confirm-email/{SECRET}/", "/ar/accounts/confirm-email/…/"),
        (f"/ar/accounts/password/reset/key/2-{SECRET}/", "/ar/accounts/password/reset/key/…/"),
        (f"/ar/accounts/login/code/{SECRET}/", "/ar/accounts/login/code/…/"),
    ],
)
def test_lines(line: str, clean: str) -> None:
    assert without_secrets(line) == clean


@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /ar/sessions/oxygen/",
        "GET /ar/me/calendar/ HTTP/1.1",
        "/ar/sessions/calendar.ics",
        "/ar/i/",
        "10 o/20 i",
        "",
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert without_secrets(line) == line


@examples(deadline=None)
@given(
    st.sampled_from(["/calendar/{}.ics", "/ar/o/{}/", "/en/i/{}", "/en/certificates/{}?x=1", "/en/i/?code={}"]),
    st.text(alphabet="abcXYZ0189-_.~:=+@", min_size=8),
    st.text(),
    st.text(),
)
def test_any_token_in_any_line_is_left_out(address: str, token: str, before: str, after: str) -> None:
    assert token not in without_secrets(f"{before} {address.format(token)} {after}").replace(before, "").replace(
        after, ""
    )


def records_of(logger: logging.Logger) -> Any:
    kept: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(self.format(record))

    handler = Keeping()
    logger.addHandler(handler)
    return kept, handler


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/ar/o/{}/", "/ar/i/{}/", "/calendar/{}.ics", "/en/no/such/?token={}"])
def test_a_request_that_is_refused_leaves_no_secret_in_the_log(address: str, capsys: Any) -> None:
    written, handler = records_of(logging.getLogger("django.request"))
    handler.addFilter(WithoutSecrets())
    try:
        assert Client().get(address.format(SECRET)).status_code == 404
    finally:
        logging.getLogger("django.request").removeHandler(handler)

    assert len(written) == 1
    assert SECRET not in written[0]


def test_both_logs_of_the_server_are_filtered_and_that_of_requests_is_not_kept() -> None:
    assert gunicorn.accesslog is None
    logger = gunicorn.NamelessLogger(gunicorn.Config())
    for log in (logger.error_log, logger.access_log):
        assert any(isinstance(found, WithoutSecrets) for found in log.filters)
    atoms = {"r": f"GET /ar/o/{SECRET}/ HTTP/1.1", "f": f"https://jisr.example/ar/i/{SECRET}/"}
    record = logging.LogRecord("gunicorn.access", logging.INFO, "", 0, '"%(r)s" "%(f)s"', (atoms,), None)
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == '"GET /ar/o/…/ HTTP/1.1" "https://jisr.example/ar/i/…/"'
