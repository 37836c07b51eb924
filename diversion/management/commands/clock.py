"""manage.py clock: the periodic job. Run one or several; they do each thing once."""

from __future__ import annotations

import signal
import threading
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import Error, connection

from diversion import clock, moment

log = structlog.get_logger(__name__)

#: Seconds between turns: a minute's escalation may be a second late.
EVERY = 1.0


class Command(BaseCommand):
    help = "Does what falls due: escalations, lost presence. Safe to run more than once."

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        while not stop.wait(EVERY):
            try:
                moment.measure()
                clock.tick()
            except Error as error:
                # Its heartbeat stops, which every screen shows; it tries again until the database is back.
                log.warning("clock_cannot_work", error=str(error))
                connection.close()
            except ExceptionGroup as refused:
                # The rest is done and will go on being done; without a heartbeat every screen says that not all is.
                log.exception("clock_left_undone", error=str(refused))
