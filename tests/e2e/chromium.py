"""Chromium as the tests start it, wherever this machine has it: without what would draw, fetch or ask unasked."""

from __future__ import annotations

import os
import shutil

from playwright.sync_api import Browser, Playwright

# Playwright's synchronous interface runs an event loop in this very thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

#: What the browser does not do here. The first two draw what the address bar would unfold, anew for every profile: a
#: second and a half of processor time. The others are Playwright's own list, since only the last list counts.
WITHOUT = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "TcpPortRandomizationWin,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)
FLAGS = [
    f"--disable-features={WITHOUT}",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]


def launch(playwright: Playwright, *more: str) -> Browser:
    """Chromium, wherever this machine has it."""
    named = os.environ.get("CHROMIUM") or "chromium"
    found = shutil.which(named)
    assert found, f"There is no {named}: install Chromium, or say where it is in CHROMIUM."
    # As root Chromium refuses to start inside its sandbox; as anybody else it keeps it.
    rooted = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=found, args=[*FLAGS, *rooted, *more])
