"""A bulletin in words: codes and moments become sentences of the language in force; nothing is added to what they say.

The same sentences stand on the page and in the feed. A sentence never says more than was said: a gate nobody spoke of
is "nothing announced", never "open".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noted

from diversion.models import Bulletin
from diversion.public.moments import in_full
from hospitals import gates
from hospitals.models import Region

Content = Mapping[str, Any]

#: What the whole bulletin comes to, with the shape beside it: a status is never told by colour alone.
SHAPES: Final = {"diverted": "✕", "vital": "!", "limited": "!", "disrupted": "i", "ended": "↻", "withdrawn": "↩"}
HEADLINES: Final = {
    "diverted": noted("Ambulances diverted"),
    "vital": noted("Life-threatening emergencies only"),
    "limited": noted("Limited access to the emergency department"),
    "disrupted": noted("Disruption reported"),
    "ended": noted("End of the announcement"),
    "withdrawn": noted("Announcement withdrawn"),
}
AMBULANCES: Final[Mapping[str | None, str]] = {
    "closed": noted("Ambulances are diverted to other hospitals."),
    "life_threatening": noted("Ambulances bring only life-threatening emergencies here; others go to other hospitals."),
    "open": noted("Ambulances come here as usual."),
    "disputed": noted("Reports about ambulances contradict each other."),
    None: noted("Nothing has been announced about ambulances."),
}
SMUR: Final[Mapping[str | None, str]] = {
    "closed": noted("Mobile emergency teams (SMUR) take their patients to other hospitals."),
    "life_threatening": noted("Mobile emergency teams (SMUR) bring only life-threatening emergencies here."),
}
WALK_INS: Final[Mapping[str | None, str]] = {
    "closed": noted("The emergency department does not receive people who come by themselves."),
    "vital_only": noted(
        "Of people who come by themselves, the emergency department takes life-threatening cases only."
    ),
    "open": noted("The emergency department receives people who come by themselves."),
    "disputed": noted("Reports contradict each other on whether people who come by themselves are received."),
    None: noted("Nothing has been announced for people who come by themselves."),
}
CALL_FIRST: Final = noted("Call the hospital before you come.")
ASK_ELSEWHERE: Final = noted(
    "If it is not life-threatening, ask your doctor or the out-of-hours GP first, "
    "or go to another emergency department."
)
#: What to do for somebody who would come by himself.
COMING: Final[Mapping[str | None, str]] = {
    "closed": noted(
        "Do not come by yourself: go to another emergency department, or ask your doctor or the out-of-hours GP."
    ),
    "vital_only": noted(
        "If it is not life-threatening, do not come: ask your doctor or the out-of-hours GP, "
        "or go to another emergency department."
    ),
}
CAPABILITIES: Final = {
    "adult_ed": noted("emergencies of adults"),
    "paediatric_ed": noted("emergencies of children"),
    "maternity": noted("births"),
    "psychiatry": noted("psychiatric emergencies"),
    "dialysis": noted("dialysis"),
}
SERVICES: Final = {
    "consultations": noted("Consultations"),
    "elective_surgery": noted("Planned operations"),
    "radiology": noted("Medical imaging"),
    "mri": noted("MRI"),
    "endoscopy": noted("Endoscopy"),
    "chemotherapy": noted("Chemotherapy"),
    "radiotherapy": noted("Radiotherapy"),
    "dialysis": noted("Dialysis"),
    "births": noted("Births"),
    "inpatients": noted("Care of people in hospital"),
    "website": noted("Website"),
}
LEVELS: Final = {
    "normal": noted("as usual"),
    "degraded": noted("reduced"),
    "manual": noted("slower than usual"),
    "down": noted("stopped for now"),
}
#: Somebody may have an appointment for these.
BY_APPOINTMENT: Final = frozenset(SERVICES) - {"births", "inpatients", "website"}
CAUSES: Final = {
    "it_outage": noted("IT failure"),
    "cyber_confirmed": noted("cyberattack"),
    "telecom": noted("failure of telephone or network"),
    "power": noted("power failure"),
    "utilities": noted("failure of water or medical gases"),
    "fire": noted("fire or evacuation"),
    "security": noted("security incident"),
    "contamination": noted("contamination"),
    "equipment": noted("failure of equipment"),
    "supplier": noted("failure at a supplier"),
    "pressure": noted("great pressure on the emergency department"),
}


@dataclass(frozen=True, slots=True)
class Phone:
    label: str
    number: str
    #: What a telephone dials.
    href: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    label: str
    text: str
    iso: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One bulletin in one language."""

    number: int
    site_id: str
    name: Mapping[str, str]
    simulated: bool
    published: Moment
    status: str
    shape: str
    headline: str
    affected: list[str]
    todo: list[str]
    cause: str
    phones: list[Phone]
    moments: list[Moment]

    def sentences(self) -> list[str]:
        """Everything it says, for where there is no layout."""
        phones = [f"{one.label}: {one.number} {one.remark}".strip() for one in self.phones]
        moments = [f"{one.label}: {one.text}" for one in self.moments]
        return [*self.affected, *self.todo, *([self.cause] if self.cause else []), *phones, *moments]


