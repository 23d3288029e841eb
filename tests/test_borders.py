"""On PostgreSQL the database itself hands out each unit's rows to its own requests alone (R06)."""

import ast
from collections import Counter
from contextlib import suppress
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, connections, transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from cases import access, circle
from cases.models import AccessEntry, Custodian, Incident, Person, Referral, YouthCase
from kronoberg import borders
from kronoberg.celery import app
from tests import cast, server
from tests.factories import make_case, make_custodian, make_referral
from tests.filling import text_of
from tests.migrated import ROOT

guarded = pytest.mark.skipif(not server.has_role(), reason="borders: PostgreSQL (DATABASE_URL)")

# Where the product reaches past the reader's own unit, and how often: each with its reason there.
WIDER = {
    "manage.py": {"every": 1},
    "cases/access.py": {"join": 1},
    "cases/emergency.py": {"every": 1, "also": 1},
    "cases/recounting.py": {"every": 1},
    "kronoberg/celery.py": {"every": 1},
    "kronoberg/recovery.py": {"also": 1},
    "kronoberg/sign_in.py": {"join": 1},
    "notices/exchange.py": {"every": 1, "also": 1},
}


def units(*names: str) -> frozenset[UUID]:
    return frozenset(cast.person(name).organisation_id for name in names)


