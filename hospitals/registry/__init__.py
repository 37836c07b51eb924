"""A registry file becomes planned changes or a complete list of its faults; nothing here touches a database."""

from hospitals.registry.checking import check, parse
from hospitals.registry.document import UnreadableRegistryError, load, shipped
from hospitals.registry.entities import (
    Address,
    Base,
    Beds,
    Claim,
    Coded,
    Hospital,
    Name,
    Position,
    Region,
    Registry,
    Site,
    Street,
)
from hospitals.registry.plain import plain
from hospitals.registry.plan import Change, FieldChange, describe, plan
from hospitals.registry.problem import InvalidRegistryError, Problem

__all__ = [
    "Address",
    "Base",
    "Beds",
    "Change",
    "Claim",
    "Coded",
    "FieldChange",
    "Hospital",
    "InvalidRegistryError",
    "Name",
    "Position",
    "Problem",
    "Region",
    "Registry",
    "Site",
    "Street",
    "UnreadableRegistryError",
    "check",
    "describe",
    "load",
    "parse",
    "plain",
    "plan",
    "shipped",
]
