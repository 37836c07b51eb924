"""Presence: a beat is a signal that replaces the last one; only a site's change of state is an event.

A screen beats every 10 s. A site is *live* when some visible screen's sound is armed, *muted* when screens beat
but none would be heard, *silent* when none has beaten for the region's ``silent_after_s``. Open pages of coordinators
beat too and are counted apart: somebody can be reached there, but no patient announced would be heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from diversion import access, moment
from diversion.actors import Actor
from diversion.commands.rows import region_of, take
from diversion.kinds import EventKind
from diversion.log import CommandKey, Recorded, change
from diversion.models import ScreenBeat, SitePresence
from hospitals.models import Site
from hospitals.policies import policy_of


@dataclass(frozen=True, slots=True)
class Heard:
    """What the beats of a site add up to."""

    state: str
    screens: int
    sound_armed: bool
    pages: int = 0


def _told(presence: SitePresence) -> Heard:
    """What was last told of a site."""
    return Heard(presence.state, presence.screens, presence.sound_armed, presence.pages)


def beat(
    *, actor: Actor, site_id: str, screen: str, visible: bool, sound_armed: bool, kind: str = "screen"
) -> datetime:
    """Take one beat; tell it only if the site's presence changes by it."""
    site = Site.objects.filter(pk=site_id).first()
    if site is None:
        region_of(Site, site_id, "site")
        raise AssertionError("unreachable: region_of raises for a site that does not exist")
    access.require(actor, "screen.beat", site)
    now = moment.now()
    ScreenBeat.objects.update_or_create(
        site=site,
        screen=screen,
        defaults={"kind": kind, "at": now, "visible": visible, "sound_armed": sound_armed},
    )
    if _differs(site, now):
        record_presence(actor=actor, key=CommandKey.new(), site_id=site_id)
    return now


def record_presence(*, actor: Actor, key: CommandKey, site_id: str) -> Recorded:
    """Bring a site's presence up to what its beats say; nothing is recorded when it already is."""
    with change(region_of(Site, site_id, "site"), actor=actor, key=key) as log:
        site = take(Site.objects.select_related("region"), site_id, "site")
        log.role = access.require(actor, "presence.record", site)
        presence = SitePresence.objects.select_for_update(no_key=True).filter(pk=site_id).first()
        presence = presence or SitePresence(site=site, region_id=site.region_id)
        heard = heard_at(site, log.now, presence.state)
        if heard == _told(presence):
            return Recorded(log.region_id, log.now)
        former = presence.state
        if heard.state != former:
            presence.since = log.now
        presence.state, presence.screens = heard.state, heard.screens
        presence.sound_armed, presence.pages = heard.sound_armed, heard.pages
        fact = {"site": site_id, "state": heard.state, "former": former}
        log.add(EventKind.PRESENCE_CHANGED, presence, fact=fact)
    return log.answer()


def fallen_silent() -> Sequence[str]:
    """The sites whose recorded presence is no longer what their beats say: nobody beats, so the clock must look."""
    now = moment.now()
    heard_of = Q(presence__state__in=("live", "muted")) | Q(presence__pages__gt=0)
    watched = Site.objects.filter(heard_of, region__closed_at__isnull=True).select_related("region", "presence")
    return [site.pk for site in watched.order_by("pk") if _differs(site, now)]


def heard_at(site: Site, now: datetime, former: str) -> Heard:
    """What the recent beats of a site add up to; a site never heard of stays ``never``."""
    limit = now - timedelta(seconds=policy_of(site.region.policy)["silent_after_s"])
    recent = list(ScreenBeat.objects.filter(site=site, at__gt=limit))
    screens = [one for one in recent if one.kind == "screen"]
    pages = len(recent) - len(screens)
    if not screens:
        return Heard("never" if former == "never" else "silent", 0, False, pages)
    audible = any(one.visible and one.sound_armed for one in screens)
    return Heard("live" if audible else "muted", len(screens), any(one.sound_armed for one in screens), pages)


def _differs(site: Site, now: datetime) -> bool:
    presence = SitePresence.objects.filter(pk=site.pk).first() or SitePresence(site=site)
    heard = heard_at(site, now, presence.state)
    return heard != _told(presence)
