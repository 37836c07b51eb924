"""The way in: ``change()`` is the only place where the live picture and the log are written, and they are one write.

Inside it a command locks its rows, decides, and hands every row it altered to ``Log.add`` with the event that
tells it. On leaving, the region's head row is locked, last of all locks, for the moment it takes to number
and insert the events; then the transaction commits and the doorbell rings. Locks are taken in one order
everywhere: sites, diversions, vehicles, transports, redirects, notices, presences, channels, deliveries, each by
primary key, then the head.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Final

import structlog
from django.db import DatabaseError, IntegrityError, InterfaceError, InternalError, OperationalError, transaction
from psycopg.errors import UniqueViolation

from diversion import appending, chain, doorbell, measures, moment, writing
from diversion.actors import Actor
from diversion.errors import Conflict, KeyReused, NotKnown, NotRecorded
from diversion.kinds import EventKind
from diversion.models import CommandReceipt, Event, Stream
from diversion.prepared import Prepared
from diversion.wire.entities import represent
from hospitals.models import Versioned

lines = structlog.get_logger(__name__)


_HEAD: Final = Prepared(lambda region: Stream.objects.filter(pk=region).select_for_update(no_key=True), str)


@dataclass(frozen=True, slots=True)
class CommandKey:
    """The caller's name for one intent, and a fingerprint of what was asked under that name."""

    id: uuid.UUID
    fingerprint: str = ""

    @classmethod
    def new(cls) -> CommandKey:
        """A key for a command that nobody will retry, such as the clock's."""
        return cls(uuid.uuid4())

    def nth(self, index: int) -> CommandKey:
        """The key of one item of a batch: retrying the batch retries each item under its old key."""
        return CommandKey(uuid.uuid5(self.id, str(index)), self.fingerprint)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a command answers: the region, and the events it recorded (none if nothing had to change)."""

    region_id: str
    recorded_at: datetime
    events: tuple[Event, ...] = ()
    repeated: bool = False


class AlreadyDone(Exception):
    """This actor's key has been carried out before; ``recorded`` is the answer it got then."""

    def __init__(self, recorded: Recorded) -> None:
        super().__init__("already done")
        self.recorded = recorded


@dataclass(slots=True)
class Log:
    """The events of one change in the making. ``now`` is the command's only reading of the clock."""

    region_id: str
    actor: Actor
    key: CommandKey
    now: datetime
    role: str | None = None
    events: list[Event] = field(default_factory=list)
    recorded: Recorded | None = None
    _written: list[Versioned] = field(default_factory=list)
    _at_last: dict[str, Callable[[Stream], None]] = field(default_factory=dict)
    _elsewhere: dict[str, Log] = field(default_factory=dict)

    def elsewhere(self, region_id: str) -> Log:
        """The log of another region in the same change, told or not told with it; for what two streams must agree on.

        The answer of the change is what was recorded in its own region.
        """
        if region_id not in self._elsewhere:
            self._elsewhere[region_id] = Log(region_id, self.actor, self.key, self.now, self.role)
        return self._elsewhere[region_id]

    def streams(self) -> list[Log]:
        """This log and those elsewhere, in the order in which their heads are locked."""
        return sorted([self, *self._elsewhere.values()], key=lambda log: log.region_id)

    def write(self, row: Versioned) -> None:
        """Save a row ahead of the event that will tell it, for rules that must find it in the database."""
        row.version += 1
        writing.write(row)
        self._written.append(row)

    def add(
        self, kind: EventKind, *rows: Versioned, fact: dict[str, Any] | None = None, said_at: datetime | None = None
    ) -> None:
        """Write the rows as altered, and note the event with their resulting representations."""
        for row in rows:
            if not any(row is done for done in self._written):
                self.write(row)
        self._written.clear()
        self.events.append(
            Event(
                region_id=self.region_id,
                kind=kind,
                at=self.now,
                said_at=said_at or self.now,
                actor=self.author(),
                command_id=self.key.id,
                fact=fact or {},
                changes=[represent(row) for row in rows],
            )
        )

    def at_last(self, about: str, do: Callable[[Stream], None]) -> None:
        """Have this done once, under the head's lock, where the region's rows are as they will be committed.

        For what must follow from all of them in their final order: no other change of the region can come in between.
        It may add events and count on the stream; it must lock nothing. Asked for again about the same, the last holds.
        """
        self._at_last[about] = do

    def next_seq(self, stream: Stream) -> int:
        """The number the next event of this change will get; only under the head's lock."""
        return stream.head + len(self.events) + 1

    def settle(self, stream: Stream) -> None:
        for do in self._at_last.values():
            do(stream)

    def author(self) -> dict[str, Any]:
        return self.actor.as_author(self.role)

    def answer(self) -> Recorded:
        """What was recorded; available once the change has been left."""
        if self.recorded is None:
            raise RuntimeError("The answer of a change exists only after it has been committed.")
        return self.recorded


