"""Publishing: in the same change as what it tells of, from when dispatch has seen it, whatever is news to the public.

Decided under the head's lock, from the rows as they will be committed: whichever of two changes comes last sees both,
so the last bulletin of a site is always true of all its episodes, and its number follows the order of the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from diversion.chain import fingerprint
from diversion.commands.intake import running_at
from diversion.commands.rows import there
from diversion.kinds import EventKind
from diversion.log import Log
from diversion.models import Bulletin, Diversion, Stream
from diversion.prepared import Prepared
from diversion.public import content
from diversion.wire.positions import instant
from hospitals.exercises import is_exercise
from hospitals.models import Site

_SITE: Final = Prepared(lambda site: Site.objects.select_related("region").filter(pk=site), str)
_LATEST: Final = Prepared(lambda site: Bulletin.objects.all().of(site)[:1], str)


def publish(log: Log, site_id: str, *, withdrawn: Diversion | None = None) -> None:
    """Have the public told what has changed for it at a site, if anything; ``withdrawn`` is taken back as an error."""
    log.at_last(f"bulletin:{site_id}", partial(_publish, log, site_id, withdrawn))


def _publish(log: Log, site_id: str, withdrawn: Diversion | None, stream: Stream) -> None:
    if is_exercise(log.region_id):
        # In an exercise nothing is real; a bulletin about it would be read as if it were.
        return
    last, running = _LATEST.one(site_id), running_at(site_id)
    before = last.content if last is not None else None
    if not _is_running(before) and not any(one.seen_at for one in running):
        # As with every declaration: the public is told from when dispatch has seen it.
        return
    site = there(_SITE.one(site_id), site_id, "site")
    said = _to_be_said(log, site, running, before, withdrawn)
    if said is None:
        return
    stream.bulletins += 1
    seq = log.next_seq(stream)
    fact = {"bulletin": stream.bulletins, "site": site_id, "content_sha256": fingerprint(said)}
    log.add(EventKind.BULLETIN_PUBLISHED, fact=fact)
    Bulletin.objects.create(
        region=site.region, number=stream.bulletins, site=site, published_at=log.now, content=said, seq=seq
    )


def _is_running(before: content.Content | None) -> bool:
    return before is not None and before["kind"] == "running"


def _to_be_said(
    log: Log, site: Site, running: Sequence[Diversion], before: content.Content | None, withdrawn: Diversion | None
) -> content.Content | None:
    """What is news to the public; None when nothing is."""
    was_running = _is_running(before)
    if any(one.first_seen_at and not one.seen_at for one in running):
        # The public knows of it as it was, and dispatch has not seen what it is now: seeing it publishes.
        return None
    # What was never published needs no retraction.
    retracts = instant(withdrawn.first_seen_at) if withdrawn and withdrawn.first_seen_at and was_running else None
    place = content.Place(site.name, site.phone, site.region.simulated)
    now = content.running(place, map(_episode, running), retracts=retracts)
    if now is None:
        return content.over(place, before, instant(log.now), retracts=retracts) if before and was_running else None
    return now if content.is_news(before, now) else None


def _episode(row: Diversion) -> content.Episode:
    return content.Episode(
        said=row.said(),
        cause=row.cause,
        seen=row.seen_at is not None,
        since=instant(row.said_at),
        confirmed_at=instant(row.attested_at),
        next_at=instant(row.review_at),
        embargoed=row.cause_embargoed,
        unconfirmed_since=instant(row.unconfirmed_since) if row.unconfirmed_since else None,
        expected_at=instant(row.expected_end) if row.expected_end else None,
        services=row.services,
        contact=row.contact,
    )
