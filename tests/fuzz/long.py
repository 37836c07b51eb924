"""python -m tests.fuzz.long SECONDS [TARGET …]: every parser for so many seconds, by coverage (atheris, libFuzzer).

Each target runs in a process of its own. What makes one fail is kept as a file and named; the exit status is then 1.
Put it into ``tests.fuzz.test_parsers.FOUND``, mend the parser, run again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

#: What a fuzzer should learn the branches of.
OURS = ["diversion", "hospitals"]


def main() -> int:
    if len(sys.argv) < 2 or not sys.argv[1].isdecimal():
        print(__doc__)
        return 2
    seconds, named = sys.argv[1], sys.argv[2:]
    failed = [name for name in named or _names() if _in_its_own_process(name, seconds) != 0]
    print(f"\n{'FOUND something in: ' + ', '.join(failed) if failed else 'Nothing was found.'}")
    return 1 if failed else 0


def _names() -> list[str]:
    _set_up()
    from tests.fuzz.targets import TARGETS

    return list(TARGETS)


def _in_its_own_process(name: str, seconds: str) -> int:
    print(f"\n=== {name}", flush=True)
    command = [sys.executable, "-m", "tests.fuzz.long", "--one", name, seconds]
    return subprocess.run(command, check=False, timeout=float(seconds) + 300).returncode


def _one(name: str, seconds: str) -> None:
    """Never comes back: libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=OURS):
        _set_up()
        from tests.fuzz.targets import TARGETS, seeds

    kept = Path(os.environ.get("FUZZ_KEPT", tempfile.mkdtemp(prefix="fuzz-")))
    corpus = kept / name
    corpus.mkdir(parents=True, exist_ok=True)
    for index, one in enumerate(seeds(name)):
        (corpus / f"honest-{index}").write_bytes(one)
    options = [
        f"-max_total_time={seconds}",
        f"-artifact_prefix={corpus}/found-",
        "-max_len=20000",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[name])
    atheris.Fuzz()


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")
    # No target asks a database or a broker; the settings want to know where they would be.
    os.environ.setdefault("DATABASE_URL", "postgresql:///nowhere?host=/nonexistent")
    os.environ.setdefault("REDIS_URL", "unix:///nonexistent")
    os.environ.setdefault("SECRET_KEY", "only-for-fuzzing-only-for-fuzzing-only")
    import django

    django.setup()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        _one(*sys.argv[2:])
    sys.exit(main())
