"""Everybody asks for everything: route × person × object × method, through HTTP, with two oracles.

1. Whoever reads an answer may read every canary in it (`kronoberg.canaries` says who, apart from
   `access`).
2. What somebody may not know of answers, to the byte, as what does not exist; and each refusal is
   one row in the log.
"""

import re
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from cases.models import (
    DutyHours,
    EmergencyAccess,
    ErasureItem,
    ErasureList,
    Incident,
    InformationMeeting,
    LogReview,
    PatrolPass,
    Referral,
    Role,
    SupplyTip,
    User,
    YouthCase,
)
from cases.models.moves import moves_of
from kronoberg import canaries, policy
from kronoberg.canaries import WORD
from notices.models import Letter, PrintRun
from tests.proof import PARTS
from tests.proof.house import in_memory
from tests.proof.outcome import Outcome
from tests.test_matrix import ask, plain

AIM = PARTS["cells"]
CASES = 60
# Objects by the word that `policy` has for them; a kind that is not here is asked for as missing.
ROWS: dict[str, Any] = {
    "incident": Incident, "meeting": InformationMeeting, "pass": PatrolPass, "tip": SupplyTip,
    "duty": DutyHours, "review": LogReview, "emergency": EmergencyAccess, "pile": PrintRun,
    "erasure": ErasureList, "letter": Letter,
}  # fmt: skip
MOST_OF_A_KIND = 40
# Files: what stands in them is compressed, and the letters' own tests open them.
UNREADABLE = re.compile(r"^application/(pdf|vnd)")


@dataclass(frozen=True)
class Cell:
    """One request by one person."""

    who: str
    method: str
    route: str
    kind: str
    pk: Any
    # What else the address holds: the name of a step.
    more: tuple[tuple[str, Any], ...] = ()

    @property
    def address(self) -> str:
        return reverse(
            self.route, kwargs={**dict(self.more), **({"pk": self.pk} if self.pk else {})}
        )

    def of_nothing(self) -> "Cell":
        """The same request for what does not exist."""
        return Cell(self.who, self.method, self.route, self.kind, MISSING, self.more)


MISSING = uuid4()


@dataclass
class House:
    """Who can ask, and what there is to ask for."""

    clients: dict[str, Client] = field(default_factory=dict)
    words: dict[str, canaries.Canary] = field(default_factory=dict)
    nothing: dict[Cell, Any] = field(default_factory=dict)


def prove(*, seed: int, share: float) -> Outcome:
    found = Outcome()
    with in_memory(hires=False):
        house = furnished(seed)
        every = list(every_cell(house))
        Random(seed).shuffle(every)
        asked = every[: int(AIM["cells"] * share)]
        for cell in asked:
            _ask(house, cell, found)
    found.notes |= {
        "cells there are": len(every), "people": len(house.clients), "canaries": len(house.words)
    }  # fmt: skip
    return found


def furnished(seed: int, cases: int = CASES) -> House:
    house = House()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "canaries.json"
        call_command("seed_demo", cases=cases, seed=seed, canaries=told, stdout=StringIO())
        house.words = {canary.word: canary for canary in canaries.read(told)}
    house.clients["nobody"] = Client()
    for user in User.objects.exclude(role=Role.SERVICE):
        house.clients[user.username] = Client()
        house.clients[user.username].force_login(user)
    return house


def every_cell(house: House, of: Collection[str] = ()) -> Iterator[Cell]:
    """Every request by everybody, or by those named."""
    for route in policy.every_route():
        name, kind, parameters = str(route["name"]), route["object"], route["parameters"]
        if set(parameters) - {"pk", "action"} or (parameters.get("pk") or "uuid") != "uuid":
            continue  # named by a word, not by a key: the suite's own matrix asks for these
        for method in route["methods"]:
            for who in of or house.clients:
                for pk, more in _objects(kind, parameters):
                    yield Cell(who, method, name, kind or "-", pk, more)


def _objects(kind: Any, parameters: Any) -> Iterator[tuple[UUID | None, Any]]:
    if not parameters:
        yield None, ()
    elif kind == "case":
        for model in (YouthCase, Referral):
            steps = dict.fromkeys(move.name for move in moves_of(model))
            for pk in [*model._default_manager.values_list("pk", flat=True), *_erased(), MISSING]:
                if "action" not in parameters:
                    yield pk, ()
                else:
                    yield from ((pk, (("action", step),)) for step in steps)
    elif kind in ROWS:
        keys = list(ROWS[kind]._default_manager.values_list("pk", flat=True)[:MOST_OF_A_KIND])
        more = (("action", "print_letter"),) if "action" in parameters else ()
        yield from ((pk, more) for pk in [*keys, MISSING])


def _erased() -> list[UUID]:
    return list(ErasureItem.objects.exclude(erased_at=None).values_list("object_id", flat=True))


def _answer(house: House, cell: Cell) -> Any:
    return ask(house.clients[cell.who], cell.method, cell.address)


def _ask(house: House, cell: Cell, found: Outcome) -> None:
    found.count("cells")
    answer = _answer(house, cell)
    where = f"{cell.who} {cell.method} {cell.route} {dict(cell.more)} {cell.kind} {cell.pk}"
    found.claim(answer.status_code < 500, f"{where}: {answer.status_code}")
    found.count(f"answered {answer.status_code}")
    # Whoever has left is nobody, whatever session is left of them.
    is_somebody = answer.wsgi_request.user.is_authenticated
    if answer.status_code in (403, 404) and is_somebody:
        found.count("refusals with a row")
        found.claim(
            answer.log_rows == ["refused"], f"{where}: left {answer.log_rows} in the log"
        )  # fmt: skip
    if not UNREADABLE.match(answer.headers.get("Content-Type", "")):
        text = answer.content.decode(errors="replace") + str(answer.headers)
        for word in set(WORD.findall(text)):
            canary = house.words[word]
            found.count("canaries read")
            found.claim(
                cell.who in canary.may_see, f"{where}: read {canary.field} of {canary.object}"
            )
    if answer.status_code == 404 and cell.pk not in (None, MISSING):
        found.count("not yours is not there")
        nothing = cell.of_nothing()
        if nothing not in house.nothing:
            house.nothing[nothing] = plain(_answer(house, nothing), nothing.address)
        same = plain(answer, cell.address) == house.nothing[nothing]
        found.claim(same, f"{where}: does not answer as what does not exist")
