"""The four replays on the screens: what was reported then can be read on console and hospital page, step by step.

The steps are told by the sites' own tokens, as if each were happening now; a dispatcher marks seen and agrees between
them. What must be read is written out in French, so that somebody who knows the sources can judge it. With
``E2E_PICTURES=folder`` every step leaves a picture of each screen.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, expect

from diversion.actors import SYSTEM
from diversion.commands import members
from diversion.commands.registry import import_registry
from diversion.identity import user_actor
from diversion.log import CommandKey
from diversion.simulate.replay import load
from hospitals.registry import load as registry
from hospitals.registry import parse, shipped
from tests.e2e.city import City
from tests.e2e.faces import Console, SitePage
from tests.e2e.visits import PHONE, Visits
from tests.e2e.words import Words
from tests.stories import Story, dispatch_looks, site_headers

FR = Words("fr")
Told = Callable[[str], "Desks"]


class Desks:
    """Dirk's console and the page of each site of a replay, in French, with the story told beside them."""

    def __init__(self, visit: Visits, city: City, name: str) -> None:
        self.replay = load(name)
        self._city = city
        self._outside = httpx.Client(base_url=city.url, timeout=30, trust_env=False, verify=False)
        self._people()
        self._headers = site_headers(self.replay)
        self._story = Story(self.replay, self._say, self._real)
        self._step = 0
        self.console = Console(visit("dispatcher", f"/console/{self.replay.region}/", "fr"), FR)
        self.console.is_live()
        self.pages = {site: self._page(visit, site) for site in self.replay.sites}

    def _people(self) -> None:
        region = self.replay.region
        import_registry(actor=SYSTEM, key=CommandKey.new(), registry=parse(registry(shipped(region))))
        held = {"dispatcher": ("dispatcher", None), **{site: ("coordinator", site) for site in self.replay.sites}}
        for who, (role, site) in held.items():
            user = User.objects.create(username=who, first_name=who.title())
            members.grant_role(
                actor=SYSTEM, key=CommandKey.new(), user_id=user.pk, role=role, region_id=region, site_id=site
            )
            self._city.users[who] = user

    def _page(self, visit: Visits, site: str) -> SitePage:
        page = SitePage(visit(site, SitePage.path(site), "fr", viewport=PHONE), FR)
        page.is_live()
        return page

    # ------------------------------------------------------------ the story

    def tell(self, index: int) -> None:
        """This step happens now. Dispatch has not looked yet."""
        self._step = index
        self._story.tell(index)

    def dispatch_looks(self) -> None:
        dispatch_looks(user_actor(self._city.users["dispatcher"]))

    def _say(self, site: str, path: str, said: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._outside.post(path, json=said, headers=self._headers(site))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def _real(self, local: str) -> str:
        now = self.replay.steps[self._step].at
        ahead = datetime.fromisoformat(local).replace(tzinfo=now.tzinfo) - now
        return (datetime.now(UTC) + ahead).isoformat(timespec="seconds")

    # ------------------------------------------------------------ the screens

    def page(self, *sentences: str, site: str | None = None, lacks: tuple[str, ...] = ()) -> None:
        """What the hospital's own page says now."""
        main = self.pages[site or self.replay.sites[0]].page.get_by_role("main")
        reads(main, *sentences)
        for sentence in lacks:
            expect(main).not_to_contain_text(sentence)

    def table(self, name: str, *sentences: str) -> None:
        """What the console's list of hospitals says of one."""
        reads(self.console.hospital(name), *sentences)

    def sheet(self, name: str, *sentences: str) -> None:
        """What the console says of a hospital when it is opened."""
        reads(self.console.open_hospital(name), *sentences)
        self._picture("sheet")
        self.console.page.keyboard.press("Escape")

    def calls(self, sentence: str) -> None:
        """The alarm that waits, answered as a dispatcher does after having read it."""
        reads(self.console.strip, sentence)
        self._picture("alarm")
        self.dispatch_looks()

    def is_quiet(self) -> None:
        reads(self.console.strip, FR("console:alarms.calm"))
        self._picture("seen")

    def _picture(self, name: str) -> None:
        folder = os.environ.get("E2E_PICTURES")
        if not folder:
            return
        for which, face in {"console": self.console, **self.pages}.items():
            path = Path(folder) / f"{self.replay.id}-{self._step}-{name}-{which}.png"
            face.page.screenshot(path=path, full_page=which != "console")


def reads(place: Locator, *sentences: str) -> None:
    for sentence in sentences:
        # A heading begins with a capital for the eye only.
        expect(place).to_contain_text(sentence, ignore_case=True)


@pytest.fixture
def story(visit: Visits, city: City) -> Told:
    return lambda name: Desks(visit, city, name)


def test_saint_pierre_2023(story: Told):
    told = story("saint-pierre-2023")

    told.tell(0)  # 01:00, servers slow, cause unknown: nothing is closed, and nobody reads that it were
    told.page("Suspecté", "Cause inconnue", "rien de déclaré", "Serveurs lents, cause inconnue")
    told.table("Saint-Pierre", "Suspecté", "cause inconnue")
    told.calls("Saint-Pierre soupçonne une panne, sans rien fermer")
    told.is_quiet()
    told.page("Vu par la centrale d’urgence 112 (Dispatcher)")

    told.tell(1)  # 04:00, diverted: what was seen was a suspicion, so it calls again
    told.calls("Saint-Pierre durcit sa déclaration")
    told.page("Dévié", "Cyberattaque suspectée", "téléphonie", "hors service", "appareils du bloc", "normal")
    told.page("Plan d’urgence hospitalier", "déclenché", "laboratoire, cuisines et outils RH")
    told.page("Informations contradictoires", "Le Soir, BX1 (direction / directie) : ouvert", "Belga : fermé")
    told.table("Saint-Pierre", "Dévié", "Ambulances : fermé", "SMUR/PIT : fermé", "informations contradictoires")
    told.sheet("Saint-Pierre", "cyberattaque suspectée", "dossiers patients", "hors service", "Belga", "Le Soir")
    told.is_quiet()

    told.tell(2)  # 17:00, most applications work; still diverted
    told.page("Dévié", "en cours de reprise", "procédure manuelle", "la plupart des applications fonctionnent")
    told.table("Saint-Pierre", "Dévié", "Ambulances : fermé")
    told.sheet("Saint-Pierre", "en cours de reprise", "urgences encore déviées")

    told.tell(3)  # 19:00, asked: dispatch has yet to agree, and nothing is open before it has
    told.table("Saint-Pierre", "Dévié", "demande à rouvrir")
    told.calls("Saint-Pierre demande à rouvrir")
    told.page("Réouverture", "Le 112 est d’accord", "dossiers encore sur papier", lacks=("urgences encore déviées",))
    told.table("Saint-Pierre", "Réouverture", "informations contradictoires")


def test_saint_luc_2025(story: Told):
    told = story("saint-luc-2025")

    told.tell(0)  # several servers crash
    told.calls("Saint-Luc soupçonne une panne, sans rien fermer")
    told.page("Suspecté", "Panne informatique", "Plusieurs serveurs en panne", "patients hospitalisés")
    told.is_quiet()

    told.tell(1)  # not an attack, so far; nothing said of ambulances
    told.calls("Saint-Luc déclare une panne, sans rien fermer")
    told.page("Panne informatique", "cyberattaque exclue à ce stade", "Fin attendue", "rien de déclaré")
    told.is_quiet()

    told.tell(2)  # vital cases only; outpatients in part; ambulances still unsaid
    told.calls("Saint-Luc durcit sa déclaration")
    told.page("Limité", "urgences vitales uniquement", "rien de déclaré", "Ambulances : non précisé")
    told.page("radiothérapie", "endoscopie", "chirurgie programmée", "non vitale", "retour attendu")
    told.page("dialyse", "chimiothérapie", "autant que possible", "ambulatoire à l'arrêt")
    told.table("Saint-Luc", "Limité", "Sans ambulance : urgences vitales uniquement", "panne informatique")
    told.sheet("Saint-Luc", "radiothérapie", "chirurgie programmée", "consultations", "dialyse", "rien de déclaré")
    told.is_quiet()

    told.tell(3)  # by stages, and no end is promised any more
    told.page("Limité", "en cours de reprise", "fin réelle non connue", lacks=("Fin attendue",))
    told.table("Saint-Luc", "Limité", "urgences vitales uniquement")
    told.sheet("Saint-Luc", "en cours de reprise", "fin réelle non connue")


def test_citadelle_2022(story: Told):
    told = story("citadelle-2022")

    told.tell(0)
    told.calls("Citadelle soupçonne une panne, sans rien fermer")
    told.page("Suspecté", "Cause inconnue", "Applications inaccessibles")
    told.is_quiet()

    told.tell(1)  # closed or slowed: the reports differ, and neither is shown as the truth
    told.calls("Citadelle durcit sa déclaration")
    told.page(
        "Limité", "Fournisseur", "Informations contradictoires", "RTBF : fermé", "CHR Citadelle : fortement ralenti"
    )
    told.page("outils du personnel", "applications hébergées chez le fournisseur", "patients hospitalisés", "déclenché")
    told.table("Citadelle", "Limité", "informations contradictoires", "fournisseur")
    told.sheet("Citadelle", "RTBF", "CHR Citadelle", "fortement ralenti", "outils du personnel")
    told.is_quiet()

    told.tell(2)  # restarted after a partial recovery at the supplier
    told.page("rétablissement partiel chez le fournisseur")
    told.calls("Citadelle demande à rouvrir")
    told.page("Ouvert", "Le 112 a accepté la réouverture")
    told.table("Citadelle", "Ouvert")


def test_chrsm_2023(story: Told):
    told = story("chrsm-2023")

    told.tell(0)  # everything disconnected at both sites; births, intensive care and dialysis go on
    for site in told.replay.sites:
        told.page("Limité", "Cyberattaque suspectée", "déclenché", "téléphonie", "courriel", "wifi", site=site)
        told.page("naissances", "soins intensifs", "dialyse", "rien de déclaré", site=site)
    told.calls("déclare une panne, sans rien fermer")
    told.is_quiet()

    told.tell(1)  # Meuse: severe cases and births only; Sambre almost as usual; the attack is certain
    told.calls("CHRSM Meuse durcit sa déclaration")
    told.page(
        "Cyberattaque confirmée", "urgences vitales uniquement", "Accepté malgré tout : Maternité", "Joignable par"
    )
    told.page("Aussi fermé", "Soins intensifs néonatals")
    told.page("Cyberattaque confirmée", "Activité presque normale", "rien de déclaré", site="chrsm-sambre")
    told.table("CHRSM Meuse", "Limité", "Ambulances : urgences vitales uniquement", "cyberattaque confirmée")
    told.table("CHRSM Sambre", "Limité", "cyberattaque confirmée")
    told.sheet("CHRSM Meuse", "Maternité", "Soins intensifs néonatals", "GSM publiés par l'hôpital")
    told.is_quiet()

    told.tell(2)  # theatres restart, most consultations take place
    told.page("en cours de reprise", "planning opératoire", "consultations", "80 %")
    told.sheet("CHRSM Meuse", "80 %", "Bloc opératoire relancé")

    told.tell(3)  # the neonatal unit takes transfers again; the end is not known
    told.calls("CHRSM Meuse demande à rouvrir")
    told.page("Limité", "Le 112 est d’accord", "Néonatologie rouverte aux transferts", lacks=("Aussi fermé",))
    told.table("CHRSM Meuse", "Limité", "Ambulances : urgences vitales uniquement")
