"""What is personal is encrypted at rest, bound to its row, and unreadable without the keys."""

import hashlib
import secrets
import shutil
import stat

import pytest
from django.conf import settings
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection

from cases import sealing
from cases.models import Person
from tests.cast import person
from tests.factories import make_case, make_person

CANARY = "Kanariefågel"


@pytest.fixture
def saved():
    youth = make_person(name=CANARY)
    youth.organisation = person("karin").organisation
    youth.save()
    return Person.objects.get(pk=youth.pk)


def raw(column, youth):
    with connection.cursor() as cursor:
        key = youth.pk.hex if connection.vendor == "sqlite" else youth.pk
        cursor.execute(f"SELECT {column} FROM cases_person WHERE id = %s", [key])
        return bytes(cursor.fetchone()[0])


def test_what_was_written_comes_back_and_does_not_lie_in_the_database(saved):
    assert saved.name == CANARY
    assert CANARY.encode() not in raw("name", saved)


def test_a_seal_moved_to_another_row_is_refused(saved):
    other = make_person(name="Någon Annan")
    other.organisation = saved.organisation
    other.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_person SET name = (SELECT p.name FROM cases_person p WHERE p.id = %s) "
            "WHERE id = %s",
            [key.hex if connection.vendor == "sqlite" else key for key in (saved.pk, other.pk)],
        )

    with pytest.raises(sealing.SealBroken):
        _ = Person.objects.get(pk=other.pk).name


def test_a_seal_moved_to_another_column_is_refused(saved):
    with connection.cursor() as cursor:
        key = saved.pk.hex if connection.vendor == "sqlite" else saved.pk
        cursor.execute("UPDATE cases_person SET street = name WHERE id = %s", [key])

    with pytest.raises(sealing.SealBroken):
        _ = Person.objects.get(pk=saved.pk).street


def test_values_yield_no_plain_text(saved):
    assert CANARY not in str(list(Person.objects.values("name", "street")))


def test_a_sealed_column_cannot_be_searched_or_updated_in_bulk(saved):
    with pytest.raises(FieldError):
        Person.objects.filter(name=CANARY)
    with pytest.raises(FieldError):
        Person.objects.filter(pk=saved.pk).update(name="Klartext")


def test_saving_again_does_not_touch_a_seal_that_was_not_read(saved):
    before = raw("name", saved)

    fresh = Person.objects.get(pk=saved.pk)
    fresh.save()

    assert raw("name", fresh) == before


def test_a_deferred_column_is_read_when_it_is_asked_for(saved):
    assert Person.objects.defer("name").get(pk=saved.pk).name == CANARY


def test_equal_numbers_meet_in_the_blind_index_and_it_is_no_plain_hash(saved):
    number, twin = saved.personal_number, make_person(personal_number=saved.personal_number)
    twin.organisation = saved.organisation
    twin.save()

    assert number and twin.number_index == saved.number_index
    assert sealing.blind_index("201104122385") != sealing.blind_index("201104122393")
    assert saved.number_index != hashlib.sha256(number.encode()).hexdigest()
    assert sealing.blind_index("") == ""


@pytest.fixture
def new_keyring(settings, tmp_path):
    """A copy of the installation's keys, to which keys can be added."""
    folder = shutil.copytree(settings.KEYS_DIR, tmp_path / "keys")
    settings.KEYS_DIR = folder
    return folder


def test_a_new_key_seals_and_the_old_one_still_opens(saved, new_keyring):
    (new_keyring / "field-2").write_bytes(secrets.token_bytes(32))

    fresh = Person.objects.get(pk=saved.pk)
    fresh.street = "Provvägen 2"
    fresh.save()

    assert (raw("name", saved)[0], raw("street", saved)[0]) == (1, 2)
    again = Person.objects.get(pk=saved.pk)
    assert (again.name, again.street) == (CANARY, "Provvägen 2")


def test_what_a_lost_key_sealed_says_so_and_nothing_else(saved, new_keyring):
    (new_keyring / "field-1").rename(new_keyring / "field-7")

    with pytest.raises(sealing.SealBroken, match="No key 1") as fault:
        _ = Person.objects.get(pk=saved.pk).name

    assert CANARY not in str(fault.value)


def test_one_changed_byte_breaks_the_seal():
    sealed = sealing.seal(CANARY.encode(), place="cases_person.name:1")

    for index in range(1, len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1
        with pytest.raises(sealing.SealBroken):
            sealing.unseal(bytes(changed), place="cases_person.name:1")


def test_the_same_words_never_look_the_same():
    place = "cases_person.name:1"

    assert sealing.seal(b"Alva", place=place) != sealing.seal(b"Alva", place=place)


def test_making_keys_again_changes_none(tmp_path):
    made = sealing.make_keys(tmp_path / "keys")
    before = {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()}

    assert set(made) == {"field-1", "index", "journal", "secret"}
    assert sealing.make_keys(tmp_path / "keys") == []
    assert {path.name: path.read_bytes() for path in (tmp_path / "keys").iterdir()} == before
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_the_keys_are_for_their_owner_only():
    for path in settings.KEYS_DIR.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_keys_nothing_opens(saved, tmp_path, settings):
    settings.KEYS_DIR = tmp_path

    with pytest.raises(FileNotFoundError):
        _ = Person.objects.get(pk=saved.pk).name


def test_sealed_text_does_not_leave_with_a_dump(saved):
    with pytest.raises((CommandError, FieldError)):
        call_command("dumpdata", "cases.Person")


def test_no_word_of_a_case_lies_open_in_its_row():
    case = make_case(at="handed_over", observations=CANARY, concern=CANARY)
    with connection.cursor() as cursor:
        key = case.pk.hex if connection.vendor == "sqlite" else case.pk
        cursor.execute("SELECT * FROM cases_youthcase WHERE id = %s", [key])
        row = cursor.fetchone()

    assert not [value for value in row if CANARY.encode() in bytes(str(value).encode())]
    assert not [value for value in row if isinstance(value, bytes) and CANARY.encode() in value]
