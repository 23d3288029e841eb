"""Today's pile: one PDF in envelope order, made by rows, and nothing in it that may not leave."""

import pytest

from cases.models import Protection
from cases.workflow import NotAllowedNow
from notices import binding, pile, postroom, rendering
from notices.models import Document, RunFile, RunItem
from tests import cast, households
from tests.households import FATHER, MOTHER, YOUTH, canaries, leaked
from tests.piles import (
    CHANGES,
    NOW,
    bar_the_addressee,
    faults,
    file_of,
    hide_the_addressee,
    hide_the_home,
    hide_the_youth,
    left_out,
    made,
    move_the_addressee,
    papers,
    started,
    state_of,
    turn_eighteen,
    unit,
    widths,
)


@pytest.fixture(autouse=True)
def _a_cover_list_can_be_made_here():
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the DejaVu fonts are missing")


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
    with left_out(his):
        pass

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
