"""Today's pile: one PDF in envelope order, made by rows, and nothing in it that may not leave."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from cases.models import AccessEntry, Custodian, JournalEntry, Protection, YouthCase
from cases.workflow import NotAllowedNow
from kronoberg import erasure
from notices import binding, leases, leaving, outbox, pile, postroom, rendering
from notices.models import Document, Posting, PrintRun, RunFile, RunItem
from tests import cast, households
from tests.households import FATHER, MOTHER, YOUTH, canaries, leaked, police
from tests.test_letter_pages import ready

NOW = timezone.now
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def _a_cover_list_can_be_made_here():
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the DejaVu fonts are missing")


def pdf(n_pages: int = 1, width: int = 595) -> bytes:
    """A PDF whose pages can be told apart by their width."""
    writer = PdfWriter()
    for _ in range(n_pages):
        writer.add_blank_page(width, 842)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def papers(n_pages: tuple[int, int] = (1, 1), **record: Any) -> list[Posting]:
    """The papers to two custodians, in the order of their addresses: the father's comes first."""
    case, _ = households.notified(**record)
    sent = police(case, "send_letters").letters
    made = [letter for letter in sent if letter.custodian_id]  # the youth's own is not made yet
    for number, letter in enumerate(made):
        ready(letter, pdf(n_pages[number], width=500 + number))
    hers, his = (Posting.objects.get(pk=letter.pk) for letter in made)
    return [his, hers]


def unit() -> Any:
    return cast.person("omar").organisation


@pytest.mark.parametrize("state", ["ready", "printed"])
def test_the_piles_pdf_goes_with_the_case_whose_letter_it_holds(state: str) -> None:
    his, _ = papers()
    run = made()
    if state == "printed":
        pile.print_all(run, by=cast.person("omar"), at=NOW())
    assert RunFile.objects.filter(run=run).exists()

    erasure.erase(YouthCase.objects.get(pk=his.letter.case_id))

    assert not RunFile.objects.exists()
    assert state_of(run) == ("making" if state == "ready" else "printed")


def started(**how: Any) -> PrintRun:
    run = pile.start(unit(), by=cast.person("omar"), at=NOW(), **how)
    assert run is not None
    return run


def made(**how: Any) -> PrintRun:
    run = started(**how)
    binding.make_waiting()
    return PrintRun.objects.get(pk=run.pk)


def file_of(run: PrintRun) -> PdfReader:
    return PdfReader(io.BytesIO(bytes(RunFile.objects.get(run=run).content)))


def widths(run: PrintRun) -> list[int]:
    return [int(page.mediabox.width) for page in file_of(run).pages][1:]


def state_of(run: PrintRun) -> str:
    return PrintRun.objects.get(pk=run.pk).state


def faults(run: PrintRun) -> list[str]:
    return [item.fault for item in run.items.all() if item.fault]


def withdraw(posting: Posting) -> None:
    postroom.take(posting, "withdraw_letter", by=cast.person("omar"), reason="Fel mottagare.")


# The PDF --------------------------------------------------------------------------------------


def test_a_pile_is_a_cover_list_and_the_letters_in_envelope_order():
    papers((2, 1))

    run = made()

    assert run.state == "ready"
    # 341 32 Ljungby before 355 62 Gemla.
    assert widths(run) == [501, 500, 500]
    rows = [(item.envelope, item.first_page, item.n_pages) for item in run.items.all()]
    assert rows == [(1, 2, 1), (2, 3, 2)]


def test_on_both_sides_of_the_sheet_each_letter_begins_on_a_new_one():
    papers((1, 1))

    run = made(is_duplex=True)

    assert [item.first_page for item in run.items.all()] == [3, 5]
    assert len(file_of(run).pages) == 6


def test_letters_to_the_same_person_at_the_same_address_share_an_envelope():
    papers()
    papers()  # another case of the same parents

    run = made()

    assert [item.envelope for item in run.items.all()] == [1, 1, 2, 2]


def test_the_cover_list_names_letters_and_roles_and_nobody():
    his, hers = papers()

    text = file_of(made()).pages[0].extract_text()

    for posting in (his, hers):
        assert posting.letter.reference in text
        assert posting.letter.addressee in text
    assert leaked([text], canaries(YOUTH) | canaries(MOTHER) | canaries(FATHER)) == set()


def test_the_letters_own_bytes_are_as_they_were():
    papers()
    before = {row.pk: bytes(row.content) for row in Document.objects.all()}

    made()

    assert {row.pk: bytes(row.content) for row in Document.objects.all()} == before


# What may be in it ----------------------------------------------------------------------------


@pytest.mark.parametrize("protection", [Protection.PROTECTED, Protection.UNKNOWN])
def test_nothing_about_somebody_hidden_is_in_a_pile(protection):
    his, _ = papers()
    case = postroom.case_of(his.letter)
    case.person.protection = protection
    case.person.save()

    assert pile.start(unit(), by=cast.person("omar"), at=NOW()) is None


