"""The words of the letters: who edits them, what is refused, who must agree before their use."""

import re
from typing import Any

import pytest
from django.urls import reverse

from cases.models import AccessEntry
from notices import editions, rendering, wording
from notices.forms_wording import PREFIX
from notices.languages import LANGUAGES
from notices.models import Edition
from tests import cast
from tests.test_postroom_pages import browser, text_of

OF_SOCIAL, OF_POLICE = "L6-sv", "L1-sv"


def page(name: str) -> str:
    return reverse("wording", kwargs={"name": name})


def newest(name: str) -> Edition:
    code, language = name.split("-")
    found = editions.latest(code, language)
    assert found is not None
    return found


def answers(name: str, **texts: str) -> dict[str, str]:
    """What the form sends when these texts have been changed."""
    edition = newest(name)
    given = {f"{PREFIX}{key}": text for key, text in (edition.texts | texts).items()}
    return given | {"version": str(edition.version)}


def save(name: str, who: str, **texts: str) -> Any:
    return browser(who).post(page(name), answers(name, **texts))


def preview(name: str) -> None:
    edition = newest(name)
    edition.preview = b"%PDF"
    edition.save()


def approve(name: str, who: str, version: int | None = None) -> str:
    """Press the button that the page shows; what is said afterwards."""
    sent = {"version": str(version or newest(name).version)}
    address = reverse("wording-approve", kwargs={"name": name})
    return text_of(browser(who).post(address, sent, follow=True))


# Who ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "own", "others"),
    [
        ("magnus", OF_POLICE, OF_SOCIAL),
        ("lena", OF_POLICE, OF_SOCIAL),
        ("hanna", OF_SOCIAL, OF_POLICE),
        ("klara", OF_SOCIAL, OF_POLICE),
    ],
)
def test_each_authority_writes_its_own_letters_and_learns_of_no_other(who, own, others):
    client = browser(who)

    listed = text_of(client.get(reverse("wordings")))

    assert page(own) in listed and page(others) not in listed
    assert client.get(page(own)).status_code == 200
    assert client.get(page(others)).status_code == 404
    assert save(others, who, lead="Hej.").status_code == 404


def test_every_letter_has_one_authority_that_writes_it():
    shown = " ".join(text_of(browser(who).get(reverse("wordings"))) for who in ("lena", "hanna"))

    names = [f"{code}-{tag}" for tag in LANGUAGES for code in wording.codes_of(tag)]
    assert [name for name in names if shown.count(f'"{page(name)}"') != 1] == []


@pytest.mark.parametrize("name", ["L4-en", "L5-ar", "L8-so", "L10-pl", "L11-fi", "L99-sv", "L1-xx"])
def test_a_letter_between_authorities_is_swedish_alone(name):
    for who in ("lena", "hanna"):
        assert browser(who).get(page(name)).status_code == 404


# Writing --------------------------------------------------------------------------------------


def test_what_is_saved_is_a_draft_and_is_logged_with_whoever_wrote_it():
    assert save(OF_SOCIAL, "hanna", greeting="Hälsningar").status_code == 302

    made = newest(OF_SOCIAL)
    assert (made.version, made.status, made.texts["greeting"]) == (2, "draft", "Hälsningar")
    assert made.made_by == cast.person("hanna")
    [entry] = AccessEntry.objects.filter(kind="wording")
    assert (entry.actor, entry.subject_id) == (cast.person("hanna"), made.pk)
    in_force = editions.to_send("L6", "sv")
    assert in_force is not None and in_force.version == 1


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ({"greeting": "Hej {personal_number}"}, "finns inte bland brevets uppgifter"),
        ({"greeting": "Hej {sender_name"}, "är inte stängd"),
        ({"greeting": "Hej {their_reference}"}, "sätt [hakar] om det"),
        ({"greeting": "Hej\nhopp"}, "ska stå på en enda rad"),
        ({"sheet_help_list": "Ring 112."}, "skriv minst två rader"),
        ({"greeting": "Hej 𓀀"}, "typsnitt saknar: 𓀀"),
        ({"greeting": " "}, "brevet kan inte göras utan den"),
        ({}, "Inget är ändrat"),
    ],
)
def test_what_no_letter_can_say_is_refused_in_a_sentence_and_what_was_typed_stays(texts, sentence):
    if rendering.can_render():
        answer = save(OF_SOCIAL, "hanna", **texts)

        assert answer.status_code == 422
        shown = text_of(answer)
        assert sentence in shown
        assert all(text.splitlines()[0] in shown for text in texts.values())
    assert not Edition.objects.filter(made_by__isnull=False).exists()


