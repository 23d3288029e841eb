"""A log whose end was cut off together with its head is found out by what was kept outside."""

import json

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection

from cases.models import AccessEntry, ChainHead
from tests import cast
from tests.test_verify_journal import read_log, unguarded, verify


@pytest.fixture
def office(settings, tmp_path):
    """Växjö's social services with three readings, and yesterday's anchor."""
    settings.ANCHORS_DIR = tmp_path / "anchors"
    unit = cast.person("sara").organisation
    read_log(unit)
    call_command("anchor_journal")
    return unit


def cut(office, keep: int) -> None:
    """What somebody with the database and no key can do: drop the end and put the head back."""
    last = AccessEntry.objects.get(organisation=office, sequence=keep)
    with unguarded() as cursor:
        cursor.execute("DELETE FROM cases_accessentry WHERE sequence > %s", [keep])
    head = ChainHead.objects.get(chain=f"accessentry:{office.pk}")
    head.sequence, head.mac = keep, last.mac
    head.save()


def test_a_log_cut_with_its_head_is_whole_to_itself_and_not_to_the_anchor(office, settings) -> None:
    cut(office, keep=1)

    assert list(AccessEntry.faults(office)) == []
    assert "3: raden finns i heads-" in verify()


def test_a_log_grown_anew_over_the_cut_is_found_out(office) -> None:
    cut(office, keep=1)
    read_log(office)

    assert "3: raden är en annan än den i heads-" in verify()


def test_a_log_that_only_grew_is_whole(office) -> None:
    read_log(office)

    call_command("verify_journal", verbosity=0)


def test_an_anchor_that_somebody_changed_says_so(office, settings) -> None:
    [path] = settings.ANCHORS_DIR.glob("*.json")
    content = json.loads(path.read_text())
    content["heads"] = []
    path.write_text(json.dumps(content))

    assert "filen är ändrad" in verify()


def test_an_anchor_is_never_overwritten_and_can_be_mailed(office, settings) -> None:
    settings.ANCHOR_MAIL = ["arkiv@example.org"]

    call_command("anchor_journal")

    assert len(list(settings.ANCHORS_DIR.glob("*.json"))) == 2
    [letter] = mail.outbox
    assert f"accessentry:{office.pk}" in letter.body
    assert connection.alias and "Sara" not in letter.body
