"""A medborgarlöfte: the target, the ticks, and the follow-up of a quarter to the local Brå."""

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from cases.models import AccessEntry
from kronoberg.measures.models import CitizenPromise, PromiseActivity
from kronoberg.measures.promised import promise_kept, quarters_of
from kronoberg.statistics.figures import NO_BREAK_SPACE
from notices import handouts, rendering
from notices.models import Handout
from tests import cast
from tests.measures import make_measure, make_promise, publish
from tests.stops import (
    MINUTE,
    NOW,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)

TODAY = date(2026, 11, 24)


@pytest.fixture
def klara() -> Client:
    client = Client()
    client.force_login(cast.person("klara"))
    return client


def activity(promise: CitizenPromise, **columns: Any) -> PromiseActivity:
    if "done_on" in columns:
        columns["done_by"] = cast.person("klara")
    given = {"words": "Fotboll", "who": "others", "due_on": date(2026, 6, 30)} | columns
    return PromiseActivity.objects.create(promise=promise, **given)


def spaced(text: str) -> str:
    return text.replace(NO_BREAK_SPACE, " ")


def test_a_promise_is_kept_by_what_is_ticked_quarter_by_quarter():
    promise = make_promise(ends_on=date(2026, 9, 30))
    activity(promise, n_times=30, done_on=date(2026, 2, 1))
    activity(promise, n_times=22, done_on=date(2026, 4, 1))
    activity(promise, n_times=9)
    activity(promise, n_times=5, due_on=date(2026, 12, 1))

    found = promise_kept(promise, list(promise.activities.all()), TODAY)
    then = promise_kept(promise, list(promise.activities.all()), date(2026, 3, 31))

    # 30 + 22 of 80 = 65 percent; the nine of June are late, the five of December are not.
    assert (
        found.sentence.replace("\xa0", " ") == "52 av 80 är gjorda (65 %). En har passerat sin dag."
    )
    assert [[entry.value for entry in row[1:]] for row in found.rows] == [
        [30, 30],
        [22, 52],
        [0, 52],
    ]
    assert then.sentence.replace("\xa0", " ") == "30 av 80 är gjorda (38 %)."


def test_a_target_of_words_counts_what_is_done():
    promise = make_promise(target_number=None)
    activity(promise, done_on=date(2026, 2, 1))

    assert promise_kept(promise, list(promise.activities.all()), TODAY).sentence == (
        "En aktivitet är gjord."
    )


def test_a_promise_has_the_quarters_it_touches():
    promise = make_promise(starts_on=date(2025, 12, 31), ends_on=date(2026, 7, 1))

    assert [each.name for each in quarters_of(promise)] == [
        "2025-k4", "2026-k1", "2026-k2", "2026-k3",
    ]  # fmt: skip


def test_a_promise_is_made_filled_and_ticked_on_its_pages(klara):
    klara.post("/loften/nytt/", {
        "title": "Fler vuxna ute", "problem": "Oro.", "target": "Tio kvällar", "target_number": 10,
        "area": "0780", "starts_on": "2026-10-01", "ends_on": "2026-12-31",
    })  # fmt: skip
    promise = CitizenPromise.objects.get()
    page = f"/loften/{promise.pk}/"
    klara.post(f"{page}aktivitet/", {
        "words": "Vandring", "who": "others", "due_on": "2026-11-30", "n_times": 2,
    })  # fmt: skip
    made = promise.activities.get()

    klara.post(f"/loften/aktivitet/{made.pk}/", {"done_on": "2026-11-20"})
    done = spaced(klara.get(page).content.decode())
    klara.post(f"/loften/aktivitet/{made.pk}/", {"do": "undo"})
    undone = spaced(klara.get(page).content.decode())

    assert "2 av 10 är gjorda (20 %)." in done
    assert "0 av 10 är gjorda (0 %)." in undone


@pytest.mark.parametrize("given", [{"done_on": "2026-11-25"}, {"done_on": ""}, {}])
def test_nothing_is_ticked_on_a_day_that_has_not_been(klara, given):
    made = activity(make_promise())

    answer = klara.post(f"/loften/aktivitet/{made.pk}/", given, follow=True)

    made.refresh_from_db()
    assert made.done_on is None
    assert "Aktiviteten är inte avprickad." in answer.content.decode()


def test_on_paper_an_activity_says_that_it_is_not_done_where_the_screen_has_a_button(klara):
    promise = make_promise()
    made = activity(promise)
    says = '<span class="on-paper">Inte än</span>'

    assert says in klara.get(f"/loften/{promise.pk}/").content.decode()
    made.done_on, made.done_by = TODAY, cast.person("klara")
    made.save()
    assert says not in klara.get(f"/loften/{promise.pk}/").content.decode()


