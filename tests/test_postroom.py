"""The post room: what a paper may become, who says so, and that the case's journal hears of it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases import papers, workflow
from cases.models import JournalEntry, Organisation, Remark
from notices import leases, outbox, postroom
from notices.models import Letter
from notices.posting import EDGES, Posting, State
from tests import cast, households, tables
from tests.households import police, social

TODAY = timezone.localdate()
SENT = {"posted_on": TODAY, "posted_how": "post"}
BACK = {"returned_on": TODAY, "return_reason": "moved"}
WHY = {"reason": "Fel mottagare."}

# Where each move leads from each state; "·" cannot be taken there.
MOVES = """
                waiting   printed   posted   returned settled withdrawn
print_letter    printed   ·         ·        ·        ·       ·
post_letter     posted    posted    ·        ·        ·       ·
withdraw_letter withdrawn withdrawn ·        ·        ·       ·
return_letter   ·         ·         returned ·        ·       ·
settle_return   ·         ·         ·        settled  ·       ·
"""
GIVEN: dict[str, dict[str, Any]] = {
    "print_letter": {},
    "post_letter": SENT,
    "withdraw_letter": WHY,
    "return_letter": BACK,
    "settle_return": WHY,
}
ROADS = {
    "waiting": [],
    "printed": ["print_letter"],
    "posted": ["print_letter", "post_letter"],
    "returned": ["print_letter", "post_letter", "return_letter"],
    "settled": ["print_letter", "post_letter", "return_letter", "settle_return"],
    "withdrawn": ["withdraw_letter"],
}


def make_ready(letter: Letter) -> Letter:
    """As a worker leaves it, without the half second that the PDF takes."""
    Letter.objects.filter(pk=letter.pk).update(state="ready", pdf_sha256="0" * 64)
    return Letter.objects.select_related("organisation").get(pk=letter.pk)


def paper(at: str = "waiting") -> Posting:
    """The paper of a custodian's letter, walked to the state `at` as the post room walks."""
    case, _ = households.notified()
    letter = make_ready(police(case, "send_letters").letters[0])
    posting = Posting.objects.get(pk=letter.pk)
    for action in ROADS[at]:
        posting = postroom.take(posting, action, by=cast.person("omar"), **GIVEN[action])
    return posting


def journal_of(posting: Posting) -> list[JournalEntry]:
    found = JournalEntry.objects.filter(case_id=posting.letter.case_id)
    return [entry for entry in found.order_by("id") if "letter" in entry.facts]


# The machine ----------------------------------------------------------------------------------


def test_a_paper_moves_as_the_table_says():
    code = {move.name: dict.fromkeys(State.values, "·") for move in postroom.moves()}
    for move in postroom.moves():
        code[move.name][move.source] = str(move.transition.target)

    assert tables.differences(tables.read(MOVES), code) == []


def test_the_database_s_own_guard_knows_the_same_ways():
    machine = {(move.source, str(move.transition.target)) for move in postroom.moves()}

    assert machine == {(str(old), str(new)) for old, new in EDGES}


@pytest.mark.parametrize("at", ROADS)
def test_what_is_not_in_the_table_is_refused_in_every_state(at):
    posting = paper(at)
    for action, targets in tables.read(MOVES).items():
        if targets[at] != "·":
            continue
        with pytest.raises(workflow.NotAllowedNow, match="Läs om sidan"):
            postroom.take(posting, action, by=cast.person("omar"), **GIVEN[action])

        assert Posting.objects.get(pk=posting.pk).state == at, action


@pytest.mark.parametrize("state", ["printed", "posted", "returned"])
def test_the_database_refuses_to_print_or_send_what_is_withdrawn(state):
    posting = paper("withdrawn")

    with pytest.raises(IntegrityError, match="no such way"), transaction.atomic():
        Posting.objects.filter(pk=posting.pk).update(
            state=state, posted_on=TODAY, posted_how="post", return_reason="moved"
        )


