"""Finding a case by whom it is about: a whole name, a personal number or a case number, no more.

Only inside the cases that the reader may know of anyway (2018:1693 3:5; förordning 2001:637 15 §).
What is asked of the database is the same whether the person is nowhere, in another unit or in the
other authority, so neither the answer nor its time tells which. Nothing similar is ever offered.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import combinations
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from cases import access, identity
from cases.models import AccessEntry, Person, User
from cases.models.fields import blind_name
from cases.models.moves import AnyCase
from cases.sealing import blind_index

# More answers than this is browsing: the reader is asked for more of the name instead.
MOST = 10
# A working reader looks for a few people an hour; a list that is tried out is not work.
AN_HOUR = 30
# A name of more parts than this is looked for by some of them.
MOST_PARTS = 8
REFERENCE = re.compile(r"[A-ZÅÄÖ]{1,2}-\d{4}-\d{6}")


class Key(StrEnum):
    NAME = "namn"
    NUMBER = "personnummer"
    REFERENCE = "ärendenummer"


@dataclass(frozen=True, repr=False)
class Query:
    """What is looked for, in one spelling. It holds a person's name: it has no repr."""

    key: Key
    words: tuple[str, ...]


class NotSearchable(ValueError):
    """Neither a whole name nor a number; the message is Swedish and repeats nothing typed."""


class TooMany(Exception):
    """More than `MOST` answers, or more than `AN_HOUR` questions; the message is for the screen."""


def query(text: str) -> Query:
    """Read what was typed.

    Raises:
        NotSearchable: it is part of a name, or no number that can be right.
    """
    typed = text.strip().upper()
    if REFERENCE.fullmatch(typed):
        return Query(Key.REFERENCE, (typed,))
    if any(sign.isdigit() for sign in typed):
        try:
            number = identity.parse_personal_number(typed, on=timezone.localdate())
        except identity.InvalidNumber as fault:
            raise NotSearchable(str(fault)) from None
        return Query(Key.NUMBER, (number.digits,))
    parts = identity.name_parts(text)
    if len([part for part in parts if len(part) > 1]) < 2:
        raise NotSearchable("Skriv hela namnet: minst ett förnamn och ett efternamn.")
    return Query(Key.NAME, tuple(sorted(parts)))


def find(request: HttpRequest, asked: Query, *, purpose: str, words: str = "") -> list[AnyCase]:
    """The cases in the reader's circle, newest first; the search is logged before they are read.

    Raises:
        TooMany: too many answers or too many questions.
    """
    user = access.signed_in(request)
    if is_spent(user):
        access.log_access(request, AccessEntry.Kind.REFUSED, trace(asked, user))
        raise TooMany("Du har sökt för många gånger den senaste timmen. Vänta en stund.")
    access.log_access(
        request, AccessEntry.Kind.SEARCH, trace(asked, user), purpose=purpose, words=words
    )
    found = list(_matching(user, asked).order_by("-opened_at")[: MOST + 1])
    if len(found) > MOST:
        raise TooMany("Fler än tio svar. Lägg till ett namn eller sök på personnummer.")
    return found


def is_spent(user: User) -> bool:
    """Has `user` searched as often as an hour allows? Counted in the log itself."""
    hour = timezone.now() - timedelta(hours=1)
    asked = AccessEntry.objects.filter(
        actor=user, kind=AccessEntry.Kind.SEARCH, recorded_at__gte=hour, purpose__gt=""
    )
    return asked.count() >= AN_HOUR


def trace(asked: Query, user: User) -> UUID:
    """What the log keeps of a search: a keyed fingerprint, equal for equal questions in one unit.

    Whoever holds a person's number can ask who looked for it; nobody can read it back.
    """
    return _trace(asked, user.organisation_id)


def _trace(asked: Query, unit: UUID) -> UUID:
    text = f"search:{unit}:{asked.key}:{' '.join(asked.words)}"
    return UUID(hex=blind_index(text)[:32])


def traces_of(person: Person, references: Iterable[str], unit: UUID) -> list[UUID]:
    """The fingerprints of every question in one unit that would have found this person: by number,
    by case, and by two or more parts of the name. A namesake's searches have the same.
    """
    asked = [Query(Key.REFERENCE, (reference,)) for reference in references]
    if person.personal_number:
        asked.append(Query(Key.NUMBER, (person.personal_number,)))
    parts = sorted(set(identity.name_parts(person.name)))[:MOST_PARTS]
    for n in range(2, len(parts) + 1):
        asked += [Query(Key.NAME, chosen) for chosen in combinations(parts, n)]
    return [_trace(each, unit) for each in asked]


def _matching(user: User, asked: Query) -> Any:
    if asked.key == Key.REFERENCE:
        cases = access.visible_cases(user).filter(reference__in=asked.words)
    else:
        cases = access.findable_cases(user).filter(person__organisation=user.organisation)
    if asked.key == Key.NUMBER:
        cases = cases.filter(person__number_index=blind_index(asked.words[0]))
    if asked.key == Key.NAME:
        for part in asked.words:
            cases = cases.filter(
                person__name_index__contains=blind_name(part, user.organisation_id)
            )
    related = ["person", "organisation", *(["incident"] if user.organisation.is_police else [])]
    return cases.select_related(*related)
