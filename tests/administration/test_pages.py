"""Administration in a browser: every press is a command, refusals stand beside the form, nobody else gets in."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from diversion.actors import SYSTEM
from diversion.commands.registry import import_registry
from diversion.identity import token_actor
from diversion.log import CommandKey
from diversion.models import ApiToken, Event
from hospitals.models import Region, Site
from hospitals.policies import DEFAULTS, policy_of
from hospitals.registry import load, parse, shipped
from tests.world import REGION, World

BASE = f"/administration/{REGION}/"
PAGES = ("policy", "registry", "machines")


def client(world: World, who: str) -> Client:
    made = Client(headers={"accept-language": "en"})
    made.force_login(world.users[who])
    return made


@pytest.mark.parametrize("page", ["", *(f"{one}/" for one in PAGES)])
@pytest.mark.parametrize("who", ["dina", "clara", "ruth", "ines", "sam"])
def test_who_does_not_administer_is_shown_nothing(world: World, who: str, page: str):
    assert client(world, who).get(BASE + page).status_code == 403


def test_who_is_not_logged_in_is_asked_to(world: World):
    assert Client().get(BASE).status_code == 302


def test_a_supervisor_sees_the_policy_and_not_the_keys(world: World):
    answer = client(world, "sofie").get(BASE)
    assert "policy/" in answer.text
    assert "machines/" not in answer.text
    assert client(world, "sofie").get(BASE + "machines/").status_code == 403


def test_the_only_region_is_opened_at_once(world: World):
    assert client(world, "ada").get("/administration/").headers["location"] == BASE
    assert client(world, "sam").get("/administration/").status_code == 403


def test_a_region_that_does_not_exist_is_not_found(world: World):
    assert client(world, "ada").get("/administration/nowhere/").status_code == 404


# ---------------------------------------------------------------- policy


def policy_form(**changes: Any) -> dict[str, Any]:
    region = Region.objects.get(pk=REGION)
    return {**policy_of(region.policy), "version": region.version, **changes}


def test_only_the_number_that_differs_is_changed(world: World):
    answer = client(world, "ada").post(BASE + "policy/", policy_form(undo_s="45"))
    assert answer.status_code == 302
    assert Region.objects.get(pk=REGION).policy == {"undo_s": 45}
    assert Event.objects.latest("seq").actor["name"] == "Ada"


def test_every_number_is_on_the_page_with_its_meaning_in_each_language(world: World):
    for language in ("fr", "nl", "en"):
        page = Client(headers={"accept-language": language})
        page.force_login(world.users["ada"])
        text = page.get(BASE + "policy/").text
        assert all(f'name="{name}"' in text for name in DEFAULTS)
        labels = re.findall(r"<label for=\"\w+\">([^<]*)</label>", text)
        assert not [one for one in labels if "_" in one]


@pytest.mark.parametrize(("typed", "told"), [("soon", "whole number"), ("0", "from 1 to"), ("", "whole number")])
def test_what_cannot_be_is_refused_and_what_was_typed_stays(world: World, typed: str, told: str):
    answer = client(world, "ada").post(BASE + "policy/", policy_form(undo_s=typed))
    assert answer.status_code in (400, 409)
    assert told in answer.text
    assert f'name="undo_s" value="{typed}"' in answer.text
    assert Region.objects.get(pk=REGION).policy == {}


def test_two_people_do_not_overwrite_each_other(world: World):
    form = policy_form(undo_s="45")
    client(world, "ada").post(BASE + "policy/", policy_form(undo_s="40"))
    answer = client(world, "sofie").post(BASE + "policy/", form)
    assert (answer.status_code, policy_of(Region.objects.get(pk=REGION).policy)["undo_s"]) == (409, 40)


# ---------------------------------------------------------------- registry


@pytest.fixture
def brussels(world: World) -> dict[str, Any]:
    """Brussels as it ships, with Ada as its administrator."""
    document = load(shipped("brussels"))
    Site.objects.all().exists()
    import_registry(actor=SYSTEM, key=CommandKey.new(), registry=parse(_elsewhere(document)))
    from diversion.commands.members import grant_role

    grant_role(
        actor=SYSTEM,
        key=CommandKey.new(),
        user_id=world.users["ada"].pk,
        role="administrator",
        region_id="brussels",
    )
    return _elsewhere(document)


def _elsewhere(document: dict[str, Any]) -> dict[str, Any]:
    """The tests' own little region has sites of the same names: these get others."""
    text = json.dumps(document)
    for site in document["sites"]:
        text = text.replace(f'"{site["id"]}"', f'"b-{site["id"]}"')
    return json.loads(text)