def test_two_who_write_at_once_are_told_and_both_texts_can_be_saved():
    mine = answers(OF_SOCIAL, greeting="Min hälsning")
    save(OF_SOCIAL, "klara", greeting="Din hälsning")

    answer = browser("hanna").post(page(OF_SOCIAL), mine)

    assert answer.status_code == 422
    shown = text_of(answer)
    assert "sparade version 2 medan du skrev" in shown and "Min hälsning" in shown
    [version] = re.findall(r'name="version" value="(\d+)"[^>]*id="id_version"', shown)
    assert browser("hanna").post(page(OF_SOCIAL), mine | {"version": version}).status_code == 302
    assert newest(OF_SOCIAL).texts["greeting"] == "Min hälsning"


def test_the_page_names_the_facts_and_shows_the_versions_and_what_differs():
    save(OF_SOCIAL, "hanna", greeting="Varma hälsningar")

    shown = text_of(browser("klara").get(page(OF_SOCIAL)))

    assert "{met_at_time}" in shown or "{reference}" in shown
    assert "<del>Vänliga</del><ins>Varma</ins> hälsningar" in shown
    assert "Version 2, utkast" in shown and "Version 1, granskad" in shown
    assert cast.person("hanna").name in shown


def test_a_text_that_reads_from_the_right_is_written_from_the_right():
    shown = text_of(browser("lena").get(page("L1-ar")))

    assert 'dir="rtl"' in shown and 'lang="ar"' in shown
    assert "Vänliga hälsningar" in shown, "the Swedish stands beside"


# Reviewing ------------------------------------------------------------------------------------


def test_a_draft_is_used_once_somebody_else_has_read_it_as_a_letter():
    save(OF_SOCIAL, "hanna", greeting="Hälsningar")
    assert "Läs brevet i den" in approve(OF_SOCIAL, "klara"), "not unseen"
    preview(OF_SOCIAL)
    assert "kan inte granska" in approve(OF_SOCIAL, "hanna"), "not by whoever wrote it"

    assert "Nya brev görs med version 2" in approve(OF_SOCIAL, "klara")

    in_force = editions.to_send("L6", "sv")
    assert in_force is not None
    assert (in_force.version, in_force.reviewed_by) == (2, cast.person("klara").name)
    assert AccessEntry.objects.filter(kind="wording", actor=cast.person("klara")).count() == 1


def test_nobody_approves_a_version_that_is_not_the_one_they_read():
    save(OF_SOCIAL, "hanna", greeting="Hälsningar")
    save(OF_SOCIAL, "hanna", greeting="Något annat")
    preview(OF_SOCIAL)

    assert "nyare version än den du läste" in approve(OF_SOCIAL, "klara", version=2)

    assert not Edition.objects.filter(version__gt=1, status="reviewed").exists()


def test_a_translation_that_comes_with_the_product_is_sent_once_it_is_reviewed():
    preview("L6-so")
    assert editions.to_send("L6", "so") is None

    approve("L6-so", "hanna")

    assert editions.to_send("L6", "so") is not None


def test_the_preview_is_the_worker_s_pdf_of_the_version_that_was_asked_for(web_process):
    address = reverse("wording-pdf", kwargs={"name": OF_SOCIAL})
    client = browser("hanna")
    assert client.get(address).status_code == 404
    save(OF_SOCIAL, "hanna", greeting="Hälsningar")
    preview(OF_SOCIAL)

    assert client.get(address).content == b"%PDF"
    assert client.get(address, {"version": "2"}).status_code == 200
    for version in ("1", "9", "x", "99999999999999999999"):
        assert client.get(address, {"version": version}).status_code == 404
    assert web_process.tried == []
