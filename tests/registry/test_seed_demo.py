"""``manage.py seed_demo``: accounts that work, told in one private file, and no secret anywhere else."""

from __future__ import annotations

import io
import json
import stat

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.core.serializers import serialize

from diversion import access
from diversion.environment import Environment
from diversion.identity import token_actor, user_actor
from diversion.models import ApiToken, CommandReceipt, Event, Membership
from hospitals.models import Region, Site

pytestmark = pytest.mark.django_db


#: In Namur: the dispatch system, the departments, two replayed sites, and one to try the interface with.
TOKENS = 5


@pytest.fixture
def file(tmp_path):
    return tmp_path / "logins.json"


@pytest.fixture
def load_region():
    def load(region):
        call_command("import_registry", region, "--yes", stdout=io.StringIO())

    return load


@pytest.fixture
def seed(file, load_region):
    """Seed a region, loading it first if need be; what the file then holds."""

    def do(region="namur"):
        if not Region.objects.filter(pk=region).exists():
            load_region(region)
        seed.out = io.StringIO()
        call_command("seed_demo", "--json", str(file), "--region", region, stdout=seed.out)
        return json.loads(file.read_text())

    seed = do
    return do


def secrets_of(told):
    machines = told["simulation"]
    passwords = [login["password"] for login in told["logins"]]
    return [*passwords, told["token"], machines["cad_token"], machines["staff_token"], *machines["sites"].values()]


def actor_of(told, username):
    assert username in {login["username"] for login in told["logins"]}
    return user_actor(User.objects.get(username=username))


@pytest.mark.parametrize("region", ["brussels", "namur", "liege"])
def test_every_login_in_the_file_opens_its_account_with_its_role(seed, region):
    for login in seed(region)["logins"]:
        user = authenticate(username=login["username"], password=login["password"])
        assert user is not None, login["username"]
        assert user.get_full_name() == login["name"]
        assert {held.role for held in user.memberships.all()} == {login["role"]}
        assert {held.region_id for held in user.memberships.all()} == {region}


@pytest.mark.parametrize("region", ["brussels", "namur", "liege"])
def test_every_role_of_the_demonstration_is_there_and_its_page_may_be_opened(seed, region):
    told = seed(region)
    roles = [login["role"] for login in told["logins"]]
    assert roles.count("dispatcher") == 2
    assert roles.count("receiver") == 3
    assert {"supervisor", "coordinator", "crew", "inspector", "administrator"} <= set(roles)
    actions = {"console": "console.open", "crew": "crew.open", "site": "page.open", "screen": "screen.open"}
    for login in told["logins"]:
        first, _, rest = login["url_path"].strip("/").partition("/")
        if first not in actions or not rest:
            continue
        subject = (Region if first in {"console", "crew"} else Site).objects.get(pk=rest)
        assert access.may(actor_of(told, login["username"]), actions[first], subject), login


def test_the_brussels_cast_is_the_one_the_guide_names(seed):
    told = {login["username"]: (login["role"], login["url_path"]) for login in seed("brussels")["logins"]}
    assert told == {
        "dispatcher": ("dispatcher", "/console/brussels/"),
        "dispatcher2": ("dispatcher", "/console/brussels/"),
        "supervisor": ("supervisor", "/console/brussels/"),
        "saint-pierre": ("coordinator", "/site/saint-pierre/"),
        "saint-luc": ("coordinator", "/site/saint-luc/"),
        "iris-sud": ("coordinator", "/site/"),
        "ed-saint-jean": ("receiver", "/screen/saint-jean/"),
        "ed-brugmann-horta": ("receiver", "/screen/brugmann-horta/"),
        "ed-his-bracops": ("receiver", "/screen/his-bracops/"),
        "crew": ("crew", "/crew/brussels/"),
        "inspector": ("inspector", "/console/brussels/"),
        "administrator": ("administrator", "/administration/brussels/"),
    }
    held = Membership.objects.filter(user__username="iris-sud").values_list("site_id", flat=True)
    assert set(held) == {"his-ixelles", "his-moliere"}


def test_only_the_administrator_reaches_the_administration_pages(seed):
    seed()
    assert set(User.objects.filter(is_staff=True).values_list("username", flat=True)) == {"namur-administrator"}
    assert set(User.objects.filter(is_superuser=True).values_list("username", flat=True)) == {"namur-administrator"}


def test_tokens_may_do_what_the_simulated_surroundings_need_and_no_more(seed):
    machines = seed("brussels")["simulation"]
    brussels, pierre, luc = (
        Region.objects.get(pk="brussels"),
        Site.objects.get(pk="saint-pierre"),
        Site.objects.get(pk="saint-luc"),
    )
    cad, staff = token_actor(machines["cad_token"]), token_actor(machines["staff_token"])
    hospital = token_actor(machines["sites"]["saint-pierre"])
    assert set(machines["sites"]) == {"saint-pierre", "saint-luc"}
    assert access.may(cad, "vehicle.change", brussels)
    assert access.may(cad, "transport.read", brussels)
    assert not access.may(cad, "diversion.declare", pierre)
    assert access.may(staff, "notice.answer", pierre)
    assert access.may(staff, "screen.beat", luc)
    assert not access.may(staff, "vehicle.change", brussels)
    assert access.may(hospital, "diversion.declare", pierre)
    assert not access.may(hospital, "diversion.declare", luc)


def test_whoever_tries_the_interface_has_a_token_of_a_dispatch_system(seed):
    told = seed("brussels")
    visitor, brussels = token_actor(told["token"]), Region.objects.get(pk="brussels")
    assert access.may(visitor, "transport.read", brussels)
    assert access.may(visitor, "vehicle.change", brussels)
    assert not access.may(visitor, "diversion.declare", Site.objects.get(pk="saint-pierre"))


