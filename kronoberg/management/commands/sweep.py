"""What the product does every night, as one command: for who has no beat."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from kronoberg import erasure, held


class Command(BaseCommand):
    help = "Erase what is approved, propose what is due, drop old sessions, anchor the logs."

    def handle(self, *args: Any, **options: Any) -> None:
        n_erased = erasure.sweep()
        n_lists = len(erasure.propose(timezone.localdate()))
        held.sweep(timezone.now())
        call_command("clearsessions")
        call_command("anchor_journal", stdout=self.stdout)
        self.stdout.write(f"{n_erased} records erased, {n_lists} lists wait for approval.")
