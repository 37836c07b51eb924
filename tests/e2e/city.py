"""Brussels for the browser: the real registry, a handful of people, and vehicles that come in through the CAD door.

Accounts and rights are made by the product's own commands; everything the dispatch system says goes over HTTP with
its token, as from outside.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

import httpx
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.test import Client

from tests.e2e.brussels import FLEET, REGION, VEHICLES
from tests.e2e.colleagues import Colleagues
from tests.logins import log_in

#: Far enough from arrival that a bulk proposal does not leave it to an individual decision.
FAR: Final = timedelta(minutes=12)


@dataclass
class City(Colleagues):
    """The region as a test finds it, and the dispatch system that speaks for its vehicles."""

    url: str
    cad_secret: str

    # ------------------------------------------------------------ people

    def session(self, who: str) -> dict[str, str]:
        """A logged-in person's cookies."""
        client = log_in(Client(), self.users[who])
        return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}

    def password(self, who: str) -> str:
        """A password for somebody who is to type one."""
        secret = uuid.uuid4().hex
        user = self.users[who]
        # Here too: a session made with the former password is nobody's.
        user.password = make_password(secret)
        User.objects.filter(pk=user.pk).update(password=user.password)
        return secret

    # ------------------------------------------------------------ the dispatch system

    @cached_property
    def _outside(self) -> httpx.Client:
        # No TLS here: reading the machine's certificates would cost more than the test.
        bearer = {"Authorization": f"Bearer {self.cad_secret}"}
        return httpx.Client(base_url=self.url, headers=bearer, timeout=30, trust_env=False, verify=False)

    def cad(self, method: str, path: str, body: Any, **headers: str) -> Any:
        """One request of the dispatch system; anything but a full success fails the test."""
        answer = self._outside.request(method, path, json=body, headers=headers)
        assert answer.status_code in (200, 201), f"{path}: {answer.status_code} {answer.text}"
        result = answer.json()
        assert not result.get("errors"), result["errors"]
        return result

    def read(self, path: str) -> Any:
        answer = self._outside.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def snapshot(self) -> Any:
        return self.read(f"/api/regions/{REGION}/snapshot")

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """The live rows of a kind, as anybody outside reads them."""
        return [one["state"] for one in self.snapshot()["entities"] if one["kind"] == kind and one["state"]]

    def fleet(self, signs: Iterable[str] = FLEET) -> None:
        """Make vehicles known and say where they are."""
        told = [{"ref": sign, "call_sign": sign, "kind": VEHICLES[sign][0], "status": "transporting"} for sign in signs]
        self.cad("PUT", f"/api/cad/regions/{REGION}/vehicles", {"vehicles": told})
        self.locate(signs)

    def locate(self, signs: Iterable[str] = FLEET) -> None:
        """Fresh positions, where the vehicles are."""
        now = stamp(datetime.now(UTC))
        told = [{"vehicle": sign, "lat": VEHICLES[sign][1], "lon": VEHICLES[sign][2], "at": now} for sign in signs]
        self.cad("POST", f"/api/cad/regions/{REGION}/positions", {"positions": told})

    def under_way(
        self, *signs: str, to: str = "saint-pierre", urgency: str = "urgent", eta: timedelta = FAR, **more: Any
    ) -> None:
        """These vehicles carry one patient each to a site; each arrives a minute after the one before."""
        self.fleet(signs)
        arrival = datetime.now(UTC) + eta
        told = [
            {
                "ref": f"t {sign}",
                "vehicle": sign,
                "destination": to,
                "urgency": urgency,
                "age_band": "adult",
                "sex": "unknown",
                "state": "under_way",
                "eta_at": stamp(arrival + timedelta(minutes=place)),
                **more,
            }
            for place, sign in enumerate(signs)
        ]
        self.cad("POST", f"/api/cad/regions/{REGION}/transports", {"transports": told})

    def tell(self, sign: str, to: str, state: str) -> None:
        """A transport's new state: arrived, cancelled."""
        told = {"ref": f"t {sign}", "vehicle": sign, "destination": to, "urgency": "urgent", "state": state}
        self.cad("POST", f"/api/cad/regions/{REGION}/transports", {"transports": [told]})

    def crew_answers(self, sign: str) -> None:
        """The crew confirms its order over the dispatch system."""
        vehicle = next(one["id"] for one in self.rows("vehicle") if one["call_sign"] == sign)
        transport = next(one["id"] for one in self.rows("transport") if one["vehicle_id"] == vehicle)
        order = next(
            one["id"] for one in self.rows("redirect") if one["transport_id"] == transport and one["state"] == "ordered"
        )
        body = {"channel": "cad", "by": sign}
        key = {"Idempotency-Key": str(uuid.uuid4())}
        self.cad("POST", f"/api/redirects/{order}/acknowledge", body, **key)

    def crews_answer(self) -> None:
        """Every crew with an open order confirms it."""
        for one in self.rows("redirect"):
            if one["state"] == "ordered":
                key = {"Idempotency-Key": str(uuid.uuid4())}
                self.cad("POST", f"/api/redirects/{one['id']}/acknowledge", {"channel": "cad", "by": "crew"}, **key)


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def everything_said(city: City) -> str:
    """A declaration at Saint-Pierre that 112 entered after a call, with all that can be said of one; its id."""
    reports = [
        {"by": "standard téléphonique", "value": "open", "text": None},
        {"by": "presse régionale", "value": None, "text": "patients renvoyés à l'entrée"},
    ]
    city.ask(text="Panne chez un fournisseur : comment allez-vous ?")
    city.declare("saint-luc", "lucas", cause_embargoed=True, contact="02 222 33 44", accepts=["maternity"])
    return city.declare(
        who="dina",
        called_by="Dr Vandenbrouck-Vanderlinden",
        call_back="02 111 22 33",
        comment="Salle réseau inondée, tout est sur papier",
        cause_embargoed=True,
        emergency_plan=True,
        contact="0470 00 00 00, cellule de crise, poste 4411",
        authoriser="Dr Peeters, directeur médical",
        gates={"ambulances": "life_threatening", "smur_destination": "life_threatening", "walk_ins": "vital_only"},
        closed_capabilities=["ct", "stroke"],
        accepts=["maternity", "nicu"],
        expected_end=datetime.now(UTC) + timedelta(hours=6),
        disputes=[{"gate": "walk_ins", "reports": reports}],
        services={
            "records": {
                "level": "down",
                "expected_at": datetime.now(UTC) + timedelta(hours=4),
                "note": "dossier papier",
            },
            "theatre_scheduling": {"level": "manual", "expected_at": None, "note": None},
        },
    )
