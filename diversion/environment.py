"""What the surroundings must tell the product, typed; a wrong or missing value stops the start with its name."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Final

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from diversion import signing

#: A database's machine that vanished says nothing: without these a connection to it is waited for a quarter of an hour.
#: Connecting takes five seconds at most; an open connection is given up ten to fifteen after the last sign of life,
#: which a busy machine gives many times over. What DATABASE_URL says itself holds instead.
VANISHED: Final = {
    "connect_timeout": "5",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "4",
    "tcp_user_timeout": "15000",
}


class Environment(BaseSettings):
    """Read from environment variables of the same names, in upper case."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: str = Field(min_length=1, description="postgresql://…, as libpq reads it; two hosts for a standby")
    redis_url: str = Field(min_length=1, description="redis://…, rediss://… or unix:///path/to.sock")
    secret_key: str = Field(min_length=32, description="Django's signing key; ./run keeps one in its state folder")
    #: Keys that SECRET_KEY replaced, newest first: second factors encrypted with them are still read.
    former_secret_keys: str = ""
    allowed_hosts: Annotated[str, NoDecode] = "localhost,127.0.0.1,[::1]"
    #: Where browsers reach us, needed behind a proxy that ends TLS: the origins that may post and open sockets.
    trusted_origins: str = ""
    #: Where people reach us, https://…: told at the end of messages. May be empty.
    public_url: str = ""
    #: Push services besides those of the browsers' makers, as origins: https://push.example.
    push_services: str = ""
    #: OSRM's address, http://osrm:5000: asked first for journey times. Empty: the product's own roads, else distances.
    osrm_url: str = ""
    #: Where `manage.py build_map` keeps the map: one folder for every web process. Empty: no street map, no roads.
    map_folder: str = ""
    #: Commands, and as many reads, that one caller may send in ten seconds (diversion.api.limits).
    rate_limit: int = Field(default=600, ge=1)
    #: Feeds that each web process keeps open for one session or one key. A centre's own system may use one key for all
    #: its screens, which are not five hundred; each is 16 kB and a fiftieth of a millisecond of every event.
    sockets_per_key: int = Field(default=500, ge=1)
    #: Seconds for which a proof that one is who one is covers the gravest acts (diversion.accounts.proving).
    proof_lasts_s: int = Field(default=900, ge=60)
    #: Ed25519, PEM or base64: signs exports of the log (`manage.py log_key --new`). Only that command needs it.
    log_signing_key: str = ""
    #: True in production: cookies only over TLS, HSTS, redirect to https.
    https: bool = False
    #: Opens /metrics and the inside of /health/ready to whoever runs the machines; empty: nobody by a token.
    operations_token: Annotated[str, Field(pattern=r"^$|^\S{24,}$")] = ""
    #: Networks that may read /metrics without a token, 10.0.0.0/8,127.0.0.1/32; only where no proxy is in between.
    operations_networks: str = ""
    #: The certificate that the proxy serves, as a PEM file that this account may read; empty: its end is not watched.
    tls_certificate: str = ""
    #: Folders whose disks are watched, besides the product's own; each is reported below so many free megabytes.
    watched_folders: str = ""
    disk_free_mb: int = Field(default=2048, ge=0)
    #: Days after which these are forgotten (diversion.commands.purging).
    keep_receipts_days: int = Field(default=30, ge=2)
    keep_deliveries_days: int = Field(default=400, ge=30)
    keep_positions_days: int = Field(default=90, ge=1)
    #: How many standby databases should follow.
    standbys: int = Field(default=0, ge=0)
    #: Open database connections per process; one is used per request or command under way.
    database_pool_max: int = Field(default=16, ge=2)

    @field_validator("log_signing_key")
    @classmethod
    def _is_a_key(cls, given: str) -> str:
        if given:
            signing.private_key(given)
        return given

    def hosts(self) -> list[str]:
        return _listed(self.allowed_hosts)

    def former_keys(self) -> list[str]:
        return _listed(self.former_secret_keys)

    def further_push_services(self) -> list[str]:
        return _listed(self.push_services)

    def networks(self) -> list[IPv4Network | IPv6Network]:
        return [ip_network(one) for one in _listed(self.operations_networks)]

    def folders(self) -> list[Path]:
        """The disks to watch: the map's, those named, and where the product lies."""
        named = [Path(one) for one in (*_listed(self.watched_folders), self.map_folder) if one]
        return [*named, Path(__file__).resolve().parent]

    @field_validator("operations_networks")
    @classmethod
    def _is_networks(cls, text: str) -> str:
        for one in _listed(text):
            ip_network(one)
        return text

    def origins(self) -> list[str]:
        return _listed(self.trusted_origins)


def surroundings() -> Environment:
    """What the environment says. Raises ImproperlyConfigured, one line for every variable that is missing or wrong."""
    try:
        return Environment()  # type: ignore[call-arg]  # its fields come from the environment
    except ValidationError as error:
        told = "; ".join(f"{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
        raise ImproperlyConfigured(
            f"Environment variables, see README.md, Deploy (./run sets its own): {told}"
        ) from None


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def database(url: str, *, pool_max: int) -> dict[str, Any]:
    """Django's database entry for a PostgreSQL URL, read as libpq reads it. Raises ValueError for what is none.

    Several hosts are several servers of one cluster: with ``target_session_attrs=read-write`` every new connection
    finds the one that writes, so that a fail-over needs nothing of the product.
    """
    scheme = url.partition("://")[0]
    if scheme not in ("postgres", "postgresql"):
        raise ValueError(f"DATABASE_URL must begin with postgresql://, not {scheme!r}")
    try:
        told = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    except ProgrammingError as error:
        # Not what libpq says of it: that may repeat the password.
        raise ValueError("DATABASE_URL is no address that libpq can read") from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": told.pop("dbname", "diversion"),
        "USER": told.pop("user", ""),
        "PASSWORD": told.pop("password", ""),
        "HOST": told.pop("host", ""),
        "PORT": told.pop("port", ""),
        # Under ASGI a kept connection belongs to a thread that may never come back; the pool hands it on.
        "CONN_MAX_AGE": 0,
        # A connection that died with a restarted database is replaced, not handed to the next command.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **VANISHED,
            **told,
            "pool": {"min_size": 1, "max_size": pool_max, "timeout": 10},
            # What a connection is asked again and again is parsed and planned once: a third of the database's time for
            # a command (tests/bench/README.md). Django keeps no statement unless told from which time on: here the
            # third, so that what is asked once or twice (an export, the administration) crowds nothing out.
            "server_side_binding": True,
            "prepare_threshold": 2,
        },
    }
