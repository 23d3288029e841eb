"""Proof by canaries: a word of its own in every text of an installation, and who may read it.

`plant` puts them there, `write` tells them as JSON: object, field, owner, who may see it. Who that
is stands here a second time and apart from `access`, so that the two can be held against each
other. Whatever the product answers or leaves behind – pages, database, write-ahead log, queue,
cache, logs – is then read for the words.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.http import HttpRequest

from cases import search
from cases.models import (
    AccessEntry,
    ChainHead,
    EmergencyAccess,
    Incident,
    InformationMeeting,
    JournalEntry,
    Municipality,
    Person,
    PersonUserPermission,
    Referral,
    Remark,
    Role,
    User,
    YouthCase,
    guards,
)
from cases.models.fields import SealedTextField
from cases.resealing import sealed_columns

CHUNK = 1 << 20
WORD = re.compile(r"kanarie[a-z]{14}")
# Sealed columns that hold a number, a code or a whole message: no word can be put into them, and
# what stands in them came from columns that have one, or is a canary itself.
NO_WORD = frozenset({
    "personal_number", "birth_date", "postal_code", "phone", "plate", "nick", "facts", "payload",
})  # fmt: skip
NUMBERS = ("personal_number", "phone")

# Who reads the cases of a unit, and who only their own; the rest of a unit reads none.
READ_ALL = (
    Role.YOUTH_OFFICER, Role.SUPERIOR, Role.POLICE_MANAGER,
    Role.INTAKE, Role.SOCIAL_WORKER, Role.HEAD_OF_UNIT,
)  # fmt: skip
READ_OWN = (Role.PATROL_OFFICER,)
# Who reads what belongs to a unit but to no case.
OF_THE_UNIT: dict[str, tuple[Role, ...]] = {
    "informationmeeting": (Role.SOCIAL_WORKER, Role.HEAD_OF_UNIT),
    "patrolpass": (
        Role.PATROL_OFFICER, Role.YOUTH_OFFICER, Role.SUPERIOR, Role.POLICE_MANAGER,
    ),
    "supplytip": (Role.YOUTH_OFFICER, Role.SUPERIOR),
    "logreview": (Role.LOG_REVIEWER,),
    "reviewedentry": (Role.LOG_REVIEWER,),
}  # fmt: skip


@dataclass(frozen=True)
class Canary:
    """One word: where it stands, whose it is, and the usernames of those who may read it."""

    word: str
    object: str
    field: str
    owner: str
    may_see: tuple[str, ...]


def plant(seed: int) -> list[Canary]:
    """Add a word to every sealed text of every row, and return what stands where.

    For an installation of invented people alone: it writes past the journal.
    """
    random = Random(seed)  # noqa: S311  (no secret: the same words every time)
    found: list[Canary] = []
    with guards.lifted(connection):
        for model, columns in sealed_columns():
            texts = [
                column
                for column in columns
                if isinstance(column, SealedTextField) and column.name not in NO_WORD
            ]
            for row in model._base_manager.all() if texts else ():
                words = {column.name: _word(random) for column in texts}
                _add(row, words)
                found += _canaries(row, words)
        _link_anew()
    return found + list(_numbers())


def write(path: Path, canaries: Sequence[Canary]) -> None:
    """Write them to `path` as one JSON list."""
    told = [asdict(canary) for canary in canaries]
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> list[Canary]:
    told = json.loads(path.read_text(encoding="utf-8"))
    return [Canary(**row | {"may_see": tuple(row["may_see"])}) for row in told]


def _word(random: Random) -> str:
    return "kanarie" + "".join(random.choices("abcdefghijklmnopqrstuvwxyz", k=14))


def _add(row: models.Model, words: dict[str, str]) -> None:
    anew: dict[str, Any] = {}
    for name, word in words.items():
        column: Any = row._meta.get_field(name)
        setattr(row, name, f"{getattr(row, name)} {word}".strip())
        anew[name] = column.pre_save(row, add=False)
    type(row)._base_manager.filter(pk=row.pk).update(**anew)


def _link_anew() -> None:
    """Chain the logs again, over the words beside them as they are now: they are to verify."""
    digests = {remark.pk: remark.digest() for remark in Remark.objects.all()}
    for log in (JournalEntry, AccessEntry):
        last: dict[UUID, str] = {}
        for entry in log._default_manager.order_by("organisation", "sequence"):
            if entry.remark_id in digests:
                entry.remark_digest = digests[entry.remark_id]
            entry.previous_mac = last.get(entry.organisation_id, "")
            entry.mac = last[entry.organisation_id] = entry.computed_mac()
            entry.save(update_fields=["remark_digest", "previous_mac", "mac"])
        for unit, mac in last.items():
            ChainHead.objects.filter(chain=f"{log._meta.model_name}:{unit}").update(mac=mac)


def _canaries(row: models.Model, words: dict[str, str]) -> Iterator[Canary]:
    readers = tuple(sorted(readers_of(row)))
    for name, word in words.items():
        yield Canary(word, f"{row._meta.label}:{row.pk}", name, _owner(row), readers)


def _numbers() -> Iterator[Canary]:
    """Personal numbers and phones of youths: no word beside them, and unlike any other text."""
    for person in Person.objects.all():
        for name in NUMBERS:
            if len(text := getattr(person, name)) > 5:  # shorter is found anywhere by chance
                where = f"{person._meta.label}:{person.pk}"
                yield Canary(text, where, name, _owner(person), tuple(sorted(readers_of(person))))


# Who may see --------------------------------------------------------------------------------------


def readers_of(row: Any) -> set[str]:
    """The usernames of those who may read what stands in `row`; nobody where nothing says so."""
    kind = row._meta.model_name
    match kind:
        case "remark":
            return _of_remark(row)
        case "emergencyaccess":
            return _of_emergency(row)
        case "workingnote":
            return {row.author.username}
        case "accessibilityreport":
            return _usernames(role__in=(Role.ADMINISTRATOR,))
        case "incident":
            return set().union(*(_of_stop(case) for case in row.youth_cases.all()))
        case "measure" | "citizenpromise":
            return _of_area(row.area)
        case "promiseactivity" | "promisecomment":
            return _of_area(row.promise.area)
        case _ if kind in OF_THE_UNIT:
            unit = row.review.organisation if kind == "reviewedentry" else row.organisation
            return _usernames(organisation=unit, role__in=OF_THE_UNIT[kind]) | _authors(row)
        case _:
            return set().union(*(_of_case(case) for case in cases_of(row)))


def _of_case(case: Any) -> set[str]:
    """The readers of one case; of somebody protected or not checked, those who are named."""
    family = (case.person, *case.person.custodians.all())
    if any(one.is_protected for one in family):
        named = PersonUserPermission.objects.filter(content_object=case.person)
        return {grant.user.username for grant in named} | {case.author.username}
    return _of_stop(case)


def _of_stop(case: Any) -> set[str]:
    own = {user.username for user in (case.author, case.owner) if user and user.is_active}
    return own | _usernames(organisation=case.organisation, role__in=READ_ALL)


def cases_of(row: Any) -> list[Any]:
    """The cases that a row is about."""
    if isinstance(row, YouthCase | Referral):
        return [row]
    if isinstance(row, Person):
        return [
            *YouthCase.objects.filter(person=row),
            *Referral.objects.filter(person=row),
        ]
    for name in ("youth_case", "referral"):
        if hasattr(row, name):
            return [getattr(row, name)]
    if hasattr(row, "person"):
        return cases_of(row.person)
    if pk := getattr(row, "case_id", None):
        return [*YouthCase.objects.filter(pk=pk), *Referral.objects.filter(pk=pk)]
    return []


def _of_remark(row: Any) -> set[str]:
    """Who wrote it, who reviews the unit's log, and who reads the case that it was said in."""
    readers: set[str] = set()
    for log in (JournalEntry, AccessEntry):
        for entry in log._default_manager.filter(remark_id=row.pk):
            readers |= {entry.actor.username}
            unit = entry.organisation
            readers |= _usernames(organisation=unit, role__in=(Role.LOG_REVIEWER,))
            if isinstance(entry, JournalEntry):
                readers |= set().union(*(_of_case(case) for case in cases_of(entry)))
    return readers


