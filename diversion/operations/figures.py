"""Figures for Prometheus: what this process has counted, and what is read at the moment of asking.

Each web process is asked at its own port and answers for itself; what it reads of the database is the same at all of
them, so rules take the maximum. Where the database cannot be asked its figures are absent, never nought: an alert on
absence stands in the rules. No label but codes, states and regions; nothing of a patient is counted by anything else.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from diversion.feed.hub import feeds
from diversion.measures import REGISTRY
from diversion.models.channels import DELIVERY_STATES
from diversion.operations import questions, taking
from diversion.operations.finding import Finding, status
from diversion.operations.readings import Unread

#: Every audience and envelope of the feed, so that nobody is told as nought.
KINDS: Final = [(audience, envelope) for audience in ("dispatch", "sites") for envelope in ("websocket", "sse")]


def text(findings: Sequence[Finding]) -> bytes:
    """Everything, in Prometheus's text form."""
    now_read = CollectorRegistry()
    now_read.register(_Read(findings))
    return generate_latest(REGISTRY) + generate_latest(now_read)


class _Read(Collector):
    def __init__(self, findings: Sequence[Finding]) -> None:
        self._findings = findings

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield from _judged(self._findings)
        yield from _of_the_feed()
        yield from _of_the_pool()
        begun = time.perf_counter()
        judged, counted = questions.ask(), questions.count()
        took = time.perf_counter() - begun
        if isinstance(judged, Unread) or isinstance(counted, Unread):
            yield _gauge("database_up", "Whether the database answers", 0)
            return
        yield _gauge("database_up", "Whether the database answers", 1)
        yield _gauge("database_answer_seconds", "How long it took to answer all of this", took)
        yield from _of_the_product(judged)
        yield from _counted(counted)


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"diversion_{name}", about, value=value)


def _labelled(
    name: str, about: str, labels: Sequence[str], values: Iterable[tuple[Sequence[str], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"diversion_{name}", about, labels=labels)
    for told, value in values:
        family.add_metric(list(told), value)
    return family


def _judged(findings: Sequence[Finding]) -> Iterator[GaugeMetricFamily]:
    yield _gauge("ready", "1 in service, 0.5 degraded, 0 out of service", _READY[status(findings)])
    found = Counter((one.code, one.weight) for one in findings)
    yield _labelled("findings", "What is wrong, as the doctor says it", ["code", "weight"], list(found.items()))


_READY: Final = {"ready": 1.0, "degraded": 0.5, "unready": 0.0}


def _of_the_feed() -> Iterator[GaugeMetricFamily]:
    readers = Counter((one.admission.audience.kind, one.envelope) for feed in feeds() for one in feed.everyone())
    about = "Readers of the feed on this process"
    yield _labelled("feed_readers", about, ["audience", "envelope"], [(kind, readers[kind]) for kind in KINDS])
    ages = [((feed.region_id,), feed.age()) for feed in feeds()]
    yield _labelled("feed_read_age_seconds", "Since this process read a region's log", ["region"], ages)


def _of_the_pool() -> Iterator[GaugeMetricFamily]:
    pool = taking.pool()
    yield _gauge("pool_size", "Database connections this process may open", pool.size if pool else 0)
    yield _gauge("pool_free", "Of these, how many are free", pool.free if pool else 0)
    yield _gauge("pool_waiting", "Requests that wait for one", pool.waiting if pool else 0)


def _of_the_product(told: Any) -> Iterator[GaugeMetricFamily]:
    now = datetime.now(UTC)
    for name in ("clock", "worker"):
        at = told[f"{name}_at"]
        if isinstance(at, datetime):
            yield _gauge(f"{name}_age_seconds", f"Since the {name}'s last sign of life", (now - at).total_seconds())
    if not isinstance(told["late"], Unread):
        yield _gauge("deliveries_late", "Messages a minute overdue that nobody tries", told["late"][0])
    if not isinstance(told["failing"], Unread):
        yield _gauge("channels_failing", "Ways to reach people that fail", told["failing"][0])
    if not isinstance(told["skew_s"], Unread):
        yield _gauge("clock_skew_seconds", "This machine's clock ahead of the database's", told["skew_s"])


def _counted(told: Any) -> Iterator[GaugeMetricFamily]:
    for question, names in _NUMBERS.items():
        answer = told[question]
        if not isinstance(answer, Unread):
            numbers = answer if isinstance(answer, tuple) else (answer,)
            yield from (_gauge(name, about, float(one)) for (name, about), one in zip(names, numbers, strict=True))
    if not isinstance(told["deliveries"], Unread):
        states = dict.fromkeys(DELIVERY_STATES, 0) | dict(told["deliveries"])
        by_state = [((state,), number) for state, number in states.items()]
        yield _labelled("deliveries", "Messages of the last day, by what became of them", ["state"], by_state)
    if not isinstance(told["log"], Unread):
        heads = [((region,), head) for region, head in told["log"]]
        yield _labelled("log_head", "The last event's number", ["region"], heads)


#: question → the gauges its row is
_NUMBERS: Final = {
    "notices": (
        ("notices_unanswered", "Announced patients that no department has acknowledged"),
        ("notice_oldest_seconds", "How long the oldest of them has waited"),
    ),
    "escalations_late": (("escalations_late", "Notices that should have been escalated five seconds ago"),),
    "declarations": (
        ("declarations_running", "Diversions in force"),
        ("declarations_unseen", "Of these, not marked as seen by dispatch"),
        ("declarations_unconfirmed", "Of these, not attested in time"),
    ),
    "connections": (
        ("database_connections", "Connections to the database server"),
        ("database_connections_limit", "How many it takes"),
    ),
    "bytes": (("database_bytes", "Size of the database"),),
}
