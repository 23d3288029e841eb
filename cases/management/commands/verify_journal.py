"""Prove that nobody has changed the logs: every chain, every reason, every case's state.

A log that was cut together with its own head cannot be told from a shorter one: therefore it is
compared with the heads that `anchor_journal` has written outside the database.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import F, OuterRef, Q, Subquery

from cases import anchors
from cases.models import (
    AccessEntry,
    ChainHead,
    JournalEntry,
    Organisation,
    Referral,
    Remark,
    YouthCase,
)
from cases.sealing import SealBroken

Log = type[JournalEntry] | type[AccessEntry]
LOGS: tuple[Log, ...] = (JournalEntry, AccessEntry)


class Command(BaseCommand):
    help = "Walk every chain of both logs; prints each fault in words and ends with 1 if any."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchors", type=Path, default=settings.ANCHORS_DIR, help="the folder of old heads"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        n_faults = 0
        for organisation in Organisation.objects.all():
            for log in LOGS:
                for fault in faults_in(log, organisation):
                    n_faults += 1
                    self.stdout.write(f"{organisation}: {fault}")
        for fault in (*states_that_differ(), *anchors.faults(options["anchors"])):
            n_faults += 1
            self.stdout.write(fault)
        for head in ChainHead.objects.order_by("chain"):
            self.stdout.write(f"{head.chain} {head.sequence} rader, sista länk {head.mac[:16]}")
        if n_faults:
            raise CommandError(f"{n_faults} fel. Se raderna ovan.")
        self.stdout.write("Alla kedjor är hela.")


def faults_in(log: Log, organisation: Organisation) -> Iterator[str]:
    """The faults of one chain, and of the reasons that lie beside it."""
    yield from log.faults(organisation)
    entries = log._default_manager.filter(organisation=organisation, remark_id__isnull=False)
    for entry in entries.order_by("sequence").iterator(chunk_size=2000):
        remark = Remark.objects.filter(pk__in=[entry.remark_id]).first()
        # A reason that is gone was erased by retention; one that differs was rewritten.
        if remark is not None and _digest(remark) != entry.remark_digest:
            yield f"{log.__name__} {entry.sequence}: skälet är ändrat."


def _digest(remark: Remark) -> str:
    try:
        return remark.digest()
    except SealBroken:
        return ""


def states_that_differ() -> Iterator[str]:
    """The cases whose state is not what the newest row of the journal says."""
    newest = JournalEntry.objects.filter(case_id=OuterRef("pk")).order_by("-id")
    said = Subquery(newest.values("to_state")[:1])
    for model in (YouthCase, Referral):
        cases = model._default_manager.annotate(said=said)
        for case in cases.filter(Q(said__isnull=True) | ~Q(state=F("said"))):
            yield f"{case.reference}: ärendet är {case.state}, journalen säger {case.said}."