def _of_area(area: Municipality) -> set[str]:
    """Whoever steers in the municipality, and the police's managers of its county."""
    steers = (Role.POLICE_MANAGER, Role.COORDINATOR, Role.HEAD_OF_UNIT)
    county = {"organisation__municipality__county_code": area.county_code}
    return _usernames(organisation__municipality=area, role__in=steers) | _usernames(
        role=Role.POLICE_MANAGER, **county
    )


def _of_emergency(row: EmergencyAccess) -> set[str]:
    judges = (Role.SUPERIOR, Role.HEAD_OF_UNIT, Role.LOG_REVIEWER)
    units = (row.organisation, row.case_organisation)
    return {row.user.username} | _usernames(organisation__in=units, role__in=judges)


def _authors(row: Any) -> set[str]:
    """Whoever met the youths of a stop reads the tips of it."""
    incident = getattr(row, "incident", None)
    return {incident.author.username} if isinstance(incident, Incident) else set()


def _usernames(**where: Any) -> set[str]:
    return set(User.objects.filter(is_active=True, **where).values_list("username", flat=True))


def _owner(row: Any) -> str:
    """The unit that the row belongs to, in words; "" for what belongs to no unit."""
    if isinstance(row, EmergencyAccess):
        return str(row.organisation)
    if isinstance(row, Person | YouthCase | Referral | Incident | InformationMeeting):
        return str(row.organisation)
    cases = cases_of(row)
    return str(cases[0].organisation if cases else getattr(row, "organisation", ""))


