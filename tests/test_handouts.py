"""PDFs ordered to a screen: made by the worker alone, opened by one person, thrown away."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from cases.models import AccessEntry
from notices import handouts, leases, outbox, rendering
from notices.models import Handout
from tests import cast
from tests.factories import make_case
from tests.figures import freeze
from tests.stops import meet
from tests.test_postroom_pages import browser, text_of

PAGE = "<html lang='sv'><head><title>Prov</title></head><body><h1>Hej {}</h1></body></html>"


def ordered(client: Client, address: str, answers: dict[str, str] | None = None) -> bytes:
    """What somebody gets who orders a PDF there and waits for the worker."""
    page = client.post(address, answers or {})["Location"]
    assert client.get(page).status_code == 200
    handouts.make_waiting()
    answer = client.get(page.rstrip("/") + ".pdf")
    assert answer["Content-Type"] == "application/pdf"
    return bytes(answer.content)


def order(who: str = "omar", **columns: Any) -> Handout:
    columns = {"title": "Prov", "file_name": "prov.pdf", "style": "letter"} | columns
    html = columns.pop("html", PAGE.format("Kanarie"))
    return handouts.order(html, by=cast.person(who), **columns)


def fresh(handout: Handout) -> Handout:
    return Handout.objects.get(pk=handout.pk)


def pdf(handout: Handout) -> str:
    return reverse("handout-pdf", kwargs={"pk": handout.pk})


def page(handout: Handout) -> str:
    return reverse("handout", kwargs={"pk": handout.pk})


@pytest.fixture
def _pdfs_can_be_made_here():
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the DejaVu fonts are missing")


# Who makes it ---------------------------------------------------------------------------------


def test_no_page_that_gives_a_pdf_makes_it_itself(web_process):
    case = make_case("handed_over", by="karin")
    meet()
    freeze(date(2026, 9, 1))
    lena = browser("lena")
    lena.get(reverse("case", kwargs={"pk": case.pk}))
    asked = [
        (browser("asta"), reverse("window-sheet", args=["H2"]), {}),
        (browser("klara"), reverse("statistics-pdf"), {"purpose": "reporting"}),
        (
            lena,
            reverse("extract", kwargs={"pk": case.pk}),
            {"words": "Modern, legitimerad vid besök.", "tested": "on"},
        ),
    ]

    answers = [client.post(address, given) for client, address, given in asked]

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert Handout.objects.filter(state="queued").count() == 3
    assert web_process.tried == []


@pytest.mark.usefixtures("web_process")
def test_a_machine_without_the_library_says_so_on_the_page_and_the_order_waits():
    handout = order()

    assert handouts.make_waiting() == 0

    assert (fresh(handout).state, fresh(handout).attempts) == ("queued", 0)
    assert "apt-get install" in text_of(browser("omar").get(page(handout)))


@pytest.mark.usefixtures("_pdfs_can_be_made_here")
@pytest.mark.parametrize("style", rendering.STYLES)
def test_what_was_ordered_is_made_once_as_it_was_frozen(style):
    handout = order(style=style)

    assert [handouts.make_waiting(), handouts.make_waiting()] == [1, 0]

    made = fresh(handout)
    assert made.html == ""
    assert "Hej Kanarie" in PdfReader(io.BytesIO(made.content)).pages[0].extract_text()


@pytest.mark.usefixtures("_pdfs_can_be_made_here")
def test_a_page_that_reaches_outside_itself_fails_with_its_reason_and_can_be_tried_again():
    handout = order(html=PAGE.format("<img src='http://127.0.0.1/x.png' alt=''>"))
    handouts.make_waiting()
    client = browser("omar")
    assert "utanför sig själv" in text_of(client.get(page(handout)))

    client.post(reverse("handout-retry", kwargs={"pk": handout.pk}))

    assert (fresh(handout).state, fresh(handout).failure) == ("queued", "")


def test_an_order_that_nobody_makes_says_so_after_a_while():
    handout = order()
    assert outbox.STANDSTILL not in text_of(browser("omar").get(page(handout)))

    Handout.objects.update(made_at=timezone.now() - outbox.STUCK_AFTER - timedelta(seconds=1))

    assert outbox.STANDSTILL in text_of(browser("omar").get(page(handout)))


@pytest.mark.usefixtures("_pdfs_can_be_made_here")
def test_an_order_of_a_dead_worker_is_taken_over_when_its_lease_runs_out():
    handout = order()
    leases.claim(Handout.objects.all())
    assert handouts.make_waiting() == 0

    Handout.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert handouts.make_waiting() == 1
    assert fresh(handout).state == "ready"


def test_what_is_erased_while_it_is_made_does_not_come_back(monkeypatch):
    order()

    def erase_meanwhile(*_: Any, **__: Any) -> bytes:
        Handout.objects.all().delete()
        return b"%PDF"

    monkeypatch.setattr(rendering, "page", erase_meanwhile)
    handouts.make_waiting()

    assert not Handout.objects.exists()


# Who opens it, and for how long ---------------------------------------------------------------


def made(who: str = "omar", **columns: Any) -> Handout:
    handout = order(who, **columns)
    Handout.objects.filter(pk=handout.pk).delete()
    handout.state, handout.content = "ready", b"%PDF"
    handout.save(force_insert=True)
    return handout


def test_a_handout_is_its_orderer_s_and_of_others_nobody_learns_that_it_is():
    handout = made()

    assert browser("omar").get(pdf(handout)).content == b"%PDF"
    for who in ("lena", "karin", "asta"):
        assert browser(who).get(page(handout)).status_code == 404
        assert browser(who).get(pdf(handout)).status_code == 404


def test_opening_one_that_tells_of_a_case_is_logged_in_that_case():
    case = make_case("handed_over", by="omar")
    handout = made(case_id=case.pk)

    browser("omar").get(pdf(handout))

    [entry] = AccessEntry.objects.filter(kind="print")
    assert (entry.subject_id, entry.page) == (case.pk, "handout-pdf")


def test_one_that_tells_of_a_case_closes_with_the_case():
    case = make_case("handed_over", by="per")
    handout = made(case_id=case.pk)

    assert browser("omar").get(pdf(handout)).status_code == 404


def test_what_waits_cannot_be_opened():
    assert browser("omar").get(pdf(order())).status_code == 404


@pytest.mark.parametrize(
    ("age", "opened", "is_kept"),
    [
        (timedelta(hours=23), None, True),
        (timedelta(hours=25), None, False),
        (timedelta(hours=1), timedelta(minutes=9), True),
        (timedelta(hours=1), timedelta(minutes=11), False),
    ],
)
def test_a_handout_is_thrown_away_after_use_or_after_a_day(age, opened, is_kept):
    now = timezone.now()
    handout = made()
    Handout.objects.update(made_at=now - age, opened_at=now - opened if opened else None)

    handouts.make_waiting()

    assert Handout.objects.filter(pk=handout.pk).exists() is is_kept


def test_the_clock_of_what_was_opened_starts_at_the_first_time():
    handout = made()
    first, second = timezone.now() - timedelta(minutes=5), timezone.now()

    handouts.opened(handout, at=first)
    handouts.opened(handout, at=second)

    assert fresh(handout).opened_at == first