def test_a_target_cannot_be_lowered_once_the_promise_holds(klara):
    promise = make_promise()

    klara.post(f"/loften/{promise.pk}/andra/", {
        "title": "Nytt namn", "problem": "Oro.", "target": "Inget", "target_number": 1,
        "area": "0780", "starts_on": "2026-01-01", "ends_on": "2026-01-02",
    })  # fmt: skip

    promise.refresh_from_db()
    assert (promise.title, promise.target_number) == ("Nytt namn", 80)
    assert promise.ends_on == date(2026, 12, 31)


def test_the_follow_up_says_what_was_done_what_was_counted_and_what_is_said_of_it(klara):
    promise = make_promise()
    make_measure(promise=promise)
    activity(promise, n_times=4, due_on=date(2026, 5, 1), done_on=date(2026, 5, 2))
    activity(promise, words="Teater", due_on=date(2026, 8, 1))
    for month in (4, 5, 6):
        publish(date(2026, month, 1), 12, 50)
    page = f"/loften/{promise.pk}/uppfoljning/?kvartal=2026-k2"

    klara.post(f"/loften/{promise.pk}/kommentar/?kvartal=2026-k2", {"words": "Först så."})
    with time_machine.travel(NOW + MINUTE, tick=False):
        klara.post(f"/loften/{promise.pk}/kommentar/?kvartal=2026-k2", {"words": "Det gick bra."})
    html = spaced(klara.get(page).content.decode())

    assert "Uppföljning till lokala Brå: andra kvartalet 2026" in html
    assert "4 av 80 är gjorda (5 %)." in html
    assert "Fotboll" in html
    assert "Teater" not in html
    assert "Insatstimmar: 150 i 3 insatser." in html
    assert "Det gick bra." in html
    assert "Först så." not in html
    assert "Föräldravandring i parken" in html
    assert promise.comments.count() == 2


@pytest.mark.skipif(not rendering.can_render(), reason="WeasyPrint's libraries are missing")
def test_the_follow_up_is_a_file_for_the_local_bra_that_says_why_it_was_taken_out(klara):
    promise = make_promise()
    activity(promise, n_times=4, due_on=date(2026, 5, 1), done_on=date(2026, 5, 2))
    for month in (4, 5):
        publish(date(2026, month, 1), 12, 50)
    page = f"/loften/{promise.pk}/uppfoljning/rapport/?kvartal=2026-k2"

    assert klara.post(page, {}).status_code == 422
    klara.post(page, {"ut-purpose": "reporting"})
    handouts.make_waiting()
    pdf = klara.get(reverse("handout-pdf", args=[Handout.objects.get().pk])).content

    told = " ".join("".join(p.extract_text() for p in PdfReader(BytesIO(pdf)).pages).split())
    assert "Uppföljning till lokala Brå Fler vuxna i centrum · Växjö kommun, andra" in told
    assert "4 av 80 är gjorda" in told.replace(NO_BREAK_SPACE, " ")
    assert "(2 av 3 månader är frysta)" in told
    assert AccessEntry.objects.get(kind=AccessEntry.Kind.EXPORT).purpose == "reporting"


def test_a_quarter_of_which_a_month_is_missing_says_which_months_its_figures_are_of(klara):
    promise = make_promise()
    for month in (4, 5):
        publish(date(2026, month, 1), 12, 50)

    page = f"/loften/{promise.pk}/uppfoljning/?kvartal=2026-k2"
    drawn = klara.get(page).content.decode()
    html = " ".join(re.sub(r"</?span[^>]*>", "", drawn).split())

    assert "Kvartalets ingripanden: 2026-04-01 – 2026-05-31, fryst" in html
    assert "(2 av 3 månader är frysta). De blir klara 2026-09-01." in html
    # A browser breaks a line after any hyphen.
    assert '<span class="nowrap">2026-05-31</span>' in drawn
    publish(date(2026, 6, 1), 12, 50)
    assert "De blir klara" not in klara.get(page).content.decode()


def test_a_quarter_that_is_not_frozen_says_when_it_will_be(klara):
    promise = make_promise()

    html = klara.get(f"/loften/{promise.pk}/uppfoljning/").content.decode()

    assert "fjärde kvartalet 2026" in html
    assert "De blir klara 2027-03-01" in re.sub(r"</?span[^>]*>", "", html)


@pytest.mark.parametrize("quarter", ["2025-k4", "2027-k1", "2026", "x"])
def test_no_other_quarter_has_a_follow_up(klara, quarter):
    promise = make_promise(ends_on=date(2027, 12, 31))

    answer = klara.get(f"/loften/{promise.pk}/uppfoljning/?kvartal={quarter}")

    assert answer.status_code == 404


def test_a_promise_that_has_not_begun_has_no_follow_up(klara):
    promise = make_promise(starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))

    assert klara.get(f"/loften/{promise.pk}/").status_code == 200
    assert klara.get(f"/loften/{promise.pk}/uppfoljning/").status_code == 404
