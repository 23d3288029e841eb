"""The form of the field: little is demanded, and nothing is stored twice."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.fictive import fictive_number
from cases.models import Custodian, Incident, JournalEntry, Person, Referral, YouthCase
from tests.cast import person
from tests.factories import REPORTABLE, call
from tests.filling import NEW, faults_of, number, sent, text_of
from tests.households import fresh, police, referral_of


@pytest.fixture
def karin(client):
    client.force_login(person("karin"))
    return client


# What is asked ----------------------------------------------------------------------------------


def test_time_place_type_category_and_age_are_enough(karin):
    bare = sent(
        {"category": "B", "estimated_age": "16"},
        place="",
        participants="",
    )

    answer = karin.post(NEW, bare)

    case = YouthCase.objects.get()
    assert answer.url == reverse("case", args=[case.pk])
    assert (case.state, case.category, case.age_class) == ("picked_up", "B", "15_17")
    assert case.person.estimated_age == 16
    assert case.person.is_protected


@pytest.mark.parametrize(
    ("event", "card", "says"),
    [
        ({"started_at": ""}, {}, "När: Ange när det hände."),
        (
            {"started_at": "0001-01-01T00:00"},
            {},
            "När: Tiden ligger mer än en månad tillbaka. Kontrollera datumet.",
        ),
        ({"place_type": None}, {}, "Typ av plats: Välj en typ av plats."),
        ({"municipality": ""}, {}, "Kommun: Välj kommunen där det hände."),
        ({}, {"category": None}, "Ungdom 1: Kategori: Välj kategori A, B eller C."),
        (
            {},
            {"personal_number": ""},
            "Ungdom 1: Ålder: Välj åldersgrupp, eller skriv personnummer.",
        ),
        (
            {},
            {"personal_number": "20110412-2380"},
            "Ungdom 1: Personnummer: Numret stämmer inte. Jämför varje siffra med legitimationen.",
        ),
        (
            {},
            {"phone": "12"},
            "Ungdom 1: Ungdomens telefon: Telefonnumret går inte att ringa. Skriv riktnumret först,"
            " eller + och landsnumret för ett utländskt nummer.",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_the_summary(karin, event, card, says):
    answer = karin.post(NEW, sent({"category": "A", "personal_number": number(15)} | card, **event))

    assert answer.status_code == 422
    assert faults_of(answer) == [says]
    assert "<title>Fel: " in text_of(answer)
    assert not Incident.objects.exists()


def test_somebody_of_twenty_is_refused_with_the_reason(karin):
    answer = karin.post(NEW, sent({"category": "A", "personal_number": number(20)}))

    assert "Åldern blir 20 år" in faults_of(answer)[0]
    assert not Incident.objects.exists()


def test_age_is_that_of_the_day_of_the_stop(karin):
    eighteen_today = timezone.localdate().replace(year=timezone.localdate().year - 18)
    yesterday = timezone.localtime() - timedelta(days=1)

    karin.post(
        NEW,
        sent(
            {"category": "C", "personal_number": fictive_number(eighteen_today, 0)},
            started_at=f"{yesterday:%Y-%m-%dT%H:%M}",
        ),
    )

    assert YouthCase.objects.get().age_class == "15_17"


def test_category_c_is_refused_from_eighteen(karin):
    answer = karin.post(NEW, sent({"category": "C", "personal_number": number(18)}))

    assert faults_of(answer)[0].startswith("Ungdom 1: Kategori: Kategori C gäller bara under 18")


@pytest.mark.parametrize("shift", [timedelta(hours=1), timedelta(days=-40)])
def test_an_impossible_time_is_refused(karin, shift):
    moment = timezone.localtime() + shift

    answer = karin.post(NEW, sent(started_at=f"{moment:%Y-%m-%dT%H:%M}"))

    assert faults_of(answer)[0].startswith("När: Tiden ligger")


@pytest.mark.parametrize("written", ["{0}-{1}", " {0} {1} ", "{0}\N{EN DASH}{1}", "{0}\xa0{1}"])
def test_stray_spaces_and_dashes_in_a_number_are_accepted(karin, written):
    digits = number(15)

    karin.post(
        NEW, sent({"category": "A", "personal_number": written.format(digits[:8], digits[8:])})
    )

    assert Person.objects.get().personal_number == digits


def test_the_same_number_twice_in_one_stop_is_refused(karin):
    twice = {"category": "A", "personal_number": number(15)}

    answer = karin.post(NEW, sent(twice, twice))

    assert faults_of(answer) == ["Två ungdomar har samma personnummer. Rätta den ena."]


# What is stored -----------------------------------------------------------------------------------


def test_the_address_gives_postal_town_and_home_municipality(karin):
    card = {
        "category": "A",
        "personal_number": number(15),
        "protection": "not_protected",
        "street": "Exempelgatan 4",
        "postal_code": "352 30",
    }

    karin.post(NEW, sent(card))

    youth = Person.objects.get()
    assert (youth.street, youth.postal_code) == ("Exempelgatan 4", "35230")
    assert youth.locality.upper() == "VÄXJÖ"
    assert youth.municipality_id == "0780"


def test_a_postal_code_typed_in_the_field_brings_the_notice_to_that_municipalitys_inbox(client):
    client.force_login(person("karin"))
    client.post(NEW, sent({"category": "A", "personal_number": number(15), "name": "Vega Ö",
                           "street": "Allén 1", "postal_code": "342 30"}))  # fmt: skip
    case = call(YouthCase.objects.get())
    taken = {"outcome": "collected", "handed_over_to": "Bo", "id_checked": True}
    for action, by, facts in (
        ("hand_over", "karin", taken),
        ("complete_record", "karin", REPORTABLE),
        ("answer_supply", "karin", {"supply_answer": "refuses"}),
        ("report", "karin", {}),
        ("review", "lena", {"decision": "notify"}),
        ("notify", "omar", {}),
    ):
        case = fresh(police(case, action, by=by, **facts).case)

    inbox = {}
    for who in ("alva", "sara"):
        client.force_login(person(who))
        inbox[who] = text_of(client.get("/arbetslista/"))
    there = referral_of(case, at="alva").reference
    assert there in inbox["alva"] and there not in inbox["sara"]
    assert Referral.objects.count() == 1


def test_a_protected_youth_is_stored_without_any_address(karin):
    card = {
        "category": "A",
        "personal_number": number(15),
        "protection": "protected",
        "street": "Exempelgatan 4",
        "postal_code": "35230",
        "custodian_1_name": "Bo Alvmarker",
        "custodian_1_street": "Exempelgatan 4",
        "custodian_1_protection": "not_protected",
    }

    karin.post(NEW, sent(card))

    for row in (Person.objects.get(), Custodian.objects.get()):
        assert (row.street, row.postal_code, row.locality) == ("", "", "")


def test_two_custodians_come_with_the_card_each_with_an_address(karin):
    card = {
        "category": "A",
        "personal_number": number(15),
        "protection": "not_protected",
        "street": "Exempelgatan 4",
        "postal_code": "35230",
        "custodian_1_name": "Bo Alvmarker",
        "custodian_1_phone": "070-174 06 05",
        "custodian_2_name": "Eva Alvmarker",
        "custodian_2_relation": "mother",
        "custodian_2_lives_with_youth": None,
        "custodian_2_street": "Provvägen 2",
        "custodian_2_postal_code": "342 30",
    }

    karin.post(NEW, sent(card))

    bo, eva = sorted(Custodian.objects.all(), key=lambda custodian: custodian.name)
    assert (bo.phone, bo.street, bo.postal_code) == ("+46701740605", "Exempelgatan 4", "35230")
    assert (eva.relation, eva.street, eva.postal_code) == ("mother", "Provvägen 2", "34230")
    assert not eva.lives_with_youth
    assert {bo.protection, eva.protection} == {"not_protected"}


def test_one_stop_with_two_youths_is_two_cases_and_a_receipt(karin):
    youths = [{"category": "A", "personal_number": number(age)} for age in (15, 18)]

    answer = karin.post(NEW, sent(*youths), follow=True)

    incident = Incident.objects.get()
    first, second = incident.youth_cases.order_by("reference")
    assert answer.redirect_chain[0][0] == reverse("incident", args=[incident.pk])
    assert f"Händelse {incident.reference} är registrerad" in text_of(answer)
    assert first.reference in text_of(answer)
    assert second.reference in text_of(answer)
    assert reverse("step", args=[first.pk, "record_contact"]) in text_of(answer)
    assert reverse("step", args=[second.pk, "record_contact"]) not in text_of(answer)
    assert "svar på langningsfrågan" in text_of(answer)
    assert text_of(answer).count("hur ingripandet slutade") == 2
    assert "vem som tog emot" not in text_of(answer)


def test_each_youth_is_picked_up_through_the_journal_at_the_time_of_the_stop(karin):
    karin.post(NEW, sent())

    entries = JournalEntry.objects.filter(case_id=YouthCase.objects.get().pk).order_by("sequence")
    assert [entry.action for entry in entries] == ["open", "pick_up"]
    assert {entry.happened_at for entry in entries} == {Incident.objects.get().started_at}


def test_the_same_page_sent_twice_is_stored_once(karin):
    page = sent()

    first, second = karin.post(NEW, page), karin.post(NEW, page)

    assert first.url == second.url
    assert (Incident.objects.count(), YouthCase.objects.count()) == (1, 1)
    assert Person.objects.count() == 1


def test_a_page_sent_again_with_one_youth_more_adds_that_youth(karin):
    first, second = ({"category": "A", "personal_number": number(age)} for age in (15, 16))
    page = sent(first)

    karin.post(NEW, page)
    karin.post(NEW, sent(first, second) | {"request_id": page["request_id"]})

    assert (Incident.objects.count(), YouthCase.objects.count()) == (1, 2)


def test_nobody_can_write_into_somebody_elses_stop_by_its_id(client, karin):
    karin.post(NEW, sent())
    incident = Incident.objects.get()
    client.force_login(person("omar"))

    answer = client.post(NEW, sent(request_id=str(incident.pk)))

    assert answer.status_code == 404
    assert YouthCase.objects.count() == 1


# In the rain: two taps, the rest later ------------------------------------------------------------


def test_a_category_and_an_age_group_make_a_numbered_record(karin):
    karin.post(NEW, sent({"category": "B", "age_group": "15_17"}))

    case = YouthCase.objects.get()
    assert (case.state, case.age_class, case.is_minor) == ("picked_up", "15_17", True)
    assert (case.person.estimated_group, case.person.estimated_age) == ("15_17", None)


def test_a_number_says_more_than_a_glance(karin):
    karin.post(NEW, sent({"category": "B", "age_group": "18_19", "personal_number": number(15)}))

    assert YouthCase.objects.get().age_class == "15_17"


def test_category_c_is_refused_for_whoever_looks_eighteen(karin):
    answer = karin.post(NEW, sent({"category": "C", "age_group": "18_19"}))

    assert faults_of(answer)[0].startswith("Ungdom 1: Kategori: Kategori C gäller bara under 18")


def test_save_and_go_on_later_leads_to_the_list_where_the_rest_stands(karin):
    answer = karin.post(NEW, sent({"category": "B", "age_group": "15_17"}) | {"save": "later"})

    assert answer.url == reverse("worklist")
    page = text_of(karin.get(answer.url))
    case = YouthCase.objects.get()
    step = f'href="{reverse("case", args=[case.pk])}'
    for there in ("answer_supply/#id_supply_answer", "correct_person/#id_personal_number",
                  "complete_record/#id_concern", "complete_record/#id_observations"):  # fmt: skip
        assert f"{step}{there}" in page


def test_each_link_on_the_list_leads_to_a_field_that_is_there(karin):
    karin.post(NEW, sent({"category": "A", "age_group": "15_17"}) | {"save": "later"})
    links = [
        left.url
        for youth in karin.get(reverse("worklist")).context["unfinished"]
        for left in youth.missing
    ]

    assert len(links) >= 6
    for link in filter(None, links):
        page, _, field = link.partition("#")
        assert f'id="{field}"' in text_of(karin.get(page)), link


def test_only_my_own_unfinished_youths_stand_on_my_list(client, karin):
    karin.post(NEW, sent({"category": "A", "age_group": "15_17"}))
    client.force_login(person("omar"))

    assert client.get(reverse("worklist")).context["unfinished"] == []


def test_the_list_costs_no_more_queries_for_each_unfinished_youth(
    karin, django_assert_max_num_queries
):
    karin.post(NEW, sent(*[{"category": "A", "age_group": "15_17"}] * 6) | {"save": "later"})

    with django_assert_max_num_queries(30):
        karin.get(reverse("worklist"))
