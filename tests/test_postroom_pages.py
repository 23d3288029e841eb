"""The post room's pages: who opens them, what they show, what a press does and leaves behind."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import AccessEntry, JournalEntry, Organisation, Protection
from notices import leases, postroom
from notices.models import Letter
from notices.posting import Posting
from tests import cast, households, server, tables
from tests.households import FATHER, MOTHER, YOUTH, canaries, leaked, police
from tests.test_letter_pages import ready

TODAY = timezone.localdate()
FAMILY = canaries(YOUTH) | canaries(MOTHER) | canaries(FATHER)

# Who does what with one paper of a police case: its form, and a new try.
DOORS = """
        step   retry
karin   403    403
omar    200    302
lena    200    302
magnus  403    403
per     403    403
pia     404    404
sara    404    404
klara   403    403
nils    403    403
asta    403    403
nobody  login  login
"""


def browser(who: str) -> Client:
    client = Client()
    if who != "nobody":
        client.force_login(cast.person(who))
    return client


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def outcome(answer: Any) -> str:
    is_login = answer.status_code == 302 and answer.url.startswith(reverse("login"))
    return "login" if is_login else str(answer.status_code)


def paper(**columns: Any) -> Posting:
    """The paper of a custodian's letter that is made."""
    case, _ = households.notified(**columns)
    return Posting.objects.get(pk=ready(police(case, "send_letters").letters[0]).pk)


def on_paper() -> Posting:
    """A notice to a municipality that is not in the installation."""
    case = households.reviewed()
    Organisation.objects.filter(kind="social").update(is_connected=False)
    return Posting.objects.get(pk=ready(police(case, "notify").letters[0]).pk)


def step_url(posting: Posting, action: str) -> str:
    return reverse("letter-step", kwargs={"pk": posting.pk, "action": action})


def press(posting: Posting, action: str, who: str = "omar", **typed: Any) -> Any:
    client = browser(who)
    return client.post(step_url(posting, action), {"request_id": str(uuid4())} | typed)


# Who ------------------------------------------------------------------------------------------


def test_a_paper_is_handled_by_those_who_may_send_of_its_own_unit():
    posting = paper()
    Letter.objects.filter(pk=posting.pk).update(state="failed")
    retry = reverse("letter-retry", kwargs={"pk": posting.pk})
    wanted = tables.read(DOORS)

    found = {}
    for who in wanted:
        Letter.objects.filter(pk=posting.pk).update(state="failed")
        form = {"request_id": str(uuid4())}
        found[who] = {
            "step": outcome(browser(who).get(step_url(posting, "withdraw_letter"))),
            "retry": outcome(browser(who).post(retry, form)),
        }

    assert tables.differences(wanted, found) == []


@pytest.mark.parametrize("protection", [Protection.PROTECTED, Protection.UNKNOWN])
def test_the_paper_of_somebody_hidden_is_handled_by_those_who_are_named(protection):
    posting = on_paper()
    case = households.fresh(postroom.case_of(posting.letter))
    case.person.protection = protection
    case.person.save()

    assert press(posting, "print_letter").status_code == 404
    access.name_reader(cast.person("omar"), case.person)
    assert press(posting, "print_letter").status_code == 302


def test_a_move_that_does_not_exist_is_no_page():
    posting = paper()

    assert browser("omar").get(step_url(posting, "burn_letter")).status_code == 404


def test_what_left_through_the_system_has_no_paper_to_handle():
    case, _ = households.notified()
    letter = ready(Letter.objects.get(case_id=case.pk))
    address = reverse("letter-step", kwargs={"pk": letter.pk, "action": "print_letter"})

    assert browser("omar").get(address).status_code == 404
    assert "Skriv ut" not in text_of(browser("omar").get(reverse("letter", args=[letter.pk])))


# One paper ------------------------------------------------------------------------------------


