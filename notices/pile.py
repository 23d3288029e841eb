"""The post room's piles: which letters go into one, and when it is printed and posted."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from cases.models import Organisation, Referral, User, YouthCase
from cases.models.people import in_secret_homes
from notices import leases, outbox, postroom
from notices.binding import obstacle, sheets_of
from notices.models import Letter, Posting, PrintRun, RunFile, RunItem
from notices.posting import State

# More letters than this do not fit in a tray; what is left over is the next pile.
MOST_LETTERS = 300


# Which letters --------------------------------------------------------------------------------


def waiting(unit: Organisation) -> QuerySet[Posting]:
    """The unit's papers that can go into a pile now: made, not printed, in no other pile.

    Each knows why the last pile left it out (`left_out`), if it did.
    """
    taken = RunItem.objects.filter(posting=OuterRef("pk"), fault="").exclude(
        run__state=PrintRun.State.DONE
    )
    made = Posting.objects.filter(
        organisation=unit, state=State.WAITING, letter__state=Letter.State.READY
    )
    related = made.select_related("letter", "organisation").defer("letter__facts")
    tried = RunItem.objects.filter(posting=OuterRef("pk")).order_by("-run__made_at")
    told = related.annotate(left_out=Subquery(tried.values("fault")[:1]))
    return told.exclude(Exists(taken)).order_by("letter__made_at")


def hidden_cases(unit: Organisation, ids: Sequence[UUID]) -> set[UUID]:
    """Those of the cases whose youth's home is secret, or not checked: never in a common pile."""
    model = YouthCase if unit.is_police else Referral
    found = model._default_manager.filter(pk__in=ids, organisation=unit)
    return set(in_secret_homes(found).values_list("pk", flat=True))


def start(
    unit: Organisation,
    *,
    by: User,
    at: datetime,
    is_duplex: bool = False,
    only: Posting | None = None,
) -> PrintRun | None:
    """Begin a pile of what waits (or of one letter alone); None when nothing does."""
    with transaction.atomic():
        # Two who press at once are one after the other: no letter in two piles.
        Organisation.objects.select_for_update().get(pk=unit.pk)
        found = waiting(unit)
        if only is not None:
            found = found.filter(pk=only.pk)
        papers = list(found[:MOST_LETTERS])
        hidden = hidden_cases(unit, [paper.letter.case_id for paper in papers])
        papers = [paper for paper in papers if paper.letter.case_id not in hidden]
        if not papers:
            return None
        run = PrintRun.objects.create(
            organisation=unit, made_by=by, made_at=at, is_duplex=is_duplex
        )
        RunItem.objects.bulk_create(RunItem(run=run, posting=paper) for paper in papers)
    return run


def in_trouble(unit: Organisation) -> QuerySet[PrintRun]:
    """The unit's piles that nobody makes, or that could not be made."""
    late = Q(made_at__lt=timezone.now() - outbox.STUCK_AFTER) | ~Q(failure="")
    return PrintRun.objects.filter(late, organisation=unit, state=PrintRun.State.MAKING)


def retry(run: PrintRun) -> None:
    """Let a pile that could not be made wait again from its first attempt."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=timezone.now())
    stuck = free | Q(attempts__gte=leases.MAX_ATTEMPTS)
    PrintRun.objects.filter(stuck, pk=run.pk, state=PrintRun.State.MAKING).update(
        leased_until=None, attempts=0, failure=""
    )


# Printed and posted ---------------------------------------------------------------------------


class Changed(Exception):
    """Something about a letter changed since the pile was made: it is made anew without it."""


def print_all(run: PrintRun, *, by: User, at: datetime) -> None:
    """Mark every letter of a ready pile as printed, all or none; from now on its PDF opens.

    Raises:
        PermissionDenied: as in `postroom.take`.
        Changed: a letter may not leave after all, or the pile is not ready. Nothing is printed.
    """
    with transaction.atomic():
        fresh = PrintRun.objects.select_for_update().get(pk=run.pk)
        items = list(sheets_of(fresh).defer("posting__letter__facts"))
        faults = [(item, obstacle(item.posting, on=timezone.localdate(at))) for item in items]
        stopped = [(item, fault) for item, fault in faults if fault]
        is_ready = fresh.state == PrintRun.State.READY and not stopped
        if is_ready:
            fresh.state, fresh.printed_at = PrintRun.State.PRINTED, at
            fresh.save()
            for item in items:
                postroom.take(item.posting, "print_letter", by=by, at=at)
    if not is_ready:
        _leave_out(fresh, stopped)
        raise Changed


def _leave_out(run: PrintRun, stopped: list[tuple[RunItem, str]]) -> None:
    with transaction.atomic():
        for item, fault in stopped:
            RunItem.objects.filter(pk=item.pk).update(fault=fault, n_pages=None)
        if stopped:
            RunFile.objects.filter(run=run).delete()
            PrintRun.objects.filter(pk=run.pk, state=PrintRun.State.READY).update(
                state=PrintRun.State.MAKING, leased_until=None, attempts=0
            )


def forget(case_id: UUID) -> int:
    """Throw away every pile's PDF that holds a letter of the case: the letter's own bytes go with
    the case, and a copy of them would stay. A pile that is not printed is made anew without it.
    """
    with transaction.atomic():
        holds = PrintRun.objects.filter(items__posting__letter__case_id=case_id)
        runs = list(holds.values_list("pk", flat=True))
        RunItem.objects.filter(posting__letter__case_id=case_id).delete()
        PrintRun.objects.filter(pk__in=runs, state=PrintRun.State.READY).update(
            state=PrintRun.State.MAKING, leased_until=None, attempts=0
        )
        return RunFile.objects.filter(run__in=runs).delete()[0]


def post_all(run: PrintRun, *, by: User, on: date, how: str, at: datetime) -> int:
    """Mark what is printed of a pile as posted, and throw away its PDF; returns how many.

    Raises:
        PermissionDenied, workflow.MissingFacts: as in `postroom.take`.
    """
    with transaction.atomic():
        fresh = PrintRun.objects.select_for_update().get(pk=run.pk)
        if fresh.state != PrintRun.State.PRINTED:
            return 0
        papers = [
            item.posting
            for item in fresh.items.filter(posting__state=State.PRINTED).select_related("posting")
        ]
        for paper in papers:
            postroom.take(paper, "post_letter", by=by, at=at, posted_on=on, posted_how=how)
        RunFile.objects.filter(run=fresh).delete()
        fresh.state = PrintRun.State.DONE
        fresh.save()
    return len(papers)
