"""Somebody who owns the database changes the logs in every way there is; each change must show.

The chain's key and the anchors lie outside the database: that is all the tamperer does not have.
"""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from random import Random
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from cases import anchors
from cases.models import AccessEntry, ChainHead, JournalEntry, Remark, guards
from cases.models.journal import ChainedEntry
from tests import cast, factories
from tests.proof import PARTS
from tests.proof.house import in_memory, undone
from tests.proof.outcome import Outcome

AIM = PARTS["tamperings"]

Log = type[ChainedEntry]
LOGS: tuple[Log, ...] = (JournalEntry, AccessEntry)


def prove(*, seed: int, share: float) -> Outcome:
    found = Outcome()
    random = Random(seed)
    with in_memory():
        _write_logs()
        anchors.write(settings.ANCHORS_DIR)
        found.claim(_is_whole(), "the untouched logs do not verify")
        for number in range(int(AIM["tamperings found"] * share)):
            way = WAYS[number % len(WAYS)]
            log = random.choice(LOGS)
            with undone():
                guards.remove(connection)
                what = way(log, random)
                shows = not _is_whole()
            found.count("tamperings found" if shows else "tamperings missed")
            found.claim(shows, f"number {number}: {what} in {log.__name__} did not show")
        found.claim(_is_whole(), "the logs do not verify after everything was undone")
    found.notes["ways"] = len(WAYS)
    return found


def _write_logs() -> None:
    """A journal of some lives, and an access log with reasons beside it."""
    for state in ("closed", "follow_up", "reviewed"):
        factories.make_case(state)
    factories.make_referral("closed")
    for name in ("karin", "omar", "sara"):
        user = cast.person(name)
        for number in range(8):
            AccessEntry.append(
                user.organisation, by=user, kind="read", page="case", purpose="other",
                words="Tillsyn" if number % 2 else "", subject_id=None,
            )  # fmt: skip


def _is_whole() -> bool:
    try:
        call_command("verify_journal", stdout=StringIO())
    except CommandError:
        return False
    return True


# The ways. Each returns what was done, in words. ----------------------------------------------


def _rows(log: Log) -> list[Any]:
    return list(log._default_manager.order_by("organisation_id", "sequence"))


def _set(log: Log, pk: Any, **columns: Any) -> None:
    log._default_manager.filter(pk=pk).update(**columns)


def _change_a_column(log: Log, random: Random) -> str:
    row = random.choice(_rows(log))
    names = [
        field.attname
        for field in log._meta.concrete_fields
        if field.attname not in ("id", "mac", "previous_mac", "sequence", "organisation_id")
    ]
    name = random.choice(names)
    value = getattr(row, name)
    _set(log, row.pk, **{name: _another(log, row, name, value, random)})
    return f"{name} of row {row.sequence} changed"


def _another(log: Log, row: Any, name: str, value: Any, random: Random) -> Any:
    """A value that fits the column and is not the one there."""
    kind = log._meta.get_field(name).get_internal_type()
    match kind:
        case "DateTimeField":
            return (value or timezone.now()) - timedelta(seconds=1)
        case "JSONField":
            return {"decision": "changed"}
        case "UUIDField":
            return row.actor_id if value is None else UUID(int=random.getrandbits(128))
        case "ForeignKey":
            others = {each.actor_id for each in _rows(log)} - {value}
            return next(iter(others))
        case "PositiveIntegerField" | "PositiveBigIntegerField":
            return value + 1000
        case _:
            return f"{value}x"[:20] if value != "x" else "y"


def _change_a_mac(log: Log, random: Random) -> str:
    row = random.choice(_rows(log))
    _set(log, row.pk, mac=f"{random.getrandbits(256):064x}")
    return f"the MAC of row {row.sequence} changed"


def _delete_a_row(log: Log, random: Random) -> str:
    row = random.choice(_rows(log))
    log._default_manager.filter(pk=row.pk).delete()
    return f"row {row.sequence} deleted"


def _cut_the_end(log: Log, random: Random) -> str:
    """The end, and the head moved back to match: only the anchor outside tells."""
    row = random.choice(_rows(log))
    chain = log._default_manager.filter(organisation=row.organisation)
    chain.filter(sequence__gt=row.sequence - 1).delete()
    last = chain.order_by("-sequence").first()
    ChainHead.objects.filter(chain=f"{log._meta.model_name}:{row.organisation_id}").update(
        sequence=last.sequence if last else 0, mac=last.mac if last else ""
    )
    return f"everything from row {row.sequence} cut off, and the head with it"


def _swap_two(log: Log, random: Random) -> str:
    chain = _rows(log)
    row = random.choice(chain)
    others = [each for each in chain if each.organisation_id == row.organisation_id and each != row]
    other = random.choice(others)
    _set(log, row.pk, sequence=10**6)
    _set(log, other.pk, sequence=row.sequence)
    _set(log, row.pk, sequence=other.sequence)
    return f"rows {row.sequence} and {other.sequence} swapped"


def _insert_a_row(log: Log, random: Random) -> str:
    """A forged row at the end, its links guessed, the head moved to it."""
    row = random.choice(_rows(log))
    last = log._default_manager.filter(organisation=row.organisation).order_by("-sequence").first()
    assert last is not None
    row.pk, row.sequence, row.previous_mac = None, last.sequence + 1, last.mac
    if log is JournalEntry:
        row.case_version += 500
        row.request_id = None
    row.mac = f"{random.getrandbits(256):064x}"
    row.save(force_insert=True)
    ChainHead.objects.filter(chain=f"{log._meta.model_name}:{row.organisation_id}").update(
        sequence=row.sequence, mac=row.mac
    )
    return f"a row forged after {last.sequence}"


def _move_to_another_unit(log: Log, random: Random) -> str:
    chain = _rows(log)
    row = random.choice(chain)
    other = random.choice([e for e in chain if e.organisation_id != row.organisation_id])
    _set(log, row.pk, organisation_id=other.organisation_id, sequence=10**6)
    return f"row {row.sequence} moved to another unit"


def _move_the_head(log: Log, random: Random) -> str:
    row = random.choice(_rows(log))
    head = ChainHead.objects.filter(chain=f"{log._meta.model_name}:{row.organisation_id}")
    head.update(sequence=head.get().sequence + random.randint(1, 9))
    return "the head moved on without a row"


def _rewrite_a_reason(log: Log, random: Random) -> str:
    keys = [row.remark_id for row in _rows(log) if row.remark_id]
    if not keys:
        return _change_a_column(log, random)
    remark = Remark.objects.get(pk=random.choice(keys))
    remark.text = "Ett annat skäl."
    remark.save()
    return "a reason rewritten with the field key"


WAYS: tuple[Callable[[Log, Random], str], ...] = (
    _change_a_column,
    _change_a_mac,
    _delete_a_row,
    _cut_the_end,
    _swap_two,
    _insert_a_row,
    _move_to_another_unit,
    _move_the_head,
    _rewrite_a_reason,
)
