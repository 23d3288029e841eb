"""Who reads and writes each kind of field: role × field × state, through HTTP (R08).

Reading: everybody opens everything around a case that can be opened – with the reason that is
asked for – its page, each step's form, the stop, the extract, its letters, the search and every
list, and whoever reads a canary that is not theirs is named. Writing: everybody sends every step
with words in every field that it or the case has, in every state; who may not take it there has
written nothing, and who may has changed no column but the step's own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import uuid4

from django import forms
from django.apps import apps
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from cases import access
from cases.forms import form_for
from cases.forms.base import StepForm
from cases.models import Incident, Referral, User, YouthCase
from cases.models.fields import SealedField
from cases.models.moves import moves_of
from cases.resealing import sealed_columns
from kronoberg import canaries
from kronoberg.canaries import WORD, Canary
from notices.models import Handout, Letter
from tests.proof import PARTS, cells
from tests.proof.field_table import NAMED, kind_of
from tests.proof.house import in_memory, undone
from tests.proof.outcome import Outcome

AIM = PARTS["fields"]
MARK = "Obehörigt skrivet"
WHY = {"purpose": "supervision", "words": "Tillsyn av fälten i registret."}
EXTRACT = {"words": "Modern, legitimerad vid besök.", "tested": "on"}
CASES = 12
ENOUGH = 0.02  # of the aim: by then each kind of field has been read and been refused
WRITES = 20  # all cells of writing are asked at a twentieth of the aim
OBJECTS = 20  # of each kind that is no case, for each reader


@dataclass
class Asked:
    """The house, whose canaries are around which case, and the cells that have been asked."""

    house: cells.House
    found: Outcome
    roles: dict[str, str]
    around: dict[Any, list[Canary]] = field(default_factory=dict)
    cells: set[tuple[str, str, str, str]] = field(default_factory=set)
    # What has been sent of each step of each case, and whether it is taken from who may.
    sent: dict[tuple[Any, str], tuple[dict[str, Any], bool]] = field(default_factory=dict)

    def count(self, way: str, who: str, kind: str, state: str, what: str) -> None:
        """One answer, in its cell: way, role, kind of field, state."""
        self.found.count(f"{kind}, {what}")
        cell = (way, self.roles[who], kind, state)
        if cell not in self.cells:
            self.cells.add(cell)
            self.found.count(f"{way} cells")


def prove(*, seed: int, share: float) -> Outcome:
    found, random = Outcome(), Random(seed)
    with in_memory(hires=False):
        house = cells.furnished(seed, CASES)
        del house.clients["nobody"]
        asked = Asked(
            house, found, dict(User.objects.values_list("username", "role")), _around(house)
        )
        cases = [*YouthCase.objects.all(), *Referral.objects.all()]
        pairs = [(who, case) for case in cases for who in house.clients]
        random.shuffle(pairs)
        for who, case in pairs[: int(AIM["cases opened"] * share)]:
            _read(asked, who, case)
        n_readers = max(3, int(len(house.clients) * min(1, 10 * share)))
        for who in random.sample([*house.clients], n_readers):
            words = _elsewhere(house, who, random, max(1, int(OBJECTS * share)))
            _judge(asked, who, words, "no case", asked.around[None])
        random.shuffle(pairs)
        for who, case in _each_cell_once(pairs):
            if random.random() < WRITES * share:
                _write(asked, who, case)
        found.notes["roles"] = len(set(asked.roles.values()))
        for kind in NAMED if share >= ENOUGH else ():
            # What nobody reads proves nothing by not being read.
            for what in ("read", "not read"):
                found.claim(f"{kind}, {what}" in found.counts, f"{kind}: {what} by nobody")
        found.claim(found.counts.get("steps that somebody takes", 0) > 0, "no step is ever taken")
    return found


def _around(house: cells.House) -> dict[Any, list[Canary]]:
    """The canaries by the case that they are about; under None those of no case."""
    found: dict[Any, list[Canary]] = {None: []}
    for canary in house.words.values():
        label, _, pk = canary.object.partition(":")
        row: Any = apps.get_model(label)._base_manager.filter(pk=pk).first()
        incident = row if isinstance(row, Incident) else getattr(row, "incident", None)
        about = [*incident.youth_cases.all()] if incident else canaries.cases_of(row) if row else []
        for case in about or [None]:
            found.setdefault(case and case.pk, []).append(canary)
    return found


# Reading ------------------------------------------------------------------------------------------


def _read(asked: Asked, who: str, case: Any) -> None:
    client = asked.house.clients[who]
    asked.found.count("cases opened")
    with _alone():
        client.post(reverse("reason", args=[case.pk]), WHY)
        words = set()
        for address in _addresses(case):
            words |= _words(client.get(address))
        words |= _searched(client, case)
        words |= _extracted(client, who, case)
    _judge(asked, who, words, str(case.state), asked.around.get(case.pk, []))


def _addresses(case: Any) -> Iterator[str]:
    yield reverse("case", args=[case.pk])
    yield reverse("reason", args=[case.pk])
    yield reverse("extract", args=[case.pk])
    for action in dict.fromkeys(move.name for move in moves_of(type(case))):
        yield reverse("step", args=[case.pk, action])
    if isinstance(case, YouthCase):
        yield reverse("incident", args=[case.incident_id])
        for tip in case.incident.supply_tips.all():
            yield reverse("tip", args=[tip.pk])
    for letter in Letter.objects.filter(case_id=case.pk):
        yield reverse("letter", args=[letter.pk])


def _searched(client: Client, case: Any) -> set[str]:
    typed = case.person.personal_number or case.reference
    return _words(client.post(reverse("search"), {"what": typed} | WHY))


def _extracted(client: Client, who: str, case: Any) -> set[str]:
    """What would be printed: the page that the PDF is made of."""
    last = set(Handout.objects.values_list("pk", flat=True))
    client.post(reverse("extract", args=[case.pk]), EXTRACT)
    made = Handout.objects.exclude(pk__in=last).filter(made_by__username=who)
    return {word for each in made for word in WORD.findall(str(each.html))}


def _elsewhere(house: cells.House, who: str, random: Random, most: int) -> set[str]:
    """Every list, pile and log, and of each other kind of object so many."""
    by_route: dict[str, list[cells.Cell]] = {}
    for cell in cells.every_cell(house, of=[who]):
        if cell.method == "GET" and cell.kind != "case":
            by_route.setdefault(cell.route, []).append(cell)
    words = set()
    for route in by_route.values():
        for cell in random.sample(route, min(most, len(route))):
            with _alone():
                words |= _words(house.clients[who].get(cell.address))
    return words


def _words(answer: Any) -> set[str]:
    if cells.UNREADABLE.match(answer.headers.get("Content-Type", "")) or answer.streaming:
        return set()
    return set(WORD.findall(answer.content.decode(errors="replace")))


def _judge(asked: Asked, who: str, words: set[str], state: str, about: list[Canary]) -> None:
    """Each canary that was read is for the reader; each that is around the case is counted."""
    for word in words:
        canary = asked.house.words[word]
        where = f"{who} in {state}: read {canary.field} of {canary.object}"
        asked.found.claim(who in canary.may_see, where)
    for canary in about:
        what = "read" if canary.word in words else "not read"
        asked.count("read", who, _kind(canary), state, what)


def _kind(canary: Canary) -> str:
    model = canary.object.partition(":")[0].rpartition(".")[2]
    return kind_of()[model, canary.field]


# Writing ------------------------------------------------------------------------------------------


def _each_cell_once(pairs: list[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """One case of each state for each role: own, of the unit or elsewhere, hidden or not."""
    users = {user.username: user for user in User.objects.all()}
    met = set()
    for who, case in pairs:
        user = users[who]
        of = (user.role, user.organisation_id == case.organisation_id, user.pk == case.author_id)
        cell = (*of, type(case), str(case.state), case.person.is_protected)
        if cell not in met:
            met.add(cell)
            yield who, case


def _write(asked: Asked, who: str, case: Any) -> None:
    """Each step of the machine as somebody who may take it would send it, sent by `who`."""
    user = User.objects.get(username=who)
    for action in dict.fromkeys(move.name for move in moves_of(type(case))):
        own = _columns_of(user, case, action)
        sent, is_taken = _as_sent(asked, case, action)
        with _alone():
            changed, written, status = _send(asked.house.clients[who], case, action, sent)
        asked.found.count("steps sent")
        where = f"{who} {action} in {case.state} ({status})"
        asked.found.claim(changed <= (own or set()), f"{where}: wrote {sorted(changed)}")
        if own is None:
            asked.found.claim(not written, f"{where}: wrote in {sorted(written)}")
            asked.found.count("steps refused that somebody else takes", int(is_taken))
        for name in _stands(case):
            kind = kind_of()[type(case).__name__, name]
            what = "written" if name in changed else "not written"
            asked.count("write", who, kind, str(case.state), what)


def _columns_of(user: User, case: Any, action: str) -> set[str] | None:
    """The columns that the step fills; None for who may not take it in this case, or not now."""
    now = [move for move in moves_of(type(case)) if move.name == action]
    now = [move for move in now if move.source == case.state and move.is_allowed(case, user)]
    sees = access.visible_cases(user).filter(pk=case.pk).exists()
    return set(now[0].facts) if now and sees and user.is_active else None


def _as_sent(asked: Asked, case: Any, action: str) -> tuple[dict[str, Any], bool]:
    """What somebody sends who may take the step, and whether it is taken then.

    Where nobody may, the words alone: they are in every sealed column's name in any case.
    """
    key = (case.pk, action)
    if key not in asked.sent:
        names = {column.name for _, columns in sealed_columns() for column in columns}
        words: dict[str, Any] = dict.fromkeys(names, MARK) | {"request_id": str(uuid4())}
        asked.sent[key] = words, False
        staff = User.objects.filter(organisation=case.organisation, is_active=True)
        able = next((one for one in staff if _columns_of(one, case, action) is not None), None)
        if able:
            words |= _filled(form_for(case, action)(case=case, by=able))
            with _alone():
                client = asked.house.clients[able.username]
                client.post(reverse("reason", args=[case.pk]), WHY)
                _, written, _ = _send(client, case, action, words)
            asked.found.count("steps that somebody takes", int(bool(written)))
            asked.sent[key] = words, bool(written)
    return asked.sent[key]


def _filled(form: StepForm) -> dict[str, Any]:
    """The form with words in every text, and else what it suggests or offers first."""
    sent: dict[str, Any] = {}
    for name, column in form.fields.items():
        value = column.prepare_value(form.get_initial_for_field(column, name))
        if type(column) is forms.CharField and not column.widget.is_hidden:
            sent[name] = MARK
        elif value not in (None, "", False):
            sent[name] = column.widget.format_value(value) if name.endswith("at") else value
        elif isinstance(column, forms.ChoiceField):
            offered: Any = column.choices
            sent[name] = next((key for key, _ in offered if key), "")
        elif isinstance(column, forms.BooleanField):
            sent[name] = "on"
    return {name: value for name, value in sent.items() if value is not None}


def _send(
    client: Client, case: Any, action: str, sent: dict[str, Any]
) -> tuple[set[str], set[str], int]:
    """Which sealed columns of the case and which tables were written, and the answer's status."""
    before = _stands(case)
    with _watched() as written:
        answer = client.post(reverse("step", args=[case.pk, action]), sent)
    changed = {name for name, value in _stands(case).items() if value != before[name]}
    return changed, written, answer.status_code


def _stands(case: Any) -> dict[str, Any]:
    """The sealed columns of the case as they lie in the database: whoever writes one changes it."""
    row = type(case)._default_manager.get(pk=case.pk)
    names = [column.attname for column in case._meta.concrete_fields if _is_sealed(column)]
    return {name: row.__dict__[name] for name in names}


def _is_sealed(column: models.Field[Any, Any]) -> bool:
    return isinstance(column, SealedField)


@contextmanager
def _watched() -> Iterator[set[str]]:
    """The tables with sealed columns that are written in."""
    written: set[str] = set()
    tables = {model._meta.db_table for model, _ in sealed_columns()}

    def watch(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            written.update(table for table in tables if f'"{table}"' in sql.partition("(")[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield written


# Both ---------------------------------------------------------------------------------------------


@contextmanager
def _alone() -> Iterator[None]:
    """Within it anything may be asked; afterwards nothing has."""
    cache.clear()
    with undone():
        yield