@pytest.mark.parametrize(("region", "sites"), [("namur", {"chrsm-meuse", "chrsm-sambre"}), ("liege", {"citadelle"})])
def test_other_regions_have_tokens_for_their_replayed_sites(seed, region, sites):
    machines = seed(region)["simulation"]
    assert set(machines["sites"]) == sites
    for site, secret in machines["sites"].items():
        assert access.may(token_actor(secret), "diversion.declare", Site.objects.get(pk=site))


# ---------------------------------------------------------------- again


def test_a_second_run_changes_nothing(seed, file):
    seed()
    before = file.read_text(), Event.objects.count(), CommandReceipt.objects.count()
    hashes = dict(User.objects.values_list("username", "password"))
    seed()
    assert (file.read_text(), Event.objects.count(), CommandReceipt.objects.count()) == before
    assert dict(User.objects.values_list("username", "password")) == hashes
    assert ApiToken.objects.count() == TOKENS


def test_without_the_file_every_secret_is_made_anew_and_the_old_ones_end(seed, file):
    old = seed()
    file.unlink()
    new = seed()
    assert set(secrets_of(old)).isdisjoint(secrets_of(new))
    assert authenticate(username="namur-dispatcher", password=old["logins"][0]["password"]) is None
    assert authenticate(username="namur-dispatcher", password=new["logins"][0]["password"]) is not None
    assert token_actor(old["simulation"]["cad_token"]) is None
    assert token_actor(new["simulation"]["cad_token"]) is not None
    assert ApiToken.objects.filter(active=True).count() == TOKENS


def test_with_the_file_and_an_empty_database_the_passwords_stay_and_the_tokens_are_new(seed, file):
    old = seed()
    ApiToken.objects.all().delete()
    User.objects.all().delete()
    new = seed()
    assert new["logins"] == old["logins"]
    assert authenticate(username="chrsm-meuse", password=old["logins"][3]["password"]) is not None
    assert token_actor(new["simulation"]["staff_token"]) is not None


def test_what_no_longer_works_is_mended(seed):
    told = seed()
    dispatcher = User.objects.get(username="namur-dispatcher")
    dispatcher.set_password("something else entirely")
    dispatcher.is_active = False
    dispatcher.save()
    Membership.objects.filter(user__username="ed-godinne").delete()
    ApiToken.objects.filter(site="chrsm-sambre").update(active=False)
    again = seed()
    assert again["logins"] == told["logins"]
    assert authenticate(username="namur-dispatcher", password=told["logins"][0]["password"]) == dispatcher
    assert access.may(actor_of(told, "ed-godinne"), "screen.open", Site.objects.get(pk="godinne"))
    assert token_actor(again["simulation"]["sites"]["chrsm-sambre"]) is not None
    assert again["simulation"]["sites"]["chrsm-meuse"] == told["simulation"]["sites"]["chrsm-meuse"]


# ---------------------------------------------------------------- secrets


def test_the_file_is_its_owners_alone_even_where_an_open_one_lay(seed, file):
    seed()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    seed()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_no_secret_is_in_the_database_in_the_log_or_on_the_screen(seed):
    told = seed()
    rows = "".join(
        serialize("json", model.objects.all()) for model in (User, Membership, ApiToken, Event, CommandReceipt)
    )
    for secret in secrets_of(told):
        assert secret not in rows
        assert secret not in seed.out.getvalue()


def test_passwords_are_long_readable_and_different(seed):
    passwords = [login["password"] for login in seed()["logins"]]
    assert len(set(passwords)) == len(passwords)
    for password in passwords:
        *words, digits = password.split("-")
        assert len(password) >= 12
        assert len(words) == 3
        assert all(word.isalpha() and word.islower() for word in words)
        assert digits.isdigit()
        assert len(digits) == 4


# ---------------------------------------------------------------- refusals


def test_a_region_that_is_not_loaded_is_refused_with_the_remedy(file):
    with pytest.raises(CommandError, match="import_registry liege"):
        call_command("seed_demo", "--json", str(file), "--region", "liege")
    assert not file.exists()
    assert not User.objects.exists()


def test_a_production_server_gets_no_demonstration_accounts(file, load_region, settings):
    load_region("namur")
    settings.ENV = Environment(**{**settings.ENV.model_dump(), "https": True})
    with pytest.raises(CommandError, match="production"):
        call_command("seed_demo", "--json", str(file), "--region", "namur")
    assert not file.exists()
    assert not User.objects.exists()


def test_the_file_of_another_region_is_not_overwritten(seed, load_region, file):
    seed("namur")
    before = file.read_text()
    load_region("liege")
    with pytest.raises(CommandError, match="holds the logins of region namur"):
        seed("liege")
    assert file.read_text() == before


@pytest.mark.parametrize("content", ["not json", "[]", '{"logins": []}', '{"region": "namur", "logins": [1]}'])
def test_a_file_of_something_else_is_not_overwritten(file, load_region, content):
    load_region("namur")
    file.write_text(content)
    with pytest.raises(CommandError, match="no file of this command"):
        call_command("seed_demo", "--json", str(file), "--region", "namur")
    assert file.read_text() == content


def test_two_regions_side_by_side_share_no_login(seed, load_region, tmp_path):
    first = {login["username"] for login in seed("brussels")["logins"]}
    load_region("namur")
    other = tmp_path / "namur.json"
    call_command("seed_demo", "--json", str(other), "--region", "namur", stdout=io.StringIO())
    assert first.isdisjoint(login["username"] for login in json.loads(other.read_text())["logins"])
