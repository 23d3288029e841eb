"""Print, as JSON, what a seeded installation gives away: nothing, or where. Ends with 1 if so."""

import io
import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.models import Person, User, YouthCase
from kronoberg import canaries


class Command(BaseCommand):
    help = "Read every byte the installation has left behind for the canaries of a seeded demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("canaries", type=Path, help="the file that seed_demo --canaries wrote")
        parser.add_argument("--pairs", type=int, default=200, help="pairs of timed searches")

    def handle(self, *args: Any, **options: Any) -> None:
        planted = canaries.read(options["canaries"])
        n_bytes, found = canaries.found_in(Path(settings.DATA_DIR), planted)
        call_command("verify_journal", stdout=io.StringIO())
        outsider = User.objects.get(username="per")
        names = [
            person.name
            for person in Person.objects.exclude(organisation=outsider.organisation)
            if len(person.name.split()) > 1
        ]
        report = {
            "cases": YouthCase.objects.count(),
            "canaries_planted": len(planted),
            "bytes_read": n_bytes,
            "canaries_found": found,
            "journal": "whole",
            "search_timing": canaries.search_times(outsider, names, pairs=options["pairs"]),
        }
        self.stdout.write(json.dumps(report, indent=1, ensure_ascii=False))
        if found or not planted:
            raise CommandError("Something personal lies open, or nothing was planted.")
