"""Which channels carry a subject: a region's own, and those of the sites that are concerned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

from diversion.models import Channel
from diversion.models.channels import SUBJECTS, ChannelQuerySet
from diversion.prepared import Prepared


def hearing(subject: str, region_id: str, sites: Sequence[str]) -> list[Channel]:
    """Those that are to be told."""
    # Of one site with every declaration; of many only where a question goes out.
    return _AT_SITE[subject](region_id, sites[0]) if len(sites) == 1 else list(_of(subject, region_id, *sites))


def _of(subject: str, region_id: str, *sites: str) -> ChannelQuerySet:
    return Channel.objects.hearing(subject, region_id, sites)


_AT_SITE: Final[Mapping[str, Prepared[Channel]]] = {
    subject: Prepared(partial(_of, subject), str, str) for subject in SUBJECTS
}
