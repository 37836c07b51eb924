"""What a process counts about itself while it works. A label is one of a closed list: no id, no patient.

One registry a process: each web process listens on a port of its own and is asked for its own figures. Nothing here
knows who asks; ``diversion.operations.figures`` adds what is read when somebody does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from diversion.errors import DomainError

REGISTRY: Final = CollectorRegistry()
ProcessCollector(namespace="diversion", registry=REGISTRY)

#: Seconds: what a person does not notice, what they do, and what a dispatcher will not wait for.
BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

EVENTS: Final = Counter("diversion_events", "Events recorded by this process, by kind", ["kind"], registry=REGISTRY)
COMMANDS: Final = Counter(
    "diversion_commands",
    "Commands over HTTP, by what became of them",
    ["command", "outcome"],
    registry=REGISTRY,
)
COMMAND_SECONDS: Final = Histogram(
    "diversion_command_seconds",
    "How long a command took, its locks included",
    ["command"],
    buckets=BUCKETS,
    registry=REGISTRY,
)
POSITIONS: Final = Counter("diversion_positions", "Positions taken from dispatch systems", registry=REGISTRY)
FRAMES: Final = Counter("diversion_feed_frames", "Frames offered to readers", ["type", "audience"], registry=REGISTRY)
ENDED: Final = Counter("diversion_feed_ended", "Readers whose feed ended, by why", ["reason"], registry=REGISTRY)
SNAPSHOTS: Final = Counter("diversion_feed_snapshots", "Pictures read for snapshots", registry=REGISTRY)
READ_LAG: Final = Histogram(
    "diversion_feed_read_lag_seconds", "From recording an event to this process reading it", buckets=BUCKETS,
    registry=REGISTRY,
)  # fmt: skip


@contextmanager
def command(name: str) -> Iterator[None]:
    """Count and time one command; what it raises goes on."""
    begun = time.perf_counter()
    outcome = "failed"
    try:
        yield
        outcome = "done"
    except DomainError as error:
        outcome = type(error).__name__.lower()
        raise
    finally:
        COMMANDS.labels(name, outcome).inc()
        COMMAND_SECONDS.labels(name).observe(time.perf_counter() - begun)
