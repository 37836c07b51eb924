"""One start or stop at a time per state folder; after `start` returns, both servers answer."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from diversion.embedded.folders import Layout, lay_out, state_folder
from diversion.embedded.owner import service_owner
from diversion.embedded.postgres import Postgres
from diversion.embedded.valkey import Valkey


@dataclass(frozen=True)
class Services:
    postgres: Postgres
    valkey: Valkey

    @property
    def database_url(self) -> str:
        return self.postgres.url

    @property
    def redis_url(self) -> str:
        return self.valkey.url

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}

    @property
    def postgres_pid(self) -> int | None:
        """The postmaster's, or nothing when it does not run."""
        return self.postgres.pid

    @property
    def valkey_pid(self) -> int | None:
        return self.valkey.pid

    def start_postgres(self) -> None:
        self.postgres.start()

    def stop_postgres(self) -> None:
        self.postgres.stop()

    def start_valkey(self) -> None:
        self.valkey.start()

    def stop_valkey(self) -> None:
        self.valkey.stop()

    def stop(self) -> None:
        """The database last: what uses the doorbell also uses the database."""
        with _one_at_a_time(self.postgres.layout.state):
            self.valkey.stop()
            self.postgres.stop()

    def erase(self) -> None:
        """Stop, and remove every file the servers made. Folders of others stay untouched."""
        self.stop()
        _erase(self.postgres.layout)


def start(state: Path, *, durable: bool = True) -> Services:
    """Both servers, started or adopted. Without `durable` the data may go with the machine."""
    services = find(state, durable=durable)
    layout = services.postgres.layout
    with _one_at_a_time(layout.state):
        if layout.leftover:
            services.valkey.stop()
            services.postgres.stop()
            _erase(layout)
            return _start(find(state, durable=durable))
        return _start(services)


def find(state: Path, *, durable: bool = True) -> Services:
    """The services of this state folder, running or not."""
    owner = service_owner()
    layout = lay_out(state_folder(state.absolute()), owner)
    return Services(Postgres(layout, owner, durable), Valkey(layout, owner))


def _start(services: Services) -> Services:
    services.postgres.layout.note.write_text(f"{services.postgres.layout.base}\n")
    services.postgres.start()
    services.valkey.start()
    return services


def _erase(layout: Layout) -> None:
    layout.note.unlink(missing_ok=True)
    shutil.rmtree(layout.sockets, ignore_errors=True)
    shutil.rmtree(layout.base)


@contextmanager
def _one_at_a_time(state: Path) -> Iterator[None]:
    """Two starters at once would each find no server and start their own."""
    handle = os.open(state / "services.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
