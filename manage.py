#!/usr/bin/env python
"""The project's command line: every administrative task goes through here."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diversion.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Whoever forgot a setting needs its name, not the way Python took to miss it.
        sys.exit(str(error))


if __name__ == "__main__":
    main()
