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
)

#: From working to not working; "manual" means that staff work on paper.
LEVELS: Final = ("normal", "degraded", "manual", "down")
