"""A log that somebody has changed with the database's own tools is found out, row by row."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cases import workflow
from cases.models import (
    AccessEntry,
    ChainHead,
    JournalEntry,
    Organisation,
    Referral,
    Remark,
    guards,
)
from cases.models.journal import ChainedEntry
from tests import cast, server
from tests.arrivals import arrived, decided


@contextmanager
def unguarded() -> Iterator[Any]:
    """A cursor of somebody who owns the database: the triggers are gone, and then back."""
    with server.owning(), connection.cursor() as cursor:
        connection.check_constraints()
        guards.remove(connection)
        yield cursor
        connection.check_constraints()
        guards.install(connection)


def verify() -> str:
    """What the command prints, faults included."""
    out = StringIO()
    with pytest.raises(CommandError) as ended:
        call_command("verify_journal", stdout=out)
    assert ended.value.returncode == 1
    return out.getvalue()


@pytest.fixture
def office() -> Organisation:
    """Växjö's social services, with a journal of four rows about one referral."""
    return decided(arrived()).organisation


def read_log(office: Organisation) -> None:
    for _ in range(3):
        AccessEntry.append(office, by=cast.person("sara"), kind="read", page="case")


def change(log: type[ChainedEntry], number: int, office: Organisation, **columns: Any) -> None:
    """Set columns of one row by SQL, as no code of the product can."""
    values = ", ".join(f"{name} = %s" for name in columns)
    row = log._default_manager.get(organisation=office, sequence=number)
    with unguarded() as cursor:
        cursor.execute(
            f"UPDATE {log._meta.db_table} SET {values} WHERE id = %s",
            [*columns.values(), row.pk],
        )


def delete(log: type[ChainedEntry], sequence: int, office: Organisation) -> None:
    row = log._default_manager.get(organisation=office, sequence=sequence)
    with unguarded() as cursor:
        cursor.execute(f"DELETE FROM {log._meta.db_table} WHERE id = %s", [row.pk])


def test_untouched_logs_are_whole(office: Organisation):
    read_log(office)
    out = StringIO()

    call_command("verify_journal", stdout=out)

    assert "Alla kedjor är hela." in out.getvalue()
    assert f"journalentry:{office.pk} 4 rader" in out.getvalue()


@pytest.mark.parametrize(
    "columns",
    [
        {"action": "close"},
        {"happened_at": "2020-01-01 00:00:00+00:00"},
        {"role": "intake"},
        {"facts": '{"decision": "opened"}'},
        {"mac": "0" * 64},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_changed_row_is_named(office: Organisation, columns: dict[str, Any]):
    change(JournalEntry, 3, office, **columns)

    assert "JournalEntry 3: raden är ändrad." in verify()


def test_row_deleted_in_the_middle_shows_at_the_next(office: Organisation):
    delete(JournalEntry, 2, office)

    assert (
        verify()
        .splitlines()[0]
        .endswith("JournalEntry 3: en rad saknas eller är flyttad före den.")
    )


def test_first_row_deleted_shows_at_the_second(office: Organisation):
    delete(JournalEntry, 1, office)

    assert "JournalEntry 2: en rad saknas" in verify()


def test_swapped_rows_show(office: Organisation):
    change(JournalEntry, 2, office, sequence=1000)
    change(JournalEntry, 3, office, sequence=2)
    change(JournalEntry, 1000, office, sequence=3)

    found = verify()

    assert "JournalEntry 2: en rad saknas eller är flyttad före den." in found
    assert "JournalEntry 2: raden är ändrad." in found


def test_cut_tail_shows(office: Organisation):
    delete(JournalEntry, 4, office)

    assert "JournalEntry 4: slutet saknas (4 rader skrevs)." in verify()


def test_tail_cut_together_with_its_head_shows_in_the_case(office: Organisation):
    third = JournalEntry.objects.get(organisation=office, sequence=3)
    delete(JournalEntry, 4, office)
    ChainHead.objects.filter(chain=f"journalentry:{office.pk}").update(sequence=3, mac=third.mac)

    assert "ärendet är not_opened, journalen säger protection_assessed" in verify()


def test_log_without_its_head_shows(office: Organisation):
    ChainHead.objects.all().delete()

    assert "slutet saknas (0 rader skrevs)" in verify()


def test_access_log_is_walked_too(office: Organisation):
    read_log(office)

    change(AccessEntry, 2, office, page="statistics")

    assert "AccessEntry 2: raden är ändrad." in verify()


def test_row_put_back_as_it_was_is_whole_again(office: Organisation):
    change(JournalEntry, 3, office, role="intake")
    verify()

    change(JournalEntry, 3, office, role="social_worker")

    call_command("verify_journal", stdout=StringIO())


def test_rewritten_reason_shows_and_an_erased_one_does_not():
    case = workflow.perform(
        decided(arrived()),
        "withhold_feedback",
        by=cast.person("sara"),
        reason="Olämpligt i det här fallet.",
    )
    entry = JournalEntry.objects.get(case_id=case.pk, action="withhold_feedback")
    remark = Remark.objects.get()

    remark.text = "Något annat."
    remark.save()
    assert f"JournalEntry {entry.sequence}: skälet är ändrat." in verify()

    remark.delete()
    call_command("verify_journal", stdout=StringIO())


def test_state_that_the_journal_does_not_say_shows(office: Organisation):
    case = Referral.objects.get(organisation=office)
    with unguarded() as cursor:
        cursor.execute("UPDATE cases_referral SET state = 'closed'")

    assert f"{case.reference}: ärendet är closed, journalen säger not_opened." in verify()


@pytest.mark.usefixtures("owner")
def test_guards_are_back_after_the_tampering(office: Organisation):
    change(JournalEntry, 3, office, role="intake")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        JournalEntry.objects.filter(organisation=office).delete()
