"""manage.py worker: hands out what is to be delivered. Run one or several; each delivery is taken by one of them."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandError
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.django_connector import DjangoConnector

from diversion import moment

log = structlog.get_logger(__name__)

#: Gateways tried at the same time: a few that hang must not hold up the others.
AT_ONCE = 4
#: Seconds between looks at the queue if no notification comes: the queue listens, so this is for lost ones.
POLL = 2.0
#: Seconds that tries under way are given on SIGTERM; what is not done then is made by the next worker.
GRACE = 8.0


class Command(BaseCommand):
    help = "Delivers messages through the channels: e-mail, SMS, voice, chat, push. Safe to run more than once."

    def handle(self, *args: Any, **options: Any) -> None:
        connector = jobs.connector
        if not isinstance(connector, DjangoConnector):
            raise CommandError("The job queue is not on this product's database.")
        moment.keep()
        with jobs.replace_connector(connector.get_worker_connector()):
            log.info("worker_starts")
            asyncio.run(self._work())
        log.info("worker_stopped")

    async def _work(self) -> None:
        async with jobs.open_async():
            await jobs.run_worker_async(
                concurrency=AT_ONCE,
                fetch_job_polling_interval=POLL,
                shutdown_graceful_timeout=GRACE,
                # What was done is on the rows; the queue holds only what is to be done, and what failed by our fault.
                delete_jobs="successful",
            )
