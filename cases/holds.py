"""A case that is kept past the day it was due: decided by a person, with a reason and an end.

For a court, a supervision or a person who disputes what is written (dataskyddsförordningen 18 art.;
2018:1693 4:1). It never shortens anything, and ends by itself.
"""

from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from cases import access
from cases.models import AccessEntry, LegalHold, Organisation, Right, User, YouthCase
from cases.models.moves import AnyCase


def place(case: AnyCase, *, by: User, reason: str, ends_on: date) -> LegalHold:
    """Keep the case until `ends_on`; a new decision takes the place of the old.

    Raises:
        PermissionDenied: `by` does not approve erasure in the case's unit.
    """
    access.require(by, Right.APPROVE_ERASURE)
    if case.organisation_id != by.organisation_id:
        raise PermissionDenied
    now = timezone.now()
    with transaction.atomic():
        LegalHold.objects.filter(case_id=case.pk, lifted_at=None).update(
            lifted_by=by, lifted_at=now
        )
        hold = LegalHold.objects.create(
            organisation=case.organisation,
            case_id=case.pk,
            reason=reason,
            ends_on=ends_on,
            placed_by=by,
            placed_at=now,
        )
        _log(hold, by=by, words=reason)
    return hold


def lift(hold: LegalHold, *, by: User) -> None:
    """The reason is gone: the case follows its rule again.

    Raises:
        PermissionDenied: as in `place`.
    """
    access.require(by, Right.APPROVE_ERASURE)
    if hold.organisation_id != by.organisation_id:
        raise PermissionDenied
    with transaction.atomic():
        LegalHold.objects.filter(pk=hold.pk, lifted_at=None).update(
            lifted_by=by, lifted_at=timezone.now()
        )
        _log(hold, by=by)


def active(on: date, organisation: Organisation | None = None) -> "dict[UUID, LegalHold]":
    """The holds that are in force on a day, by case; a hold's last day is held too."""
    found = LegalHold.objects.filter(lifted_at=None, ends_on__gte=on)
    if organisation:
        found = found.filter(organisation=organisation)
    return {hold.case_id: hold for hold in found.select_related("placed_by")}


def keeps(record: models.Model, on: date) -> bool:
    """Is the record kept on `on`, by itself or by a case that was merged into it?"""
    keys: list[UUID] = [record.pk]
    if isinstance(record, YouthCase):
        keys += YouthCase.objects.filter(merged_into=record).values_list("pk", flat=True)
    return LegalHold.objects.filter(case_id__in=keys, lifted_at=None, ends_on__gte=on).exists()


def _log(hold: LegalHold, *, by: User, words: str = "") -> None:
    AccessEntry.append(
        by.organisation,
        by=by,
        words=words,
        kind=AccessEntry.Kind.ERASE,
        subject_id=hold.case_id,
        page="erasure-hold",
    )
