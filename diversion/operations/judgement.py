"""Judgement: what readings mean. Pure, so that each limit can be tested at its edge; readiness and doctor share it.

Where the database cannot be asked, that alone is said: what could not be read because of it is no further finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from diversion.operations.finding import Finding
from diversion.operations.questions import PATIENCE, pending
from diversion.operations.readings import Disk, Readings, Unread

#: Seconds without a turn of the clock: it takes one a second, and screens say so after ten.
CLOCK_LATE: Final = 10.0
#: Seconds without a worker's beat: it beats every ten, behind at most four tries of ten seconds each.
WORKER_LATE: Final = 60.0
#: Seconds between two clocks: as much as the journeys' ties forgive; more falsifies who acted first.
CLOCKS_DIFFER: Final = 2.0
#: Seconds a standby may be behind before it would lose what somebody was told is recorded.
STANDBY_BEHIND: Final = 10.0
#: Days before its end in which a certificate should have been renewed: automatic ones are at thirty.
CERTIFICATE_ENDS: Final = timedelta(days=14)
#: Below this (MB) PostgreSQL may stop within minutes: one of its log files is 16 MB.
DISK_FULL: Final = 200
#: Names of this machine itself: reached by these alone, TLS is of no use.
OWN_NAMES: Final = {"localhost", "127.0.0.1", "[::1]"}

Found = Iterator[Finding]


@dataclass(frozen=True, slots=True)
class Limits:
    """What an installation says of itself."""

    disk_mb: int
    standbys: int
    #: Seconds a process may have left a region's log unread.
    feed_behind: float


def judge(readings: Readings, limits: Limits) -> list[Finding]:
    """Everything that is wrong, what takes a process out of service first, then by weight."""
    found = [one for judges in JUDGES for one in judges(readings, limits)]
    return sorted(found, key=lambda one: (not one.here, one.weight != "failure"))


def _database(readings: Readings, _: Limits) -> Found:
    told = readings.database
    if isinstance(told, Unread):
        said = {"error": told.error, "patience": PATIENCE}
        yield Finding(told.code or "database_unreachable", "failure", here=True, said=said)
        return
    applied = told["applied"]
    missing = [] if isinstance(applied, Unread) else pending(applied)
    if missing:
        said = {"count": len(missing), "first": missing[0]}
        yield Finding("migrations_pending", "failure", here=True, said=said)
        return  # questions about tables that are not there yet are no further findings
    yield from (
        Finding("unread", "warning", said={"what": name, "error": answer.error})
        for name, answer in told.items()
        if isinstance(answer, Unread)
    )


def _log(readings: Readings, _: Limits) -> Found:
    for region, detail in _answer(readings, "heads", ()):
        yield Finding("log_broken", "failure", said={"where": region, "detail": detail})
    regions = sorted({region for region, _ in readings.differences})
    for region in regions:
        details = [detail for where, detail in readings.differences if where == region]
        said = {"where": region, "count": len(details), "detail": details[0]}
        yield Finding("rows_differ", "failure", said=said)


def _clock(readings: Readings, _: Limits) -> Found:
    if _is_new(readings) or not _answered(readings, "clock_at"):
        return
    at = _answer(readings, "clock_at", None)
    if at is None:
        yield Finding("clock_never", "failure")
    elif (age := _age(readings, at)) > CLOCK_LATE:
        yield Finding("clock_late", "failure", since=at, said={"age": round(age)})


def _worker(readings: Readings, _: Limits) -> Found:
    channels = _answer(readings, "channels", 0)
    at = _answer(readings, "worker_at", None)
    if at is None:
        if channels and _answered(readings, "worker_at"):
            yield Finding("worker_never", "failure", said={"channels": channels})
    elif (age := _age(readings, at)) > WORKER_LATE:
        yield Finding("worker_late", "failure" if channels else "warning", since=at, said={"age": round(age)})


def _deliveries(readings: Readings, _: Limits) -> Found:
    count, oldest = _answer(readings, "late", (0, None))
    if count:
        said = {"count": count, "age": round(_age(readings, oldest))}
        yield Finding("deliveries_late", "warning", since=oldest, said=said)
    failing, since, name, error = _answer(readings, "failing", (0, None, None, None))
    if failing:
        said = {"count": failing, "name": name, "error": error}
        yield Finding("channel_failing", "warning", since=since, said=said)


def _broker(readings: Readings, _: Limits) -> Found:
    if readings.broker is not None:
        yield Finding("broker_down", "warning", said={"error": readings.broker.error})


def _process(readings: Readings, limits: Limits) -> Found:
    behind = {region: age for region, age in readings.feed.items() if age > limits.feed_behind}
    if behind and not isinstance(readings.database, Unread):
        age = max(behind.values())
        since = readings.at - timedelta(seconds=age)
        said = {"regions": ", ".join(sorted(behind)), "age": round(age)}
        yield Finding("feed_behind", "failure", here=True, since=since, said=said)
    pool = readings.pool
    # Not out of service for it: when all are busy, taking one away makes the others busier.
    if pool is not None and pool.waiting and not pool.free:
        yield Finding("pool_exhausted", "warning", said={"size": pool.size, "waiting": pool.waiting})


def _standbys(readings: Readings, limits: Limits) -> Found:
    if not limits.standbys or not _answered(readings, "standbys"):
        return
    streaming, hidden, lag = _answer(readings, "standbys", (0, 0, None))
    if hidden:
        yield Finding("standby_hidden", "warning")
    elif streaming < limits.standbys:
        yield Finding("standby_missing", "warning", said={"streaming": streaming, "expected": limits.standbys})
    elif lag is not None and lag > STANDBY_BEHIND:
        yield Finding("standby_behind", "warning", said={"lag": round(lag)})


def _archive(readings: Readings, _: Limits) -> Found:
    since = _answer(readings, "archive", None)
    if since is not None:
        yield Finding("archive_failing", "failure", since=since)


def _clocks(readings: Readings, _: Limits) -> Found:
    skew = _answer(readings, "skew_s", 0.0)
    # Not out of service for it: which of the two is wrong cannot be told from here, and all may differ from one.
    if abs(skew) > CLOCKS_DIFFER:
        yield Finding("clocks_differ", "failure", said={"seconds": round(skew, 1)})


def _disks(readings: Readings, limits: Limits) -> Found:
    for one in readings.disks:
        if isinstance(one, Unread):
            yield Finding("unread", "warning", said={"what": "a disk", "error": one.error})
        elif one.free_mb < limits.disk_mb:
            yield _disk(one, limits.disk_mb)


def _disk(disk: Disk, limit: int) -> Finding:
    said = {"folder": disk.folder, "free": disk.free_mb, "limit": limit}
    if disk.free_mb < DISK_FULL:
        return Finding("disk_full", "failure", said=said)
    return Finding("disk_low", "warning", said=said)


def _certificate(readings: Readings, _: Limits) -> Found:
    told = readings.certificate
    if isinstance(told, Unread):
        yield Finding("unread", "warning", said={"what": "the TLS certificate", "error": told.error})
    elif told is not None:
        said = {"until": f"{told.until:%Y-%m-%d %H:%M} UTC", "from": f"{told.valid_from:%Y-%m-%d %H:%M} UTC"}
        left = told.until - readings.at
        if left <= timedelta(0):
            yield Finding("certificate_expired", "failure", since=told.until, said=said)
        elif told.valid_from > readings.at:
            yield Finding("certificate_early", "failure", said=said)
        elif left <= CERTIFICATE_ENDS:
            yield Finding("certificate_ending", "warning", said={**said, "days": left.days})


def _configuration(readings: Readings, _: Limits) -> Found:
    told = readings.configuration
    if told.manifest_missing:
        yield Finding("pages_missing", "failure", here=True, said={"file": told.manifest_missing})
    if told.untranslated:
        yield Finding("untranslated", "warning", here=True, said={"languages": ", ".join(told.untranslated)})
    if told.debug:
        yield Finding("debug_on", "warning")
    if "*" in told.hosts:
        yield Finding("hosts_any", "warning")
    if not told.https and set(told.hosts) - OWN_NAMES:
        yield Finding("https_off", "warning")


def _world(readings: Readings, _: Limits) -> Found:
    if _is_new(readings):
        yield Finding("no_region", "failure")
    if readings.map is not None:
        yield Finding("map_broken", "warning", said={"error": readings.map.error})


def _webs(readings: Readings, _: Limits) -> Found:
    for web in readings.webs:
        if isinstance(web, tuple):
            yield Finding("web_silent", "failure", said={"url": web[0], "error": web[1].error})
        elif web.findings is None and web.status != "ready":
            weight = "failure" if web.status == "unready" else "warning"
            yield Finding("web_says", weight, said={"url": web.url, "status": web.status})  # type: ignore[arg-type]
        else:
            yield from (_retold(one) for one in web.findings or ())


def _retold(told: dict[str, Any]) -> Finding:
    """A finding of a web process, which knows since when it has been so."""
    since = datetime.fromisoformat(told["since"]) if told["since"] else None
    return Finding(told["code"], told["weight"], here=told["here"], since=since, said=told["said"])


def _answered(readings: Readings, question: str) -> bool:
    told = readings.database
    return not isinstance(told, Unread) and not isinstance(told.get(question), Unread)


def _answer(readings: Readings, question: str, otherwise: Any) -> Any:
    if isinstance(readings.database, Unread) or not _answered(readings, question):
        return otherwise
    return readings.database.get(question, otherwise)


def _is_new(readings: Readings) -> bool:
    """Nothing has been imported yet: a clock that does not run is not what is wrong then."""
    return _answered(readings, "regions") and _answer(readings, "regions", None) == 0


def _age(readings: Readings, at: datetime) -> float:
    """Seconds since then, by this machine's clock and by the database's alike: where they differ, that is told."""
    by_ours = (readings.at - at).total_seconds()
    return min(by_ours, by_ours - float(_answer(readings, "skew_s", 0.0)))


JUDGES: Final[tuple[Callable[[Readings, Limits], Found], ...]] = (
    _database, _log, _process, _configuration, _world, _clocks, _clock, _worker, _deliveries, _broker, _disks,
    _certificate, _standbys, _archive, _webs,
)  # fmt: skip
