"""The doctor as an operator calls it, and the services of this test run, which its tests stop and start."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from diversion.embedded.backups import backup
from diversion.embedded.services import Services
from diversion.models import ClockBeat
from diversion.operations import health
from tests.faults.conftest import services  # noqa: F401  # a fixture
from tests.world import World


@dataclass(frozen=True)
class Report:
    """What ``manage.py doctor --json`` said, and its exit status."""

    status: int
    findings: dict[str, dict[str, Any]]

    @property
    def codes(self) -> list[str]:
        return list(self.findings)


Doctor = Callable[..., Report]


@pytest.fixture
def doctor() -> Doctor:
    def examine(*arguments: str) -> Report:
        told = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("doctor", "--json", *arguments, stdout=told)
        said = json.loads(told.getvalue())
        return Report(int(str(ended.value.code)), {one["code"]: one for one in said["findings"]})

    return examine


@pytest.fixture(autouse=True)
def fresh_watch() -> None:
    """A process that has not looked yet: what a test before found is not given again."""
    health.watch.cache_clear()


@pytest.fixture
def plain(settings: Any) -> None:
    """A machine whose disk is large enough, and that is reached by TLS."""
    settings.DISK_FREE_MB = 0
    settings.SECURE_SSL_REDIRECT = True


@pytest.fixture
def sound(real_world: World, plain: None) -> World:
    """An installation with nothing wrong: a clock has just made its turn."""
    beat("clock")
    return real_world


def beat(name: str, seconds_ago: float = 0) -> None:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    ClockBeat.objects.update_or_create(name=name, defaults={"at": at})


@pytest.fixture
def archive(services: Services, real_world: World) -> Iterator[Services]:  # noqa: F811
    """The database of this run, backed up; afterwards as it was, without an archive."""
    backup(services)
    forget_connections()
    yield services
    for left in [services.postgres.archive, *services.postgres.data.parent.glob("data-before-*")]:
        shutil.rmtree(left, ignore_errors=True)
    services.stop_postgres()
    services.start_postgres()
    forget_connections()


@contextmanager
def without_postgres(services: Services) -> Iterator[None]:  # noqa: F811
    """The database is away; afterwards it is there, and this process has got over the connections that died with it."""
    services.stop_postgres()
    forget_connections()
    try:
        yield
    finally:
        services.start_postgres()
        forget_connections()


def forget_connections() -> None:
    connection.close()
    connection.close_pool()
