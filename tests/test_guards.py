"""The database itself refuses: a log row changed or removed, a state set past the one door."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import FieldError
from django.core.serializers.python import Deserializer
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from cases import workflow
from cases.models import AccessEntry, Incident, JournalEntry, Person, Referral, YouthCase
from cases.models.journal import ChainedEntry
from tests import cast
from tests.arrivals import arrived

# Also what a dump holds of a sealed column is no way in.
# PostgreSQL asks of a row to insert before it finds that the row is there.
NO = "journal does not know|there already|is sealed|begins in its first state"
AnyCase = YouthCase | Referral
# What the triggers refuse everybody; what a role may not even try is in test_database_role.
pytestmark = pytest.mark.usefixtures("owner")


def youth_case() -> YouthCase:
    """A draft that lacks nothing for being picked up."""
    [case] = workflow.open_incident(
        Incident(
            started_at=timezone.now() - timedelta(hours=1),
            place="Linnéparken",
            place_type="park",
            municipality_id="0780",
        ),
        [(Person(name="Alva Alvmarker", estimated_age=15), YouthCase(category="B"))],
        by=cast.person("karin"),
    )
    return case


def referral() -> Referral:
    """Just arrived, with all that the protection assessment needs."""
    case = arrived(
        needs_protection=False, protection_reasons="Inget tyder på fara.", protection_source="x"
    )
    assert case.state == "received"
    return case


MACHINES: dict[str, tuple[Callable[[], AnyCase], str, str, str]] = {
    "police": (youth_case, "pick_up", "karin", "picked_up"),
    "social": (referral, "assess_protection", "sara", "protection_assessed"),
}


def bare_transition(case: AnyCase, action: str, by: str, state: str) -> None:
    getattr(case, action)(by=cast.person(by), at=timezone.now())
    assert case.state == state
    case.save()


def queryset_update(case: AnyCase, action: str, by: str, state: str) -> None:
    type(case)._default_manager.filter(pk=case.pk).update(state=state)


def bulk_update(case: AnyCase, action: str, by: str, state: str) -> None:
    case.__dict__["state"] = state
    manager: Any = type(case)._default_manager
    manager.bulk_update([case], ["state"])


def deferred_assignment(case: AnyCase, action: str, by: str, state: str) -> None:
    deferred = type(case)._default_manager.defer("state").get(pk=case.pk)
    deferred.__dict__["state"] = state
    deferred.save(update_fields=["state"])


def raw_sql(case: AnyCase, action: str, by: str, state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {case._meta.db_table} SET state = %s", [state])


def bulk_create_over_it(case: AnyCase, action: str, by: str, state: str) -> None:
    case.__dict__["state"] = state
    manager: Any = type(case)._default_manager
    manager.bulk_create(
        [case], update_conflicts=True, update_fields=["state"], unique_fields=["id"]
    )


def loaddata(case: AnyCase, action: str, by: str, state: str) -> None:
    fields = {
        field.name: getattr(case, field.attname)
        for field in case._meta.concrete_fields
        if not field.primary_key
    }
    fixture = {"model": case._meta.label, "pk": case.pk, "fields": fields | {"state": state}}
    for loaded in Deserializer([fixture]):
        loaded.save()


PAST_THE_DOOR = (
    bare_transition,
    queryset_update,
    bulk_update,
    bulk_create_over_it,
    deferred_assignment,
    loaddata,
    raw_sql,
)


@pytest.mark.parametrize("way", PAST_THE_DOOR, ids=lambda way: way.__name__)
@pytest.mark.parametrize("machine", MACHINES)
def test_state_cannot_be_set_past_the_door(machine: str, way: Callable[..., None]):
    make, action, by, state = MACHINES[machine]
    case = make()
    before = case.state

    with (
        pytest.raises((IntegrityError, FieldError), match=NO),
        transaction.atomic(),
    ):
        way(case, action, by, state)

    assert type(case)._default_manager.get(pk=case.pk).state == before


@pytest.mark.parametrize("machine", MACHINES)
def test_state_moves_through_the_door(machine: str):
    make, action, by, state = MACHINES[machine]

    assert workflow.perform(make(), action, by=cast.person(by)).state == state


@pytest.mark.parametrize("machine", MACHINES)
def test_state_cannot_be_assigned(machine: str):
    case = MACHINES[machine][0]()
    deferred = type(case)._default_manager.defer("state").get(pk=case.pk)

    for row in (case, deferred):
        with pytest.raises(AttributeError):
            row.state = "closed"


@pytest.mark.parametrize("machine", MACHINES)
def test_state_cannot_go_back_to_an_earlier_row_of_the_journal(machine: str):
    make, action, by, _ = MACHINES[machine]
    case = make()
    before = case.state
    case = workflow.perform(case, action, by=cast.person(by))

    with pytest.raises(IntegrityError), transaction.atomic():
        type(case)._default_manager.filter(pk=case.pk).update(state=before)


@pytest.mark.parametrize("machine", MACHINES)
def test_case_cannot_be_born_in_a_later_state(machine: str):
    case = MACHINES[machine][0]()
    facts = {
        field.attname: getattr(case, field.attname)
        for field in case._meta.concrete_fields
        if field.attname not in ("id", "state", "reference", "notice_id")
    }
    if isinstance(case, Referral):
        facts["notice_id"] = uuid4()
    twin = type(case)(**facts, reference="X-1", state="closed")

    with pytest.raises(IntegrityError, match="first state"), transaction.atomic():
        twin.save(force_insert=True)


# The logs -------------------------------------------------------------------------------------


def journal_row() -> ChainedEntry:
    return JournalEntry.objects.get(case_id=referral().pk)


def access_row() -> ChainedEntry:
    sara = cast.person("sara")
    return AccessEntry.append(sara.organisation, by=sara, kind="read", page="case")


def save_again(row: Any) -> None:
    row.role = "intake"
    row.save()


def update_rows(row: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(role="intake")


def delete_row(row: Model) -> None:
    row.delete()


def delete_by_sql(row: Model) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE id = %s", [row.pk])


@pytest.mark.parametrize(
    "way", (save_again, update_rows, delete_row, delete_by_sql), ids=lambda way: way.__name__
)
@pytest.mark.parametrize("make", (journal_row, access_row), ids=("journal", "access"))
def test_log_row_can_neither_be_changed_nor_removed(
    make: Callable[[], ChainedEntry], way: Callable[[Any], None]
):
    row = make()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        way(row)

    assert type(row)._default_manager.get(pk=row.pk).role == make().role


@pytest.mark.parametrize("same", ("id", "sequence"))
@pytest.mark.parametrize("make", (journal_row, access_row), ids=("journal", "access"))
def test_log_row_cannot_be_replaced_by_an_insert(make: Callable[[], ChainedEntry], same: str):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has INSERT OR REPLACE")
    row = make()
    other = {"id": "99999999"} if same == "sequence" else {"sequence": "99999999"}
    columns = [field.column for field in row._meta.concrete_fields]
    taken = [other.get(column, "'intake'" if column == "role" else column) for column in columns]
    table = row._meta.db_table

    with (
        pytest.raises(IntegrityError, match="there already"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) "
            f"SELECT {', '.join(taken)} FROM {table} WHERE id = %s",
            [row.pk],
        )

    assert type(row)._default_manager.get(pk=row.pk).role == row.role


@pytest.mark.parametrize("log", (JournalEntry, AccessEntry))
def test_log_cannot_be_emptied_at_once(log: type[ChainedEntry]):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    connection.check_constraints()

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # CASCADE, or a key that points at the log would be what refuses.
        cursor.execute(f"TRUNCATE {log._meta.db_table} CASCADE")
