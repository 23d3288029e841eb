"""What was written in a case about somebody hidden is read by the named, and by nobody else.

Every sealed column of the case and of the rows around it gets words of its own; no page that a
reader who is not named can open may show any of them.
"""

import pytest
from django.urls import reverse

from cases import access, workflow
from cases.forms import form_for
from cases.models import Protection, YouthCase
from cases.models.fields import SealedTextField
from tests.cast import person
from tests.factories import call, make_case, make_custodian
from tests.filling import form_of, take
from tests.households import notified

HIDDEN = [Protection.PROTECTED, Protection.UNKNOWN]
CANARY = "Kanariefågel"
LONG = ("observations", "hearsay", "child_words", "concern", "why_now")


def written():
    """A value of its own for each column somebody writes in, in a case and in its incident."""
    return {
        field.name: f"{CANARY} {field.name}"
        for field in YouthCase._meta.get_fields()
        if isinstance(field, SealedTextField)
    }


def hide(case, protection=Protection.PROTECTED):
    case.person.protection = protection
    case.person.save()


@pytest.fixture
def case():
    """A case full of words, with a call and a reason in its journal."""
    case = make_case("picked_up", **written())
    incident = case.incident
    incident.place = incident.participants = incident.circumstances = f"{CANARY} stoppet"
    incident.save()
    case = call(case, custodian=make_custodian(case.person), note=f"{CANARY} samtalet")
    return workflow.perform(case, "name_reader", by=person("lena"), reason=f"{CANARY} skälet")


def pages_of(case, client, who):
    """What `who` can read about the case, in one text: its page, the list, the forms with words."""
    client.force_login(person(who))
    steps = ("complete_record", "hand_over", "record_contact")
    where = [reverse("case", args=[case.pk]), reverse("worklist")]
    where += [reverse("step", args=[case.pk, action]) for action in steps]
    answers = [client.get(address) for address in where]
    assert [answer.status_code for answer in answers] == [200] * len(where)
    return "".join(answer.content.decode() for answer in answers)


@pytest.mark.parametrize("protection", HIDDEN)
def test_no_page_shows_a_word_of_a_hidden_case_to_who_is_not_named(client, case, protection):
    hide(case, protection)

    assert CANARY not in pages_of(case, client, "lena")


def test_the_named_and_whoever_wrote_it_read_every_word(client, case):
    hide(case)
    access.name_reader(person("lena"), case.person)

    for who in ("lena", "karin"):
        page = pages_of(case, client, who)
        for name in LONG:
            assert f"{CANARY} {name}" in page
        for where in ("stoppet", "skälet"):
            assert f"{CANARY} {where}" in page


def test_a_hidden_custodian_hides_the_words_too(client, case):
    make_custodian(case.person, protection=Protection.PROTECTED)
    case.incident.place, case.incident.place_type = f"{CANARY} hemma", "home"
    case.incident.save()

    assert CANARY not in pages_of(case, client, "lena")


def test_an_open_case_is_read_by_the_unit(client, case):
    page = pages_of(case, client, "lena")

    assert f"{CANARY} observations" in page


def test_what_is_not_shown_is_kept_when_the_field_is_left_empty(case):
    hide(case)

    form = form_of(case, "complete_record", "lena")
    changed = take(case, "complete_record", "lena", concern="Nytt om oron.", told_of_notice="both")

    assert "observations" not in form.initial
    assert changed.concern == "Nytt om oron."
    assert changed.observations == f"{CANARY} observations"
    assert changed.incident.participants == f"{CANARY} stoppet"


@pytest.mark.parametrize("protection", HIDDEN)
def test_the_notice_of_a_hidden_child_shows_the_office_no_free_text(client, protection):
    _, referral = notified()
    client.force_login(person("sara"))
    address = reverse("case", args=[referral.pk])
    page = client.get(address).content.decode()
    assert "Egna iakttagelser" in page
    words = page.partition("Egna iakttagelser</dt><dd>")[2].partition("</dd>")[0]

    hide(referral, protection)

    assert words not in client.get(address).content.decode()


def test_the_question_of_the_municipality_is_not_repeated_to_who_is_not_named():
    case = make_case("picked_up")
    case.supplement_question = f"{CANARY} frågan"
    case.person.protection = Protection.PROTECTED

    form = form_for(case, "send_supplement")(case=case, by=person("omar"))

    assert CANARY not in form.intro