# What an installation has left behind -------------------------------------------------------------


def found_in(folder: Path, canaries: Sequence[Canary]) -> tuple[int, list[str]]:
    """Read every file below `folder`: how many bytes, and in which file a canary's field was found.

    The list names fields and files, never the canary.
    """
    words = {canary.word.encode(): canary.field for canary in canaries}
    numbers = {word: field for word, field in words.items() if not WORD.fullmatch(word.decode())}
    n_bytes, found = 0, []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        rest, seen = b"", set()
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                n_bytes += len(chunk)
                window = rest + chunk
                seen |= {field for word, field in numbers.items() if word in window}
                words_there = re.findall(WORD.pattern.encode(), window)
                seen |= {words[word] for word in words_there if word in words}
                rest = window[-64:]
        found += [f"{field} in {path.relative_to(folder)}" for field in sorted(seen)]
    return n_bytes, found


def auc(left: Sequence[float], right: Sequence[float]) -> float:
    """How well times tell the two apart: 0.5 is not at all, 1 is always (either way round)."""
    wins = sum((a > b) + (a == b) / 2 for a in left for b in right)
    share = wins / (len(left) * len(right))
    return max(share, 1 - share)


def search_times(user: User, names: Sequence[str], *, pairs: int) -> dict[str, Any]:
    """Search in turn for people of other units and for nobody; what the times tell."""
    request = HttpRequest()
    request.method, request.user = "POST", user
    search.AN_HOUR = 10 * pairs  # this one reader is allowed to try
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(pairs):
        elsewhere = names[number % len(names)]
        for is_there, text in ((True, elsewhere), (False, f"Ingen Sådan{chr(97 + number % 26)}")):
            asked = search.query(text)
            began = perf_counter()
            search.find(request, asked, purpose="match")
            times[is_there].append(perf_counter() - began)
    return {
        "pairs": pairs,
        "median_ms_elsewhere": round(median(times[True]) * 1000, 2),
        "median_ms_nowhere": round(median(times[False]) * 1000, 2),
        "auc": round(auc(times[True], times[False]), 3),
    }
