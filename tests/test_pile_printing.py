"""A pile that is made: withdrawn from, printed and posted as one, and never lost with a worker."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from cases.models import AccessEntry, JournalEntry, YouthCase
from kronoberg import erasure
from notices import binding, leases, outbox, pile, postroom, rendering
from notices.models import Document, Posting, PrintRun, RunFile
from tests import cast, households
from tests.piles import (
    CHANGES,
    NOW,
    TODAY,
    made,
    papers,
    started,
    state_of,
    unit,
    widths,
    withdraw,
)


@pytest.fixture(autouse=True)
def _a_cover_list_can_be_made_here():
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the DejaVu fonts are missing")


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
