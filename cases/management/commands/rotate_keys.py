"""Change the key that personal data is sealed with, while the product runs.

    rotate_keys            make a new key, or go on where an earlier run was cut off
    rotate_keys --retire   when nothing is left under the older keys: put them aside

Runs as the owner of the tables, as `migrate` does.
"""

from time import sleep
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases import resealing, sealing

# Longer than any page or task lives.
WAIT = 60


class Command(BaseCommand):
    help = "Seal everything anew with a new key; can be interrupted and run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--retire", action="store_true", help="put the older keys aside")
        parser.add_argument("--batch", type=int, default=resealing.BATCH, help="rows at a time")
        parser.add_argument(
            "--wait", type=int, default=WAIT, help="seconds before the older keys are put aside"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retire"]:
            self._retire(options["wait"])
            return
        left = resealing.rows_left()
        if left:
            self.stdout.write(f"Going on with key {sealing.newest_key()}: {left} rows left.")
        else:
            number = sealing.add_field_key()
            self.stdout.write(f"Made key {number}. Back it up, apart from the data.")
        done = 0
        while n_rows := resealing.reseal_some(options["batch"]):
            done += n_rows
        self.stdout.write(f"{done} rows sealed anew with key {sealing.newest_key()}.")

    def _retire(self, wait: int) -> None:
        """Put the older keys aside, when nothing has needed them for so long.

        Whoever read a row before it was sealed anew still holds it by the older key, and may write
        it back: those have ended by then, and what they wrote is counted.
        """
        self._refuse_if_needed()
        sleep(wait)
        self._refuse_if_needed()
        names = sealing.retire_field_keys()
        self.stdout.write(f"Put aside: {', '.join(names) or 'nothing'}.")

    def _refuse_if_needed(self) -> None:
        if left := resealing.rows_left():
            raise CommandError(f"{left} rows still need an older key: run rotate_keys first.")
