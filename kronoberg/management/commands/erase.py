"""Retention: what is due on a day, and the lists that a person approves.

erase --due --dry-run             print what is due today, change nothing
erase --due --at 2031-01-01 --dry-run
erase --due                       put it on each unit's list, for a person to approve
erase --approved                  carry out what has been approved
"""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cases import retention
from kronoberg import erasure


class Command(BaseCommand):
    help = "Propose what is due for erasure, or carry out what a person has approved."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--due", action="store_true", help="what is due")
        parser.add_argument("--approved", action="store_true", help="carry out approved lists")
        parser.add_argument("--at", type=date.fromisoformat, help="on this day, not today")
        parser.add_argument("--dry-run", action="store_true", help="print, change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        at: date = options["at"] or timezone.localdate()
        if options["due"] == options["approved"]:
            raise CommandError("Say --due or --approved.")
        if options["approved"]:
            self.stdout.write(f"{erasure.sweep()} records erased.")
        elif options["dry_run"]:
            self._print(at)
        elif at > timezone.localdate():
            raise CommandError("A day to come can only be tried with --dry-run.")
        else:
            for batch in erasure.propose(at):
                n_items = batch.items.count()
                self.stdout.write(f"{batch.organisation}: {n_items} records wait for approval.")

    def _print(self, at: date) -> None:
        n_due = 0
        for each in retention.due(at):
            n_due += 1
            waits = erasure.waits_for_figures(each, at)
            after = " (waits until the figures are frozen)" if waits else ""
            unit, due_on = each.record.organisation, each.due_on
            self.stdout.write(f"{unit}: {each.reference} {due_on} {each.retention.rule}{after}")
        self.stdout.write(f"{n_due} records are due on {at}. Nothing was changed.")
