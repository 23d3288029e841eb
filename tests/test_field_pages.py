"""The pages of the field: what was typed comes back, and a stop is for whoever logged it."""

import re
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases.forms.incident import occasion_on
from cases.models import AccessEntry, Incident, YouthCase
from tests import server
from tests.cast import person
from tests.filling import NEW, faults_of, number, sent, text_of


@pytest.fixture
def karin(client):
    client.force_login(person("karin"))
    return client


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


def test_one_more_card_opens_only_the_parts_that_somebody_wrote_in(karin):
    half = sent({"category": "B", "custodian_1_name": "Bo"}, {"estimated_age": "15"})

    page = text_of(karin.post(NEW, half | {"add": "youth"}))

    open_parts = re.findall(r"<details class=\"more\" open>.*?</svg>([^<]*)", page, re.S)
    assert open_parts == ["Vårdnadshavare 1", "Numret är okänt"]


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
    assert re.search(
        r'value="[\d-]{10}T[\d:]{5}"[^>]*name="started_at"|'
        r'name="started_at" value="[\d-]{10}T[\d:]{5}"',
        page,
    )
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


@pytest.mark.parametrize("page", ["incident", "incident-add-youth"])
def test_a_stop_is_for_whoever_logged_it(client, karin, page):
    karin.post(NEW, sent())
    url = reverse(page, args=[Incident.objects.get().pk])

    found = {}
    for who in ("karin", "omar", "per", "magnus", "sara", "asta"):
        client.force_login(person(who))
        found[who] = client.get(url).status_code

    assert found == {
        "karin": 200, "omar": 404, "per": 404, "magnus": 403, "sara": 403, "asta": 403
    }  # fmt: skip


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

    with django_assert_max_num_queries(9 + server.TELLING):
        karin.get(NEW)


def test_an_error_costs_no_more_queries_for_each_card(karin, django_assert_num_queries):
    wrong = {"category": "A", "personal_number": "2011"}
    karin.post(NEW, sent(wrong))
    with CaptureQueriesContext(connection) as alone:
        karin.post(NEW, sent(wrong))

    with django_assert_num_queries(len(alone)):
        karin.post(NEW, sent(*[wrong] * 8))