def upload(page: Client, document: dict[str, Any]) -> Any:
    file = SimpleUploadedFile("registry.json", json.dumps(document).encode(), "application/json")
    return page.post("/administration/brussels/registry/", {"file": file})


def test_a_file_is_first_shown_as_a_plan_and_then_done(world: World, brussels: dict[str, Any]):
    document = copy.deepcopy(brussels)
    document["sites"][0]["phone"] = "+32 2 000 00 00"
    page = client(world, "ada")
    shown = upload(page, document)
    assert "Changes that would be made: 1" in shown.text
    site_id = document["sites"][0]["id"]
    assert Site.objects.get(pk=site_id).phone != "+32 2 000 00 00"
    agreed = re.search(r'name="agreed" value="(\w+)"', shown.text)
    assert agreed is not None
    done = page.post("/administration/brussels/registry/", {"text": json.dumps(document), "agreed": agreed.group(1)})
    assert done.status_code == 302
    assert Site.objects.get(pk=site_id).phone == "+32 2 000 00 00"


def test_a_plan_that_is_no_longer_the_one_shown_is_shown_again(world: World, brussels: dict[str, Any]):
    document = copy.deepcopy(brussels)
    document["sites"][0]["phone"] = "+32 2 000 00 00"
    answer = client(world, "ada").post(
        "/administration/brussels/registry/", {"text": json.dumps(document), "agreed": "another"}
    )
    assert "look at it again" in answer.text
    assert Site.objects.get(pk=document["sites"][0]["id"]).phone != "+32 2 000 00 00"


def test_a_file_with_faults_is_refused_with_all_of_them(world: World, brussels: dict[str, Any]):
    document = copy.deepcopy(brussels)
    document["sites"][0]["phone"] = 7
    document["region"]["policy"] = {"patience": 1}
    answer = upload(client(world, "ada"), document)
    assert answer.status_code == 400
    assert "sites[0].phone" in answer.text
    assert "patience" in answer.text


@pytest.mark.parametrize("content", [b"{", b"[]", b"\xff\xfe"])
def test_what_is_no_registry_is_refused(world: World, brussels: dict[str, Any], content: bytes):
    file = SimpleUploadedFile("registry.json", content, "application/json")
    answer = client(world, "ada").post("/administration/brussels/registry/", {"file": file})
    assert answer.status_code == 400
    assert "Nothing was loaded" in answer.text


def test_the_file_of_another_region_is_refused(world: World, brussels: dict[str, Any]):
    document = copy.deepcopy(brussels)
    document["region"]["id"] = "namur"
    assert "about the region namur" in upload(client(world, "ada"), document).text


# ---------------------------------------------------------------- machines


def test_a_key_is_shown_once_and_opens_the_door(world: World):
    page = client(world, "ada")
    said = {"act": "issue", "name": "ward system", "scope": ["diversions:write"], "site": "saint-luc"}
    answer = page.post(BASE + "machines/", said)
    secret = re.search(r'class="secret">([^<]+)<', answer.text)
    assert secret is not None
    actor = token_actor(secret.group(1))
    assert actor is not None
    assert actor.name == "ward system"
    assert secret.group(1) not in page.get(BASE + "machines/").text


def test_a_key_without_a_right_is_refused(world: World):
    answer = client(world, "ada").post(BASE + "machines/", {"act": "issue", "name": "x"})
    assert (answer.status_code, "at least one right" in answer.text) == (400, True)


def test_a_key_that_makes_no_sense_is_refused_by_its_command(world: World):
    said = {"act": "issue", "name": "x", "scope": ["cad:write"], "site": "saint-luc"}
    answer = client(world, "ada").post(BASE + "machines/", said)
    assert (answer.status_code, "for a whole region" in answer.text) == (409, True)


def test_a_revoked_key_opens_nothing(world: World):
    token = ApiToken.objects.get(name="CAD")
    client(world, "ada").post(BASE + "machines/", {"act": "revoke", "token": token.pk})
    assert token_actor(world.cad_secret) is None


def test_an_administrator_finds_it_among_the_workplaces(world: World):
    assert f'href="{BASE}"' in client(world, "ada").get("/").text
    assert client(world, "sofie").get("/").headers["location"] == f"/console/{REGION}/"
