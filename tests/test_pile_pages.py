"""The pages of the pile: made in the background, printed by a press, logged letter by letter."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import AccessEntry, Protection
from notices import binding, leaving, outbox, pile, postroom, rendering
from notices.models import Posting, PrintRun
from tests import cast, households, server, tables
from tests.households import leaked
from tests.piles import left_out, made, move_the_addressee, papers, started
from tests.test_postroom_pages import FAMILY, browser, outcome, text_of

TODAY = timezone.localdate()

# A pile of a police unit: who sees it, presses its buttons and opens its PDF.
DOORS = """
        post  pile  pile-pdf  pile-print  pile-posted  pile-retry  pile-start  letter-alone
karin   403   403   403       403         403          403         403         403
omar    200   200   200       302         302          302         302         302
lena    200   200   200       302         302          302         302         302
magnus  403   403   403       403         403          403         403         403
per     403   403   403       403         403          403         403         403
pia     200   404   404       404         404          404         302         404
sara    200   404   404       404         404          404         302         404
klara   403   403   403       403         403          403         403         403
nils    403   403   403       403         403          403         403         403
asta    403   403   403       403         403          403         403         403
nobody  login login login     login       login        login       login       login
"""
PRESSED = ("pile-print", "pile-posted", "pile-retry", "pile-start", "letter-alone")
SENT = {"posted_on": TODAY, "posted_how": "post"}


@pytest.fixture(autouse=True)
def _a_cover_list_can_be_made_here():
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the DejaVu fonts are missing")


def address(page: str, run: PrintRun) -> str:
    if page in ("post", "pile-start"):
        return reverse(page)
    item = run.items.first()
    key = item.posting_id if page == "letter-alone" and item else run.pk
    return reverse(page, kwargs={"pk": key})


def get(page: str, run: PrintRun, who: str = "omar") -> Any:
    return browser(who).get(address(page, run))


def press(page: str, run: PrintRun, who: str = "omar", **typed: Any) -> Any:
    return browser(who).post(address(page, run), typed)


def printed() -> PrintRun:
    papers()
    run = made()
    pile.print_all(run, by=cast.person("omar"), at=timezone.now())
    return PrintRun.objects.get(pk=run.pk)


def test_a_pile_is_for_those_who_handle_the_post_of_its_own_unit():
    run, wanted = printed(), tables.read(DOORS)

    found: tables.Table = {}
    for who, cells in wanted.items():
        found[who] = {}
        for page in cells:
            PrintRun.objects.filter(pk=run.pk).update(state="printed")
            answer = press(page, run, who, **SENT) if page in PRESSED else get(page, run, who)
            found[who][page] = outcome(answer)
            if page == "pile-posted" and found[who][page] == "302":
                run = printed()

    assert tables.differences(wanted, found) == []


def test_the_day_s_post_is_made_printed_and_posted_by_three_presses():
    his, hers = papers()
    client = browser("omar")
    begun = client.post(reverse("pile-start"), {"is_duplex": "on"})
    run = PrintRun.objects.get()
    assert begun["Location"] == reverse("pile", args=[run.pk])
    assert "0 av 2" in text_of(client.get(begun["Location"]))

    binding.make_waiting()
    assert "Skriv ut 2 brev i 2 kuvert" in text_of(client.get(begun["Location"]))
    client.post(reverse("pile-print", args=[run.pk]))
    pdf = client.get(reverse("pile-pdf", args=[run.pk]))
    client.post(reverse("pile-posted", args=[run.pk]), SENT)

    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert run.is_duplex
    sent = Posting.objects.filter(pk__in=[his.pk, hers.pk])
    assert {(each.state, each.posted_how) for each in sent} == {("posted", "post")}
    assert "Inget brev väntar" in text_of(client.get(reverse("post")))


def test_no_pdf_opens_before_it_is_marked_as_printed_nor_after_it_is_posted():
    papers()
    run = made()
    assert get("pile-pdf", run).status_code == 404
    press("pile-print", run)
    assert get("pile-pdf", run).status_code == 200

    press("pile-posted", run, **SENT)

    assert get("pile-pdf", run).status_code == 404


def test_each_opening_of_the_pdf_is_logged_as_a_print_of_each_case():
    run = printed()
    cases = set(run.items.values_list("posting__letter__case_id", flat=True))

    get("pile-pdf", run, "lena")

    logged = AccessEntry.objects.filter(actor=cast.person("lena"), kind="print", page="pile-pdf")
    assert {entry.subject_id for entry in logged} == cases
    assert logged.count() == run.items.count()


def test_the_pdf_closes_when_somebody_in_it_becomes_hidden():
    run = printed()
    item = run.items.first()
    assert item is not None
    person = postroom.case_of(item.posting.letter).person
    person.protection = Protection.PROTECTED
    person.save()
    access.name_reader(cast.person("omar"), person)

    assert get("pile-pdf", run).status_code == 404


def test_the_pages_and_the_file_s_name_tell_nobody_s_name():
    run = printed()

    pages = [text_of(get(page, run)) for page in ("post", "pile")]

    assert leaked([*pages, get("pile-pdf", run)["Content-Disposition"]], FAMILY) == set()


@pytest.mark.parametrize("protection", [Protection.PROTECTED, Protection.UNKNOWN])
def test_a_hidden_youth_s_letter_lies_beside_the_pile(protection):
    his, _ = papers()
    person = postroom.case_of(his.letter).person
    person.protection = protection
    person.save()

    page = text_of(browser("omar").get(reverse("post")))

    assert "Skrivs ut för sig" in page
    assert "Gör dagens post" not in page


def test_a_letter_left_out_is_named_with_its_reason_and_tried_alone_by_a_press():
    his, _ = papers()
    run = started()
    with left_out(his):
        page = text_of(get("pile", run))
        assert leaving.MOVED in page
        assert reverse("letter-alone", args=[his.pk]) in page

    browser("omar").post(reverse("letter-alone", args=[his.pk]))
    binding.make_waiting()

    alone = PrintRun.objects.exclude(pk=run.pk).get()
    assert [item.posting_id for item in alone.items.all()] == [his.pk]


def test_a_letter_left_out_waits_with_its_reason_until_a_later_pile_takes_it():
    his, _ = papers()
    run, by = started(), cast.person("omar")
    with left_out(his):
        waiting = pile.waiting(his.organisation).values_list("pk", "left_out")
        assert list(waiting) == [(his.pk, leaving.MOVED)]
        pile.print_all(PrintRun.objects.get(pk=run.pk), by=by, at=timezone.now())
        pile.post_all(run, by=by, on=TODAY, how="post", at=timezone.now())
        page = text_of(browser("omar").get(reverse("post")))
        assert leaving.MOVED in page and "utelämnat ur högen" in page
    browser("omar").post(reverse("letter-alone", args=[his.pk]))
    binding.make_waiting()
    assert leaving.MOVED not in text_of(browser("omar").get(reverse("post")))


def test_a_letter_is_withdrawn_from_the_pile_s_own_page_until_it_is_printed():
    his, _ = papers()
    run = made()
    way = reverse("letter-step", kwargs={"pk": his.pk, "action": "withdraw_letter"})
    assert way in text_of(get("pile", run))

    browser("omar").post(way, {"request_id": str(uuid4()), "reason": "Fel mottagare."})
    binding.make_waiting()

    assert way not in text_of(get("pile", run))
    assert "Skriv ut 1 brev i 1 kuvert" in text_of(get("pile", run))


def test_what_changed_since_it_was_made_stops_the_press_and_says_so():
    his, _ = papers()
    run = made()
    move_the_addressee(households.father(postroom.case_of(his.letter).person))

    client = browser("omar")
    page = text_of(client.post(reverse("pile-print", args=[run.pk]), follow=True))

    assert "Inget är utskrivet" in page
    assert leaving.MOVED in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"posted_how": "post"}, "Dag"),
        ({"posted_on": TODAY + timedelta(days=1), "posted_how": "post"}, "framtiden"),
        ({"posted_on": TODAY - timedelta(days=1), "posted_how": "post"}, "före utskriften"),
        ({"posted_on": TODAY}, "Välj hur"),
    ],
)
def test_a_pile_is_not_posted_without_a_true_day_and_way(typed, words):
    run = printed()

    answer = press("pile-posted", run, **typed)

    assert answer.status_code == 422
    assert words in text_of(answer)
    piled = Posting.objects.filter(items__run=run)
    assert set(piled.values_list("state", flat=True)) == {"printed"}


def test_a_pile_that_stands_still_warns_on_the_work_list_and_is_tried_again_by_a_press():
    papers()
    run = started()
    PrintRun.objects.update(made_at=timezone.now() - outbox.STUCK_AFTER, attempts=9)
    assert "En hög med post blir inte gjord." in text_of(browser("lena").get(reverse("worklist")))
    assert "stå stilla" in text_of(get("pile", run))

    press("pile-retry", run)

    assert binding.make_waiting() == 1


def test_a_letter_is_found_by_its_number_and_only_in_the_own_unit():
    his, _ = papers()
    number = {"q": his.letter.reference.lower()}

    here, there = (browser(who).get(reverse("post"), number) for who in ("omar", "pia"))

    assert his.letter.reference in text_of(here)
    assert reverse("letter", args=[his.pk]) not in text_of(there)


def test_pressing_start_twice_makes_one_pile():
    papers()

    for who in ("omar", "lena"):
        browser(who).post(reverse("pile-start"))

    assert PrintRun.objects.count() == 1


@pytest.mark.parametrize("n_cases", [1, 5])
@pytest.mark.parametrize(("page", "most"), [("post", 30), ("pile", 22)])
def test_the_pages_ask_the_database_the_same_number_of_times(
    django_assert_max_num_queries, page, most, n_cases
):
    for _ in range(n_cases):
        papers()
    run = started() if page == "pile" else PrintRun()
    client = browser("omar")

    with django_assert_max_num_queries(most + server.TELLING):
        answer = client.get(address(page, run))

    assert text_of(answer).count("<tr>") == 2 * n_cases + 1