def test_a_notice_on_paper_is_printed_posted_and_comes_back_and_the_case_says_so():
    posting = on_paper()

    press(posting, "print_letter")
    press(posting, "post_letter", posted_on=TODAY, posted_how="courier")
    press(posting, "return_letter", returned_on=TODAY, return_reason="unknown")

    posting.refresh_from_db()
    assert posting.state == "returned"
    page = text_of(browser("omar").get(reverse("case", args=[posting.letter.case_id])))
    assert f"Postat {TODAY} (bud), i retur {TODAY}: okänd på adressen" in page
    assert f"Fick ett brev i retur: {posting.letter.reference}" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"posted_how": "post"}, "Dag"),
        ({"posted_on": TODAY}, "Välj hur det skickades"),
        ({"posted_on": TODAY + timedelta(days=1), "posted_how": "post"}, "framtiden"),
        ({"posted_on": TODAY - timedelta(days=9), "posted_how": "post"}, "före brevet"),
        ({"posted_on": TODAY, "posted_how": "email"}, "giltigt"),
    ],
)
def test_a_posting_without_a_true_day_and_way_is_refused_with_all_that_was_typed(typed, words):
    posting = paper()

    answer = press(posting, "post_letter", **typed)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert Posting.objects.get(pk=posting.pk).state == "waiting"


def test_a_letter_withdrawn_meanwhile_is_not_printed_and_its_pdf_is_closed():
    posting = paper()
    address = reverse("letter-pdf", args=[posting.pk])
    assert browser("omar").get(address).status_code == 200
    press(posting, "withdraw_letter", reason="Fel mottagare.")

    answer = press(posting, "print_letter")

    assert answer.status_code == 422
    assert "brevet är tillbakadraget" in text_of(answer)
    assert browser("omar").get(address).status_code == 404
    page = text_of(browser("omar").get(reverse("letter", args=[posting.pk])))
    assert "kan inte skrivas ut" in page
    assert address not in page


def test_the_letter_s_page_offers_what_can_be_done_and_nothing_else():
    posting = paper()
    page = text_of(browser("omar").get(reverse("letter", args=[posting.pk])))
    offered = {
        action
        for action in ("print_letter", "post_letter", "withdraw_letter", "return_letter")
        if step_url(posting, action) in page
    }

    assert offered == {"print_letter", "post_letter", "withdraw_letter"}
    seen_by_karin = text_of(browser("karin").get(reverse("letter", args=[posting.pk])))
    assert "withdraw_letter" not in seen_by_karin


# What was not made ----------------------------------------------------------------------------


def test_the_list_says_why_names_nobody_and_is_in_the_log():
    posting = paper()
    Letter.objects.filter(pk=posting.pk).update(state="failed", failure=leases.INTERRUPTED)

    page = text_of(browser("omar").get(reverse("letters-unmade")))

    assert posting.letter.reference in page
    assert "avbröts" in page
    assert "Försök igen" in page
    assert leaked([page], FAMILY) == set()
    entry = AccessEntry.objects.filter(actor=cast.person("omar")).last()
    assert entry is not None
    assert (entry.kind, entry.page) == ("read", "letters-unmade")


def test_an_administrator_sees_that_a_letter_is_stuck_but_no_case_and_no_button():
    posting = paper()
    Letter.objects.filter(pk=posting.pk).update(state="failed", failure=leases.UNEXPECTED)
    case = postroom.case_of(posting.letter)

    page = text_of(browser("asta").get(reverse("letters-unmade")))

    assert posting.letter.reference in page
    assert case.reference not in page
    assert str(case.pk) not in page
    assert 'name="request_id"' not in page


def test_a_press_puts_the_letter_back_in_the_queue_and_a_second_press_does_nothing_more():
    posting = paper()
    Letter.objects.filter(pk=posting.pk).update(state="failed", failure=leases.INTERRUPTED)
    address = reverse("letter-retry", kwargs={"pk": posting.pk})
    form = {"request_id": str(uuid4())}

    first, second = browser("omar").post(address, form), browser("omar").post(address, form)

    assert (first.status_code, second.status_code) == (302, 404)
    assert Letter.objects.get(pk=posting.pk).state == "queued"
    assert JournalEntry.objects.filter(action="retry_letter").count() == 1


