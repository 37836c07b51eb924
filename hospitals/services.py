"""Affected services of a site and their levels: how a recovery "by stages" is told, service by service."""

from __future__ import annotations

from typing import Final

SERVICES: Final = (
    "records",
    "phones",
    "laboratory",
    "radiology",
    "mri",
    "radiotherapy",
    "endoscopy",
    "theatre_scheduling",
    "theatre_devices",
    "pharmacy",
    "admissions",
    "consultations",
    "elective_surgery",
    "chemotherapy",
    "dialysis",
    "email",
    "website",
    "wifi",
    "building",
    "births",
    "intensive_care",
    "inpatients",
    "kitchen",
    "staff_tools",
)

#: From working to not working; "manual" means that staff work on paper.
LEVELS: Final = ("normal", "degraded", "manual", "down")

#: What must be answered for before a department reopens: without these it cannot know whom it treats, with what.
CHECKLIST: Final = ("records", "laboratory", "radiology", "admissions")
#: Answers to it. "not_affected" is no lighter than "works": both mean that patients can be treated.
ANSWERS: Final = ("works", "not_affected", "not_yet")
