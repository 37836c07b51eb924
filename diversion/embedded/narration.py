"""What a person sees of a start: one line per step, with the seconds it took."""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
WIDTH = 44  # as in the shell part of the set-up, whose lines stand above


def say(text: str) -> None:
    print(f"  {text}", flush=True)


def step(title: str, work: Callable[[], Result]) -> Result:
    """Say what begins, do it, say how long it took."""
    begun = time.monotonic()
    print(f"  {title:<{WIDTH}}", end="", flush=True)
    try:
        result = work()
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - begun:6.1f} s", flush=True)
    return result
