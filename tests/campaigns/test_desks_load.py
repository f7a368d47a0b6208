"""Collectors of one desk who count at once, each form sent twice: every receipt has its own number, none is left out."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from campaigns import chain, services
from campaigns.models import HandIn
from tests.factories import campaigns as make
from tests.own_database import own_database

pytestmark = pytest.mark.heavy

THREADS, EACH = 8, 10


def test_collectors_at_once_get_numbers_of_their_own(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> None:
    with own_database("jisr_desks_load", tmp_path, django_db_blocker):
        campaign = make.campaign()
        desk = make.desk(campaign)
        collectors = [make.collector(desk) for _ in range(THREADS // 2)]
        forms = [
            (make.entry(campaign), uuid.uuid4(), collectors[number % len(collectors)])
            for number in range(THREADS // 2 * EACH)
        ]
        start = threading.Barrier(THREADS)

        def work(number: int) -> None:
            start.wait()
            try:
                # Threads in pairs send the same forms.
                for entry, uid, by in forms[number // 2 :: THREADS // 2]:
                    services.count_hand_in(desk=desk, entry=entry, uid=uid, brought=5, pieces=5, by=by)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(THREADS) as pool:
            for done in [pool.submit(work, number) for number in range(THREADS)]:
                done.result()

        numbers = sorted(HandIn.objects.values_list("number", flat=True))
        assert numbers == list(range(1, len(forms) + 1))
        assert chain.left_at(desk) == 5 * len(forms)
