#!/usr/bin/env python
"""Django's command-line utility for administrative tasks."""

import os
import sys


def main() -> None:
    """Run administrative tasks."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kronoberg.settings")
    from django.core.management import execute_from_command_line

    from cases import circle

    # Whoever types a command looks after the whole installation.
    with circle.every():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
