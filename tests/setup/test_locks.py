"""What is installed is pinned by its content, and no file says from where."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PYTHON_LOCKS = ("requirements.txt", "requirements-check.txt", "requirements-uv.txt", "requirements-osrm.txt")


def pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)(.*)$", (ROOT / lock).read_text(), re.MULTILINE)
    return {f"{name}{marker.split('--')[0]}": version for name, version, marker in found}


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_python_locks_name_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*(-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)\b", text, re.MULTILINE)


@pytest.mark.parametrize("lock", PYTHON_LOCKS)
def test_every_python_package_is_pinned_with_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / lock).read_text().strip())
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)


def test_the_check_runs_what_the_product_runs() -> None:
    product, check = pins("requirements.txt"), pins("requirements-check.txt")
    assert product.items() <= check.items()


def imported(package: str) -> set[str]:
    """The top-level modules that a package's code names."""
    found: set[str] = set()
    for path in (ROOT / package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    return found


def test_what_the_product_imports_it_also_installs() -> None:
    """A check has more installed than a run: without this, what it has too much is missing only at a new user's."""
    apps = {name.partition(".")[0] for name in [*settings.INSTALLED_APPS, *settings.MIDDLEWARE]}
    own = {"diversion", "hospitals"}
    named = (imported("diversion") | imported("hospitals") | apps) - sys.stdlib_module_names - own
    providers = packages_distributions()
    installed = {pin.partition("[")[0].lower().replace("_", "-").split(" ")[0] for pin in pins("requirements.txt")}
    missing = {
        module: providers.get(module)
        for module in named
        if not {name.lower().replace("_", "-") for name in providers.get(module, [])} & installed
    }
    assert missing == {}


def test_the_node_lock_names_no_host() -> None:
    """Funding links are the packages' own text, not a place that anything is fetched from."""
    packages = json.loads((ROOT / "frontend/package-lock.json").read_text())["packages"]
    for package in packages.values():
        package.pop("funding", None)
    assert "://" not in json.dumps(packages)
    assert all("integrity" in package for path, package in packages.items() if path)


def test_node_packages_are_pinned_exactly() -> None:
    manifest = json.loads((ROOT / "frontend/package.json").read_text())
    versions = {**manifest["dependencies"], **manifest["devDependencies"]}
    assert [name for name, version in versions.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_no_committed_file_configures_a_registry() -> None:
    assert "registry=" not in (ROOT / "frontend/.npmrc").read_text()


@pytest.mark.parametrize("script", ["run", "check", ".setup.sh", ".ci/run"])
def test_scripts_are_posix_shell(script: str) -> None:
    subprocess.run(["sh", "-n", ROOT / script], check=True)


@pytest.mark.parametrize("script", ["run", "check", ".ci/run"])
def test_commands_may_be_executed(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o100


def test_an_unknown_option_is_answered_with_help() -> None:
    for command in ("./run", "./check"):
        answered = subprocess.run([command, "--wrong"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert answered.returncode != 0
        assert "Unknown option: --wrong" in answered.stderr
        assert "Usage:" in answered.stderr
