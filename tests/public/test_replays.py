"""The bulletin of each replay reads true at every step, in three languages.

The files are told through the product's own doors, at their own times: what a hospital said then, seen by dispatch at
once. What is expected of the page is written out, so that somebody who reads the languages can judge it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from time_machine import TimeMachineFixture

from diversion.actors import SYSTEM
from diversion.commands.registry import import_registry
from diversion.identity import user_actor
from diversion.log import CommandKey
from diversion.models import Bulletin, Membership
from diversion.simulate.replay import load
from hospitals.registry import load as registry
from hospitals.registry import parse, shipped
from tests.public.conftest import Page, get
from tests.stories import Story, dispatch_looks, site_headers


class Telling:
    """One replay under a moved clock, of which dispatch has seen everything two minutes later."""

    def __init__(self, name: str, clock: TimeMachineFixture) -> None:
        self.replay = load(name)
        self.clock = clock
        clock.move_to(self.replay.start - timedelta(minutes=15), tick=False)
        import_registry(actor=SYSTEM, key=CommandKey.new(), registry=parse(registry(shipped(self.replay.region))))
        dina = User.objects.create(username="dina", first_name="Dina")
        Membership.objects.create(user=dina, role="dispatcher", region_id=self.replay.region)
        self.dina = user_actor(dina)
        self.headers = site_headers(self.replay)
        self.story = Story(self.replay, self._say, self._instant)

    def tell(self, index: int) -> None:
        at = self.replay.steps[index].at
        self.clock.move_to(at, tick=False)
        self.story.tell(index)
        self.clock.move_to(at + timedelta(minutes=2), tick=False)
        dispatch_looks(self.dina)

    def _say(self, site: str, path: str, said: Mapping[str, Any]) -> dict[str, Any]:
        answer = Client().post(path, json.dumps(said), content_type="application/json", headers=self.headers(site))
        assert answer.status_code == 200, answer.content
        return answer.json()

    def _instant(self, local: str) -> str:
        return datetime.fromisoformat(local).replace(tzinfo=self.replay.start.tzinfo).isoformat()

    def page(self, language: str, site: str | None = None) -> Page:
        return get(f"/bulletin/{language}/{self.replay.region}/site/{site or self.replay.sites[0]}/")


@pytest.fixture
def story(db: None, time_machine: TimeMachineFixture):
    return lambda name: Telling(name, time_machine)


def reads(page: Page, *sentences: str) -> None:
    """Every sentence stands there, and nothing of the list of earlier bulletins counts."""
    now = page.text.split("Latest bulletins")[0].split("Derniers bulletins")[0].split("Laatste berichten")[0]
    for sentence in sentences:
        assert sentence in now, f"{sentence!r} is missing in: {now}"


def lacks(page: Page, *words: str) -> None:
    for word in words:
        assert word.lower() not in page.text.lower(), word


NEVER = ("Serveurs", "Trage servers", "H.U.B et Iris", "Le Soir", "Belga", "RTBF", "80 %", "Dina", "GSM")


def test_saint_pierre_2023_step_by_step(story):
    told = story("saint-pierre-2023")

    told.tell(0)  # servers slow, cause unknown: a suspicion is nobody's news
    reads(told.page("fr"), "Aucune déviation annoncée")
    reads(told.page("nl"), "Geen omleidingen aangekondigd")
    reads(told.page("en"), "No diversions announced")
    assert not Bulletin.objects.exists()

    told.tell(1)  # diverted; walk-ins contradictory; the attack only suspected; telephones down
    reads(
        told.page("fr"),
        "Ambulances déviées",
        "Les ambulances sont déviées vers d’autres hôpitaux.",
        "Les SMUR conduisent leurs patients vers d’autres hôpitaux.",
        "Les informations sur l’accueil des personnes qui viennent d’elles-mêmes se contredisent.",
        "Si ce n’est pas vital, adressez-vous d’abord à votre médecin ou au poste de garde",
        "Les temps d’attente peuvent être plus longs.",
        "La cause est en cours d’examen ou n’a pas été rendue publique.",
        "+32 2 535 31 11 (peut ne pas répondre pour le moment)",
        "Depuis samedi 11 mars 2023, 1 h 00",
        "Dernière confirmation samedi 11 mars 2023, 4 h 00",
        "Prochaine mise à jour vers samedi 11 mars 2023, 5 h 00",
        "Danger de mort ? Appelez le 112, quoi que dise cette page.",
    )
    reads(
        told.page("nl"),
        "Ziekenwagens omgeleid",
        "De ziekenwagens worden omgeleid naar andere ziekenhuizen.",
        "De berichten over de opvang van wie zelf komt, spreken elkaar tegen.",
        "De oorzaak wordt onderzocht of is niet bekendgemaakt.",
        "+32 2 535 31 11 (antwoordt nu misschien niet)",
        "Sinds zaterdag 11 maart 2023, 1.00 uur",
        "Volgende update omstreeks zaterdag 11 maart 2023, 5.00 uur",
    )
    reads(
        told.page("en"),
        "Ambulances diverted",
        "Reports contradict each other on whether people who come by themselves are received.",
        "If it is not life-threatening, ask your doctor or the out-of-hours GP first",
        "The cause is being examined or has not been made public.",
        "Since Saturday 11 March 2023, 01:00",
        "Next update about Saturday 11 March 2023, 05:00",
    )
    for language in ("fr", "nl", "en"):
        lacks(told.page(language), *NEVER, "cyber", "Appelez l’hôpital", "Bel het ziekenhuis", "Call the hospital")

    told.tell(2)  # recovering; records on paper; still diverted
    reads(told.page("fr"), "Ambulances déviées", "Les services reprennent par étapes.", "temps d’attente")
    reads(told.page("nl"), "Ziekenwagens omgeleid", "De diensten hervatten stap voor stap.", "De wachttijden")
    reads(told.page("en"), "Ambulances diverted", "Services are being restored step by step.", "Waiting times")

    told.tell(3)  # ambulances come again, seen by dispatch; records still on paper; walk-ins still disputed
    reads(
        told.page("fr"),
        "Perturbation signalée",
        "Les ambulances arrivent ici comme d’habitude.",
        "Les informations sur l’accueil des personnes qui viennent d’elles-mêmes se contredisent.",
        "Les temps d’attente peuvent être plus longs.",
    )
    reads(told.page("nl"), "Verstoring gemeld", "De ziekenwagens komen hier zoals gewoonlijk.")
    reads(told.page("en"), "Disruption reported", "Ambulances come here as usual.")
    for language in ("fr", "nl", "en"):
        lacks(told.page(language), *NEVER, "cyber")


def test_saint_luc_2025_step_by_step(story):
    told = story("saint-luc-2025")

    told.tell(0)
    assert not Bulletin.objects.exists()

    told.tell(1)  # a server failure, not an attack; nothing said of gates; patients in hospital cared for
    reads(
        told.page("fr"),
        "Perturbation signalée",
        "Rien n’a été annoncé pour les ambulances.",
        "Rien n’a été annoncé pour les personnes qui viennent d’elles-mêmes.",
        "Appelez l’hôpital avant de venir.",
        "Soins aux personnes hospitalisées : comme d’habitude.",
        "Cause annoncée : panne informatique.",
        "Fin attendue par l’hôpital jeudi 23 janvier 2025, 23 h 00",
        "+32 2 764 11 11",
    )
    reads(
        told.page("nl"),
        "Verstoring gemeld",
        "Over de ziekenwagens is niets aangekondigd.",
        "Bel het ziekenhuis voor u komt.",
        "Zorg voor opgenomen patiënten: zoals gewoonlijk.",
        "Aangekondigde oorzaak: IT-panne.",
        "Einde verwacht door het ziekenhuis donderdag 23 januari 2025, 23.00 uur",
    )
    reads(
        told.page("en"),
        "Disruption reported",
        "Nothing has been announced about ambulances.",
        "Call the hospital before you come.",
        "Announced cause: IT failure.",
        "End expected by the hospital Thursday 23 January 2025, 23:00",
    )

    told.tell(2)  # vital cases only for those who come; ambulances still unsaid; outpatients in part
    reads(
        told.page("fr"),
        "Accès limité au service des urgences",
        "Rien n’a été annoncé pour les ambulances.",
        "le service des urgences ne prend que les urgences vitales.",
        "Si ce n’est pas vital, ne venez pas",
        "Consultations : activité réduite.",
        "Radiothérapie : à l’arrêt pour le moment ; reprise attendue : jeudi 23 janvier 2025, 23 h 00.",
        "Opérations programmées : à l’arrêt pour le moment.",
        "Dialyse : comme d’habitude.",
        "Vous avez un rendez-vous ou un traitement prévu ?",
    )
    reads(
        told.page("nl"),
        "Beperkte toegang tot de spoeddienst",
        "Is het niet levensbedreigend? Kom dan niet",
        "Radiotherapie: ligt voorlopig stil; hervatting verwacht: donderdag 23 januari 2025, 23.00 uur.",
        "Dialyse: zoals gewoonlijk.",
        "Chemotherapie: beperkt.",
    )
    reads(
        told.page("en"),
        "Limited access to the emergency department",
        "the emergency department takes life-threatening cases only.",
        "If it is not life-threatening, do not come",
        "Radiotherapy: stopped for now; expected back: Thursday 23 January 2025, 23:00.",
        "Dialysis: as usual.",
    )

    told.tell(3)  # recovering, the end no longer promised
    reads(told.page("fr"), "Les services reprennent par étapes.", "ne prend que les urgences vitales")
    for language, word in (("fr", "Fin attendue"), ("nl", "Einde verwacht"), ("en", "End expected")):
        lacks(told.page(language), word, *NEVER)


def test_citadelle_2022_step_by_step(story):
    told = story("citadelle-2022")

    told.tell(0)
    assert not Bulletin.objects.exists()

    told.tell(1)  # closed or slowed, the reports differ; no telephone number is established
    reads(
        told.page("fr"),
        "Perturbation signalée",
        "Les informations sur les ambulances se contredisent.",
        "Les informations sur l’accueil des personnes qui viennent d’elles-mêmes se contredisent.",
        "Si ce n’est pas vital, adressez-vous d’abord à votre médecin ou au poste de garde",
        "Cause annoncée : panne chez un fournisseur.",
        "Hôpital numéro inconnu ici",
    )
    reads(
        told.page("nl"),
        "De berichten over de ziekenwagens spreken elkaar tegen.",
        "Aangekondigde oorzaak: storing bij een leverancier.",
        "nummer hier niet bekend",
    )
    reads(told.page("en"), "Reports about ambulances contradict each other.", "Announced cause: failure at a supplier.")
    for language, words in (("fr", "déviées"), ("nl", "omgeleid naar"), ("en", "are diverted")):
        lacks(told.page(language), *NEVER, words)

    told.tell(2)  # restarted, and reopened with dispatch's acknowledgement
    for language, words in (
        ("fr", "Aucune déviation annoncée"),
        ("nl", "Geen omleidingen aangekondigd"),
        ("en", "No diversions announced"),
    ):
        reads(told.page(language), words)
    end = Bulletin.objects.latest("number").number
    for language, sentence in (
        ("fr", "Ce qui avait été annoncé n’est plus d’application depuis le vendredi 28 janvier 2022, 16 h 32."),
        ("nl", "Wat was aangekondigd, geldt niet meer sinds vrijdag 28 januari 2022, 16.32 uur."),
        ("en", "What had been announced no longer applies since Friday 28 January 2022, 16:32."),
    ):
        assert sentence in get(f"/bulletin/{language}/liege/{end}/").text


def test_chrsm_2023_step_by_step(story):
    told = story("chrsm-2023")

    told.tell(0)  # everything disconnected at both sites; nothing said of gates; births and dialysis go on
    for site in ("chrsm-meuse", "chrsm-sambre"):
        reads(
            told.page("fr", site),
            "Perturbation signalée",
            "Accouchements : comme d’habitude.",
            "Dialyse : comme d’habitude.",
            "La cause est en cours d’examen ou n’a pas été rendue publique.",
            "(peut ne pas répondre pour le moment)",
        )
        reads(told.page("nl", site), "Bevallingen: zoals gewoonlijk.", "De oorzaak wordt onderzocht")
        reads(told.page("en", site), "Births: as usual.", "The cause is being examined")
        lacks(told.page("en", site), "cyber", "intensive", "wifi", "e-mail")

    told.tell(1)  # Meuse takes severe cases and births only; Sambre almost as usual; the attack is confirmed
    reads(
        told.page("fr"),
        "Urgences vitales uniquement",
        "Les ambulances n’amènent ici que les urgences vitales ; les autres vont vers d’autres hôpitaux.",
        "Restent pris en charge : accouchements.",
        "Cause annoncée : cyberattaque.",
        "Si ce n’est pas vital, ne venez pas",
    )
    reads(
        told.page("nl"),
        "Alleen levensbedreigende noodgevallen",
        "Blijven opgevangen: bevallingen.",
        "Aangekondigde oorzaak: cyberaanval.",
    )
    reads(
        told.page("en"),
        "Life-threatening emergencies only",
        "Still received: births.",
        "Announced cause: cyberattack.",
    )
    reads(told.page("fr", "chrsm-sambre"), "Perturbation signalée", "Rien n’a été annoncé pour les ambulances.")
    reads(told.page("nl", "chrsm-sambre"), "Over de ziekenwagens is niets aangekondigd.")
    lacks(told.page("en", "chrsm-sambre"), "Life-threatening emergencies only", "do not come")

    told.tell(2)  # theatres and most consultations again
    reads(told.page("fr"), "Consultations : activité réduite.", "Les services reprennent par étapes.")
    reads(told.page("nl"), "Raadplegingen: beperkt.", "De diensten hervatten stap voor stap.")
    reads(told.page("en"), "Consultations: reduced.", "Services are being restored step by step.")

    told.tell(3)  # the neonatal unit takes transfers again: between hospitals, nothing for the public to do
    for language in ("fr", "nl", "en"):
        lacks(told.page(language), *NEVER)
    reads(told.page("fr"), "Urgences vitales uniquement", "Restent pris en charge : accouchements.")
