"""Which wording a letter is made with: versions that stay, and drafts that cannot be sent."""

import hashlib
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pypdf import PdfReader

from notices import editions, outbox, rendering, samples, wording
from notices.editions import NotAnEdition
from notices.models import Edition, Letter
from tests import cast, households
from tests.households import police


def changed(**texts: str) -> dict[str, str]:
    return dict(wording.shipped("L8", "sv")) | texts


def written(by: str = "asta", **texts: str) -> Edition:
    made = editions.write("L8", "sv", changed(**texts), by=cast.person(by), at=timezone.now())
    return seen(made)


def seen(edition: Edition) -> Edition:
    """The edition once the worker has made its preview."""
    edition.preview = b"%PDF"
    edition.save()
    return edition


def spoken(language: str) -> list[str]:
    """The letters to the mother of a household that speaks the language."""
    case = households.reviewed()
    mother = households.mother(case.person)
    mother.language = language
    mother.save()
    police(case, "notify")
    taken = police(case, "send_letters")
    return [each.template_version for each in taken.letters if each.custodian_id == mother.pk]


def test_what_comes_with_the_product_is_the_first_version():
    edition = editions.to_send("L8", "sv")

    assert edition is not None
    assert str(edition) == "L8-sv-1"
    assert edition.texts == wording.shipped("L8", "sv")
    assert editions.to_send("L8", "sv") == edition
    assert Edition.objects.count() == 1


@pytest.mark.parametrize("language", ["ar", "ti", "fi", "lattlast"])
def test_a_translation_that_nobody_has_read_cannot_be_sent(language):
    assert editions.to_send("L6", language) is None
    assert editions.latest("L6", language) is not None


def test_a_letter_is_swedish_and_the_family_s_language_under_one_number():
    assert spoken("en") == ["L1-sv-1+L1-en-1"]


def test_a_family_gets_swedish_alone_until_their_language_is_reviewed():
    assert spoken("so") == ["L1-sv-1"]
    draft = editions.latest("L1", "so")
    assert draft is not None
    editions.approve(seen(draft), by=cast.person("asta"), at=timezone.now())

    assert spoken("so") == ["L1-sv-1+L1-so-1"]


def test_a_new_version_is_a_draft_and_changes_no_old_one():
    first = editions.to_send("L8", "sv")
    second = written(again="Ring oss om ni blir oroliga igen.")

    assert first is not None
    assert (second.version, second.status) == (2, "draft")
    assert editions.to_send("L8", "sv") == first
    assert Edition.objects.get(pk=first.pk).texts == wording.shipped("L8", "sv")


def test_a_reviewed_version_is_what_letters_are_made_with_from_then_on():
    draft = written(again="Ring oss om ni blir oroliga igen.")

    editions.approve(draft, by=cast.person("klara"), at=timezone.now())

    assert editions.to_send("L8", "sv") == draft
    draft.refresh_from_db()
    assert (draft.reviewed_by, draft.reviewed_on) == ("Klara Öst", timezone.localdate())


def test_nobody_reviews_their_own_words_or_reviews_twice():
    draft = written()
    with pytest.raises(NotAnEdition, match="kan inte granska"):
        editions.approve(draft, by=cast.person("asta"), at=timezone.now())
    editions.approve(draft, by=cast.person("klara"), at=timezone.now())
    with pytest.raises(NotAnEdition, match="redan granskad"):
        editions.approve(draft, by=cast.person("klara"), at=timezone.now())


def test_an_upgrade_does_not_replace_words_that_somebody_here_answers_for(monkeypatch):
    own = written(again="Ring oss om ni blir oroliga igen.")
    editions.approve(own, by=cast.person("klara"), at=timezone.now())
    newer = changed(again="Nytt.")
    monkeypatch.setattr(wording, "shipped", lambda code, language: newer)

    assert editions.to_send("L8", "sv") == own
    newest = editions.latest("L8", "sv")
    assert newest is not None
    assert (newest.texts["again"], newest.status) == ("Nytt.", "draft")


@pytest.mark.parametrize(
    "change", [{"texts": {"lead": "Annat."}}, {"version": 9}, {"status": "draft"}]
)
def test_the_database_refuses_to_change_an_edition(change):
    edition = editions.to_send("L8", "sv")
    assert edition is not None

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(**change)


def test_a_text_that_names_an_unknown_fact_is_refused_and_nothing_is_kept():
    with pytest.raises(NotAnEdition, match=r"\{secret\}"):
        written(again="Se {secret}.")

    assert not Edition.objects.filter(made_by__isnull=False).exists()


def test_a_letter_keeps_the_words_it_was_queued_with_and_prints_the_same_again():
    omar = cast.person("omar")
    queued = outbox.queue(
        "L8",
        samples.feedback(),
        owner=omar.organisation,
        case_id=omar.pk,
        addressee="polisen",
        by=omar,
        at=timezone.now(),
    )
    later = written(again="Helt nya ord.")
    editions.approve(later, by=cast.person("klara"), at=timezone.now())

    outbox.render_waiting()

    letter = Letter.objects.get(pk=queued.pk)
    assert letter.edition is not None
    pdf = bytes(letter.document.content)
    again = rendering.render(
        "L8", samples.feedback(), texts={"sv": letter.edition.texts}, window=letter.window
    )
    assert letter.template_version == "L8-sv-1"
    assert "Helt nya ord" not in text_of(pdf)
    assert hashlib.sha256(again).hexdigest() == letter.pdf_sha256


def test_a_preview_says_that_a_draft_may_not_be_sent_and_a_reviewed_one_says_nothing():
    editions.latest("L12", "so")
    editions.latest("L12", "en")

    assert editions.make_previews() == 2
    assert editions.make_previews() == 0

    shown = {each.language: text_of(bytes(each.preview)) for each in Edition.objects.all()}
    assert "UTKAST" in shown["so"]
    assert "UTKAST" not in shown["en"]


def test_a_preview_stands_beside_the_swedish_that_is_sent_here():
    texts = dict(wording.shipped("L12", "sv")) | {"greeting": "Egen hälsning"}
    own = editions.write("L12", "sv", texts, by=cast.person("asta"), at=timezone.now())
    editions.approve(seen(own), by=cast.person("klara"), at=timezone.now())
    english = editions.latest("L12", "en")
    assert english is not None

    shown = text_of(editions.preview("L12", "en", english.texts, english))

    assert "Egen hälsning" in shown


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
