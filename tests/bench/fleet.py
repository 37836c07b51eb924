"""Makes a fleet of so many ambulances known in the benchmark's region, in one statement.

python -m tests.bench.fleet 15000
"""

from __future__ import annotations

import sys

import django

django.setup()

from diversion.models import Vehicle  # noqa: E402
from hospitals.models import Region  # noqa: E402


def main() -> None:
    region = Region.objects.get()
    numbers = range(int(sys.argv[1]))
    Vehicle.objects.bulk_create(
        Vehicle(region=region, ref=f"V{n}", call_sign=f"V{n}", kind="ambulance", status="available") for n in numbers
    )


if __name__ == "__main__":
    main()