def told() -> str:
    """What this connection has been told of whose rows it reaches."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('kronoberg.circle', true)")
        return cursor.fetchone()[0] or ""


# What is said ---------------------------------------------------------------------------------


def test_every_record_is_a_units_or_a_part_of_one_or_nobodys_and_no_two() -> None:
    for model in borders.models():
        apart = {
            "a part": borders.PART_OF,
            "nobody's": borders.NOBODYS,
            "the workers'": borders.WORKERS,
            "told apart": borders.TOLD_APART,
        }
        said = [kind for kind, those in apart.items() if model in those]
        if not said and any(field.name == "organisation" for field in model._meta.fields):
            said = ["a unit's"]
        assert len(said) == 1, (model.__name__, said)


def test_only_named_places_reach_past_the_own_unit() -> None:
    found = {}
    for path in (ROOT / "manage.py", *(p for d in borders.OWN for p in (ROOT / d).rglob("*.py"))):
        calls = Counter(
            node.func.attr
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "circle"
            and node.func.attr in ("every", "also", "join")
        )
        if calls:
            found[str(path.relative_to(ROOT))] = dict(calls)
    assert found == WIDER


# What is kept ---------------------------------------------------------------------------------


@guarded
@pytest.mark.parametrize("who", ["per", "pia", "sara", "alva"])
def test_a_query_that_forgets_whose_it_asks_gets_the_own_units_rows(who: str) -> None:
    make_custodian(make_case("notified", by="karin").person)
    make_custodian(make_case("draft", by="per").person)
    make_custodian(make_referral("received").person)
    asked = (YouthCase, Incident, Referral, Person, AccessEntry)
    there = {model: list(model.objects.values_list("pk", "organisation")) for model in asked}

    with circle.entered(units(who)):
        for model in asked:
            mine = {pk for pk, unit in there[model] if unit in units(who)}
            assert set(model.objects.values_list("pk", flat=True)) == mine
        own = Person.objects.values("pk")
        assert not Custodian.objects.exclude(person__in=own).exists()
        assert Custodian.objects.count() == Custodian.objects.filter(person__in=own).count()


@guarded
def test_without_a_filter_in_the_code_another_units_case_is_still_not_found(
    client, monkeypatch
) -> None:
    case = make_case("notified", by="karin")
    address = reverse("case", args=[case.pk])
    monkeypatch.setattr(access, "visible_cases", lambda _: YouthCase.objects.all())
    assert access.visible_cases(cast.person("pia")).count() == 1, "the filter is gone"

    answers = {}
    for who in ("pia", "omar"):
        client.force_login(cast.person(who))
        answers[who] = client.get(address).status_code
        listed = text_of(client.get(reverse("worklist"), {"vy": "alla"}))
        assert (case.reference in listed) == (who == "omar")

    assert answers == {"pia": 404, "omar": 200}


@guarded
def test_whoever_has_entered_no_circle_is_refused() -> None:
    make_case("draft")
    with (
        circle.entered(()),
        pytest.raises(ProgrammingError, match="no circle"),
        transaction.atomic(),
    ):
        YouthCase.objects.count()


@guarded
def test_nothing_is_written_into_another_unit() -> None:
    theirs, mine = make_case("draft", by="karin"), make_case("draft", by="per")
    with circle.entered(units("per")):
        assert not Person.objects.filter(pk=theirs.person_id).update(language="en")
        assert Person.objects.filter(pk=theirs.person_id).delete() == (0, {})
        for unit in units("karin"):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                Person.objects.filter(pk=mine.person_id).update(organisation=unit)
        with pytest.raises(DatabaseError), transaction.atomic():
            make_custodian(theirs.person)


@guarded
def test_what_figures_are_made_of_is_for_no_unit() -> None:
    with connection.cursor() as cursor, circle.entered(units("karin", "sara")):
        for model in borders.WORKERS:
            cursor.execute(f"SELECT count(*) FROM {model._meta.db_table}")
            assert cursor.fetchone() == (0,)
            with pytest.raises(ProgrammingError), transaction.atomic():
                cursor.execute(f"INSERT INTO {model._meta.db_table} DEFAULT VALUES")


# What is left behind --------------------------------------------------------------------------


@guarded
@pytest.mark.parametrize("fails", [False, True])
def test_a_request_leaves_no_circle_behind_on_its_connection(client, monkeypatch, fails) -> None:
    within = []

    def look(request, *_, **__):
        within.append(told())
        if fails:
            raise RuntimeError
        raise PermissionDenied

    monkeypatch.setattr(access, "log_access", look)
    client.raise_request_exception = False
    client.force_login(cast.person("karin"))
    with circle.entered(()):
        answer = client.get(reverse("worklist"))
        assert told() == ""

    assert answer.status_code == (500 if fails else 403)
    [unit] = units("karin")
    assert set(within) == {f"{{{unit}}}"}


@guarded
@pytest.mark.parametrize("fault", ["SELECT 1 / 0", ""])
def test_what_a_transaction_undoes_is_not_believed_afterwards(fault: str) -> None:
    [here], [there] = units("karin"), units("sara")
    with circle.entered({here}):
        with suppress(RuntimeError, DatabaseError), transaction.atomic(), circle.also(there):
            with connection.cursor() as cursor:
                if fault:
                    cursor.execute(fault)
            raise RuntimeError
        assert told() == f"{{{here}}}"
        with circle.also(there), suppress(DatabaseError), transaction.atomic():
            connection.cursor().execute("SELECT 1 / 0")
        assert told() == f"{{{here}}}"
    assert told() == "every", "as the suite began"


@guarded
def test_a_new_connection_learns_whose_rows_it_reaches() -> None:
    for entered, said in ((circle.every(), "every"), (circle.entered(()), "")):
        with entered:
            opened = connections.create_connection("default")
            try:
                with opened.cursor() as cursor:
                    cursor.execute("SELECT current_setting('kronoberg.circle', true)")
                    assert (cursor.fetchone()[0] or "") == said
            finally:
                opened.close()


def test_background_work_reaches_every_unit() -> None:
    @app.task(name="tests.look")
    def look():
        return circle.now()

    with circle.entered(()):
        assert look() is None
        assert circle.now() == circle.NOBODYS


def test_a_circle_within_another_ends_with_what_was_before() -> None:
    here, there = units("karin"), units("sara")
    with circle.entered(here):
        with circle.also(min(there)):
            assert circle.now() == here | there
        circle.join(min(there))
        with circle.entered(there):
            assert circle.now() == there
        assert circle.now() == here | there
        with circle.every(), circle.also(min(here)):
            assert circle.now() is None
    assert circle.now() is None, "as the suite began"
