"""Every fault of a registry is reported at once, and nothing becomes a Registry without having been checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hospitals.registry.entities import Registry
from hospitals.registry.plain import registry_of
from hospitals.registry.problem import InvalidRegistryError, Problem
from hospitals.registry.rules import broken_rules
from hospitals.registry.shape import shape_faults
from hospitals.registry.sound import Sound


def check(document: Mapping[str, Any]) -> list[Problem]:
    """Every problem of a document, breaches of the schema first; empty means valid.

    Entries that break the schema are left out of the rules: one fault is reported once, not once per rule.
    """
    problems, broken = shape_faults(document)
    return [*problems, *broken_rules(Sound.of(document, broken))]


def parse(document: Mapping[str, Any]) -> Registry:
    """The typed registry, or InvalidRegistryError with every problem: there is no way round the check."""
    problems = check(document)
    if problems:
        raise InvalidRegistryError(tuple(problems))
    return registry_of(document)
