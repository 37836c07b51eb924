"""Changing a region's policy: numbers a supervisor answers for, on the record like everything else.

The registry entry is changed with it, so that importing an older file shows as the change that it would be.
"""

from __future__ import annotations

from collections.abc import Mapping

from diversion import access
from diversion.actors import Actor
from diversion.commands.rows import fresh, take
from diversion.errors import Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Recorded, change
from hospitals.models import Region
from hospitals.policies import DEFAULTS, policy_of


def change_policy(
    *, actor: Actor, key: CommandKey, region_id: str, version: int | None = None, changes: Mapping[str, int | None]
) -> Recorded:
    """Set numbers of a region's policy; None goes back to the default. What is as it was records nothing."""
    with change(region_id, actor=actor, key=key) as log:
        region = take(Region.objects.all(), region_id, "region")
        log.role = access.require(actor, "policy.change", region)
        fresh(region, version)
        former = policy_of(region.policy)
        _check(changes)
        wanted = {name: value for name, value in {**region.policy, **changes}.items() if value is not None}
        told = {name: [former[name], value] for name, value in _complete(wanted).items() if former[name] != value}
        if wanted != region.policy:
            region.policy = wanted
            region.registry = {**region.registry, "policy": wanted}
            log.add(EventKind.POLICY_CHANGED, region, fact={"region": region_id, "changed": told})
    return log.answer()


def _check(changes: Mapping[str, int | None]) -> None:
    for name in changes:
        if name not in DEFAULTS:
            raise Invalid("unknown_setting", f"policy has no setting {name!r}.", field=f"changes.{name}")


def _complete(wanted: Mapping[str, int]) -> dict[str, int]:
    try:
        return policy_of(wanted)
    except ValueError as error:
        name = next((one for one in wanted if one in str(error)), "")
        raise Invalid("out_of_range", f"{error}.", field=f"changes.{name}") from None
