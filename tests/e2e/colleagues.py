"""Everybody whose desk is not looked at: what they do while a page looks on, by the product's own commands."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import User

from diversion.actors import SYSTEM
from diversion.commands import (
    attesting,
    channels,
    diversions,
    incidents,
    members,
    presence,
    questions,
    reaching,
    redirects,
    reopening,
)
from diversion.commands.registry import import_registry
from diversion.commands.saying import Declaration
from diversion.identity import user_actor
from diversion.log import CommandKey
from diversion.models import Channel, ClockBeat, Diversion, Question, Transport
from hospitals.services import CHECKLIST
from tests.e2e.brussels import REGION, registry


@dataclass
class Colleagues:
    """The people of the region, by their names, and what time and its administrator do."""

    users: dict[str, User]

    def declare(self, site: str = "saint-pierre", who: str = "clara", **said: Any) -> str:
        """A declaration by somebody whose desk is not looked at; its id."""
        said = {"cause": "it_outage", "gates": {"ambulances": "closed", "smur_destination": "closed"}, **said}
        recorded = diversions.declare_diversion(
            actor=user_actor(self.users[who]),
            key=CommandKey.new(),
            site_id=site,
            declaration=Declaration(**said),
        )
        return str(recorded.events[0].fact["diversion"])

    def declare_together(self, *sites: str, who: str = "noor", kind: str = "hospital", name: str = "HIS") -> None:
        """One failure at several sites, declared by somebody who may at each of them."""
        said = Declaration(cause="it_outage", gates={"ambulances": "closed", "smur_destination": "closed"})
        incidents.declare_incident(
            actor=user_actor(self.users[who]),
            key=CommandKey.new(),
            region_id=REGION,
            incident=incidents.Incident(kind=kind, name=name, sites=sites, declaration=said),
        )

    def ask_to_reopen(self, diversion: str, who: str = "clara", extent: str = "full", **said: Any) -> None:
        """A hospital asks dispatch to let it reopen; everything on its checklist works."""
        checklist = dict.fromkeys(CHECKLIST, "works")
        reopening.ask_reopening(
            actor=user_actor(self.users[who]),
            key=CommandKey.new(),
            diversion_id=uuid.UUID(diversion),
            wish=reopening.Wish(extent=extent, checklist=checklist, **said),
        )

    def attest_late(self, diversion: str) -> None:
        """The time to attest has passed, as an hour would have made it."""
        Diversion.objects.filter(pk=diversion).update(review_at=datetime.now(UTC) - timedelta(seconds=5))

    def attest(self, diversion: str, who: str = "clara") -> None:
        attesting.attest_diversion(
            actor=user_actor(self.users[who]), key=CommandKey.new(), diversion_id=uuid.UUID(diversion)
        )

    def beat(self, site: str, who: str, kind: str = "screen") -> None:
        """One sign of life of a site's screen."""
        presence.beat(
            actor=user_actor(self.users[who]), site_id=site, screen=site, visible=True, sound_armed=True, kind=kind
        )

    def ask(self, *sites: str, text: str = "", who: str = "dirk") -> str:
        """A question of dispatch to some sites, or to all; its id."""
        recorded = questions.ask_question(
            actor=user_actor(self.users[who]), key=CommandKey.new(), region_id=REGION, text=text, sites=sites or None
        )
        return str(recorded.events[0].fact["question"])

    def answer(self, question: str, site: str, who: str, answer: str = "normal", comment: str = "") -> None:
        questions.answer_question(
            actor=user_actor(self.users[who]),
            key=CommandKey.new(),
            question_id=uuid.UUID(question),
            site_id=site,
            answer=answer,
            comment=comment,
        )

    def question_is_late(self, question: str) -> None:
        """The time to answer has passed, as a quarter of an hour would have made it."""
        Question.objects.filter(pk=question).update(deadline_at=datetime.now(UTC) - timedelta(seconds=5))

    def order(self, sign: str, to: str, who: str = "dirk") -> None:
        """A redirect by a dispatcher whose desk is not looked at."""
        transport = Transport.objects.live().get(vehicle__call_sign=sign)
        redirects.order_redirect(
            actor=user_actor(self.users[who]), key=CommandKey.new(), transport_id=transport.pk, to_site_id=to
        )

    def agree(self, diversion: str, who: str = "dirk") -> None:
        """Dispatch lets a site reopen as it asked."""
        reopening.acknowledge_reopening(
            actor=user_actor(self.users[who]), key=CommandKey.new(), diversion_id=uuid.UUID(diversion)
        )

    def decline(self, diversion: str, reason: str, who: str = "dirk") -> None:
        """Dispatch does not let a site reopen yet."""
        actor = user_actor(self.users[who])
        reopening.decline_reopening(actor=actor, key=CommandKey.new(), diversion_id=uuid.UUID(diversion), reason=reason)

    def close(self, question: str, who: str = "dina") -> None:
        """Dispatch has its answers."""
        questions.close_question(
            actor=user_actor(self.users[who]), key=CommandKey.new(), question_id=uuid.UUID(question)
        )

    def see(self, diversion: str, who: str = "dirk") -> None:
        """Dispatch has seen a declaration."""
        actor = user_actor(self.users[who])
        diversions.see_diversion(actor=actor, key=CommandKey.new(), diversion_id=uuid.UUID(diversion))

    def lift(self, diversion: str, who: str = "dirk") -> None:
        """Dispatch ends a declaration."""
        actor = user_actor(self.users[who])
        diversions.lift_diversion(actor=actor, key=CommandKey.new(), diversion_id=uuid.UUID(diversion))

    def let_lapse(self, diversion: str) -> None:
        """An hour in which nobody confirmed a declaration: its confirmation was due a minute ago."""
        due = datetime.now(UTC) - timedelta(minutes=1)
        Diversion.objects.filter(pk=diversion).update(review_at=due)

    def revoke(self, who: str, role: str, site: str | None = None) -> None:
        """An administrator takes a role away."""
        members.revoke_role(
            actor=SYSTEM,
            key=CommandKey.new(),
            user_id=self.users[who].pk,
            role=role,
            region_id=REGION,
            site_id=site,
        )

    def channel(self, name: str, site: str | None = None, address: str = "json://127.0.0.1:9") -> None:
        """A way to reach people, and a worker that has just given a sign of life."""
        hears = ["declaration", "unanswered_notice"]
        new = channels.NewChannel(name=name, address=address, hears=hears, site_id=site)
        channels.add_channel(actor=SYSTEM, key=CommandKey.new(), region_id=REGION, channel=new)
        reaching.note_worker()

    def without_worker(self) -> None:
        """As if the worker had ended two minutes ago; the clock finds out."""
        long_ago = datetime.now(UTC) - timedelta(minutes=2)
        ClockBeat.objects.filter(name="worker").update(at=long_ago)
        Channel.objects.update(test_asked_at=long_ago)

    # ------------------------------------------------------------ rules

    def policy(self, **numbers: int) -> None:
        """The region's administrator changes its numbers."""
        import_registry(actor=SYSTEM, key=CommandKey.new(), registry=registry(**numbers))
