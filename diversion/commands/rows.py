"""Taking rows for a change: found, locked in the order the log prescribes, and as fresh as the caller believes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

from diversion.errors import Conflict, NotFound
from hospitals.models import Region, Site, Versioned

Row = TypeVar("Row", bound=Model)


def region_of(rows: QuerySet[Any], pk: object, what: str) -> str:
    """The region a row belongs to, which never changes; read before the change so that it can begin."""
    found = rows.filter(pk=pk).values_list("region_id", flat=True).first()
    if found is None:
        raise NotFound(what, pk)
    return str(found)


def region(region_id: str) -> Region:
    found = Region.objects.filter(pk=region_id).first()
    if found is None:
        raise NotFound("region", region_id)
    return found


def take(rows: QuerySet[Row], pk: object, what: str) -> Row:
    """Lock one row against other writers. ``no_key`` leaves foreign keys pointing at it free to be written."""
    return take_one(rows.filter(pk=pk), pk, what)


def take_one(rows: QuerySet[Row], pk: object, what: str) -> Row:
    """Lock the one row that these are; ``pk`` is by which name it is missed."""
    found = rows.select_for_update(no_key=True, of=("self",)).first()
    if found is None:
        raise NotFound(what, pk)
    return found


def take_all(rows: QuerySet[Row]) -> list[Row]:
    """Lock several rows, by primary key: two commands that want the same rows want them in the same order."""
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def take_sites(pks: Iterable[str]) -> dict[str, Site]:
    """Lock sites by primary key; raises NotFound for the first that does not exist."""
    wanted = set(pks)
    found = {site.pk: site for site in take_all(Site.objects.filter(pk__in=wanted))}
    for pk in sorted(wanted - set(found)):
        raise NotFound("site", pk)
    return found


def fresh(row: Versioned, version: int | None) -> None:
    """Refuse to act on a picture that has changed since the caller looked."""
    if version is not None and version != row.version:
        raise Conflict("stale_version", "This has changed since you looked at it.", row=row)


Key = UUID | str
