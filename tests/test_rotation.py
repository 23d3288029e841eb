"""The keys change while the product runs: cut off, gone on with, and everything stays readable."""

import os
import shutil
import signal
from io import StringIO
from itertools import pairwise

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases import factors, resealing, sealing, workflow
from cases.management.commands import rotate_keys
from cases.models import Person, Remark, YouthCase
from cases.models.fields import Sealed
from notices.models import Document, Letter
from tests import cast, server
from tests.factories import make_case, make_custodian

# The key is changed by the owner of the tables.
pytestmark = pytest.mark.usefixtures("owner")


@pytest.fixture
def keys(settings, tmp_path):
    """A copy of the installation's keys, to which keys can be added."""
    settings.KEYS_DIR = shutil.copytree(settings.KEYS_DIR, tmp_path / "keys")
    return settings.KEYS_DIR


@pytest.fixture
def case():
    made = make_case("picked_up", observations="Kanarieord")
    make_custodian(made.person, name="Bo Kanarie")
    return made


def rotate(*options: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *options, wait=0, stdout=out)
    return out.getvalue()


def keys_used() -> set[int]:
    return {
        value.blob[0]
        for model, columns in resealing.sealed_columns()
        for row in model._base_manager.all()
        for column in columns
        if isinstance(value := row.__dict__[column.attname], Sealed) and value.blob
    }


def test_every_table_with_sealed_columns_is_rotated() -> None:
    tables = {model for model, _ in resealing.sealed_columns()}

    assert {Person, YouthCase, Remark, Letter, Document} <= tables


def test_rotation_seals_everything_anew_and_everything_still_reads(case, keys) -> None:
    said = rotate()

    assert "Made key 2" in said
    assert keys_used() == {2}
    again = YouthCase.objects.get(pk=case.pk)
    assert (again.observations, again.person.name) == ("Kanarieord", case.person.name)
    assert again.person.custodians.get().name == "Bo Kanarie"
    assert again.version == case.version, "a case does not move by it"


def test_what_was_cut_off_goes_on_with_the_same_key(case, keys) -> None:
    sealing.add_field_key()
    assert resealing.reseal_some(batch=1) == 1
    assert keys_used() == {1, 2}

    said = rotate("--batch=1")

    assert "Going on with key 2" in said
    assert keys_used() == {2}
    assert sealing.newest_key() == 2


def test_a_batch_that_fails_changes_nothing_and_leaves_the_guards_up(case, keys) -> None:
    sealing.add_field_key()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_person SET street = name")  # a broken seal

    with pytest.raises(sealing.SealBroken):
        while resealing.reseal_some():
            pass

    assert 1 in keys_used()
    with pytest.raises(IntegrityError), transaction.atomic():
        YouthCase.objects.filter(pk=case.pk).update(state="closed")


def test_the_guards_are_up_after_a_rotation(case, keys) -> None:
    rotate()

    with pytest.raises(IntegrityError, match="journal does not know"), transaction.atomic():
        YouthCase.objects.filter(pk=case.pk).update(state="closed")


def test_whoever_corrects_a_person_while_the_key_changes_is_not_told_that_somebody_was_first(
    case, keys
) -> None:
    read_before, also_before = (Person.objects.get(pk=case.person_id) for _ in range(2))
    rotate()
    read_before.street = "Exempelgatan 9"
    how = {"by": cast.person("karin"), "reason": "Fel nummer", "age_class": case.age_class}

    workflow.perform(case, "correct_person", records=[read_before], **how)

    assert Person.objects.get(pk=case.person_id).street == "Exempelgatan 9"
    again = YouthCase.objects.get(pk=case.pk)
    with pytest.raises(workflow.NotAllowedNow):
        workflow.perform(again, "correct_person", records=[also_before], **how)


def test_a_key_still_in_use_is_not_put_aside(case, keys) -> None:
    sealing.add_field_key()

    with pytest.raises(CommandError, match="run rotate_keys first"):
        rotate("--retire")

    assert (keys / "field-1").exists()


