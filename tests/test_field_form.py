"""The form of the field: little is demanded, everything typed is kept, nothing is stored twice."""

import re
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.fictive import fictive_number
from cases.forms.incident import occasion_on
from cases.models import AccessEntry, Custodian, Incident, JournalEntry, Person, YouthCase
from tests.cast import person
from tests.factories import born

NEW = "/handelser/ny/"
TODAY = date(2026, 11, 23)


@pytest.fixture
def karin(client):
    client.force_login(person("karin"))
    return client


def number(age):
    return fictive_number(born(age, timezone.localdate()), 0)


def sent(*youths, **event):
    """What the browser sends: the fields of the stop, and of each youth's card."""
    cards = youths or [{"category": "A", "personal_number": number(15)}]
    data = {
        "request_id": str(uuid4()),
        "started_at": f"{timezone.localtime() - timedelta(minutes=20):%Y-%m-%dT%H:%M}",
        "place_type": "park",
        "place": "Linnéparken",
        "occasion": "weekend",
        "municipality": "0780",
        "found_by": "patrol",
        "participants": "Karin Ek",
        "youth-TOTAL_FORMS": len(cards),
        "youth-INITIAL_FORMS": 0,
    } | event
    for at, card in enumerate(cards):
        suggested = {
            "protection": "unknown",
            "language": "sv",
            "custodian_1_relation": "parent",
            "custodian_1_lives_with_youth": "on",
            "custodian_2_relation": "parent",
            "custodian_2_lives_with_youth": "on",
        }
        data |= {f"youth-{at}-{name}": value for name, value in (suggested | card).items()}
    return {name: value for name, value in data.items() if value is not None}


def text_of(answer):
    return answer.content.decode()


