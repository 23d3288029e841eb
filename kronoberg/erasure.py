"""Erasing what is due: figures frozen first, every row of the record, proof without a name.

Which rows those are is asked of the models, not listed: whatever points at the case by key or by
`case_id` goes with it, so a table that is added tomorrow is not forgotten. The logs stay (codes and
times), their words go. The ids of what was erased are also written outside the database: an older
backup that is restored is swept of them.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from cases import holds, retention, rules
from cases.models import (
    AccessEntry,
    AccessibilityReport,
    ErasureItem,
    ErasureList,
    Incident,
    JournalEntry,
    Organisation,
    Person,
    Referral,
    Remark,
    SupplyTip,
    User,
    YouthCase,
)
from cases.models.journal import ChainedEntry
from kronoberg.statistics import freezing
from kronoberg.statistics.periods import month_of
from notices import pile

TOMBSTONES = "erased.txt"
MODELS: dict[str, type[models.Model]] = {
    "youth_case": YouthCase,
    "referral": Referral,
    "supply_tip": SupplyTip,
}


class NotApproved(Exception):
    """Nobody has approved the list, or somebody has already; the message is for the screen."""


def propose(at: date) -> list[ErasureList]:
    """Put what is due on `at` on each unit's list; a list that waits for approval is made anew."""
    made = []
    for organisation in Organisation.objects.all():
        found = [
            each for each in retention.due(at, organisation) if not waits_for_figures(each, at)
        ]
        with transaction.atomic():
            waiting = ErasureList.objects.filter(organisation=organisation, approved_at=None)
            ErasureItem.objects.filter(batch__in=waiting).delete()
            waiting.delete()
            if found:
                made.append(_write(organisation, found, at))
    return made


def _write(organisation: Organisation, found: list[retention.Due], at: date) -> ErasureList:
    batch = ErasureList.objects.create(
        organisation=organisation, due_by=at, proposed_at=timezone.now()
    )
    ErasureItem.objects.bulk_create(
        ErasureItem(
            batch=batch,
            kind=each.kind,
            object_id=each.record.pk,
            reference=each.reference,
            due_on=each.due_on,
            rule=each.retention.rule,
        )
        for each in found
    )
    return batch


def waits_for_figures(each: retention.Due, at: date) -> bool:
    """Is the record in figures that may not be made yet? A year is longer than that: never."""
    if isinstance(each.record, SupplyTip):
        return False
    return month_of(each.record.day).freezes_on > at


def approve(batch: ErasureList, *, by: User) -> None:
    """A person says yes; the next sweep carries it out.

    Raises:
        NotApproved: somebody has approved it already.
    """
    with transaction.atomic():
        fresh = ErasureList.objects.select_for_update().get(pk=batch.pk)
        if fresh.approved_at is not None:
            raise NotApproved("Listan är redan godkänd.")
        fresh.approved_by, fresh.approved_at = by, timezone.now()
        fresh.save()
        AccessEntry.append(
            by.organisation,
            by=by,
            kind=AccessEntry.Kind.ERASE,
            subject_id=fresh.pk,
            page="erasure",
        )


def carry_out(batch: ErasureList) -> int:
    """Erase what is on an approved list; returns the number of records. Safe to repeat.

    Raises:
        NotApproved: nobody has approved it.
    """
    if batch.approved_at is None:
        raise NotApproved("Ingen har godkänt listan.")
    # Whoever is erased has been counted, also among those who were or were not met with again.
    failed = freezing.freeze_all(timezone.localdate())
    n_records = 0
    for item in batch.items.filter(erased_at__isnull=True):
        if _is_counted(item, but_not_in=failed):
            n_records += _erase_item(item)
    if not batch.items.filter(erased_at__isnull=True).exists():
        ErasureList.objects.filter(pk=batch.pk, done_at=None).update(done_at=timezone.now())
    empty_free_pages(connection)
    return n_records


def sweep() -> int:
    """Carry out every approved list, and erase anew what a restored backup has brought back."""
    n_records = 0
    for batch in ErasureList.objects.filter(approved_at__isnull=False, done_at__isnull=True):
        n_records += carry_out(batch)
    for kind, key in _tombstones():
        record = MODELS[kind]._base_manager.filter(pk=key).first()
        if record is not None:
            with transaction.atomic():
                erase(record)
            n_records += 1
    sweep_words(timezone.localdate())
    empty_free_pages(connection)
    return n_records


def _is_counted(item: ErasureItem, *, but_not_in: list[str]) -> bool:
    """Whether the figures that hold the record are made; if they could not be, it waits."""
    record = MODELS[item.kind]._base_manager.filter(pk=item.object_id).first()
    return not isinstance(record, YouthCase | Referral) or (
        freezing.is_counted(record, but_not_in=but_not_in)
    )