def read(bulletin: Bulletin, region: Region) -> Reading:
    """The bulletin in the language in force."""
    said, speak = bulletin.content, _Speaker(get_language() or "fr", region.timezone)
    status = status_of(said)
    running = said["kind"] == "running"
    return Reading(
        number=bulletin.number,
        site_id=bulletin.site_id,
        name=said["name"],
        simulated=said["simulated"],
        published=speak.moment(_("Published"), bulletin.published_at.isoformat()),
        status=status,
        shape=SHAPES[status],
        headline=_(HEADLINES[status]),
        affected=list(_affected(said, speak) if running else _ended(said, speak)),
        todo=list(_todo(said)) if running else [_("For an appointment, ask the hospital.")],
        cause=_cause(said) if running else "",
        phones=list(_phones(said)),
        moments=list(_moments(said, speak, bulletin.published_at.isoformat())) if running else [],
    )


def status_of(said: Content) -> str:
    """What a bulletin comes to, in one code."""
    if said["kind"] != "running":
        return str(said["kind"])
    values = {gate: one["value"] for gate, one in said["gates"].items()}
    ambulances, walk_ins = values[gates.AMBULANCES], values[gates.WALK_INS]
    if ambulances == "closed":
        return "diverted"
    if ambulances == "life_threatening" and walk_ins == "vital_only":
        return "vital"
    restricted = any(gates.strictness(gate, value) for gate, value in values.items())
    return "limited" if restricted or "adult_ed" in said["closed"] else "disrupted"


class _Speaker:
    """Says moments in one language and one zone."""

    def __init__(self, language: str, zone: str) -> None:
        self._language, self._zone = language, zone

    def __call__(self, moment: str) -> str:
        return in_full(moment, self._language, self._zone)

    def moment(self, label: str, moment: str, form: str = "{}") -> Moment:
        return Moment(label, form.format(self(moment)), moment)


def _affected(said: Content, speak: _Speaker) -> Iterator[str]:
    yield from _retraction(said, speak)
    for gate, words in ((gates.AMBULANCES, AMBULANCES), (gates.SMUR_DESTINATION, SMUR), (gates.WALK_INS, WALK_INS)):
        sentence = words.get(_value(said, gate))
        if sentence:
            yield _(sentence)
    if said["accepts"]:
        yield _("Still received: %(list)s.") % {"list": _listed(said["accepts"])}
    if said["closed"]:
        yield _("Not received for now: %(list)s.") % {"list": _listed(said["closed"])}
    for code, one in said["services"].items():
        yield _service(code, one, speak)
    if said["slower"]:
        yield _("Waiting times may be longer.")
    if said["restoring"]:
        yield _("Services are being restored step by step.")


def _ended(said: Content, speak: _Speaker) -> Iterator[str]:
    if said["kind"] == "withdrawn":
        yield from _retraction(said, speak)
    else:
        yield _("What had been announced no longer applies since %(moment)s.") % {"moment": speak(said["ended_at"])}


def _retraction(said: Content, speak: _Speaker) -> Iterator[str]:
    if said["retracts"]:
        moment = speak(said["retracts"])
        yield _("The announcement of %(moment)s is withdrawn: it was made in error.") % {"moment": moment}


def _todo(said: Content) -> Iterator[str]:
    reachable = bool(said["instead"]) or (said["phone"] is not None and said["phones"] != "down")
    coming = _value(said, gates.WALK_INS)
    if coming in COMING:
        yield _(COMING[coming])
    elif coming != "open":
        yield _(CALL_FIRST if reachable else ASK_ELSEWHERE)
    if any(code in BY_APPOINTMENT and one["level"] != "normal" for code, one in said["services"].items()):
        yield _("Do you have an appointment or a planned treatment? Ask the hospital before you come.")


def _value(said: Content, gate: str) -> str | None:
    one = said["gates"][gate]
    return "disputed" if one["disputed"] else one["value"]


def _listed(codes: list[str]) -> str:
    return ", ".join(_(CAPABILITIES[code]) for code in codes)


def _service(code: str, one: Content, speak: _Speaker) -> str:
    words = {"service": _(SERVICES[code]), "level": _(LEVELS[one["level"]])}
    if one["expected_at"] is None:
        return _("%(service)s: %(level)s.") % words
    return _("%(service)s: %(level)s; expected back: %(moment)s.") % {**words, "moment": speak(one["expected_at"])}


def _cause(said: Content) -> str:
    if not said["causes"]:
        # The same words for a doubt and for an embargo, so that they give away neither.
        return _("The cause is being examined or has not been made public.")
    return _("Announced cause: %(list)s.") % {"list": ", ".join(_(CAUSES[code]) for code in said["causes"])}


def _phones(said: Content) -> Iterator[Phone]:
    for number in said["instead"]:
        yield Phone(_("To call meanwhile"), number, _dialled(number))
    if said["phone"]:
        remark = "" if said["phones"] == "normal" else _("may not answer for now")
        yield Phone(_("Hospital"), said["phone"], _dialled(said["phone"]), remark)


def _dialled(number: str) -> str:
    return "tel:" + "".join(one for one in number if one.isdigit() or one == "+")


def _moments(said: Content, speak: _Speaker, published: str) -> Iterator[Moment]:
    yield speak.moment(_("Since"), said["since"])
    if said["expected_at"]:
        # In one form, so that text can be compared: both are UTC.
        passed = said["expected_at"][:19] <= published[:19]
        label = _("The end was expected, and is not confirmed") if passed else _("End expected by the hospital")
        yield speak.moment(label, said["expected_at"])
    if said["unconfirmed_since"]:
        yield speak.moment(
            _("Confirmation overdue; what was announced still applies. Last confirmed"), said["confirmed_at"]
        )
    else:
        yield speak.moment(_("Last confirmed"), said["confirmed_at"])
        yield speak.moment(_("Next update"), said["next_at"], _("about {}"))