def faults_of(answer):
    """The lines of the error summary."""
    summary = text_of(answer).partition('class="faults"')[2].partition("</div>")[0]
    return re.findall(r"<li>(?:<a [^>]*>)?([^<]*)", summary)


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
        ({"place_type": None}, {}, "Typ av plats: Välj en typ av plats."),
        ({"municipality": ""}, {}, "Kommun: Välj kommunen där det hände."),
        ({}, {"category": None}, "Ungdom 1: Kategori: Välj kategori A, B eller C."),
        (
            {},
            {"personal_number": ""},
            "Ungdom 1: Personnummer: Skriv personnummer, födelsedatum eller uppskattad ålder.",
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


# Without JavaScript -------------------------------------------------------------------------------


def test_one_more_card_keeps_everything_typed_and_judges_nothing(karin):
    half = sent({"category": "B", "personal_number": "2011", "name": "Alva"}, place="Bryggan")

    answer = karin.post(NEW, half | {"add": "youth"})

    assert answer.status_code == 200
    assert faults_of(answer) == []
    page = text_of(answer)
    for typed in ('value="Bryggan"', 'value="2011"', 'value="Alva"', half["request_id"]):
        assert typed in page
    assert re.search(r'name="youth-0-category" value="B"[^>]*checked', page)
    assert 'name="youth-1-category"' in page
    assert re.search(r'name="youth-TOTAL_FORMS" value="2"', page)


def test_an_error_keeps_everything_typed(karin):
    answer = karin.post(NEW, sent({"category": "A", "name": "Alva"}, place="Bryggan"))

    assert 'value="Bryggan"' in text_of(answer)
    assert 'value="Alva"' in text_of(answer)
    assert 'aria-invalid="true"' in text_of(answer)


def test_a_part_with_a_fault_stands_open(karin):
    answer = karin.post(NEW, sent({"category": "A", "custodian_1_phone": "12"}))

    open_parts = re.findall(r"<details class=\"more\" open>.*?</svg>([^<]*)", text_of(answer), re.S)
    assert open_parts == ["Vårdnadshavare 1"]


def test_an_empty_card_added_by_mistake_counts_for_nothing(karin):
    karin.post(NEW, sent({"category": "A", "personal_number": number(15)}, {}))

    assert YouthCase.objects.count() == 1


def test_a_card_can_be_thrown_away(karin):
    gone = {"category": "A", "personal_number": "fel", "DELETE": "on"}

    karin.post(NEW, sent({"category": "A", "personal_number": number(15)}, gone))

    assert YouthCase.objects.count() == 1


def test_more_than_eight_cards_are_never_made(karin):
    answer = karin.post(NEW, sent(*[{"category": "A"}] * 8) | {"add": "youth"})

    assert 'name="youth-7-category"' in text_of(answer)
    assert 'name="youth-8-category"' not in text_of(answer)


def test_the_empty_page_suggests_what_the_unit_and_the_clock_know(karin):
    page = text_of(karin.get(NEW))

    assert re.search(r'<option value="0780" selected', page)
    assert 'value="Karin Ek"' in page
    assert f'value="{timezone.localtime():%Y-%m-%dT%H}' in page
    assert "<script" not in page.partition("<main")[2]


@pytest.mark.parametrize(
    ("moment", "occasion"),
    [
        ("2026-11-23 22:00", "weekday"),
        ("2026-11-27 22:00", "weekend"),
        ("2026-11-28 02:00", "weekend"),
        ("2026-12-12 23:00", "lucia"),
        ("2026-04-30 23:00", "valborg"),
        ("2026-05-01 02:00", "valborg"),
        ("2026-06-19 21:00", "midsummer"),
    ],
)
def test_the_occasion_follows_the_calendar(moment, occasion):
    assert occasion_on(timezone.make_aware(datetime.fromisoformat(moment))) == occasion


# Who may ------------------------------------------------------------------------------------------


def test_one_more_youth_joins_the_same_stop(karin):
    karin.post(NEW, sent())
    incident = Incident.objects.get()
    page = sent({"category": "B", "estimated_age": "14"})
    url = reverse("incident-add-youth", args=[incident.pk])

    assert karin.get(url).status_code == 200
    karin.post(url, page)
    karin.post(url, page)

    assert Incident.objects.count() == 1
    assert sorted(incident.youth_cases.values_list("category", flat=True)) == ["A", "B"]


@pytest.mark.parametrize(
    ("who", "expected"),
    [("karin", 200), ("omar", 404), ("per", 404), ("magnus", 403), ("sara", 403), ("asta", 403)],
)
@pytest.mark.parametrize("page", ["incident", "incident-add-youth"])
def test_a_stop_is_for_whoever_logged_it(client, karin, page, who, expected):
    karin.post(NEW, sent())
    client.force_login(person(who))

    answer = client.get(reverse(page, args=[Incident.objects.get().pk]))

    assert answer.status_code == expected


def test_an_unknown_stop_is_404_and_the_attempt_is_logged(karin):
    answer = karin.get(reverse("incident", args=[uuid4()]))

    assert answer.status_code == 404
    assert AccessEntry.objects.filter(kind="refused").exists()


def test_reading_the_receipt_is_logged_for_each_youth(karin):
    youths = [{"category": "A", "personal_number": number(age)} for age in (15, 16)]
    karin.post(NEW, sent(*youths), follow=True)

    read = set(AccessEntry.objects.filter(kind="read").values_list("subject_id", flat=True))

    assert set(YouthCase.objects.values_list("pk", flat=True)) <= read


def test_the_receipt_only_answers_a_reading(karin):
    assert karin.post(reverse("incident", args=[uuid4()])).status_code == 405
    assert karin.put(NEW).status_code == 405


def test_the_empty_page_costs_few_queries(karin, django_assert_max_num_queries):
    karin.get(NEW)

    with django_assert_max_num_queries(8):
        karin.get(NEW)


def test_an_error_costs_no_more_queries_for_each_card(karin, django_assert_max_num_queries):
    wrong = [{"category": "A", "personal_number": "2011"}] * 8

    with django_assert_max_num_queries(10):
        karin.post(NEW, sent(*wrong))