def sweep_words(at: date) -> int:
    """Erase what was written beside a search, and whom to answer about a page, by their rules."""

    def before(key: str) -> date:
        return at - relativedelta(years=rules.rule(key, on=at).value)

    searched = AccessEntry.objects.filter(
        kind=AccessEntry.Kind.SEARCH,
        remark_id__isnull=False,
        recorded_at__lt=rules.end_of(before("retention_search_words")),
    )
    n_rows = Remark.objects.filter(pk__in=list(searched.values_list("remark_id", flat=True)))
    n_erased: int = n_rows.delete()[0]
    old = AccessibilityReport.objects.filter(
        sent_at__lt=rules.end_of(before("retention_page_contacts"))
    )
    for report in old:
        if report.contact:
            report.contact = ""
            report.save(update_fields=["contact"])
            n_erased += 1
    return n_erased


def _erase_item(item: ErasureItem) -> int:
    kept = MODELS[item.kind]._base_manager.filter(pk=item.object_id).first()
    if kept is not None and holds.keeps(kept, timezone.localdate()):
        # Somebody decided after the list was approved: it comes on the list of the day it ends.
        item.delete()
        return 0
    # The id is outside before the row is gone: a crash in between erases once more, never less.
    _bury(item.kind, item.object_id)
    with transaction.atomic():
        record = MODELS[item.kind]._base_manager.filter(pk=item.object_id).first()
        item.n_rows = erase(record) if record else 0
        item.erased_at, item.reference = timezone.now(), ""
        item.save()
    return int(record is not None)


def erase(record: models.Model) -> int:
    """Delete a case or a tip with all that belongs to it; returns the number of rows."""
    if isinstance(record, SupplyTip):
        return _delete(record)
    person: Person = record.person  # type: ignore[attr-defined]
    incident: Incident | None = getattr(record, "incident", None)
    n_rows = pile.forget(record.pk) + _delete_by_case_id(record.pk)
    n_rows += _delete(record)
    if not _is_pointed_at(person):
        n_rows += _delete(person)
    if incident is not None and not incident.youth_cases.exists():
        n_rows += _delete(incident)
    return n_rows


def _delete_by_case_id(key: UUID) -> int:
    """The rows that name the case by its id alone, and the words beside its log rows."""
    n_rows = 0
    for log, column in ((JournalEntry, "case_id"), (AccessEntry, "subject_id")):
        words = log._default_manager.filter(**{column: key}, remark_id__isnull=False)
        keys = [key for key in words.values_list("remark_id", flat=True) if key]
        n_rows += Remark.objects.filter(pk__in=keys).delete()[0]
    for model in _ours():
        if any(field.attname == "case_id" for field in model._meta.concrete_fields):
            for row in model._base_manager.filter(case_id=key):
                n_rows += _delete(row)
    return n_rows


def _delete(row: models.Model) -> int:
    """A row, after the rows that hold on to it, also by a relation without a name."""
    n_rows = 0
    for relation in row._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.on_delete is models.PROTECT:
            held = relation.related_model._base_manager.filter(**{relation.field.name: row.pk})
            for each in held:
                n_rows += erase(each) if isinstance(each, YouthCase) else _delete(each)
    return n_rows + row.delete()[0]


def _is_pointed_at(person: Person) -> bool:
    return person.youth_cases.exists() or person.referrals.exists()


def _ours() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if not issubclass(model, ChainedEntry):
            yield model


# Outside the database ---------------------------------------------------------------------------


def _bury(kind: str, key: UUID) -> None:
    folder = Path(settings.ANCHORS_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / TOMBSTONES).open("a", encoding="ascii") as file:
        file.write(f"{kind} {key}\n")


def _tombstones() -> Iterator[tuple[str, UUID]]:
    path = Path(settings.ANCHORS_DIR) / TOMBSTONES
    for line in path.read_text(encoding="ascii").splitlines() if path.exists() else ():
        kind, key = line.split()
        yield kind, UUID(key)


def empty_free_pages(database: BaseDatabaseWrapper) -> None:
    """SQLite keeps what was deleted in its log until that is emptied; the pages are overwritten."""
    if database.vendor == "sqlite" and not database.in_atomic_block:
        with database.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def protocol(organisation: Organisation) -> Any:
    """The unit's lists, newest first, with their items."""
    lists = ErasureList.objects.filter(organisation=organisation)
    return lists.select_related("approved_by").prefetch_related("items")
