"""Taking the readings: each where it is, none longer than its patience, and none that fails can hide another."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import redis
from cryptography import x509
from django.conf import settings
from django.db import connection

from diversion.feed.hub import ages
from diversion.maps import store
from diversion.operations import questions
from diversion.operations.readings import Certificate, Configuration, Disk, Pool, Readings, Unread

#: Seconds given to the broker: as long as a command waits for it.
PATIENCE: Final = 0.25


def of_this_process() -> Readings:
    """Everything a web process can say of itself and of what it rests on."""
    return Readings(
        at=datetime.now(UTC),
        configuration=configuration(),
        database=questions.ask(),
        broker=broker(),
        pool=pool(),
        feed=ages(),
        disks=tuple(disks(settings.WATCHED_FOLDERS)),
        certificate=certificate(settings.TLS_CERTIFICATE),
        map=street_map(settings.MAP_FOLDER),
    )


def configuration() -> Configuration:
    manifest = Path(str(settings.DJANGO_VITE["default"]["manifest_path"]))
    return Configuration(
        debug=settings.DEBUG,
        https=settings.SECURE_SSL_REDIRECT,
        hosts=tuple(settings.ALLOWED_HOSTS),
        untranslated=tuple(one for one in ("fr", "nl") if not _catalogue(one).is_file()),
        manifest_missing=None if manifest.is_file() else f"{manifest.parent.name}/{manifest.name}",
    )


def _catalogue(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.mo"


def broker() -> Unread | None:
    """Why the broker cannot be used; None if it answers."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=None
        ) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        return Unread(questions.harmless(error))
    return None


def pool() -> Pool | None:
    """How this process's connections are used; None before the first was asked for."""
    pools = connection._connection_pools  # type: ignore[attr-defined]  # noqa: SLF001  # asking for .pool would open one
    found = pools.get(connection.alias)
    if found is None:
        return None
    told = found.get_stats()
    room = found.max_size - told.get("pool_size", 0)
    return Pool(found.max_size, told.get("pool_available", 0) + room, told.get("requests_waiting", 0))


def disks(folders: Iterable[Path]) -> Iterable[Disk | Unread]:
    for folder in folders:
        try:
            told = os.statvfs(folder)
        except OSError as error:
            yield Unread(questions.harmless(error))
        else:
            # What anybody but root may still use.
            yield Disk(str(folder), told.f_bavail * told.f_frsize // 1024**2)


def certificate(path: Path | None) -> Certificate | Unread | None:
    """The first certificate of a PEM file, which is the server's own; None where none is named."""
    if path is None:
        return None
    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        return Unread(questions.harmless(error))
    return Certificate(found.not_valid_before_utc, found.not_valid_after_utc)


def street_map(folder: Path | None) -> Unread | None:
    """Why the map in use cannot be read; None if it can, or if there is none. Looks at its parts, reads no streets."""
    home = store.current(folder)
    if home is None:
        return None
    try:
        store.about(home)
        for name, begins in ((store.STREETS, b"PK"), (store.TILES, b"PMTiles")):
            with (home / name).open("rb") as file:
                if file.read(len(begins)) != begins:
                    return Unread(f"{name} is no such file")
    except (OSError, ValueError) as error:
        return Unread(questions.harmless(error))
    return None
