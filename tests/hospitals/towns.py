"""A small valid registry in parts, and what is found wrong with one."""

from __future__ import annotations

from hospitals.registry import check

NAME = {"fr": "Un", "nl": "Een", "en": "One"}


def site(site_id, lat, lon, **more):
    return {
        "id": site_id,
        "hospital": "north",
        "name": {"fr": site_id, "nl": site_id},
        "short": {"fr": site_id, "nl": site_id},
        "zone": "town",
        "address": {"street": None, "postal_code": "1000", "commune": {"fr": "Ville", "nl": "Stad"}},
        "position": {"lat": lat, "lon": lon, "precision": "site_point", "confidence": "medium"},
        "phone": None,
        "phone_ed": None,
        "beds": None,
        "fps_site_number": None,
        "recognition_number": None,
        "ed_level": "specialised",
        "ed_level_inferred": False,
        "destination": "general",
        "smur_base": None,
        "capabilities": {},
        "confidence": "medium",
        "sources": [],
        "notes": None,
        **more,
    }


def base(base_id, at, **more):
    return {
        "id": base_id,
        "kind": "smur",
        "site": at,
        "name": {"fr": base_id, "nl": base_id},
        "operator": None,
        "position": {"lat": 50.81, "lon": 4.31, "precision": "site_point", "confidence": "medium"},
        "vehicles": None,
        "active": True,
        "legal_clause": None,
        "confidence": "medium",
        "sources": [],
        "notes": None,
        **more,
    }


def claim(value):
    return {"value": value, "detail": None, "confidence": "medium", "source": "the hospital"}


def found(document):
    return [(problem.path, problem.code) for problem in check(document)]


def detail(document, path):
    return next(problem.detail for problem in check(document) if problem.path == path)


def small_town():
    """A small valid registry: two sites, the first with a SMUR."""
    return {
        "format": "diversion-registry/1",
        "region": {
            "id": "town",
            "name": NAME,
            "timezone": "Europe/Brussels",
            "boundary": [[4.0, 50.5], [4.9, 50.5], [4.9, 51.0], [4.0, 51.0]],
            "dispatch_phone": None,
            "policy": {},
            "vehicle_statuses": [{"code": "available", "name": NAME}],
        },
        "capabilities": [{"code": code, "name": NAME} for code in ("adult_ed", "paediatric_ed", "stroke")],
        "hospitals": [{"id": "north", "name": {"fr": "Nord", "nl": "Noord"}, "network": None}],
        "sites": [site("one", 50.81, 4.31, smur_base=True, fps_site_number=10), site("two", 50.85, 4.40)],
        "bases": [base("smur-one", "one")],
        "sources": [],
        "meta": {"attribution": "a", "vintage": "2020", "null_means": "not established", "warnings": []},
    }
