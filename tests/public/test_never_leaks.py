"""Whatever anybody types into a declaration, and whatever is on the road: the public reads none of it."""

from __future__ import annotations

import json
import re
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from diversion.commands import incidents
from diversion.commands.saying import Declaration
from diversion.log import CommandKey
from diversion.models import Bulletin, Diversion
from diversion.public import words
from hospitals import causes, gates, services
from tests.public.conftest import LANGUAGES, Desk, Read
from tests.world import REGION

#: Typed into every field that takes text; no sentence of ours contains it.
MARKS = ["Xanthippe", "zq-comment", "zq-note", "zq-report", "zq-authoriser", "zq-caller", "zq-shared", "zq-contact"]
#: The codes of causes that may not be told, and the words that would give them away, in all three languages.
SECRET = ["cyber", "cyberattaque", "cyberaanval", "ransom"]

levels = st.sampled_from(services.LEVELS)
said_of_services = st.dictionaries(
    st.sampled_from(services.SERVICES),
    st.builds(lambda level: {"level": level, "expected_at": timezone.now(), "note": "zq-note"}, levels),
    max_size=8,
)
said_of_gates = st.fixed_dictionaries({gate: st.sampled_from([None, *values]) for gate, values in gates.VALUES.items()})
DISPUTE = {"gate": "walk_ins", "reports": [{"by": "zq-report", "value": "open"}, {"by": "b", "text": "zq-report"}]}
declarations = st.fixed_dictionaries(
    {
        "cause": st.sampled_from(causes.CAUSES),
        "gates": said_of_gates,
        "services": said_of_services,
        "closed_capabilities": st.lists(st.sampled_from(["stroke", "trauma", "ct", "cath_lab"]), max_size=3),
        "disputes": st.sampled_from([[], [DISPUTE]]),
        "expected_end": st.sampled_from([None, datetime(2030, 1, 1, tzinfo=timezone.get_default_timezone())]),
        "emergency_plan": st.sampled_from([None, True]),
    }
)
TYPED = {
    "comment": "Xanthippe zq-comment ransomware, 17 patients, AMB-4711",
    "authoriser": "zq-authoriser Xanthippe",
    "called_by": "zq-caller Xanthippe",
    "call_back": "0499 99 99 99",
    "contact": "zq-contact Xanthippe",
}


def everything(read: Read) -> str:
    paths = ["", "site/saint-pierre/", "atom.xml", *(f"{one.number}/" for one in Bulletin.objects.all())]
    return "\n".join(read(path, language).body for path in paths for language in LANGUAGES)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    # An example is some twenty pages; making a failing one smaller would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(first=declarations, second=declarations)
def test_nothing_typed_no_vehicle_and_no_embargoed_cause_leaves(desk: Desk, read: Read, first: dict, second: dict):
    """One episode at one site, and a shared failure at it and another, with a patient on the way there."""
    before = transaction.savepoint()
    try:
        desk.world.transport("AMB-4711", to="saint-pierre", urgency="vital")
        desk.told(**first, **TYPED, cause_embargoed=True)
        declare_shared(desk, Declaration(**second, **TYPED, cause_embargoed=True))
        assert Bulletin.objects.count() >= 2
        told = everything(read)
        stored = json.dumps([one.content for one in Bulletin.objects.all()])
    finally:
        transaction.savepoint_rollback(before)
    for secret in [*MARKS, *SECRET, "AMB-4711", "0499", "17 patients"]:
        assert secret.lower() not in told.lower()
        assert secret.lower() not in stored.lower()
    # Whole words: the product's own name has one of them in it.
    assert not re.search(r"\b(Dina|Clara|dispatcher)\b", told + stored)
    for name in words.CAUSES.values():
        assert f"Announced cause: {name}" not in told


def declare_shared(desk: Desk, declaration: Declaration) -> None:
    incident = incidents.Incident(
        kind="supplier", name="zq-shared", sites=["saint-pierre", "saint-luc"], declaration=declaration
    )
    incidents.declare_incident(actor=desk.world.dina, key=CommandKey.new(), region_id=REGION, incident=incident)
    desk.see(Diversion.objects.filter(incident__isnull=False).first())


def test_a_cause_under_embargo_reads_as_one_that_is_being_examined(desk: Desk, read: Read):
    desk.told(cause="cyber_confirmed", cause_embargoed=True)
    desk.told("saint-luc", cause="unknown")
    sentences = {
        "fr": "La cause est en cours d’examen ou",
        "nl": "De oorzaak wordt onderzocht of",
        "en": "is being examined or",
    }
    for language, sentence in sentences.items():
        assert sentence in read("1/", language).text
        assert sentence in read("2/", language).text


def test_an_embargo_that_comes_later_hides_the_cause_from_then_on(desk: Desk, read: Read):
    """What was published stays published: a permalink cannot be called back, and does not pretend to be."""
    diversion = desk.told(cause="power")
    desk.amend(diversion, cause_embargoed=True)
    assert "power failure" in read("1/").text
    assert "power failure" not in read("2/").text
    assert "power failure" not in read("site/saint-pierre/").text.split("Latest bulletins")[0]
