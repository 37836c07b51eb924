"""Whose a device is. It shows a person what that person may read, so it is told only as long as they may."""

from __future__ import annotations

from diversion import access
from diversion.actors import Actor
from diversion.models import Channel


def enrolling(site_id: str | None) -> str:
    """The action of having a device told what concerns a site; or the region, without one."""
    return "channel.enrol" if site_id else "channel.enrol_region"


def may_still(channel: Channel) -> bool:
    """Whether whoever enrolled a device might enrol it today; a gateway's address is the administrators' to judge."""
    holder = _holder(channel)
    return holder is None or access.may(holder, enrolling(channel.site_id), channel)


def ending(channel: Channel, by: Actor) -> str:
    """The action that ending this channel is, for this one."""
    holder = _holder(channel)
    if holder is None:
        return "channel.change"
    return enrolling(channel.site_id) if holder.key == by.key else "channel.retire"


def _holder(channel: Channel) -> Actor | None:
    said = channel.enrolled_by
    return Actor(said["kind"], said["id"], said["name"]) if said else None
