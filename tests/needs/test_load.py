"""Partners at once: of the last that is open no more is ever pledged than there is, and no contact means more than it may."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from needs import balances, policies, services
from needs.models import Need, NeedEntry, Pledge
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


def at_once(call: Callable[[int], object], refused: type[Exception]) -> int:
    """Call as many threads at once, and return how many were not refused."""
    start = threading.Barrier(THREADS)

    def one(number: int) -> bool:
        start.wait()
        try:
            call(number)
        except refused:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(done.result() for done in [pool.submit(one, number) for number in range(THREADS)])


def test_a_contact_is_counted_in_turn_whatever_it_is_pledged_to(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    with own_database("jisr_needs_contact", tmp_path, django_db_blocker):
        needs, same = [make.need(quantity=5) for _ in range(THREADS)], make.giver(1)
        made = at_once(lambda number: make.offered(needs[number], 1, giver=same), services.SentTooOften)
        assert made == policies.UNPROVED_AT_MOST == Pledge.objects.count()

        # One contact has all that may count but one, and eight right codes; they were sent to others, for three at most go to one.
        counting = [make.pledged(need, 1) for need in needs[: policies.COUNTING_AT_MOST - 1]]
        waiting = [make.offered(need, 1) for need in needs]
        typed = [make.code_of(pledge) for pledge in waiting]
        Pledge.objects.filter(pk__in=[row.pk for row in (*counting, *waiting)]).update(phone=same.phone)
        rows = [Pledge.objects.get(pk=pledge.pk) for pledge in waiting]
        proved = at_once(
            lambda number: services.confirm_contact(pledge=rows[number], typed=typed[number]), services.TooManyAtOnce
        )
        assert proved == 1
        assert Pledge.objects.counting().count() == policies.COUNTING_AT_MOST
