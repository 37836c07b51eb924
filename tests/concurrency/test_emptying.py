"""The tables are emptied after a test although a command stands in between, or the test says that they were not."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import pytest
from django.db import connection, transaction

from diversion.models import Stream
from hospitals.models import Site
from tests.emptying import empty_tables, written_tables
from tests.threads import DEADLINE
from tests.world import World


def test_what_a_command_holds_is_asked_for_three_times_and_emptied_when_it_lets_go(real_world: World):
    held, enough = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            list(Site.objects.select_for_update())
            held.set()
            assert enough.wait(DEADLINE)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        holding = pool.submit(hold)
        assert held.wait(DEADLINE)
        try:
            with impatient(), pytest.raises(AssertionError, match="three times"):
                empty_tables()
            assert Stream.objects.exists(), "what could not be emptied whole was emptied in part"
        finally:
            enough.set()
        holding.result(DEADLINE)
    empty_tables()
    assert written_tables() == []


@contextmanager
def impatient() -> Iterator[None]:
    """A lock that is not given at once ends the transaction, as a deadlock does a second later."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '1ms'")
        yield
        cursor.execute("RESET lock_timeout")
