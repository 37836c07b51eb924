"""The doors of what is said of sites: declaring, attesting, reopening, questions, quarantine, policy, presence."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from diversion.actors import Actor
from diversion.api import sayings
from diversion.api.commanding import actor_of, carry_out
from diversion.api.door import calling, door
from diversion.api.fields import Empty, ReasonForm, Versioned
from diversion.api.judging import judged
from diversion.api.views import ApiView
from diversion.commands import (
    attesting,
    diversions,
    exercises,
    incidents,
    policies,
    presence,
    quarantine,
    questions,
    reopening,
)
from diversion.commands.saying import Declaration
from diversion.log import CommandKey
from diversion.wire.positions import instant


def _declare(actor: Actor, key: CommandKey, said: dict[str, Any], site: str) -> dict[str, Any]:
    declaration = Declaration(**said)
    return carry_out(diversions.declare_diversion, actor, key, site_id=site, declaration=declaration)


def _amend(actor: Actor, key: CommandKey, said: dict[str, Any], pk: Any) -> dict[str, Any]:
    version = said.pop("version", None)
    return carry_out(diversions.amend_diversion, actor, key, diversion_id=pk, version=version, changes=said)


def _incident(actor: Actor, key: CommandKey, said: dict[str, Any], region: str) -> dict[str, Any]:
    said["declaration"] = Declaration(**said["declaration"])
    return carry_out(incidents.declare_incident, actor, key, region_id=region, incident=incidents.Incident(**said))


def _reopen(actor: Actor, key: CommandKey, said: dict[str, Any], pk: Any) -> dict[str, Any]:
    version = said.pop("version", None)
    wish = reopening.Wish(**said)
    return carry_out(reopening.ask_reopening, actor, key, diversion_id=pk, version=version, wish=wish)


def _answer(actor: Actor, key: CommandKey, said: dict[str, Any], pk: Any) -> dict[str, Any]:
    site = said.pop("site")
    return carry_out(questions.answer_question, actor, key, question_id=pk, site_id=site, **said)


declare = door(
    "declareDiversion",
    sayings.DeclareForm,
    _declare,
    tag="diversions",
    about="Declare a diversion at a site",
)
declare_incident = door(
    "declareIncident",
    sayings.IncidentForm,
    _incident,
    tag="diversions",
    about="Declare one failure at several sites",
)
amend = door(
    "amendDiversion",
    sayings.AmendForm,
    _amend,
    tag="diversions",
    about="Tell a running diversion differently",
)
attest = door(
    "attestDiversion",
    sayings.AttestForm,
    calling(attesting.attest_diversion, "diversion_id"),
    tag="diversions",
    about="Say that a diversion is still so",
)
confirm = door(
    "confirmDiversion",
    Versioned,
    calling(attesting.confirm_diversion, "diversion_id"),
    tag="diversions",
    about="The hospital confirms what dispatch declared for it",
)
see = door(
    "seeDiversion",
    Empty,
    calling(diversions.see_diversion, "diversion_id"),
    tag="diversions",
    about="Dispatch has seen it",
)
lift = door(
    "liftDiversion",
    sayings.LiftForm,
    calling(diversions.lift_diversion, "diversion_id"),
    tag="diversions",
    about="End a diversion",
)
withdraw = door(
    "withdrawDiversion",
    ReasonForm,
    calling(diversions.withdraw_diversion, "diversion_id"),
    tag="diversions",
    about="Take a declaration back as an error",
)
ask_reopening = door(
    "askReopening",
    sayings.ReopenForm,
    _reopen,
    tag="diversions",
    about="Ask dispatch to let the site reopen",
)
acknowledge_reopening = door(
    "acknowledgeReopening",
    Versioned,
    calling(reopening.acknowledge_reopening, "diversion_id"),
    tag="diversions",
    about="Dispatch lets a site reopen as it asked",
)
decline_reopening = door(
    "declineReopening",
    sayings.DeclineForm,
    calling(reopening.decline_reopening, "diversion_id"),
    tag="diversions",
    about="Dispatch does not let a site reopen yet",
)
ask_question = door(
    "askQuestion",
    sayings.QuestionForm,
    calling(questions.ask_question, "region_id"),
    tag="questions",
    about="Ask all sites for their state",
)
answer_question = door(
    "answerQuestion",
    sayings.AnswerForm,
    _answer,
    tag="questions",
    about="One site's answer",
)
close_question = door(
    "closeQuestion",
    Empty,
    calling(questions.close_question, "question_id"),
    tag="questions",
    about="Close a regional question",
)
quarantine_site = door(
    "quarantineSite",
    ReasonForm,
    calling(quarantine.quarantine_site, "site_id"),
    tag="sites",
    about="Shut out a site's tokens and sessions",
)
release_site = door(
    "releaseSite",
    ReasonForm,
    calling(quarantine.release_site, "site_id"),
    tag="sites",
    about="Let a site's machines in again",
)
change_policy = door(
    "changePolicy",
    sayings.PolicyForm,
    calling(policies.change_policy, "region_id"),
    tag="regions",
    about="Set numbers of a region's policy; null goes back to the default",
)
open_exercise = door(
    "openExercise",
    Empty,
    calling(exercises.open_exercise, "region_id"),
    tag="exercises",
    about="Begin an exercise of a real region, in a region of its own that the answer's fact names",
)
close_exercise = door(
    "closeExercise",
    Empty,
    calling(exercises.close_exercise, "region_id"),
    tag="exercises",
    about="End an exercise for good; the region is the exercise's own",
)


class BeatAnswer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    next_s = serializers.IntegerField()


class Beat(ApiView):
    """A screen says that it is there. A signal, not a command: it needs no key and the next one replaces it."""

    #: Screens beat this often (seconds).
    EVERY = 10

    @extend_schema(
        operation_id="beat",
        summary="A screen's sign of life",
        tags=["presence"],
        request=sayings.BeatForm,
        responses={200: BeatAnswer},
    )
    def post(self, request: Request, site: str) -> Response:
        said = judged(sayings.BeatForm, request.data)
        at = presence.beat(actor=actor_of(request), site_id=site, **said)
        return Response({"at": instant(at), "next_s": self.EVERY})
