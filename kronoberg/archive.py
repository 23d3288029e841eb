"""The letters of ended cases as PDF/A-2a, for the archive: written to a folder, with a list.

A letter is made anew from its frozen facts and the editions it was queued with: the words, the
layout's version and the day are those that were sent, the file is of the archive's kind
(ISO 19005-2, Riksarkivet's RA-FS). What was sent stays as it is; its hash stands in the list.
"""

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from cases import access
from cases.models import AccessEntry, Referral, Right, User, YouthCase
from cases.models.moves import AnyCase
from notices import outbox
from notices.models import Letter

LIST = "brev.csv"
COLUMNS = (
    "case", "letter", "code", "addressee", "languages", "made_on", "file", "sha256", "sent_sha256",
)  # fmt: skip


class NotArchived(Exception):
    """These letters may not be written, or not by this person; the message says why."""


@dataclass(frozen=True)
class Archived:
    """How many cases and letters were written, and which cases were left out, and why."""

    n_cases: int
    n_letters: int
    left_out: tuple[str, ...]


def ended_cases(by: User, *, reference: str = "", before: date | None = None) -> list[AnyCase]:
    """The ended cases of the person's own unit: one by its number, or those closed before a day."""
    model = YouthCase if by.organisation.is_police else Referral
    found = model._default_manager.filter(organisation=by.organisation, closed_at__isnull=False)
    if reference:
        found = found.filter(reference=reference)
    if before:
        found = found.filter(closed_at__date__lt=before)
    return [case for case in found.select_related("person") if not case.is_open]


def write(cases: list[AnyCase], folder: Path, *, by: User) -> Archived:
    """Write the letters of `cases` and the list into `folder`; each case's reading is logged.

    Raises:
        NotArchived: `by` does not answer for what the unit keeps, or the folder is not empty.
        CannotRender: this machine lacks a library or a font.
    """
    if not access.may(by, Right.APPROVE_ERASURE):
        raise NotArchived(f"{by.username} does not answer for what the unit keeps and erases.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(folder.iterdir()):
        raise NotArchived(f"{folder} is not empty.")
    left_out = [case.reference for case in cases if not _may_read(by, case)]
    n_cases = n_letters = 0
    with (folder / LIST).open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for case in cases:
            if case.reference not in left_out:
                written = list(_case(case, folder, by=by))
                rows.writerows(written)
                n_cases, n_letters = n_cases + 1, n_letters + len(written)
    return Archived(n_cases, n_letters, tuple(left_out))


def _may_read(by: User, case: AnyCase) -> bool:
    """A letter names the youth and a custodian: either may be hidden from all but the named."""
    return access.may_read_identity(by, case) and access.may_read_words(by, case)


def _case(case: AnyCase, folder: Path, *, by: User) -> Iterator[tuple[str, ...]]:
    with transaction.atomic():
        # Logged before anything leaves, as a page does.
        AccessEntry.append(
            by.organisation,
            by=by,
            kind=AccessEntry.Kind.EXPORT,
            subject_id=case.pk,
            page="archive",
            purpose=AccessEntry.Purpose.DUTY,
        )
    for letter in Letter.objects.filter(case_id=case.pk, state="ready").order_by("made_at"):
        name = f"{letter.code}-{letter.reference}.pdf"
        pdf = outbox.for_archive(letter)
        (folder / name).write_bytes(pdf)
        made_on = timezone.localdate(letter.made_at).isoformat()
        yield (
            case.reference, letter.reference, letter.code, letter.addressee,
            letter.template_version, made_on, name, hashlib.sha256(pdf).hexdigest(),
            letter.pdf_sha256,
        )  # fmt: skip
