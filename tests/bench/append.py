"""The statement that appends to the log, through Django's connection and through psycopg alone, in one process.

    DATABASE_URL=… python -m tests.bench.append 200

Prints {"ours", "raw"}: milliseconds of each, median of that many, taken in turn on the same events. Both in a
transaction that is rolled back, so that the log stays as it is; beginning and ending it is not counted.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable

import django

django.setup()

import psycopg  # noqa: E402
from django.db import transaction  # noqa: E402
from psycopg.types.json import Jsonb  # noqa: E402

from diversion import appending  # noqa: E402
from diversion.models import CommandReceipt, Event, Stream  # noqa: E402
from tests.bench.raw_command import APPEND  # noqa: E402


def main() -> None:
    last = Event.objects.filter(kind="diversion.attested").latest("at")
    stream = Stream.objects.get(pk=last.region_id)
    receipt = CommandReceipt.objects.order_by("pk").values_list("pk", flat=True)[0]
    last.pk, last.seq = uuid.uuid4(), stream.head + 1
    stream.head, stream.head_event = last.seq, last.pk
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True, prepare_threshold=0) as raw:
        rounds = [(_ours(stream, last, receipt), _raw(raw, stream, last, receipt)) for _ in range(int(sys.argv[1]))]
    ours, alone = zip(*rounds, strict=True)
    print(json.dumps({"ours": statistics.median(ours), "raw": statistics.median(alone)}))


def _ours(stream: Stream, event: Event, receipt: int) -> float:
    with transaction.atomic():
        Stream.objects.select_for_update(no_key=True).get(pk=stream.pk)
        took = _timed(lambda: appending.append(stream, [event], receipt))
        transaction.set_rollback(True)
    return took


def _raw(raw: psycopg.Connection, stream: Stream, event: Event, receipt: int) -> float:
    with raw.transaction(force_rollback=True), raw.cursor() as cursor:
        cursor.execute("SELECT head FROM diversion_stream WHERE region_id = %s FOR NO KEY UPDATE", [stream.pk])

        def append() -> None:
            said = [event.pk, stream.pk, event.seq, event.kind, event.at, event.said_at, Jsonb(event.actor),
                    event.command_id, Jsonb(event.fact), Jsonb(event.changes), event.hash]  # fmt: skip
            head = [event.seq, event.seq, receipt, stream.head, stream.head_event, stream.hash, stream.pk]
            cursor.execute(APPEND, [*said, *head])

        return _timed(append)


def _timed(do: Callable[[], object]) -> float:
    begun = time.perf_counter_ns()
    do()
    return (time.perf_counter_ns() - begun) / 1e6


if __name__ == "__main__":
    main()
