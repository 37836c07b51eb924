"""Entities and the file's JSON spell one value in two ways: reading what ``plain`` wrote gives the entity back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, cast

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

Json = Mapping[str, Any]


def plain(value: object) -> Any:
    """The JSON spelling of an entity or of any part of one; claims become an object by capability code."""
    if isinstance(value, Name) and value.en is None:
        return {"fr": value.fr, "nl": value.nl}
    if isinstance(value, Site):
        return {**_fields(value), "capabilities": {claim.code: _claim(claim) for claim in value.capabilities}}
    if isinstance(value, Region):
        return {**_fields(value), "policy": dict(value.policy)}
    if is_dataclass(value):
        return _fields(value)
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def _fields(entity: object) -> dict[str, Any]:
    return {field.name: plain(getattr(entity, field.name)) for field in fields(cast("Any", entity))}


def _claim(claim: Claim) -> dict[str, Any]:
    return {key: value for key, value in _fields(claim).items() if key != "code"}


def registry_of(document: Json) -> Registry:
    """The typed registry of a document that ``check`` found no fault with."""
    return Registry(
        region=region_of({**document["region"], "capabilities": document["capabilities"]}),
        hospitals=tuple(hospital_of(item) for item in document["hospitals"]),
        sites=tuple(site_of(item) for item in document["sites"]),
        bases=tuple(base_of(item) for item in document["bases"]),
        attribution=document["meta"]["attribution"],
    )


def region_of(item: Json) -> Region:
    return Region(
        id=item["id"],
        name=name_of(item["name"]),
        timezone=item["timezone"],
        boundary=tuple((float(lon), float(lat)) for lon, lat in item["boundary"]),
        dispatch_phone=item["dispatch_phone"],
        policy=tuple(sorted(item["policy"].items())),
        vehicle_statuses=tuple(coded_of(status) for status in item["vehicle_statuses"]),
        capabilities=tuple(coded_of(capability) for capability in item["capabilities"]),
    )


def hospital_of(item: Json) -> Hospital:
    return Hospital(id=item["id"], name=name_of(item["name"]), network=item["network"], notes=item.get("notes"))


def site_of(item: Json) -> Site:
    typed = {
        "name": name_of(item["name"]),
        "short": name_of(item["short"]),
        "address": address_of(item["address"]),
        "position": position_of(item["position"]),
        "beds": None if item["beds"] is None else Beds(**item["beds"]),
        "capabilities": claims_of(item["capabilities"]),
        "sources": tuple(item["sources"]),
    }
    return Site(**{**item, **typed})


def base_of(item: Json) -> Base:
    typed = {
        "name": name_of(item["name"]),
        "position": position_of(item["position"]),
        "sources": tuple(item["sources"]),
    }
    return Base(**{**item, **typed})


def name_of(item: Json) -> Name:
    return Name(fr=item["fr"], nl=item["nl"], en=item.get("en"))


def coded_of(item: Json) -> Coded:
    return Coded(code=item["code"], name=name_of(item["name"]))


def position_of(item: Json) -> Position:
    return Position(float(item["lat"]), float(item["lon"]), item["precision"], item["confidence"])


def address_of(item: Json) -> Address:
    street = item["street"]
    return Address(
        street=None if street is None else Street(street["fr"], street["nl"]),
        postal_code=item["postal_code"],
        commune=name_of(item["commune"]),
    )


def claims_of(item: Mapping[str, Json | None]) -> tuple[Claim, ...]:
    """Only what is established, by code: the order of an object's keys means nothing."""
    return tuple(claim_of(code, claim) for code, claim in sorted(item.items()) if claim is not None)


def claim_of(code: str, item: Json) -> Claim:
    detail = item["detail"]
    return Claim(
        code=code,
        value=item["value"],
        detail=None if detail is None else name_of(detail),
        confidence=item["confidence"],
        source=item["source"],
    )
