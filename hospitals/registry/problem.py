"""A problem always says where in the file it is, in what stable code, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: its path in the file (like ``sites[3].position.lat``), a stable code, and the remedy in words."""

    path: str
    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.path}: {self.detail}"


class InvalidRegistryError(ValueError):
    """The document is JSON but not a registry; ``problems`` holds every fault found."""

    code = "registry_invalid"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def path_of(steps: Iterable[str | int]) -> str:
    """``("sites", 3, "position")`` as ``sites[3].position``; the document itself is ``(file)``."""
    path = ""
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".") or "(file)"
