"""What leaves is what was seen: the notice as paper before it is sent, and a print that says so."""

import io
import re

import pytest
from django.http import HttpResponse
from django.urls import reverse
from pypdf import PdfReader

from cases import workflow
from cases.models import Person, YouthCase
from notices import exchange, fonts, handouts, previews
from notices.models import Handout, Letter, Message
from tests import cast, households
from tests.filling import faults, form_of
from tests.test_postroom_pages import browser

WRITTEN = {"child_words": "Jag ville bara vara med.", "why_now": "Ensam i kylan."}


def page_of(case: YouthCase, who: str = "omar") -> str:
    return browser(who).get(reverse("step", args=[case.pk, "notify"])).content.decode()


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's form."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: value for name, value in fields if name != "csrfmiddlewaretoken"}


def order(case: YouthCase, **fields: str) -> HttpResponse:
    sent = hidden(page_of(case)) | fields
    answer: HttpResponse = browser("omar").post(reverse("notice-preview", args=[case.pk]), sent)  # type: ignore[assignment]
    return answer


def send(case: YouthCase, page: str) -> HttpResponse:
    answer: HttpResponse = browser("omar").post(  # type: ignore[assignment]
        reverse("step", args=[case.pk, "notify"]), hidden(page)
    )
    return answer


def change(case: YouthCase) -> None:
    person = Person.objects.get(pk=case.person_id)
    person.school = "Nya skolan"
    workflow.perform(
        households.fresh(case), "correct_person", by=cast.person("omar"), records=[person]
    )


def test_the_preview_is_ordered_as_a_pdf_of_the_same_words_and_nothing_is_sent():
    case = households.reviewed(**WRITTEN)

    answer = order(case)

    handout = Handout.objects.get()
    assert answer["Location"] == reverse("handout", args=[handout.pk])
    assert handout.case_id == case.pk
    for words in (*WRITTEN.values(), case.person.name, previews.WATERMARK, previews.NUMBER_COMES):
        assert words in handout.html
    assert not Letter.objects.exists()
    assert not Message.objects.exists()
    assert households.fresh(case).state == "reviewed"


def test_the_worker_makes_the_preview_with_its_mark_on_every_page():
    if fonts.missing_fonts("Latn"):
        pytest.skip("the DejaVu fonts are missing")
    case = households.reviewed(**WRITTEN)
    order(case)

    handouts.make_waiting()

    pages = PdfReader(io.BytesIO(bytes(Handout.objects.get().content))).pages
    texts = [page.extract_text() for page in pages]
    assert all("FÖRHANDSGRANSKNING" in text for text in texts)
    assert WRITTEN["child_words"] in " ".join(texts)


def test_what_has_changed_since_it_was_seen_is_not_sent_before_it_is_seen_again():
    case = households.reviewed(**WRITTEN)
    seen = page_of(case)
    change(case)

    refused = send(case, seen)

    assert refused.status_code == 422
    assert previews.CHANGED in refused.content.decode()
    assert households.fresh(case).state == "reviewed"
    assert send(case, refused.content.decode()).status_code == 302
    assert households.fresh(case).state == "notified"
    assert "Nya skolan" in Message.objects.get(direction="out").payload


def test_a_form_without_a_print_sends_nothing():
    case = households.reviewed(**WRITTEN)
    fields = {name: text for name, text in hidden(page_of(case)).items() if name != "previewed"}

    answer = browser("omar").post(reverse("step", args=[case.pk, "notify"]), fields)

    assert answer.status_code == 422
    assert households.fresh(case).state == "reviewed"


def test_a_preview_from_an_old_form_shows_the_form_again():
    case = households.reviewed(**WRITTEN)
    seen = hidden(page_of(case))
    change(case)

    answer = browser("omar").post(reverse("notice-preview", args=[case.pk]), seen, follow=True)

    assert previews.CHANGED in answer.content.decode()
    assert not Handout.objects.exists()


def test_the_print_is_of_what_is_said_and_to_whom_and_not_of_the_time():
    case = households.reviewed(**WRITTEN)
    first = previews.of(households.fresh(case), "notify", by=cast.person("omar"))
    assert first is not None

    sent = households.police(case, "notify")

    facts = exchange.facts_of(Message.objects.get(direction="out"))
    assert previews.print_of(facts) == first.sha256
    assert sent.letters[0].code == "L4"


def test_what_is_missing_in_a_notice_is_named_before_it_leaves():
    case = households.reviewed(why_now="Ensam i kylan.")

    form = form_of(case, "notify", "omar")

    assert form.fields["without"].label == "Skicka utan: ungdomens egna ord"
    assert "utan det" in faults(form_of(case, "notify", "omar", at=""))["without"]


def test_a_notice_where_nothing_is_missing_asks_for_no_yes():
    assert "without" not in form_of(households.reviewed(**WRITTEN), "notify", "omar").fields