@pytest.mark.parametrize("protection", [Protection.PROTECTED, Protection.UNKNOWN])
def test_nothing_about_a_child_in_a_hidden_home_is_in_a_pile(protection):
    his, _ = papers()
    at_home = households.mother(postroom.case_of(his.letter).person)
    at_home.protection = protection
    at_home.save()

    assert pile.start(unit(), by=cast.person("omar"), at=NOW()) is None


def hide_the_home(custodian: Custodian) -> str:
    at_home = households.mother(custodian.person)
    at_home.protection = Protection.PROTECTED
    at_home.save()
    return binding.HIDDEN


def hide_the_youth(custodian: Custodian) -> str:
    custodian.person.protection = Protection.PROTECTED
    custodian.person.save()
    return binding.HIDDEN


def hide_the_addressee(custodian: Custodian) -> str:
    custodian.protection = Protection.UNKNOWN
    custodian.save()
    return "Skyddade personuppgifter"


def bar_the_addressee(custodian: Custodian) -> str:
    custodian.is_barred = True
    custodian.save()
    return "får inte kontaktas"


def move_the_addressee(custodian: Custodian) -> str:
    custodian.street = "Nygatan 1"
    custodian.save()
    return leaving.MOVED


def turn_eighteen(custodian: Custodian) -> str:
    custodian.person.birth_date = TODAY.replace(year=TODAY.year - 18).isoformat()
    custodian.person.save()
    return "fyllt 18"


def harm(custodian: Custodian) -> str:
    document = Document.objects.get(letter__custodian_id=custodian.pk)
    document.content = pdf(3)
    document.save()
    return binding.GONE


