"""Devices: browsers that are told while their page is closed, each enrolled by the person in front of it.

A device is a channel like any other, but a person's: what it carries is fixed, nobody else can enrol it, and when its
person may no longer read what it is told, it ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from diversion import access
from diversion.actors import Actor
from diversion.commands.channels import retire, say, try_now
from diversion.commands.holders import enrolling, may_still
from diversion.commands.reaching import record
from diversion.commands.rows import region, region_of, take_all
from diversion.errors import Invalid
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import Channel
from diversion.reaching import addresses, push, sealing
from hospitals.models import Site

#: What a hospital has to act on. Not its own declarations: whoever makes one knows.
SITE_HEARS: Final = (
    "question",
    "mass_casualty",
    "unconfirmed",
    "unanswered_notice",
    "unseen_declaration",
    "channel_failing",
)
#: What dispatch has to act on. Its own questions it knows.
DESK_HEARS: Final = ("declaration", "unseen_declaration", "unanswered_notice", "unconfirmed", "channel_failing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What is said of a device: a name to know it by among the channels, and what its browser said."""

    name: str
    subscription: push.Subscription


def enrol_at_site(*, actor: Actor, key: CommandKey, site_id: str, device: Device) -> Recorded:
    """Have the device in front of a site's coordinator told what the site has to act on."""
    with change(region_of(Site, site_id, "site"), actor=actor, key=key) as log:
        log.role = access.require(actor, enrolling(site_id), Site.objects.get(pk=site_id))
        _enrol(log, site_id, SITE_HEARS, device)
    return log.answer()


def enrol_for_region(*, actor: Actor, key: CommandKey, region_id: str, device: Device) -> Recorded:
    """Have the device in front of somebody at dispatch told what dispatch has to act on."""
    with change(region_id, actor=actor, key=key) as log:
        log.role = access.require(actor, enrolling(None), region(region_id))
        _enrol(log, None, DESK_HEARS, device)
    return log.answer()


def retire_devices(log: Log, user_id: int) -> None:
    """End those of a person who has just lost what they were told by."""
    held = Channel.objects.active().filter(region_id=log.region_id, enrolled_by__kind="user", enrolled_by__id=user_id)
    for row in take_all(held):
        if not may_still(row):
            retire(log, row)


def retire_devices_at(log: Log, site_id: str) -> None:
    """End those of a site: a login that was somebody else's may have enrolled one, and it would outlive that login."""
    for row in take_all(Channel.objects.active().filter(site_id=site_id, device__isnull=False)):
        retire(log, row)


def _enrol(log: Log, site_id: str | None, hears: tuple[str, ...], device: Device) -> None:
    """Add it, or say anew what is said of it: a browser is told once, however often it is enrolled."""
    try:
        host = push.check(device.subscription)
    except addresses.NoAddress as error:
        raise Invalid("bad_device", f"This browser cannot be told: {error}.", field="endpoint") from None
    known = push.device(device.subscription)
    same = Channel.objects.active().filter(region_id=log.region_id, site_id=site_id, device=known)
    row = next(iter(take_all(same)), None)
    kind = EventKind.CHANNEL_CHANGED if row else EventKind.CHANNEL_ADDED
    row = row or Channel(region_id=log.region_id, site_id=site_id, device=known)
    say(row, {"name": device.name, "hears": hears})
    row.medium, row.ends = "push", host[-60:]
    row.sealed = sealing.seal(push.as_address(device.subscription))
    row.enrolled_by = log.actor.as_author(log.role)
    record(log, kind, row)
    try_now(log, row)
