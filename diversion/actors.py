"""Who acts: a person, a machine with a token, or the clock. Every command names one; none may be anonymous."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

Kind = Literal["user", "token", "clock", "system"]
KINDS: Final[tuple[str, ...]] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Actor:
    """An identity without its rights: those are read afresh whenever they are asked for (``access``)."""

    kind: Kind
    id: int
    name: str
    #: A person who proved lately, in the session they speak from, that it is they: asked before the gravest acts only.
    #: Who somebody is does not depend on it, so it is no part of being the same actor.
    proven: bool = field(default=False, compare=False)

    @property
    def key(self) -> str:
        """Unique among all actors; the owner of an idempotency key."""
        return f"{self.kind}:{self.id}"

    def as_author(self, role: str | None) -> dict[str, Any]:
        """The copy that is kept in the log and on rows, so that history outlives the account."""
        return {"kind": self.kind, "id": self.id, "name": self.name, "role": role}


CLOCK = Actor("clock", 0, "clock")
#: The process that hands messages out, and reports what became of them.
WORKER = Actor("clock", 1, "worker")
#: Administration from the command line of the server itself, such as importing a registry.
SYSTEM = Actor("system", 0, "system")
