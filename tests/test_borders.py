"""On PostgreSQL the database itself hands out each unit's rows to its own requests alone (R06)."""

import ast
from collections import Counter
from contextlib import suppress
from uuid import UUID

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, connections, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import access, circle, staffing
from cases.models import (
    AccessEntry,
    Custodian,
    EmergencyAccess,
    HeldForm,
    Incident,
    Person,
    Protection,
    Referral,
    Role,
    YouthCase,
)
from kronoberg import borders, extracts
from kronoberg.celery import app
from tests import cast, matrix, server
from tests.factories import make_case, make_custodian, make_person, make_referral
from tests.filling import text_of
from tests.migrated import ROOT
from tests.test_emergency import WORDS, break_glass
from tests.test_matrix import address, ask, plain
from tests.test_matrix import things as things  # a fixture

guarded = pytest.mark.skipif(not server.has_role(), reason="borders: PostgreSQL (DATABASE_URL)")

# Where the product says whose rows are reached, and how often: each with its reason there.
WIDER = {
    "manage.py": {"every": 1},
    "cases/access.py": {"join": 1},
    "cases/emergency.py": {"every": 1, "also": 1},
    "cases/oversight.py": {"every": 1},
    "cases/recounting.py": {"every": 1},
    "cases/staffing.py": {"also": 1},
    "cases/views/desk.py": {"entered": 1},
    "kronoberg/case_events.py": {"every": 1},
    "kronoberg/celery.py": {"every": 1},
    "kronoberg/extracts.py": {"every": 1},
    "kronoberg/middleware.py": {"entered": 1},
    "kronoberg/postgresql/base.py": {"tell": 1},
    "kronoberg/recovery.py": {"also": 1},
    "kronoberg/sign_in.py": {"become": 1},
    "notices/exchange.py": {"every": 1, "also": 1},
    "notices/outbox.py": {"every": 1},
    "notices/receiving.py": {"entered": 1},
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
            "common": borders.COMMON,
            "the workers'": borders.WORKERS,
            "told apart": borders.TOLD_APART,
        }
        said = [kind for kind, those in apart.items() if model in those]
        if not said and any(field.name == "organisation" for field in model._meta.fields):
            said = ["a unit's"]
        assert len(said) == 1, (model.__name__, said)


def test_only_named_places_say_whose_rows_are_reached() -> None:
    found = {}
    for path in (ROOT / "manage.py", *(p for d in borders.OWN for p in (ROOT / d).rglob("*.py"))):
        text = path.read_text()
        calls = Counter(
            node.func.attr
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "circle"
            and node.func.attr in ("entered", "every", "also", "join", "become", "tell")
        )
        if calls:
            found[str(path.relative_to(ROOT))] = dict(calls)
        assert "cases.circle import" not in text, "by its name alone, so that it is found here"
        at_home = path.name in ("circle.py", "borders.py")
        assert at_home or circle.SETTING not in text, "told by cases.circle alone"
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
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
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


# What has to reach further ----------------------------------------------------------------------


@guarded
def test_every_page_is_the_same_with_the_border_as_without(things) -> None:
    """Each address that the matrix opens, asked under the role and as the owner of the tables."""
    clients = {who: Client() for who in matrix.table(matrix.WHO)["in"]}
    for who, client in clients.items():
        client.force_login(cast.person(who))
    other, n_pages = [], 0
    opened = (cell for cell in matrix.cells() if 200 in cell.wanted and cell.method == "GET")
    # A phone's answer holds a token that is new every time.
    asked = [cell for cell in opened if cell.who in clients and cell.route != "phone-key"]
    with time_machine.travel(timezone.now(), tick=False):
        for cell in asked:
            at = address(cell, things)
            with_it = plain(ask(clients[cell.who], "GET", at), at)
            with server.owning():
                without = plain(ask(clients[cell.who], "GET", at), at)
            n_pages += with_it[0] == 200
            if with_it != without:
                other.append(str(cell))
    assert other == []
    assert n_pages > 300


@pytest.mark.parametrize("judge", ["nils", "lena"])
def test_a_judge_reads_no_reason_about_somebody_protected_in_another_unit(client, judge) -> None:
    hidden = make_person(protection=Protection.PROTECTED)
    case = make_case("picked_up", by="per", person=hidden)
    break_glass("karin", case.reference)
    client.force_login(cast.person(judge))
    opened = EmergencyAccess.objects.get()

    pages = [reverse("emergency-judge", kwargs={"pk": opened.pk})]
    pages += [reverse("log")] if judge == "nils" else []

    for page in pages:
        assert WORDS["words"] not in client.get(page).content.decode()


def test_who_has_looked_is_told_of_every_unit(client) -> None:
    case = make_case("picked_up", by="karin")
    break_glass("per", case.reference)
    client.force_login(cast.person("per"))
    client.get(reverse("case", kwargs={"pk": case.pk}))
    client.force_login(cast.person("lena"))

    page = client.get(reverse("case", kwargs={"pk": case.pk}))
    with circle.entered(units("lena")):
        told = {look.unit for look in extracts.looks([case])}

    assert [look.who for look in page.context["readers"]].count("Per Holm") == 3
    assert told == {str(cast.person(who).organisation) for who in ("lena", "per")}


def test_what_was_typed_in_one_unit_does_not_follow_to_another() -> None:
    karin, there = cast.person("karin"), cast.person("per").organisation
    HeldForm.objects.create(
        owner=karin, page="x", content="{}", is_sent=False, held_at=timezone.now()
    )
    with circle.entered(units("asta")):
        staffing.move(karin, Role.PATROL_OFFICER, there, by=cast.person("asta"))
    assert not HeldForm.objects.exists()
