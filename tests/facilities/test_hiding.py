"""What is forgotten when a facility is hidden."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from facilities import services
from tests.factories import facilities as make
from tests.factories.network import RegionFactory, coordinator

pytestmark = pytest.mark.django_db


def test_hiding_forgets_the_pages_that_are_kept_and_nothing_else(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/ar/sessions/").status_code == 200
        return len(queries)

    RegionFactory(code="east")
    facility = make.facility()
    cache.clear()
    assert asked() > 0
    assert asked() == 0
    cache.set("tries", 3)
    with django_capture_on_commit_callbacks(execute=True):
        services.raise_concern(facility=facility, reason="Shelling", by=coordinator("west"))
    assert asked() > 0
    assert cache.get("tries") == 3
