"""./run, for tests: started in a folder, waited for by what it says, asked to replace what runs, and ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest


class Launch:
    """A ./run of the product that lies in a folder, with its state beside it, on a port of its own."""

    def __init__(self, product: Path, *options: str, **environment: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "diversion.embedded.launcher", "--state", ".state", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, *options],
            cwd=product,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def until(self, text: str) -> str:
        for line in self.process.stdout:
            self.said += line
            if text in line:
                return self.said
        pytest.fail(f"it never said {text!r} but:\n{self.said}")

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.said += self.process.stdout.read()
        return self.process.wait(timeout=30)


def replace(product: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "diversion.embedded.launcher", "--state", ".state", "--replace"]
    return subprocess.Popen(command, cwd=product, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
