"""The access log as a reviewer sees it: who looked, when, where and why – never what it said.

A reviewer has no right to any case. Of a case there is only its number here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from cases.models import AccessEntry, Organisation, Referral, Remark, Role, User, YouthCase

# Pages, by the name of their address, in the words of the log.
PAGES = {
    "worklist": "arbetslistan",
    "case": "ärendet",
    "reason": "ärendet, efter att ha angett skäl",
    "step": "ett steg i ärendet",
    "incident-new": "ny händelse",
    "incident-add-youth": "en händelse",
    "letter": "ett brev",
    "letter-pdf": "ett brev som PDF",
    "statistics": "statistiken",
    "log": "loggen",
    "rules": "reglerna",
    "rule": "en regel",
}
ONE_PAGE = (AccessEntry.Kind.LOG, AccessEntry.Kind.STATISTICS)
ERASED = "Skälet är gallrat."
# Purposes that the reader gave in person: what a reviewer looks at first.
GIVEN = (
    AccessEntry.Purpose.COVER,
    AccessEntry.Purpose.SUPERVISION,
    AccessEntry.Purpose.REQUEST,
    AccessEntry.Purpose.OTHER,
)


@dataclass(frozen=True)
class Line:
    """One row of the log, in words."""

    at: datetime
    who: str
    role: str
    what: str
    page: str
    # The case's number, or whose rows a reviewer looked at; empty for neither.
    about: str
    purpose: str
    reason: str
    flag: str


def entries(
    organisation: Organisation, *, actor: User | None = None, kind: str = ""
) -> QuerySet[AccessEntry]:
    """The unit's own log, newest first, as far as asked for."""
    found = AccessEntry.objects.filter(organisation=organisation)
    if actor is not None:
        found = found.filter(actor=actor)
    if kind:
        found = found.filter(kind=kind)
    return found.select_related("actor").order_by("-sequence")


def lines(page: Sequence[AccessEntry], organisation: Organisation) -> list[Line]:
    """Rows of the log in words; four queries however many rows."""
    subjects = {entry.subject_id for entry in page if entry.subject_id}
    names = _names(subjects, organisation)
    remarks = Remark.objects.in_bulk([entry.remark_id for entry in page if entry.remark_id])
    return [_line(entry, names, remarks) for entry in page]


def _names(subjects: set[UUID], organisation: Organisation) -> dict[UUID, str]:
    """Case numbers of the own unit's cases, and names of its staff, by id."""
    model = YouthCase if organisation.is_police else Referral
    cases = model._default_manager.filter(pk__in=subjects, organisation=organisation)
    staff = User.objects.filter(pk__in=subjects, organisation=organisation)
    return dict(cases.values_list("pk", "reference")) | dict(staff.values_list("pk", "name"))


def _line(entry: AccessEntry, names: dict[UUID, str], remarks: dict[UUID, Remark]) -> Line:
    reason = ""
    if entry.remark_id:
        remark = remarks.get(entry.remark_id)
        reason = remark.text if remark else ERASED
    return Line(
        at=entry.recorded_at,
        who=entry.actor.name,
        # The role of that moment, which may be another today.
        role=Role(entry.role).label,
        what=entry.get_kind_display(),
        # The words for these kinds say the page already.
        page="" if entry.kind in ONE_PAGE else PAGES.get(entry.page, entry.page),
        about=names.get(entry.subject_id, "") if entry.subject_id else "",
        purpose=entry.get_purpose_display(),
        reason=reason,
        flag=_flag(entry),
    )


def _flag(entry: AccessEntry) -> str:
    if entry.kind == AccessEntry.Kind.REFUSED:
        return "nekad"
    return "inte eget ärende" if entry.purpose in GIVEN else ""