def test_a_paper_begins_in_the_pile():
    posting = paper()
    Posting.objects.filter(pk=posting.pk).delete()

    with pytest.raises(IntegrityError, match="no such way"), transaction.atomic():
        Posting.objects.create(
            letter=posting.letter, organisation=posting.organisation, state="printed"
        )


@pytest.mark.parametrize("action", ["print_letter", "post_letter"])
@pytest.mark.parametrize("state", ["queued", "failed"])
def test_a_letter_that_is_not_made_can_neither_be_printed_nor_posted(action, state):
    posting = paper()
    Letter.objects.filter(pk=posting.pk).update(state=state)

    with pytest.raises(workflow.MissingFacts, match="inte gjort"):
        postroom.take(posting, action, by=cast.person("omar"), **GIVEN[action])


@pytest.mark.parametrize("lacks", ["posted_on", "posted_how"])
def test_what_is_posted_says_when_and_how(lacks):
    told = {name: value for name, value in SENT.items() if name != lacks}

    with pytest.raises(workflow.MissingFacts, match="dag och hur"):
        postroom.take(paper(), "post_letter", by=cast.person("omar"), **told)


@pytest.mark.parametrize(
    ("at", "action"), [("waiting", "withdraw_letter"), ("returned", "settle_return")]
)
def test_withdrawing_and_settling_ask_why(at, action):
    with pytest.raises(workflow.MissingFacts, match="skälet"):
        postroom.take(paper(at), action, by=cast.person("omar"), reason=" ")


# The journal ----------------------------------------------------------------------------------


def test_every_move_is_in_the_case_s_journal_with_the_letter_s_number_and_no_word():
    posting = paper("settled")

    entries = journal_of(posting)

    assert [entry.action for entry in entries] == ROADS["settled"]
    assert {entry.facts["letter"] for entry in entries} == {posting.letter.reference}
    assert entries[1].facts == {
        "letter": posting.letter.reference,
        "posted_on": TODAY.isoformat(),
        "posted_how": "post",
    }
    assert {(entry.from_state, entry.to_state) for entry in entries} == {("notified", "notified")}
    assert Remark.objects.get(pk=entries[-1].remark_id).text == WHY["reason"]


def test_a_refused_move_leaves_no_line_in_the_journal():
    posting = paper("posted")
    before = JournalEntry.objects.count()

    with pytest.raises(workflow.NotAllowedNow):
        postroom.take(posting, "withdraw_letter", by=cast.person("omar"), **WHY)

    assert JournalEntry.objects.count() == before


def test_the_case_goes_on_after_its_letters_have_moved():
    posting = paper("returned")
    case = households.fresh(postroom.case_of(posting.letter))

    workflow.perform(case, "acknowledge", by=cast.person("omar"), receipt_number="R-1")

    assert households.fresh(case).state == "acknowledged"


def test_the_same_form_sent_twice_posts_once():
    posting, form = paper("printed"), uuid4()
    postroom.take(posting, "post_letter", by=cast.person("omar"), request_id=form, **SENT)

    with pytest.raises(workflow.StepRepeated):
        postroom.take(posting, "post_letter", by=cast.person("omar"), request_id=form, **SENT)

    assert len(journal_of(posting)) == 2


@pytest.mark.parametrize("who", ["karin", "magnus", "pia", "sara", "asta", "nils"])
def test_the_post_is_handled_by_those_who_may_send_and_nobody_else(who):
    posting = paper()

    with pytest.raises(PermissionDenied):
        postroom.take(posting, "print_letter", by=cast.person(who))

    assert postroom.moves_now(posting, by=cast.person(who)) == []
    assert Posting.objects.get(pk=posting.pk).state == "waiting"


def test_nothing_can_be_noted_about_papers_that_is_no_event_of_theirs():
    case, _ = households.notified()

    with pytest.raises(TypeError):
        papers.note(case, "notify", by=cast.person("omar"))


# What is paper --------------------------------------------------------------------------------


def on_paper() -> set[tuple[str, str]]:
    found = Posting.objects.select_related("letter", "organisation")
    return {(posting.letter.code, posting.organisation.kind) for posting in found}


