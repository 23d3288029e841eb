"""A letter's page and its PDF: who sees them, what they show, and what is left behind."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import AccessEntry, Protection
from notices import outbox
from notices.models import Document, Letter
from tests import cast, households, tables
from tests.households import FATHER, MOTHER, YOUTH, canaries, leaked, police, social

# Who opens which letter: "reason" is the question why, before anything is shown.
READERS = """
        to_custodian  notice_here  notice_there  receipt
karin   200           200          404           404
omar    200           200          404           404
lena    200           200          404           404
magnus  reason        reason       404           404
per     404           404          404           404
pia     404           404          404           404
ines    404           404          200           200
sara    404           404          200           200
hanna   404           404          200           200
alva    404           404          404           404
klara   404           404          404           404
nils    404           404          404           404
nora    404           404          404           404
asta    404           404          404           404
nobody  login         login        login         login
"""
PAGES = ("letter", "letter-pdf")
FAMILY = canaries(YOUTH) | canaries(MOTHER) | canaries(FATHER)


def ready(letter: Letter, content: bytes = b"%PDF-1.7 invented") -> Letter:
    """The letter as a worker leaves it, without the half second that the PDF takes."""
    Document.objects.create(letter=letter, content=content)
    letter.state, letter.pdf_sha256 = Letter.State.READY, hashlib.sha256(content).hexdigest()
    letter.rendered_at = timezone.now()
    letter.save()
    return letter


def family_letters() -> dict[str, Letter]:
    """One letter of each kind of reader, all made."""
    case, referral = households.notified()
    police(case, "send_letters")
    social(referral, "acknowledge", by="ines")
    found = {
        "to_custodian": Letter.objects.filter(code="L1").first(),
        "notice_here": Letter.objects.get(code="L4", case_id=case.pk),
        "notice_there": Letter.objects.get(code="L4", case_id=referral.pk),
        "receipt": Letter.objects.get(code="L5"),
    }
    return {name: ready(letter) for name, letter in found.items() if letter}


def a_letter() -> Letter:
    case, _ = households.notified()
    return Letter.objects.get(code="L4", case_id=case.pk)


def opened(letter: Letter, page: str = "letter", by: str = "omar") -> Any:
    client = Client()
    if by != "nobody":
        client.force_login(cast.person(by))
    return client.get(reverse(page, kwargs={"pk": letter.pk}))


def outcome(response: Any) -> str:
    if response.status_code != 302:
        return str(response.status_code)
    return "login" if response.url.startswith(reverse("login")) else "reason"


def text_of(response: Any) -> str:
    return str(response.content.decode())


def plain(response: Any, letter: Letter) -> str:
    """An answer without what is new at every request or was in the question."""
    words = text_of(response).replace(str(letter.pk), "")
    return re.sub(r'(csrfmiddlewaretoken" value=|"x-csrftoken": )"\w+"', "", words)


# Who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_a_letter_opens_for_those_of_its_own_case_and_is_unknown_to_everybody_else(page):
    letters, wanted = family_letters(), tables.read(READERS)

    found = {
        who: {name: outcome(opened(letter, page, who)) for name, letter in letters.items()}
        for who in wanted
    }

    assert tables.differences(wanted, found) == []


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("protection", [Protection.PROTECTED, Protection.UNKNOWN])
def test_a_hidden_youth_s_letters_are_for_those_who_are_named(page, protection):
    case, _ = households.notified(protection=protection)
    letter = ready(Letter.objects.get(code="L4", case_id=case.pk))

    assert opened(letter, page, "karin").status_code == 200  # who met the youth
    assert opened(letter, page, "omar").status_code == 404
    access.name_reader(cast.person("omar"), case.person)
    assert opened(letter, page, "omar").status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_manager_reads_a_letter_after_giving_a_reason(page):
    letter = ready(a_letter())
    client = Client()
    client.force_login(cast.person("magnus"))
    address = reverse(page, kwargs={"pk": letter.pk})
    asked: Any = client.get(address)

    client.post(asked.url, {"purpose": "supervision", "words": "Månadens kvalitetskontroll."})

    assert client.get(address).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_letter_is_only_read_and_never_posted_to(page):
    letter = a_letter()
    client = Client()
    client.force_login(cast.person("omar"))

    assert client.post(reverse(page, kwargs={"pk": letter.pk})).status_code == 405


def test_a_letter_that_does_not_exist_answers_as_one_that_may_not_be_seen():
    letter = ready(a_letter())
    hidden = [plain(opened(letter, page, "per"), letter) for page in PAGES]
    letter.pk = letter.case_id
    missing = [plain(opened(letter, page, "per"), letter) for page in PAGES]

    assert hidden == missing
    assert "Sidan finns inte" in hidden[0]


# The PDF --------------------------------------------------------------------------------------


def test_the_pdf_is_the_stored_bytes_every_time_and_its_hash_stands_on_the_page():
    letter = a_letter()
    outbox.render_waiting()
    letter.refresh_from_db()

    first, second = (opened(letter, "letter-pdf") for _ in range(2))

    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert first.content == second.content == bytes(letter.document.content)
    assert hashlib.sha256(first.content).hexdigest() == letter.pdf_sha256
    assert letter.pdf_sha256 in text_of(opened(letter))
    assert letter.template_version in text_of(opened(letter))


def test_addresses_and_file_names_say_nothing_of_whom_they_are_about():
    for letter in family_letters().values():
        reader = "omar" if letter.organisation.is_police else "ines"
        answer = opened(letter, "letter-pdf", reader)
        addresses = [reverse(page, kwargs={"pk": letter.pk}) for page in PAGES]

        name = f'inline; filename="{letter.code}-{letter.reference}.pdf"'
        assert answer["Content-Disposition"] == name
        assert leaked([name, *addresses], FAMILY) == set()


def test_a_letter_s_page_names_its_reader_by_part_and_nobody_by_name():
    for letter in family_letters().values():
        reader = "omar" if letter.organisation.is_police else "ines"

        page = text_of(opened(letter, by=reader))

        assert letter.addressee in page
        assert leaked([page], FAMILY) == set()


@pytest.mark.parametrize("state", ["queued", "failed"])
def test_there_is_no_pdf_before_it_is_made(state):
    letter = a_letter()
    Letter.objects.filter(pk=letter.pk).update(state=state)

    assert opened(letter, "letter-pdf").status_code == 404
    assert reverse("letter-pdf", kwargs={"pk": letter.pk}) not in text_of(opened(letter))


# How far it has come --------------------------------------------------------------------------


def test_a_letter_in_the_queue_says_so_and_that_nothing_is_lost():
    page = text_of(opened(a_letter()))

    assert "I kö" in page
    assert "Brevet görs strax" in page
    assert "inget går förlorat" in page


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"failure": "PDF kan inte skapas: libpango saknas."},
            "PDF kan inte skapas: libpango saknas.",
        ),
        ({"state": "failed", "failure": "Typsnittet saknar: 𓀀"}, "Typsnittet saknar: 𓀀"),
        ({"queued_at": timezone.now() - timedelta(minutes=5)}, "verkar stå stilla"),
    ],
)
def test_a_letter_that_does_not_come_says_why(columns, words):
    letter = a_letter()
    Letter.objects.filter(pk=letter.pk).update(**columns)

    page = text_of(opened(letter))

    assert words in page
    assert "förlorat" in page


def test_a_ready_letter_shows_the_pdf_and_no_warning():
    letter = ready(a_letter())

    page = text_of(opened(letter))

    assert reverse("letter-pdf", kwargs={"pk": letter.pk}) in page
    assert "Klar" in page
    assert "I kö" not in page


# What is left behind --------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_the_browser_keeps_neither_the_page_nor_the_pdf(page):
    assert opened(ready(a_letter()), page)["Cache-Control"] == "no-store"


def log_of(letter: Letter, by: str) -> list[tuple[str, str]]:
    entries = AccessEntry.objects.filter(
        actor=cast.person(by), subject_id__in=[letter.case_id, letter.pk]
    )
    return [(entry.kind, entry.page) for entry in entries.order_by("sequence")]


def test_a_letter_closes_when_somebody_it_names_becomes_hidden():
    case, _ = households.notified()
    police(case, "send_letters")
    mother, father = households.mother(case.person), households.father(case.person)
    to_mother, to_father = (
        ready(Letter.objects.get(code="L1", custodian_id=one.pk)) for one in (mother, father)
    )
    notice = ready(Letter.objects.get(code="L4", case_id=case.pk))
    letters = (to_mother, to_father, notice)
    assert [opened(each, "letter-pdf").status_code for each in letters] == [200, 200, 200]
    mother.protection = Protection.PROTECTED
    mother.save()

    assert [opened(each, "letter-pdf").status_code for each in letters] == [404, 200, 404]
    access.name_reader(cast.person("omar"), case.person)
    assert [opened(each, "letter-pdf").status_code for each in letters] == [200, 200, 200]


def test_every_opening_of_a_letter_is_in_the_log():
    letter = ready(a_letter())

    opened(letter)
    opened(letter, "letter-pdf")

    assert log_of(letter, "omar") == [
        ("read", "letter"),
        ("print", "letter-pdf"),
    ]


def test_every_letter_that_was_refused_is_in_the_log():
    case, _ = households.notified(protection=Protection.PROTECTED)
    letter = ready(Letter.objects.get(code="L4", case_id=case.pk))

    for reader in ("per", "nils", "ines", "omar"):
        opened(letter, "letter-pdf", reader)

        assert log_of(letter, reader)[-1] == ("refused", "letter-pdf"), reader
