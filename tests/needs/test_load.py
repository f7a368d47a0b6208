"""Partners who prove their pledges at once: of the last that is open no more is ever pledged than there is."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from needs import balances, services
from needs.models import Need, NeedEntry
from tests.factories import needs as make
from tests.own_database import own_database

pytestmark = pytest.mark.heavy

THREADS = 8


def test_the_last_open_quantity_is_pledged_once(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> None:
    with own_database("jisr_needs_load", tmp_path, django_db_blocker):
        need = make.need(quantity=5)
        pledges = [make.offered(need, 2) for _ in range(THREADS)]
        typed = [make.code_of(pledge) for pledge in pledges]
        start = threading.Barrier(THREADS)

        def prove(number: int) -> bool:
            start.wait()
            try:
                services.confirm_contact(pledge=pledges[number], typed=typed[number])
            except services.NotThatMuchOpen:
                return False
            finally:
                connections.close_all()
            return True

        with ThreadPoolExecutor(THREADS) as pool:
            counted = [done.result() for done in [pool.submit(prove, number) for number in range(THREADS)]]

        assert sum(counted) == 2
        assert NeedEntry.objects.filter(kind="pledged").count() == 2
        assert balances.of_need(need).open == 1
        assert Need.objects.get(pk=need.pk).state == "pledged"
        assert sorted(need.pledges.values_list("state", flat=True)) == ["confirmed"] * 2 + ["offered"] * 6
