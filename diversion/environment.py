"""What the surroundings must tell the product, typed; a wrong or missing value stops the start with its name."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Environment(BaseSettings):
    """Read from environment variables of the same names, in upper case."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: str = Field(min_length=1, description="postgresql://… or postgresql:///db?host=/socket/folder")
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
    #: True in production: cookies only over TLS, HSTS, redirect to https.
    https: bool = False
    #: Open database connections per process; one is used per request or command under way.
    database_pool_max: int = Field(default=16, ge=2)

    def hosts(self) -> list[str]:
        return _listed(self.allowed_hosts)

    def former_keys(self) -> list[str]:
        return _listed(self.former_secret_keys)

    def further_push_services(self) -> list[str]:
        return _listed(self.push_services)

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
    """Django's database entry for a PostgreSQL URL. Raises ValueError for another engine."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError(f"DATABASE_URL must begin with postgresql://, not {parts.scheme!r}")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or query.get("dbname", "diversion"),
        "USER": unquote(parts.username or query.get("user", "")),
        "PASSWORD": unquote(parts.password or query.get("password", "")),
        "HOST": parts.hostname or query.get("host", ""),
        "PORT": str(parts.port or query.get("port", "")),
        # Under ASGI a kept connection belongs to a thread that may never come back; the pool hands it on.
        "CONN_MAX_AGE": 0,
        # A connection that died with a restarted database is replaced, not handed to the next command.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": pool_max, "timeout": 10}},
    }
