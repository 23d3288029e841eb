"""The access log as a reviewer sees it: who looked, when, where and why – never what it said.

A reviewer has no right to any case. Of a case there is only its number here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from cases import circle, search
from cases.models import (
    AccessEntry,
    Custodian,
    Organisation,
    Protection,
    Referral,
    Remark,
    Role,
    User,
    YouthCase,
)

# Pages, by the name of their address, in the words of the log.
PAGES = {
    "worklist": "arbetslistan",
    "search": "sökningen",
    "case": "ärendet",
    "named-self": "läsare av skyddade uppgifter, sig själv",
    "reason": "ärendet, efter att ha angett skäl",
    "step": "ett steg i ärendet",
    "incident-new": "ny händelse",
    "tips": "langningstipsen",
    "tip": "ett langningstips",
    "tip-link": "ett langningstips",
    "tip-unlink": "ett langningstips",
    "incident-add-youth": "en händelse",
    "letter": "ett brev",
    "letter-pdf": "ett brev som PDF",
    "handout": "en beställd fil",
    "handout-pdf": "en beställd PDF, som öppnades",
    "handout-tables": "en beställd tabellfil, som öppnades",
    "handout-retry": "ett nytt försök med en beställd fil",
    "wording": "ny version av en brevtext",
    "wording-approve": "granskningen av en brevtext",
    "post": "postrummet",
    "letter-window": "fönsterkuvert",
    "window-sheet": "provbladet för fönsterkuvert",
    "pile": "en hög i postrummet",
    "pile-pdf": "en hög i postrummet som PDF",
    "pile-print": "utskriften av en hög",
    "pile-posted": "posten av en hög",
    "pile-retry": "ett nytt försök med en hög",
    "letter-step": "ett brev i postrummet",
    "letters-unmade": "brev som inte blev gjorda",
    "letter-retry": "ett nytt försök med ett brev",
    "notices-unreceipted": "anmälningar utan kvittens",
    "statistics": "statistiken",
    "statistics-question": "statistiken",
    "statistics-csv": "statistiken som tabellfil",
    "statistics-xlsx": "statistiken som arbetsbok",
    "statistics-pdf": "statistiken som rapport",
    "statistics-page-pdf": "en sida av statistiken som rapport",
    "statistics-all-csv": "hela statistiken som tabellfil",
    "statistics-all-xlsx": "hela statistiken som arbetsbok",
    "promise-report-pdf": "uppföljningen av ett medborgarlöfte som rapport",
    "statistics-mail": "mejlet om nya tal",
    "log": "loggen",
    "reviews": "granskningarna",
    "review": "en granskning",
    "review-signed": "en granskning, som signerades",
    "emergency": "nödläget",
    "emergencies": "nödåtkomsterna",
    "emergency-judge": "en nödåtkomst",
    "extract": "ett registerutdrag",
    "archive": "uttaget av brev till arkivet",
    "erasure": "gallringen",
    "erasure-approve": "en gallringslista",
    "rules": "reglerna",
    "rule": "en regel",
}
ONE_PAGE = (AccessEntry.Kind.LOG, AccessEntry.Kind.STATISTICS)
ERASED = "Skälet är gallrat."
HIDDEN = "Skälet visas inte: skyddade personuppgifter."
# Purposes that the reader gave in person: what a reviewer looks at first.
GIVEN = (
    AccessEntry.Purpose.EMERGENCY,
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
    """Rows of the log in words; seven queries however many rows."""
    subjects = {entry.subject_id for entry in page if entry.subject_id}
    names = _names(subjects, organisation)
    hidden = _hidden(subjects) | _hidden_questions(page, organisation)
    remarks = Remark.objects.in_bulk(
        [each.remark_id for each in page if each.remark_id and each.subject_id not in hidden]
    )
    return [_line(entry, names, remarks, is_hidden=entry.subject_id in hidden) for entry in page]


def _hidden(subjects: set[UUID]) -> set[UUID]:
    """The cases whose youth or custodian is protected or not checked: a reason that somebody wrote
    can name them, and a reviewer is no named reader. Also what another unit's people looked at.
    """
    found: set[UUID] = set()
    with circle.every():  # whoever is protected in another unit is protected from this one too
        for model in (YouthCase, Referral):
            cases = model._default_manager.filter(_is_secret(), pk__in=subjects)
            found |= set(cases.values_list("pk", flat=True))
    return found


def is_hidden(case_id: UUID) -> bool:
    """May a reason that somebody wrote about this case name somebody protected?"""
    return bool(_hidden({case_id}))


def _hidden_questions(page: Sequence[AccessEntry], organisation: Organisation) -> set[UUID]:
    """The searches on this page that ask for somebody of the unit who is protected.

    A search keeps a fingerprint, so those who are to be hidden are asked for: what would have found
    them? Never people of other units: a hidden reason would tell that they are there.
    """
    asked = {
        entry.subject_id
        for entry in page
        if entry.kind == AccessEntry.Kind.SEARCH and entry.remark_id and entry.subject_id
    }
    if not asked:
        return set()
    model = YouthCase if organisation.is_police else Referral
    cases = model._default_manager.filter(_is_secret(), organisation=organisation)
    return asked & {
        trace
        for case in cases.select_related("person").distinct()
        for trace in search.traces_of(case.person, [case.reference], organisation.pk)
    }


def _is_secret() -> Q:
    """A case whose youth or custodian is protected or not checked."""
    hidden = Custodian.objects.exclude(protection=Protection.NOT_PROTECTED)
    return ~Q(person__protection=Protection.NOT_PROTECTED) | Q(person__custodians__in=hidden)


def _names(subjects: set[UUID], organisation: Organisation) -> dict[UUID, str]:
    """Case numbers of the own unit's cases, and names of its staff, by id."""
    model = YouthCase if organisation.is_police else Referral
    cases = model._default_manager.filter(pk__in=subjects, organisation=organisation)
    staff = User.objects.filter(pk__in=subjects, organisation=organisation)
    return dict(cases.values_list("pk", "reference")) | dict(staff.values_list("pk", "name"))


def _line(
    entry: AccessEntry, names: dict[UUID, str], remarks: dict[UUID, Remark], *, is_hidden: bool
) -> Line:
    reason = HIDDEN if entry.remark_id and is_hidden else ""
    if entry.remark_id and not is_hidden:
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