@contextmanager
def change(region_id: str, *, actor: Actor, key: CommandKey) -> Iterator[Log]:
    """One command as one transaction. Raises AlreadyDone for a key that has been carried out before.

    Raises NotRecorded or NotKnown where the database fails.
    ``durable`` because a change inside another transaction could be rolled back after its doorbell rang.
    """
    committing = False
    try:
        with transaction.atomic(durable=True):
            log = Log(region_id, actor, key, moment.now())
            receipt = _claim(log)
            yield log
            for one in log.streams():
                _number(one, receipt if one is log else None)
            committing = True
    except IntegrityError as error:
        raise _lost(error) from error
    except (OperationalError, InternalError, InterfaceError) as error:
        raise _failed(error, committing=committing) from error
    log.recorded = Recorded(region_id, log.now, tuple(log.events))
    for one in log.streams():
        _tell(one)


def _tell(log: Log) -> None:
    """For the logs and the figures: that it was recorded, by whom as an id, under which numbers."""
    for event in log.events:
        measures.EVENTS.labels(event.kind).inc()
    if log.events:
        lines.info(
            "recorded",
            command=str(log.key.id),
            actor=log.actor.key,
            role=log.role,
            region=log.region_id,
            kinds=[event.kind for event in log.events],
            first=log.events[0].seq,
            last=log.events[-1].seq,
        )


def _lost(error: IntegrityError) -> Exception:
    """Two commands wanted what only one may have, at the same moment: the constraint let the other through."""
    if not isinstance(error.__cause__, UniqueViolation):
        return error
    return Conflict("raced", "Somebody else did the same at this moment; look again.")


def _failed(error: DatabaseError | InterfaceError, *, committing: bool) -> Exception:
    """What a failing database means for the command: before its commit, or with an error in reply, it is undone."""
    if isinstance(error, (NotRecorded, NotKnown)):
        return error
    state = getattr(error.__cause__, "sqlstate", None)
    # A server that shuts down (57P…) may have committed here what it no longer waits to see on its standby.
    refused = state is not None and not state.startswith("57P")
    if committing and not refused:
        return NotKnown("The database went away while this was being recorded.")
    return NotRecorded(str(error))


def _claim(log: Log) -> int:
    """Take the key, or find what it did. Answers its receipt's primary key."""
    receipt = appending.claim(log.actor.key, log.key.id, log.key.fingerprint, log.region_id, log.now)
    if receipt is not None:
        return receipt
    before = appending.used(log.actor.key, log.key.id)
    if before is None:
        # Purged between the two questions, or taken by a transaction older than our view: asked again it is known.
        raise Conflict("raced", "Somebody else did the same at this moment; look again.")
    if before.fingerprint != log.key.fingerprint:
        raise KeyReused
    raise AlreadyDone(Recorded(before.region_id, before.at, _events_of(before), repeated=True))


def recorded_under(actor: Actor, command_id: uuid.UUID) -> Recorded | None:
    """What this actor's key has carried out; None if nothing, whatever somebody else's may have."""
    receipt = appending.used(actor.key, command_id)
    if receipt is None:
        return None
    return Recorded(receipt.region_id, receipt.at, _events_of(receipt), repeated=True)


def _events_of(receipt: CommandReceipt) -> tuple[Event, ...]:
    if receipt.first_seq is None:
        return ()
    span = (receipt.first_seq, receipt.last_seq)
    return tuple(Event.objects.filter(region_id=receipt.region_id, seq__range=span).order_by("seq"))


def _number(log: Log, receipt: int | None) -> None:
    """Number, chain and append the events under the head's lock, and ring once they are committed."""
    if not log.events:
        return
    digests = _digests(log.events)  # before the lock: nobody waits for it
    stream = _HEAD.one(log.region_id)
    assert stream is not None, "a region has had its head since it was made"
    log.settle(stream)
    digests += _digests(log.events[len(digests) :])
    for event, said in zip(log.events, digests, strict=True):
        stream.head, stream.head_event = stream.head + 1, event.pk
        stream.hash = event.hash = chain.link(stream.hash, stream.head, said)
        event.seq = stream.head
    _require_open(log, appending.append(stream, log.events, receipt))
    # robust: a doorbell that fails must not fail a command that is already committed.
    transaction.on_commit(partial(doorbell.ring, log.region_id, stream.head), robust=True)


def _digests(events: Sequence[Event]) -> list[bytes]:
    return [chain.digest(chain.said_by(event)) for event in events]


def _require_open(log: Log, closed_at: datetime | None) -> None:
    """Refuse to write into an exercise that has ended. Told under the head's lock, which its closing takes too.

    Only the change that closes it bears the moment of its end.
    """
    if closed_at is not None and closed_at != log.now:
        raise Conflict("exercise_closed", f"The exercise {log.region_id} has ended: nothing is written to it any more.")


def read_after(region_id: str, seq: int, *, limit: int) -> Sequence[Event]:
    """At most ``limit`` events after a number, in order and without gap."""
    return _after(limit)(region_id, seq)


@lru_cache
def _after(limit: int) -> Prepared[Event]:
    return Prepared(lambda region, seq: Event.objects.all().after(region, seq)[:limit], str, int)