@pytest.mark.parametrize(("who", "sees"), [("omar", True), ("lena", True), ("karin", False)])
def test_the_work_list_warns_those_who_can_mend_it(who, sees):
    posting = paper()
    Letter.objects.filter(pk=posting.pk).update(state="failed")

    page = text_of(browser(who).get(reverse("worklist")))

    assert ("Ett brev blev inte gjort." in page) is sees


def test_another_unit_is_not_warned_of_what_is_not_its_own():
    Letter.objects.filter(pk=paper().pk).update(state="failed")

    for who in ("pia", "sara"):
        assert "blev inte gjort" not in text_of(browser(who).get(reverse("worklist"))), who


# Notices without a receipt --------------------------------------------------------------------


def unreceipted(who: str = "omar") -> str:
    return text_of(browser(who).get(reverse("notices-unreceipted")))


def test_a_notice_that_crossed_in_the_system_waits_until_it_is_acknowledged():
    case, referral = households.notified()
    assert case.reference in unreceipted()
    assert "Överlämnad i systemet" in unreceipted()
    assert leaked([unreceipted()], FAMILY) == set()
    assert case.reference not in unreceipted("pia")

    households.social(referral, "acknowledge", by="ines")

    assert case.reference not in unreceipted()
    assert households.fresh(case).receipt_channel == "message"


def test_a_notice_on_paper_has_not_left_before_it_is_posted_and_waits_for_its_receipt_after():
    posting = on_paper()
    case = postroom.case_of(posting.letter)
    assert "har inte lämnat huset" in unreceipted()

    press(posting, "post_letter", posted_on=TODAY, posted_how="fax")
    sent = unreceipted()

    assert "har inte lämnat huset" not in sent
    assert f"postat {TODAY} (fax" in sent
    address = reverse("step", kwargs={"pk": case.pk, "action": "acknowledge"})
    assert address in sent
    at = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    typed = {"receipt_number": "2026/17", "receipt_channel": "phone", "at": at}
    browser("omar").post(address, typed | {"request_id": str(uuid4())})
    assert case.reference not in unreceipted()
    assert "2026/17" in text_of(browser("omar").get(reverse("case", args=[case.pk])))
    assert "Telefon" in text_of(browser("omar").get(reverse("case", args=[case.pk])))


def test_a_paper_notice_that_came_back_says_that_it_has_not_reached_anybody():
    posting = on_paper()
    press(posting, "post_letter", posted_on=TODAY, posted_how="post")
    press(posting, "return_letter", returned_on=TODAY, return_reason="moved")

    assert "har inte nått fram" in unreceipted()


@pytest.mark.parametrize("n_rows", [1, 5])
@pytest.mark.parametrize(("page", "most"), [("letters-unmade", 18), ("notices-unreceipted", 20)])
def test_the_lists_ask_the_database_the_same_number_of_times(
    django_assert_max_num_queries, page, most, n_rows
):
    for _ in range(n_rows):
        households.notified()
    Letter.objects.update(state="failed")
    client = browser("omar")

    with django_assert_max_num_queries(most + server.TELLING):
        answer = client.get(reverse(page))

    assert text_of(answer).count("<tr>") == n_rows + 1


def test_the_second_page_of_the_work_list_is_another_than_the_first(monkeypatch):
    monkeypatch.setattr("kronoberg.views.worklist.ROWS", 1)
    numbers = [households.notified()[0].reference for _ in range(2)]

    pages = [text_of(browser("omar").get(reverse("worklist"), {"page": n})) for n in (1, 2)]

    shown = [[number in page for number in numbers] for page in pages]
    assert sorted(shown) == [[False, True], [True, False]]
