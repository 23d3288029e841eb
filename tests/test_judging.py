"""Whoever judges what is written reads it on the page where the answer is given."""

import pytest
from django.urls import reverse

from cases import access
from cases.models import AccessEntry, ContactMade, Protection
from tests import households
from tests.cast import person
from tests.factories import call, make_case, make_custodian, make_person
from tests.filling import text_of


def judging(client, case, action, by):
    client.force_login(person(by))
    return client.get(reverse("step", kwargs={"pk": case.pk, "action": action}))


def test_whoever_reviews_reads_the_report_beside_the_decision_and_is_logged_once(client) -> None:
    case = make_case("reported", by="karin", observations="Sluddrade och ville inte gå hem.")

    page = judging(client, case, "review", "omar")

    assert "Sluddrade och ville inte gå hem." in text_of(page)
    assert case.person.name in text_of(page)
    assert b'name="decision"' in page.content
    looked = AccessEntry.objects.filter(actor=person("omar"), subject_id=case.pk)
    assert looked.count() == 1


def test_whoever_reviews_can_send_it_back_from_there(client) -> None:
    case = make_case("reported", by="karin")
    back = reverse("step", kwargs={"pk": case.pk, "action": "send_back"})
    assert back in judging(client, case, "review", "omar").content.decode()


def test_whoever_assesses_the_need_of_protection_reads_the_notice_there(client) -> None:
    _, case = households.notified()
    page = text_of(judging(client, case, "assess_protection", "sara"))
    assert case.person.name in page
    assert "Vad oron gäller" in page


@pytest.mark.parametrize("action", ["open_investigation", "decide_not_to_open"])
def test_whoever_decides_about_an_investigation_reads_notice_assessment_and_talks(
    client, action
) -> None:
    _, case = households.notified()
    case = households.assessed(case)
    ContactMade.objects.create(
        referral=case, who="youth", kind="phone", result="reached", at=case.opened_at,
        note="Vill ha hjälp med skolan.", made_by=person("sara"),
    )  # fmt: skip

    page = text_of(judging(client, case, action, "sara"))

    assert "Vad oron gäller" in page and "Ingen fara i hemmet." in page
    assert "Vill ha hjälp med skolan." in page


def test_a_form_that_judges_nothing_shows_no_record(client) -> None:
    case = make_case("picked_up", by="karin", observations="Sluddrade och ville inte gå hem.")
    page = judging(client, case, "record_contact", "karin")
    assert page.context["record"] is None


@pytest.mark.parametrize(("who", "shows"), [("lena", False), ("omar", True)])
def test_what_is_written_of_somebody_hidden_is_masked_there_too(client, who, shows) -> None:
    hidden = make_person(name="Alva Alvmarker", protection=Protection.PROTECTED)
    case = make_case("contacting_custodians", by="karin", person=hidden)
    call(case)
    mother = make_custodian(hidden, name="Maj Alvmarker")
    access.name_reader(person("omar"), hidden)
    client.force_login(person(who))

    page = judging(client, case, "review", who)

    assert page.status_code == 200
    for word in (hidden.name, mother.name, case.observations):
        assert bool(word) and (word in text_of(page)) == shows, word
