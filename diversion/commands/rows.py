"""Taking rows for a change: found, locked in the order the log prescribes, and as fresh as the caller believes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import CharField, Model, QuerySet

from diversion.errors import Conflict, NotFound
from diversion.prepared import Prepared
from hospitals.models import Region, Site, Versioned

Row = TypeVar("Row", bound=Model)
Key = UUID | str

#: Rows whose region is kept in mind: one on a screen is asked about again and again.
REMEMBERED: Final = 10_000


def region_of(model: type[Model], pk: Key | int | None, what: str) -> str:
    """The region a row belongs to; found before the change so that it can begin. Raises NotFound."""
    if isinstance(model._meta.pk, CharField):  # noqa: SLF001
        # Not remembered: a name given by people can be struck from one region's registry and given again in another's.
        found: str = there(_named(model).one(pk), pk, what).region_id  # type: ignore[attr-defined]
        return found
    try:
        return _region_of(model, pk)
    except ObjectDoesNotExist:
        raise NotFound(what, pk) from None


@lru_cache(REMEMBERED)
def _region_of(model: type[Model], pk: UUID | int | None) -> str:
    """The region of a row, which never changes. Raises ObjectDoesNotExist, which is not remembered."""
    found: str = model._default_manager.values_list("region_id", flat=True).get(pk=pk)  # noqa: SLF001
    return found


@lru_cache
def _named(model: type[Model]) -> Prepared[Model]:
    return Prepared(lambda pk: model._default_manager.filter(pk=pk).only("region_id"), str)  # noqa: SLF001


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
    return there(locked(rows).first(), pk, what)


def locked(rows: QuerySet[Row]) -> QuerySet[Row]:
    """These rows against other writers."""
    return rows.select_for_update(no_key=True, of=("self",))


def there(row: Row | None, pk: object, what: str) -> Row:
    """The row that was asked for by its key. Raises NotFound where there is none."""
    if row is None:
        raise NotFound(what, pk)
    return row


def take_all(rows: QuerySet[Row]) -> list[Row]:
    """Lock several rows, by primary key: two commands that want the same rows want them in the same order."""
    return list(locked(rows).order_by("pk"))


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
