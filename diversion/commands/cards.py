"""Sealed cards: a printed code is a whole login, once. What was used, when, and what is left is on the record.

A later code than the next one is taken, and strikes those before it: somebody who skips a line at night gets in, and
no code is ever good after a later one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from diversion.actors import Actor
from diversion.commands.invitations import require_over
from diversion.commands.members import record_change
from diversion.commands.rows import region_of, take, take_all
from diversion.errors import Conflict, Denied, Invalid
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import SealedCard
from diversion.sealed import CODES, code_digest, new_code, new_serial, place_of


@dataclass(frozen=True, slots=True)
class Printed:
    """A card as it goes to paper: told once, kept nowhere."""

    serial: str
    codes: tuple[str, ...]


def issue_card(*, actor: Actor, key: CommandKey, region_id: str, user_id: int) -> tuple[Recorded, Printed]:
    """Make a person's card; a former one ends."""
    printed = Printed(new_serial(), tuple(new_code() for _ in range(CODES)))
    with change(region_id, actor=actor, key=key) as log:
        user = require_over(log, user_id)
        _revoke(log, user)
        SealedCard.objects.create(
            user=user,
            region_id=region_id,
            serial=printed.serial,
            digests=[code_digest(printed.serial, place, code) for place, code in enumerate(printed.codes)],
            made_at=log.now,
            made_by=log.author(),
        )
        record_change(log, user.pk, card=printed.serial, card_state="issued", left=CODES)
    return log.answer(), printed


def revoke_card(*, actor: Actor, key: CommandKey, region_id: str, user_id: int) -> Recorded:
    """End a person's card, such as one that was lost; without one nothing is recorded."""
    with change(region_id, actor=actor, key=key) as log:
        user = require_over(log, user_id)
        for serial in _revoke(log, user):
            record_change(log, user.pk, card=serial, card_state="revoked")
    return log.answer()


def use_card(*, actor: Actor, key: CommandKey, card_id: int, code: str) -> Recorded:
    """Spend one code. Raises Invalid for a code that is not this card's, Conflict for one that is no longer good.

    The code is the right. Two requests with one code meet at the row's lock: the second finds it spent.
    """
    region_id = region_of(SealedCard, card_id, "card")
    with change(region_id, actor=actor, key=key) as log:
        card = take(SealedCard.objects.select_related("user"), card_id, "card")
        place = place_of(card.serial, card.digests, code)
        if place is None:
            raise Invalid("card_code_wrong", "This is not a code of this card.", field="code")
        if card.revoked_at is not None:
            raise Conflict("card_revoked", "This card is no longer in force.")
        if actor.id != card.user_id or not card.user.is_active:
            raise Denied("card.use", needs="the card's own person, not shut out")
        if place < card.spent:
            raise Conflict("card_code_spent", "This code has been used, or a later one has.")
        card.spent, card.used_at = place + 1, log.now
        card.save(update_fields=["spent", "used_at"])
        record_change(log, card.user_id, card=card.serial, card_state="used", code=place + 1, left=card.left)
    return log.answer()


def _revoke(log: Log, user: User) -> list[str]:
    cards = take_all(SealedCard.objects.filter(user=user, revoked_at=None))
    for card in cards:
        card.revoked_at = log.now
        card.save(update_fields=["revoked_at"])
    return [card.serial for card in cards]
