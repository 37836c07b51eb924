"""An exercise is a region of its own whose every identity and name says so: nothing in it can be taken for real.

Its code, and the ids of its hospitals, sites and bases, are reserved: no real region can be imported under one. So
whether something belongs to an exercise is told by its id alone, also in a log line or in another system.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from hospitals.registry.entities import Base, Hospital, Name, Region, Registry, Site

#: The word in each language, in the order in which all three are shown.
WORDS: Final = {"fr": "EXERCICE", "nl": "OEFENING", "en": "EXERCISE"}
#: Before a short name, the label of maps and narrow lists: the same in every language.
SHORT: Final = "EX"

#: Code of an exercise's region, as a PostgreSQL regular expression too: a constraint holds it.
CODE: Final = r"-exercise-[0-9]+$"
_CODE: Final = re.compile(CODE)
#: A telephone number inside a text: eight digits or more, however they are spaced.
_NUMBER: Final = re.compile(r"\+?\d(?:[ ./]?\d){7,}")
_PLACE: Final = re.compile(r"^x[0-9]+-")


def region_code(origin: str, number: int) -> str:
    """The code of the number-th exercise of a region; numbers count from 1."""
    return f"{origin}-exercise-{number}"


def is_exercise(region_code: str) -> bool:
    """Whether a region's code is that of an exercise."""
    return _CODE.search(region_code) is not None


def is_place_of_exercise(place_id: str) -> bool:
    """Whether the id of a hospital, site or base belongs to an exercise."""
    return _PLACE.match(place_id) is not None


def id_prefix(region_code: str) -> str:
    """What the ids of a region's places begin with: ``x1-`` in its first exercise, nothing in a real region."""
    return f"x{region_code.rpartition('-')[2]}-" if is_exercise(region_code) else ""


def marked(region_code: str, text: str, language: str | None = None) -> str:
    """A text that leaves the product, with the word before it in an exercise; in all three languages without one."""
    if not is_exercise(region_code):
        return text
    word = " / ".join(WORDS.values()) if language is None else WORDS[language]
    return f"{word} · {text}"


def rehearsed(registry: Registry, number: int) -> Registry:
    """The same places as an exercise: own ids, marked names, and no telephone number that somebody could call."""
    code = region_code(registry.region.id, number)
    prefix = id_prefix(code)
    return replace(
        registry,
        region=_region(registry.region, code),
        hospitals=tuple(_hospital(one, prefix) for one in registry.hospitals),
        sites=tuple(_site(one, prefix) for one in registry.sites),
        bases=tuple(_base(one, prefix) for one in registry.bases),
    )


def _region(one: Region, code: str) -> Region:
    return replace(one, id=code, name=_long(one.name), dispatch_phone=None)


def _hospital(one: Hospital, prefix: str) -> Hospital:
    # Notes are free text, in which a number may stand: an exercise goes without them.
    return replace(one, id=prefix + one.id, name=_long(one.name), notes=None)


def _site(one: Site, prefix: str) -> Site:
    short = Name(*(f"{SHORT} · {text}" for text in (one.short.fr, one.short.nl)))
    return replace(
        one,
        id=prefix + one.id,
        hospital=prefix + one.hospital,
        name=_long(one.name),
        short=short,
        phone=None,
        phone_ed=None,
        capabilities=tuple(replace(claim, detail=claim.detail and _silent(claim.detail)) for claim in one.capabilities),
        notes=None,
    )


def _base(one: Base, prefix: str) -> Base:
    site = None if one.site is None else prefix + one.site
    return replace(one, id=prefix + one.id, site=site, name=_long(one.name), notes=None)


def _silent(name: Name) -> Name:
    """A text without the telephone numbers in it; some capabilities are described by the number of their desk."""
    fr, nl = _NUMBER.sub("–", name.fr), _NUMBER.sub("–", name.nl)
    return Name(fr, nl, None if name.en is None else _NUMBER.sub("–", name.en))


def _long(name: Name) -> Name:
    en = None if name.en is None else f"{WORDS['en']} · {name.en}"
    return Name(f"{WORDS['fr']} · {name.fr}", f"{WORDS['nl']} · {name.nl}", en)