CHANGES = (
    hide_the_addressee, bar_the_addressee, move_the_addressee, harm,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_letter_that_may_not_leave_after_all_is_left_out_by_name_and_the_rest_is_made(change):
    his, hers = papers()
    run = started()
    words = change(households.father(postroom.case_of(his.letter).person))

    binding.make_waiting()

    assert state_of(run) == "ready"
    assert widths(run) == [500]
    [fault] = faults(run)
    assert words in fault
    assert RunItem.objects.get(posting=his).fault == fault
    assert RunItem.objects.get(posting=hers).fault == ""


@pytest.mark.parametrize(
    "change", [hide_the_youth, hide_the_home, turn_eighteen], ids=lambda each: each.__name__
)
def test_when_no_letter_may_leave_the_pile_is_done_and_each_says_why(change):
    his, _ = papers()
    run = started()
    words = change(households.father(postroom.case_of(his.letter).person))

    binding.make_waiting()

    assert state_of(run) == "done"
    assert not RunFile.objects.exists()
    assert len(faults(run)) == 2
    assert all(words in fault for fault in faults(run))


CLOSED = (hide_the_youth, hide_the_addressee, bar_the_addressee, move_the_addressee, turn_eighteen)


@pytest.mark.parametrize("change", CLOSED, ids=lambda each: each.__name__)
def test_a_letter_that_may_not_leave_after_all_is_not_printed_by_itself_either(change):
    his, _ = papers()
    words = change(households.father(postroom.case_of(his.letter).person))

    with pytest.raises(NotAllowedNow, match=f"(?i){words.split(':')[0]}"):
        postroom.take(his, "print_letter", by=cast.person("omar"))

    his.refresh_from_db()
    assert his.state == "waiting"


def test_a_letter_that_was_left_out_can_be_tried_alone():
    his, _ = papers()
    run = started()
    father = households.father(postroom.case_of(his.letter).person)
    street = father.street
    move_the_addressee(father)
    binding.make_waiting()
    father.street = street
    father.save()

    alone = made(only=his)

    assert widths(alone) == [501]
    assert widths(run) == [500]


def test_a_letter_is_in_one_pile_at_a_time():
    papers()
    first = started()

    assert pile.start(unit(), by=cast.person("lena"), at=NOW()) is None
    assert first.items.count() == 2


@pytest.mark.parametrize("who", ["pia", "sara"])
def test_a_pile_holds_the_own_unit_s_letters_only(who):
    papers()

    user = cast.person(who)
    assert pile.start(user.organisation, by=user, at=NOW()) is None


# Withdrawn ------------------------------------------------------------------------------------


def test_a_letter_withdrawn_before_printing_is_in_no_pdf_any_more():
    his, _ = papers()
    run = made()
    withdraw(his)
    assert state_of(run) == "making"
    assert not RunFile.objects.exists()

    binding.make_waiting()

    assert widths(run) == [500]
    assert [item.posting_id for item in run.items.all()] != [his.pk]


def test_a_letter_withdrawn_while_the_pile_is_made_is_not_in_it(monkeypatch):
    his, _ = papers()
    run = started()
    cover = binding._cover

    def slow(*arguments: Any) -> bytes:
        if Posting.objects.get(pk=his.pk).state == "waiting":
            withdraw(his)
        return cover(*arguments)

    monkeypatch.setattr(binding, "_cover", slow)
    binding.make_waiting()

    assert state_of(run) == "ready"
    assert widths(run) == [500]


def test_a_letter_printed_by_itself_is_not_printed_again_with_the_pile():
    his, _ = papers()
    run = made()

    postroom.take(his, "print_letter", by=cast.person("omar"))
    binding.make_waiting()

    assert widths(run) == [500]


def test_withdrawing_what_is_printed_closes_the_pile_s_pdf():
    his, _ = papers()
    run = made()
    pile.print_all(run, by=cast.person("omar"), at=NOW())

    withdraw(his)

    assert not RunFile.objects.exists()
    assert state_of(run) == "printed"


# Printed and posted ---------------------------------------------------------------------------


def test_a_pile_is_printed_as_one_and_each_case_s_journal_says_so():
    both = papers()
    run = made()

    pile.print_all(run, by=cast.person("omar"), at=NOW())

    assert state_of(run) == "printed"
    assert {Posting.objects.get(pk=paper.pk).state for paper in both} == {"printed"}
    said = JournalEntry.objects.filter(action="print_letter")
    assert {entry.facts["letter"] for entry in said} == {paper.letter.reference for paper in both}


@pytest.mark.parametrize("change", CHANGES[:3], ids=lambda change: change.__name__)
def test_what_may_not_leave_any_more_stops_the_printing_and_the_pile_is_made_without_it(change):
    his, hers = papers()
    run = made()
    change(households.father(postroom.case_of(his.letter).person))

    with pytest.raises(pile.Changed):
        pile.print_all(run, by=cast.person("omar"), at=NOW())

    assert {Posting.objects.get(pk=paper.pk).state for paper in (his, hers)} == {"waiting"}
    assert not RunFile.objects.exists()
    binding.make_waiting()
    assert widths(run) == [500]


def test_a_pile_that_is_not_ready_is_not_printed():
    papers()
    run = started()

    with pytest.raises(pile.Changed):
        pile.print_all(run, by=cast.person("omar"), at=NOW())

    assert state_of(run) == "making"


@pytest.mark.parametrize("who", ["karin", "magnus", "pia", "asta"])
def test_a_pile_is_printed_and_posted_by_those_who_handle_the_post(who):
    papers()
    run = made()
    with pytest.raises(PermissionDenied):
        pile.print_all(run, by=cast.person(who), at=NOW())
    assert state_of(run) == "ready"
    pile.print_all(run, by=cast.person("omar"), at=NOW())

    with pytest.raises(PermissionDenied):
        pile.post_all(run, by=cast.person(who), on=TODAY, how="post", at=NOW())

    assert state_of(run) == "printed"


def test_what_is_printed_of_a_pile_is_posted_at_once_and_its_pdf_is_thrown_away():
    his, hers = papers()
    run = made()
    pile.print_all(run, by=cast.person("omar"), at=NOW())
    withdraw(his)

    assert pile.post_all(run, by=cast.person("lena"), on=TODAY, how="post", at=NOW()) == 1
    assert pile.post_all(run, by=cast.person("lena"), on=TODAY, how="post", at=NOW()) == 0

    assert [Posting.objects.get(pk=paper.pk).state for paper in (his, hers)] == [
        "withdrawn",
        "posted",
    ]
    assert state_of(run) == "done"
    assert not RunFile.objects.exists()
    assert Document.objects.filter(letter__in=[his.pk, hers.pk]).count() == 2


# Nothing is lost ------------------------------------------------------------------------------


def test_a_round_that_is_over_leaves_the_rest_to_the_next(monkeypatch):
    papers()
    run = started()
    monkeypatch.setattr(leases, "ROUND", timedelta(0))
    binding.make_waiting()
    assert state_of(run) == "making"

    monkeypatch.undo()
    binding.make_waiting()

    assert state_of(run) == "ready"


def test_a_pile_of_a_dead_worker_is_taken_over_when_its_lease_runs_out():
    papers()
    run = started()
    assert leases.claim(binding._unmade()) == run
    assert leases.claim(binding._unmade()) is None
    PrintRun.objects.update(leased_until=NOW() - timedelta(seconds=1))

    assert binding.make_waiting() == 1


def test_a_pile_whose_workers_die_every_time_stops_says_so_and_can_be_tried_again():
    papers()
    run = started()
    dead = NOW() - timedelta(seconds=1)
    PrintRun.objects.update(attempts=leases.MAX_ATTEMPTS, leased_until=dead)

    assert binding.make_waiting() == 0
    assert [each.failure for each in pile.in_trouble(unit())] == [binding.INTERRUPTED]

    pile.retry(run)
    assert binding.make_waiting() == 1
    assert list(pile.in_trouble(unit())) == []


def test_a_pile_that_nobody_makes_is_in_trouble_after_a_while():
    papers()
    started()
    assert list(pile.in_trouble(unit())) == []

    PrintRun.objects.update(made_at=NOW() - outbox.STUCK_AFTER)

    assert pile.in_trouble(unit()).count() == 1
    assert pile.in_trouble(cast.person("pia").organisation).count() == 0
    assert not AccessEntry.objects.exists()
