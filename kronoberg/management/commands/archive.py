"""The letters of ended cases as PDF/A-2a, for the archive.

archive --by lena --case K-2026-000012 --out FOLDER
archive --by lena --closed-before 2026-01-01 --out FOLDER
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.models import User
from kronoberg import archive
from notices.rendering import CannotRender


class Command(BaseCommand):
    help = "Write the letters of ended cases as PDF/A-2a, with a list; each case's log says so."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--by", required=True, help="who answers for it: their user name")
        parser.add_argument("--case", default="", help="one ended case, by its number")
        parser.add_argument("--closed-before", type=date.fromisoformat, help="a day")
        parser.add_argument("--out", type=Path, required=True, help="an empty folder, or a new one")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["case"]) == bool(options["closed_before"]):
            raise CommandError("Say --case or --closed-before.")
        by = User.objects.filter(username=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"Nobody here is called {options['by']}.")
        cases = archive.ended_cases(by, reference=options["case"], before=options["closed_before"])
        try:
            done = archive.write(cases, options["out"], by=by)
        except (archive.NotArchived, CannotRender) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{done.n_letters} letters of {done.n_cases} cases.")
        for reference in done.left_out:
            self.stdout.write(f"{reference}: left out, {options['by']} is not named for it.")
