"""The last links of every chain, written outside the database.

A log whose end was cut off together with its head looks whole. A file of the heads, made every day
and kept where the database's owner cannot write, says how long each log was and how it ended.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from cases.models import AccessEntry, ChainHead, JournalEntry
from cases.models.journal import ChainedEntry
from cases.sealing import chain_mac

LOGS: dict[str, type[ChainedEntry]] = {"journalentry": JournalEntry, "accessentry": AccessEntry}


def heads(at: datetime) -> str:
    """The heads of now as text: no name and no number of anybody, and a MAC over the whole."""
    content = {
        "made_at": at.isoformat(timespec="seconds"),
        "heads": [
            [head.chain, head.sequence, head.mac] for head in ChainHead.objects.order_by("chain")
        ],
    }
    return json.dumps(content | {"mac": _mac(content)}, indent=1) + "\n"


def write(folder: Path) -> Path:
    """Write the heads of now to a file of their own in `folder`; nothing is ever overwritten."""
    at = timezone.now()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"heads-{at:%Y-%m-%dT%H%M%S%fZ}.json"
    with path.open("x", encoding="utf-8") as file:
        file.write(heads(at))
    return path


def faults(folder: Path) -> Iterator[str]:
    """What the files in `folder` say was there and is not; one Swedish sentence for each."""
    for path in sorted(folder.glob("heads-*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        mac = content.pop("mac", "")
        if mac != _mac(content):
            yield f"{path.name}: filen är ändrad eller gjord med en annan nyckel."
            continue
        for chain, sequence, head_mac in content["heads"]:
            yield from _missing(chain, sequence, head_mac, path.name)


def _missing(chain: str, sequence: int, mac: str, name: str) -> Iterator[str]:
    log, organisation = chain.split(":")
    entry = (
        LOGS[log]
        ._default_manager.filter(organisation=UUID(organisation), sequence=sequence)
        .first()
    )
    if entry is None:
        yield f"{chain} {sequence}: raden finns i {name} men inte i loggen."
    elif entry.mac != mac:
        yield f"{chain} {sequence}: raden är en annan än den i {name}."


def _mac(content: object) -> str:
    return chain_mac(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())
