"""A youth's custodians: corrected, not to be told, custodians no longer; on both sides."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access, workflow
from cases.models import Custodian, JournalEntry, Protection, Remark
from cases.workflow import MissingFacts
from notices import concern, routing
from tests.cast import person
from tests.factories import call, make_case, make_custodian, make_referral
from tests.filling import faults, form_of, take

WHO_HANDLES = {"police": "karin", "social": "ines"}


@pytest.fixture(params=WHO_HANDLES)
def side(request):
    """A case of each authority with one custodian, and who handles it."""
    case = make_case("picked_up") if request.param == "police" else make_referral()
    custodian = make_custodian(case.person, street="Exempelgatan 4", postal_code="35230")
    return case, custodian, WHO_HANDLES[request.param]


def now(custodian):
    return Custodian.objects.get(pk=custodian.pk)


def newest(case):
    return JournalEntry.objects.filter(case_id=case.pk).latest("sequence")


# Corrections --------------------------------------------------------------------------------------


def test_a_correction_starts_from_what_is_on_record_and_keeps_the_rest(side):
    case, custodian, who = side

    take(case, "correct_custodian", who, custodian.pk, name="Bo Berg", language="so")

    corrected = now(custodian)
    assert (corrected.name, corrected.language) == ("Bo Berg", "so")
    assert (corrected.phone, corrected.street) == (custodian.phone, "Exempelgatan 4")


def test_the_journal_tells_whose_row_was_corrected_and_no_word_of_it(side):
    case, custodian, who = side

    take(case, "correct_custodian", who, custodian.pk, name="Bo Berg", phone="070-174 06 99")

    entry = newest(case)
    assert (entry.action, entry.facts) == ("correct_custodian", {"custodian": str(custodian.pk)})


def test_whoever_moves_out_leaves_the_address_behind_and_whoever_moves_in_gets_it(side):
    case, custodian, who = side

    take(case, "correct_custodian", who, custodian.pk, lives_with_youth="")
    assert (now(custodian).street, now(custodian).postal_code) == ("", "")

    take(case, "correct_custodian", who, custodian.pk, lives_with_youth="on")
    assert now(custodian).street == case.person.street


def test_whoever_moves_to_an_address_of_their_own_has_that_one(side):
    case, custodian, who = side
    new = {"lives_with_youth": "", "street": "Provvägen 2", "postal_code": "342 30"}

    take(case, "correct_custodian", who, custodian.pk, **new)

    assert (now(custodian).street, now(custodian).postal_code) == ("Provvägen 2", "34230")


def test_the_page_opens_the_row_that_its_address_names(client):
    case = make_case("picked_up")
    rows = [make_custodian(case.person, name=name) for name in ("Mira Ek", "Idris Ek")]
    client.force_login(person("karin"))
    shown = client.get(reverse("case", args=[case.pk])).content.decode()

    for row in rows:
        where = reverse("step-about", args=[case.pk, "correct_custodian", row.pk])
        assert where in shown
        assert f'value="{row.name}"' in client.get(where).content.decode()


@pytest.mark.parametrize("action", ["correct_custodian", "bar_custodian", "end_custody"])
def test_a_row_of_another_case_is_neither_shown_nor_changed(side, action):
    case, _, who = side
    stranger = make_custodian(make_case("picked_up").person, name="Okänd Främling")

    form = form_of(case, action, who, stranger.pk, reason="Fel", name="Ny", is_barred="True")

    assert "Främling" not in form.intro
    assert faults(form)["__all__"].startswith("Välj vårdnadshavaren i ärendet")


def test_with_several_custodians_no_row_is_guessed(side):
    case, _, who = side
    make_custodian(case.person)

    assert set(form_of(case, "correct_custodian", who).fields) == {"request_id"}


# Protected identities -----------------------------------------------------------------------------


@pytest.mark.parametrize("protection", [Protection.PROTECTED, Protection.UNKNOWN])
def test_a_hidden_custodian_is_not_shown_and_an_empty_field_keeps_what_is_there(side, protection):
    case, custodian, who = side
    custodian.protection = protection
    custodian.save()

    form = form_of(case, "correct_custodian", who, custodian.pk)

    assert {"name", "phone", "personal_number", "street"}.isdisjoint(form.initial)
    assert custodian.name not in form.intro
    take(case, "correct_custodian", who, custodian.pk, language="so")
    assert (now(custodian).name, now(custodian).language) == (custodian.name, "so")


def test_the_home_that_a_hidden_custodian_shares_is_in_no_form_and_stays_where_it_is(side):
    case, custodian, who = side
    for row in (case.person, custodian):
        row.street, row.postal_code, row.locality = "Kanariegatan 7", "35236", "VÄXJÖ"
        row.save()
    make_custodian(case.person, protection=Protection.PROTECTED, street="", lives_with_youth=True)
    case = type(case).objects.get(pk=case.pk)

    of_youth = form_of(case, "correct_person", who)
    of_parent = form_of(case, "correct_custodian", who, custodian.pk)

    assert {"street", "postal_code", "locality"}.isdisjoint(of_youth.initial | of_parent.initial)
    take(case, "correct_custodian", who, custodian.pk, language="so")
    assert (now(custodian).street, now(custodian).language) == ("Kanariegatan 7", "so")


def test_only_a_named_reader_lifts_a_protection(side):
    case, custodian, who = side
    custodian.protection = Protection.PROTECTED
    custodian.save()

    form = form_of(case, "correct_custodian", who, custodian.pk, protection="not_protected")
    assert faults(form)["protection"].startswith("Bara en namngiven läsare")

    access.name_reader(person(who), case.person)
    take(case, "correct_custodian", who, custodian.pk, protection="not_protected")
    assert now(custodian).protection == Protection.NOT_PROTECTED


def test_the_home_of_a_protected_youth_is_refused_with_a_sentence(side):
    case, _, who = side
    case.person.protection = Protection.PROTECTED
    case.person.save()
    typed = {"name": "Eva Ek", "relation": "mother", "protection": "not_protected"}
    typed |= {"street": "Hemvägen 2", "postal_code": "342 30"}

    form = form_of(case, "add_custodian", who, **typed, lives_with_youth="on")
    assert faults(form)["street"].startswith("Ungdomen har skyddade personuppgifter")

    take(case, "add_custodian", who, **typed, lives_with_youth="")
    assert case.person.custodians.get(relation="mother").street == "Hemvägen 2"


def test_an_identity_that_becomes_protected_takes_the_address_of_the_home_with_it(side):
    case, custodian, who = side
    apart = make_custodian(case.person, street="Provvägen 2", lives_with_youth=False)

    take(case, "correct_person", who, protection="protected")

    assert (now(custodian).street, now(custodian).postal_code) == ("", "")
    assert now(apart).street == "Provvägen 2"


# Not to be told -----------------------------------------------------------------------------------


def test_barring_is_journalled_with_the_reason_beside_the_chain(side):
    case, custodian, who = side

    take(case, "bar_custodian", who, custodian.pk, is_barred="True", reason="Kontaktförbud.")

    entry = newest(case)
    assert now(custodian).is_barred
    assert entry.facts == {"custodian": str(custodian.pk)}
    assert Remark.objects.get(pk=entry.remark_id).text == "Kontaktförbud."
    take(case, "bar_custodian", who, custodian.pk, is_barred="False", reason="Upphävt.")
    assert not now(custodian).is_barred


@pytest.mark.parametrize("action", ["bar_custodian", "end_custody"])
def test_nobody_is_barred_or_removed_without_a_reason(side, action):
    case, _, who = side

    with pytest.raises(MissingFacts, match="skälet"):
        workflow.perform(case, action, by=person(who))


def test_whoever_may_not_be_told_is_not_offered_as_somebody_to_call():
    case = make_case("picked_up")
    mother, father = make_custodian(case.person), make_custodian(case.person)

    take(case, "bar_custodian", "karin", father.pk, is_barred="True", reason="Kontaktförbud.")

    offered = dict(form_of(case, "record_contact").fields["custodian"].choices)
    assert str(mother.pk) in offered
    assert str(father.pk) not in offered


# No longer a custodian ----------------------------------------------------------------------------


def test_who_is_no_longer_a_custodian_stays_on_record_with_the_calls():
    case = make_case("picked_up")
    custodian = make_custodian(case.person)
    call(case, custodian=custodian)

    take(case, "end_custody", "karin", custodian.pk, reason="Dom om vårdnad.")

    assert now(custodian).custody_ended_on == timezone.localdate()
    assert case.contacts.get().custodian == custodian
    offered = dict(form_of(case, "record_contact").fields["custodian"].choices)
    assert str(custodian.pk) not in offered


def test_who_is_no_longer_a_custodian_is_not_in_the_notice():
    case = make_case("reviewed")
    [custodian] = case.person.custodians.all()
    take(case, "end_custody", "lena", custodian.pk, reason="Fel person.")
    office = routing.office_for(case, case.person.municipality, at=timezone.now())

    notice = concern.notice(
        case, to=office, notice_id=case.pk, by=person("omar"), at=timezone.now()
    )

    assert notice.custodians == ()


def test_custody_does_not_end_in_the_future(side):
    case, custodian, who = side
    tomorrow = timezone.localdate() + timedelta(days=1)

    form = form_of(case, "end_custody", who, custodian.pk, custody_ended_on=tomorrow, reason="Dom.")

    assert faults(form)["custody_ended_on"].startswith("Dagen ligger i framtiden")


# What is left to do -------------------------------------------------------------------------------


def test_the_stops_page_links_to_the_custodian_whose_number_is_missing(client):
    case = make_case("picked_up")
    page = reverse("incident", args=[case.incident_id])
    client.force_login(person("karin"))

    assert reverse("step", args=[case.pk, "add_custodian"]) in client.get(page).content.decode()

    custodian = make_custodian(case.person, phone="")
    where = reverse("step-about", args=[case.pk, "correct_custodian", custodian.pk])
    assert where in client.get(page).content.decode()
