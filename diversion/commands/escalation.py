"""Chains: what nobody has answered goes one step further, once, by the server's own time. An answer ends the chain."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from diversion import access, states
from diversion.actors import Actor
from diversion.commands.reaching import tell
from diversion.commands.rows import region_of, take
from diversion.kinds import EventKind
from diversion.log import CommandKey, Log, Recorded, change
from diversion.models import Diversion, MassCasualty, Notice, Question, Transport
from diversion.reaching import words
from hospitals.models import Site, Versioned


def escalate_to_supervisor(*, actor: Actor, key: CommandKey, notice_id: UUID) -> Recorded:
    """Dispatch was told and still nobody has answered: the supervisor is told, by every channel that carries it."""
    with change(region_of(Notice, notice_id, "notice"), actor=actor, key=key) as log:
        transport_id = Notice.objects.values_list("transport_id", flat=True).get(pk=notice_id)
        transport = take(Transport.objects.select_related("vehicle"), transport_id, "transport")
        notice = take(Notice.objects.select_related("site"), notice_id, "notice")
        notice.transport = transport
        log.role = access.require(actor, "notice.escalate", notice)
        if notice.supervisor_at is None and notice.state in states.NOTICE_UNANSWERED:
            notice.supervisor_at = log.now
            fact = {"notice": str(notice.pk), "site": notice.site_id, "transport": str(notice.transport_id)}
            fact["call_sign"] = transport.vehicle.call_sign
            log.add(EventKind.NOTICE_ESCALATED_TO_SUPERVISOR, notice, fact=fact)
            said = {"site": notice.site.name, "since": notice.sent_at}
            _tell(log, "unanswered_notice", notice, words.UNANSWERED, said)
    return log.answer()


def report_unseen(*, actor: Actor, key: CommandKey, diversion_id: UUID) -> Recorded:
    """Nobody at dispatch has marked a declaration as seen in time: whoever can wake them is told, once."""
    with change(region_of(Diversion, diversion_id, "diversion"), actor=actor, key=key) as log:
        site_id = Diversion.objects.values_list("site_id", flat=True).get(pk=diversion_id)
        site = take(Site.objects.all(), site_id, "site")
        diversion = take(Diversion.objects.all(), diversion_id, "diversion")
        log.role = access.require(actor, "diversion.fall_due", diversion)
        running = diversion.state in states.DIVERSION_RUNNING
        if running and diversion.seen_at is None and diversion.unseen_at is None:
            diversion.unseen_at = log.now
            fact = {"diversion": str(diversion.pk), "site": site.pk}
            log.add(EventKind.DIVERSION_UNSEEN, diversion, fact=fact)
            said = {"site": site.name, "since": diversion.news_at}
            _tell(log, "unseen_declaration", diversion, words.UNSEEN, said)
    return log.answer()


def tell_declared(log: Log, site: Site, diversion: Diversion) -> None:
    """A declaration just recorded or just made stricter, to whoever wants to hear of each."""
    gate = words.Term(words.GATE[diversion.ambulances])
    said = {"site": site.name, "gate": gate, "since": diversion.news_at}
    _tell(log, "declaration", diversion, words.DECLARATION, said)


def tell_unconfirmed(log: Log, site: Site, diversion: Diversion) -> None:
    """A declaration nobody has attested in time, to whoever can."""
    said = {"site": site.name, "since": diversion.attested_at}
    _tell(log, "unconfirmed", diversion, words.UNCONFIRMED, said)


def tell_asked(log: Log, question: Question) -> None:
    """A regional question, to the sites asked."""
    said = {"until": question.deadline_at, "text": question.text}
    _tell(log, "question", question, words.QUESTION, said)


def tell_capacity_asked(log: Log, casualty: MassCasualty) -> None:
    """Many casualties at one place, to the sites that are to say what they can take."""
    said = {"until": casualty.deadline_at, "place": casualty.place}
    _tell(log, "mass_casualty", casualty, words.CAPACITY, said)


def _tell(log: Log, hears: str, subject: Versioned, written: words.Words, said: dict[str, Any]) -> None:
    tell(log, hears=hears, subject=subject, title=written.title, body=written.body, said=said)
