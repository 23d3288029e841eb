"""Whatever is sent, by anybody, to any address: an answer, and never a fault of the server (R45).

Each field that the page has, and some that any page could read, is filled with what no browser
would send; now and then the body is no form at all. Whoever reads the answer may read every canary
in it, as in `cells`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from random import Random
from typing import Any

from django.core.cache import cache
from django.test import Client

from kronoberg.canaries import WORD
from tests.proof import PARTS, cells
from tests.proof.house import in_memory, undone
from tests.proof.outcome import Outcome

AIM = PARTS["malformed"]
CASES = 12
FIELD = re.compile(r'name="([\w-]+)"')
# What views read beside the fields of their forms, and columns that no form may fill in.
ALSO = (
    "vy", "sida", "q", "omrade", "period", "tillfalle", "next", "id", "state", "version", "theme",
    "organisation", "author", "owner", "person", "is_active", "role", "pk",
)  # fmt: skip
VALUES = (
    "", " ", "\x00", "a\x00b", "-1", "0", "1", "9" * 24, "1e400", "NaN", "inf", "1_000", "1.5.2",
    "٣٤٥", "１２３", "ÅÄÖ" * 50, "x" * 70_000, "\U0001f600", "\u202e", "<script>", "' OR 1=1 --",
    "{{7*7}}", "%s%n", "../../etc/passwd", "\r\nSet-Cookie: a=b", "//example.org", "x=y&z", "--",
    "2026-02-30", "2026-13-01T99:99", "0001-01-01", "9999-12-31", "2026-W99", "12:61", "null",
    "[]", "{}", "on", "true", "not-a-uuid", "00000000-0000-0000-0000-000000000000", "lan-14",
    "0780", "2025-2026", "200001012384", "18991231-0000", "+46701740605", "worklist",
)  # fmt: skip
BODIES = (b"\xff\xfe{{{", b"a=%ff%00&b=%ud8", b"--x\r\nbroken", b"[" * 3000, b"null", b"")
TYPES = (
    "application/json", "text/plain", "multipart/form-data; boundary=x", "multipart/form-data",
    "application/x-www-form-urlencoded; charset=nope",
)  # fmt: skip


def prove(*, seed: int, share: float) -> Outcome:
    found, random = Outcome(), Random(seed)
    with in_memory(hires=False):
        house = cells.furnished(seed, CASES)
        for client in house.clients.values():
            # A fault is to be counted, with the address that it came from.
            client.raise_request_exception = False
        # By route: else nearly all would be steps, of which there is one for each case.
        routes: dict[tuple[str, str], list[cells.Cell]] = {}
        for cell in cells.every_cell(house):
            routes.setdefault((cell.route, cell.method), []).append(cell)
        for _ in range(int(AIM["requests"] * share)):
            _ask(house, random.choice(random.choice(list(routes.values()))), random, found)
    return found


def _ask(house: cells.House, cell: cells.Cell, random: Random, found: Outcome) -> None:
    client = house.clients[cell.who]
    with _undone(client):
        page = client.get(cell.address)
        fields = FIELD.findall(page.content.decode(errors="replace")) if _is_page(page) else []
    sent = {name: random.choice(VALUES) for name in (*fields, *ALSO) if random.random() < 0.7}
    with _undone(client):
        if cell.method == "POST" and random.random() < 0.15:
            told = (random.choice(BODIES), random.choice(TYPES))
            answer: Any = client.generic("POST", cell.address, *told)
        else:
            send = client.post if cell.method == "POST" else client.get
            answer = send(cell.address, sent)
        found.count("requests")
        found.count(f"answered {answer.status_code}")
        where = f"{cell.who} {cell.method} {cell.address}"
        fault = (getattr(answer, "exc_info", None) or ("", ""))[1]
        found.claim(answer.status_code < 500, f"{where}: {answer.status_code} {fault!r}")
        if _is_page(answer):
            for word in set(WORD.findall(answer.content.decode(errors="replace"))):
                canary = house.words[word]
                seen = f"{where}: read {canary.field} of {canary.object}"
                found.claim(cell.who in canary.may_see, seen)


@contextmanager
def _undone(client: Client) -> Iterator[None]:
    """Within it anything may be asked; afterwards nothing has, and nobody has been logged out."""
    cache.clear()
    cookies = SimpleCookie({name: morsel.value for name, morsel in client.cookies.items()})
    with undone():
        yield
    client.cookies = cookies


def _is_page(answer: Any) -> bool:
    return "text/" in answer.headers.get("Content-Type", "") and not answer.streaming