def test_what_crosses_in_the_system_is_no_paper_and_what_goes_to_the_family_is():
    case, referral = households.notified()
    assert on_paper() == set()

    police(case, "send_letters")
    households.assessed(referral)
    social(referral, "call_to_talk", records=households.called(referral))

    assert on_paper() == {("L1", "police"), ("L3", "police"), ("L6", "social")}


def test_a_notice_to_an_office_outside_the_installation_is_paper():
    case = households.reviewed()
    Organisation.objects.filter(kind="social").update(is_connected=False)

    [letter] = police(case, "notify").letters

    assert on_paper() == {("L4", "police")}
    assert Letter.objects.filter(code="L4").get() == letter


# Trying again ---------------------------------------------------------------------------------


def unmade(**columns: Any) -> Letter:
    case, _ = households.notified()
    letter = Letter.objects.get(case_id=case.pk)
    Letter.objects.filter(pk=letter.pk).update(**columns)
    return Letter.objects.select_related("organisation").get(pk=letter.pk)


def in_trouble(who: str = "omar") -> list[Letter]:
    return list(outbox.in_trouble(cast.person(who).organisation))


def test_failed_and_stuck_letters_of_the_own_unit_are_in_trouble_and_no_others():
    failed = unmade(state="failed")
    stuck = unmade(queued_at=timezone.now() - outbox.STUCK_AFTER - timedelta(seconds=1))
    unmade(state="ready", pdf_sha256="0" * 64)
    unmade(queued_at=timezone.now() - outbox.STUCK_AFTER + timedelta(minutes=1))

    assert set(in_trouble()) == {failed, stuck}
    assert in_trouble("pia") == in_trouble("alva") == []


def test_a_withdrawn_letter_that_could_not_be_made_troubles_nobody():
    posting = paper("withdrawn")
    Letter.objects.filter(pk=posting.pk).update(state="failed")

    assert in_trouble() == []


@pytest.mark.parametrize(
    ("columns", "reason", "remedy"),
    [
        ({"state": "failed", "failure": leases.INTERRUPTED}, "avbröts", "Försök igen"),
        ({"state": "failed", "failure": leases.UNEXPECTED}, "oväntat fel", "Försök igen"),
        ({"state": "failed", "failure": "Typsnittet saknar: 𓀀"}, "saknar", "typsnitt"),
        ({"state": "failed", "failure": "Brevet är längre än 30 sidor."}, "längre", "annat sätt"),
        ({"failure": "PDF kan inte skapas: libpango"}, "libpango", "av sig självt"),
        ({}, "stå stilla", "av sig självt"),
    ],
)
def test_each_trouble_says_why_and_what_to_do(columns, reason, remedy):
    said = outbox.trouble(unmade(**columns))

    assert reason in said[0]
    assert remedy in said[1]


def test_a_failed_letter_is_made_after_a_new_try_and_the_journal_says_who_asked():
    letter = unmade(state="failed", failure=leases.INTERRUPTED, attempts=5)

    postroom.retry(letter, by=cast.person("lena"))

    assert leases.claim(Letter.objects.all()) is not None
    assert in_trouble() == []
    [entry] = JournalEntry.objects.filter(case_id=letter.case_id, action="retry_letter")
    assert (entry.actor.username, entry.facts) == ("lena", {"letter": letter.reference})


def test_a_new_try_leaves_a_letter_that_a_living_worker_holds_and_one_that_is_made():
    held = unmade(leased_until=timezone.now() + timedelta(minutes=1), attempts=1)
    made = unmade(state="ready", pdf_sha256="0" * 64)

    for letter in (held, made):
        outbox.retry(letter)

    assert Letter.objects.get(pk=held.pk).leased_until is not None
    assert Letter.objects.get(pk=made.pk).state == "ready"


def test_a_letter_made_by_another_unit_cannot_be_tried_again():
    with pytest.raises(PermissionDenied):
        postroom.retry(unmade(state="failed"), by=cast.person("pia"))
