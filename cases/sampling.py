"""Which rows of the log a review looks at (SoLPuL 10 §): all that stand out, and some by chance.

The plan is fixed and the chance is keyed to the review, so neither the reviewer nor the reviewed
can choose. A reviewer's own rows are left for somebody else.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from cases import patterns, readers
from cases.models import AccessEntry, LogReview, Organisation, ReviewedEntry, User
from cases.oversight import GIVEN
from cases.sealing import chain_mac

Drawn, Kind = ReviewedEntry.Drawn, AccessEntry.Kind
# Of the rows that nothing stands out about: one in twenty, at least ten.
SHARE, LEAST = 20, 10
# One reader, one day, this many different cases: more than a day's work.
BURST = 30
# What one person can look at with care. What is left over is said in the report.
MOST = 200
ORDER = (
    Drawn.EMERGENCY,
    Drawn.ITSELF,
    Drawn.KIN,
    Drawn.REFUSED,
    Drawn.REPEATED,
    Drawn.OUTSIDE,
    Drawn.REASON,
    Drawn.OFF_DUTY,
    Drawn.BURST,
    Drawn.SEARCH,
    Drawn.CHANCE,
)


class NotFinished(Exception):
    """Rows are left to judge, or it is signed already; the message is for the screen."""


def entries(
    organisation: Organisation, first: date, last: date, *, by: User
) -> "QuerySet[AccessEntry]":
    """The unit's rows of those days that `by` may review: not the own ones."""
    return AccessEntry.objects.filter(
        organisation=organisation,
        recorded_at__gte=_midnight(first),
        recorded_at__lte=datetime.combine(last, time.max, timezone.get_current_timezone()),
    ).exclude(actor=by)


def begin(organisation: Organisation, first: date, last: date, *, by: User) -> LogReview:
    """Draw the sample and put it on record before anybody has seen it."""
    rows = list(
        entries(organisation, first, last, by=by)
        .select_related("actor", "organisation")
        .order_by("sequence")
    )
    with transaction.atomic():
        review = LogReview.objects.create(
            organisation=organisation,
            first_day=first,
            last_day=last,
            n_rows=len(rows),
            made_by=by,
            made_at=timezone.now(),
        )
        ReviewedEntry.objects.bulk_create(
            ReviewedEntry(review=review, entry=entry, drawn=why)
            for entry, why in draw(rows, seed=str(review.pk))
        )
    return review


def draw(rows: list[AccessEntry], *, seed: str) -> list[tuple[AccessEntry, str]]:
    """The rows to look at and why, the gravest first where there are more than `MOST`."""
    bursts, odd = _bursts(rows), patterns.found(rows)
    drawn = [
        (entry, min(whys, key=lambda why: ORDER.index(why)))
        for entry in rows
        if (whys := [why for why in (_why(entry, bursts), odd.get(entry.pk, "")) if why])
    ]
    taken = {entry.pk for entry, _ in drawn}
    plain = [entry for entry in rows if entry.pk not in taken and entry.subject_id]
    by_chance = sorted(plain, key=lambda entry: chain_mac(f"{seed}:{entry.mac}".encode()))
    n_by_chance = max(LEAST, len(plain) // SHARE)
    drawn += [(entry, Drawn.CHANCE) for entry in by_chance[:n_by_chance]]
    return sorted(drawn, key=lambda row: (ORDER.index(row[1]), row[0].sequence))[:MOST]


def sign(review: LogReview, *, by: User, conclusion: str) -> None:
    """End the review. From now on it can only be read.

    Raises:
        NotFinished: a row has no finding yet, or it is signed.
    """
    with transaction.atomic():
        fresh = LogReview.objects.select_for_update().get(pk=review.pk)
        if fresh.signed_at is not None:
            raise NotFinished("Granskningen är redan signerad.")
        left = fresh.rows.filter(finding="").count()
        if left:
            raise NotFinished(f"{left} rader saknar bedömning.")
        fresh.signed_at, fresh.conclusion, fresh.made_by = timezone.now(), conclusion, by
        fresh.save()
        AccessEntry.append(
            by.organisation, by=by, kind=Kind.LOG, subject_id=fresh.pk, page="review-signed"
        )


def report(review: LogReview) -> Iterator[tuple[str, int]]:
    """The figures of a review, for the report to the board: what was drawn and what was found."""
    yield "Rader i loggen under perioden", review.n_rows
    rows = list(review.rows.values_list("drawn", "finding"))
    yield "Granskade rader", len(rows)
    for code, n in sorted(Counter(drawn for drawn, _ in rows).items()):
        yield f"– {Drawn(code).label}", n
    for finding in ReviewedEntry.Finding:
        yield finding.label, sum(code == finding for _, code in rows)


def _why(entry: AccessEntry, bursts: set[tuple[object, date]]) -> str:
    if entry.kind == Kind.EMERGENCY:
        return Drawn.EMERGENCY
    if entry.page == readers.NAMED_SELF:
        return Drawn.ITSELF
    if entry.kind == Kind.REFUSED and entry.subject_id:
        return Drawn.REFUSED
    if entry.purpose in GIVEN and entry.remark_id:
        return Drawn.SEARCH if entry.kind == Kind.SEARCH else Drawn.REASON
    if (entry.actor_id, timezone.localdate(entry.recorded_at)) in bursts:
        return Drawn.BURST
    return ""


def _bursts(rows: list[AccessEntry]) -> set[tuple[object, date]]:
    seen: dict[tuple[object, date], set[object]] = {}
    for entry in rows:
        if entry.subject_id and entry.kind in (Kind.READ, Kind.PRINT, Kind.SEARCH):
            day = (entry.actor_id, timezone.localdate(entry.recorded_at))
            seen.setdefault(day, set()).add(entry.subject_id)
    return {day for day, subjects in seen.items() if len(subjects) > BURST}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())
