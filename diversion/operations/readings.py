"""Readings: what was found, before anybody judges it. A reading that could not be taken says why; none is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Unread:
    """It was asked and not answered. ``code`` names a cause that is known; ``error`` is what was said."""

    error: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """This process's database connections."""

    size: int
    free: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Disk:
    folder: str
    free_mb: int


@dataclass(frozen=True, slots=True)
class Certificate:
    valid_from: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Configuration:
    debug: bool
    https: bool
    hosts: tuple[str, ...]
    #: The build's list of pages, if it is missing.
    manifest_missing: str | None
    #: Languages without a compiled catalogue.
    untranslated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Web:
    """What a web process said of itself: its status, and its findings if it told them."""

    url: str
    status: str
    findings: tuple[dict[str, Any], ...] | None = None


@dataclass(frozen=True, slots=True)
class Readings:
    """Everything that was looked at, at one moment of this machine's clock. Empty where nobody asked for it."""

    at: datetime
    configuration: Configuration
    #: Unread: nothing in the database could be asked. Otherwise one answer, or one Unread, for each question.
    database: Mapping[str, Any] | Unread
    broker: Unread | None = None
    pool: Pool | None = None
    #: region → seconds since this process has read its log
    feed: Mapping[str, float] = field(default_factory=dict)
    disks: tuple[Disk | Unread, ...] = ()
    certificate: Certificate | Unread | None = None
    map: Unread | None = None
    webs: tuple[Web | tuple[str, Unread], ...] = ()
    #: Differences found by replaying the whole log: (region, where and what), when it was asked for.
    differences: tuple[tuple[str, str], ...] = ()
