"""One history written out, in which every kind of event happens that a region's day can hold."""

from __future__ import annotations

from tests.replicas.histories import Step

SCRIPT = [
    Step("see", 0, 0, 0),
    Step("amend", 0, 1, 0),
    Step("order", 0, 0, 1),
    Step("cancel", 0, 0, 0),
    Step("order", 0, 2, 1),
    Step("crew", 0, 0, 0),
    Step("keep", 1, 0, 0),
    Step("answer", 0, 0, 0),
    Step("answer", 0, 3, 0),
    Step("answer", 0, 1, 0),
    Step("answer", 0, 2, 0),
    Step("vehicle", 0, 1, 0),
    Step("open", 3, 3, 1),
    Step("announce", 3, 0, 0),
    Step("update", 0, 0, 1),
    Step("beat", 0, 1, 1),
    Step("member", 0, 1, 0),
    Step("finish", 0, 0, 0),
    Step("finish", 0, 1, 0),
    Step("withdraw", 0, 0, 0),
    Step("declare", 1, 2, 0),
    Step("lift", 0, 0, 0),
    Step("incident", 0, 4, 1),
    Step("see", 0, 0, 0),
    Step("attest", 0, 0, 0),
    Step("reopen", 0, 0, 0),
    Step("reopen", 0, 4, 2),
    Step("reopen", 1, 1, 1),
    Step("question", 0, 0, 0),
    Step("question", 0, 1, 2),
    Step("question", 0, 2, 0),
    Step("quarantine", 1, 1, 0),
    Step("quarantine", 1, 0, 0),
    Step("policy", 0, 9, 2),
    Step("fall_due", 2, 0, 0),
]
