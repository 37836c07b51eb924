"""What can go wrong, told by stable codes. Nothing here knows HTTP: ``diversion.api.errors`` translates.

``detail`` is an English sentence for logs and integrators; screens translate the code.
"""

from __future__ import annotations

from typing import Any

from django.db import OperationalError


class DomainError(Exception):
    """A command was understood and refused. ``code`` is stable and part of the interface."""

    def __init__(self, code: str, detail: str, *, field: str | None = None, **data: Any) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.field = field
        self.data = data


class NotFound(DomainError):
    """The thing does not exist, or this actor may not know that it does."""

    def __init__(self, what: str, key: object) -> None:
        super().__init__("not_found", f"There is no {what} {key!s}.")


class Denied(DomainError):
    """Somebody known asked for something they may not do. ``role`` names who may."""

    def __init__(self, action: str, *, needs: str) -> None:
        super().__init__("denied", f"{action} needs: {needs}.", action=action, needs=needs)


class NotProven(DomainError):
    """Somebody with the right is to prove once more that it is they; then the very same command may be sent again."""

    def __init__(self) -> None:
        super().__init__("reauthentication_required", "Prove once more that it is you, then send this again.")


class Invalid(DomainError):
    """A value cannot be right whatever the state of the world; ``field`` names it."""


class Conflict(DomainError):
    """The world has moved on: the current representation travels with the error."""

    def __init__(self, code: str, detail: str, *, row: Any = None, **data: Any) -> None:
        super().__init__(code, detail, **data)
        self.row = row


class KeyReused(DomainError):
    """An idempotency key came back with another request body."""

    def __init__(self) -> None:
        super().__init__("key_reused", "This Idempotency-Key was used for a different request: make a new one.")


class NotRecorded(OperationalError):
    """The database failed before the command could be committed: nothing of it is there.

    No refusal: the command may be right, and the same key will carry it out once the database writes again. A database
    error, so that whoever works off what is due gives its connection up and tries again later.
    """


class NotKnown(OperationalError):
    """The database went away while a command was being committed: only its key can find out whether it was."""
