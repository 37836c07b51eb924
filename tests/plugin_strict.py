"""What ./check asks of every run of pytest, loaded with `-p tests.plugin_strict`.

A skipped test fails the build: what was not run must not look as if it had passed. And a run that is told to end, by
a time limit or by a check that is ended itself, stops what its tests have started, as it does on Ctrl-C.

It also keeps Python's collector away from what lives as long as the run: a tenth of the time goes into looking at it.
"""

from __future__ import annotations

import gc
import signal

import pytest

_skipped: list[str] = []


def pytest_configure() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


@pytest.hookimpl
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


@pytest.hookimpl
def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _skipped.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _skipped:
        terminalreporter.section("skipped tests fail the build", red=True)
        for nodeid in _skipped:
            terminalreporter.line(nodeid)
