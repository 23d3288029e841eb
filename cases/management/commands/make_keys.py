"""Make the installation's keys, once. Keep a copy apart from the database's backup."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cases.sealing import make_keys


class Command(BaseCommand):
    help = "Make the keys that are missing; an existing key is never touched."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.KEYS_DIR)
        made = make_keys(folder)
        self.stdout.write(f"Made {', '.join(made)} in {folder}" if made else "All keys are there.")