def test_what_is_written_back_by_an_older_key_meanwhile_keeps_that_key(
    case, keys, monkeypatch
) -> None:
    read_before = Person.objects.get(pk=case.person_id)
    rotate()
    waited: list[int] = []

    def meanwhile(seconds: int) -> None:
        waited.append(seconds)
        read_before.save()

    monkeypatch.setattr(rotate_keys, "sleep", meanwhile)

    with pytest.raises(CommandError, match="1 rows still need"):
        call_command("rotate_keys", "--retire", stdout=StringIO())

    assert waited == [rotate_keys.WAIT]
    assert (keys / "field-1").exists()


def test_a_batch_takes_away_the_guards_of_its_own_table_alone(case, keys) -> None:
    sealing.add_field_key()

    with CaptureQueriesContext(connection) as asked:
        while resealing.reseal_some():
            pass

    ends = [at for at, query in enumerate(asked) if query["sql"].startswith(("RELEASE", "COMMIT"))]
    for begin, end in pairwise([0, *ends]):
        batch = [query["sql"] for query in asked.captured_queries[begin:end]]
        taken = {sql.split()[4].rpartition("_")[0] for sql in batch if "DROP TRIGGER" in sql}
        assert len(taken) <= 1, taken


def test_an_old_key_is_put_aside_when_nothing_needs_it(case, keys) -> None:
    rotate()

    assert "Put aside: field-1" in rotate("--retire")

    assert not (keys / "field-1").exists() and (keys / "retired" / "field-1").exists()
    assert YouthCase.objects.get(pk=case.pk).observations == "Kanarieord"
    call_command("verify_journal", stdout=StringIO())


def test_a_process_that_runs_knows_the_new_key_at_once(case, keys) -> None:
    assert sealing.newest_key() == 1

    (keys / "field-9").write_bytes(b"x" * 32)

    assert sealing.newest_key() == 9
    assert Person.objects.get(pk=case.person_id).name == case.person.name


def test_whoever_is_killed_while_making_the_key_stops_nobody(case, keys) -> None:
    killed = os.fork()
    if not killed:
        os.fsync = lambda fd: os.kill(os.getpid(), signal.SIGKILL)
        sealing.add_field_key()
    assert os.WTERMSIG(os.waitpid(killed, 0)[1]) == signal.SIGKILL

    assert "Made key 2" in rotate()

    assert len((keys / "field-2").read_bytes()) == 32
    assert not list(keys.glob(".*")), "nor is anything of a key left behind"


def test_two_who_change_the_key_at_once_do_not_overwrite_one(keys) -> None:
    taken = keys / "field-2"
    taken.write_bytes(b"x" * 32)

    with pytest.raises(FileExistsError):
        sealing._write(taken, b"y" * 32)

    assert taken.read_bytes() == b"x" * 32


def test_a_key_that_came_within_a_tick_of_the_clock_opens_all_the_same(keys) -> None:
    was = keys.stat().st_mtime_ns
    assert sealing.newest_key() == 1
    (keys / "field-2").write_bytes(b"x" * 32)
    sealed = sealing.seal(b"word", place="here")
    (keys / "field-2").rename(keys / "away")
    os.utime(keys, ns=(was, was))
    assert sealing.newest_key() == 1
    (keys / "away").rename(keys / "field-2")
    os.utime(keys, ns=(was, was))

    assert sealing.unseal(sealed, place="here") == b"word"


@pytest.mark.skipif(not server.is_used(), reason="SQLite has one writer at a time")
def test_a_reserve_code_is_locked_while_it_is_sealed_anew(keys) -> None:
    owner = cast.person("karin")
    row = {"seed": factors.close("ab", owner=str(owner.pk)), "used_mask": 0}
    Authenticator.objects.create(user=owner, type=Authenticator.Type.RECOVERY_CODES, data=row)
    sealing.add_field_key()

    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        assert factors.reseal_some(batch=1) == 1

    assert any("FOR UPDATE" in query["sql"] for query in asked)


def test_no_key_lies_in_the_database(case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, street, personal_number FROM cases_person")
        everything = b"".join(bytes(cell) for row in cursor.fetchall() for cell in row if cell)

    ring = sealing.keyring()
    for key in (*ring.fields.values(), ring.index, ring.journal):
        assert key not in everything
