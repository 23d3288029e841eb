"""The open columns that are meant for a number take nothing in which somebody is named."""

import pytest
from django.db import IntegrityError, connection, transaction

from cases.forms.fields import register_number
from cases.models import Incident, Referral, SupplyTip, YouthCase
from cases.models.fields import is_register_number
from cases.workflow import MissingFacts, perform
from tests.cast import person
from tests.factories import make_case, make_referral
from tests.filling import faults, form_of, take

NUMBERS = [
    "2026/17", "R-1", "R-2026-000123", "Dnr 2026/88", "SN 2026/123.45", "5000-K123456-26",
    "32-4210", "0780:4411", "17",
]  # fmt: skip
WORDS = [
    "Bo Alvmarker", "Alva", "2026/17 Alva Alvmarker", "Alvmarker 17", "Alva Ek 15", "17 Bo",
    "se akten", "2026/17\nAlva", "-", "",
]  # fmt: skip
COLUMNS = [
    (Incident, "call_sign"),
    (SupplyTip, "crime_report"),
    (YouthCase, "receipt_number"),
    (Referral, "ongoing_reference"),
]


@pytest.mark.parametrize("text", NUMBERS)
def test_the_numbers_of_the_registers_fit(text):
    assert is_register_number(text)
    assert register_number("Nummer", like="2026/17").clean(text) == text


@pytest.mark.parametrize("text", WORDS)
def test_words_and_names_do_not_fit(text):
    assert not is_register_number(text)


@pytest.mark.parametrize(("model", "column"), COLUMNS)
def test_the_rule_stands_in_the_database_itself(model, column):
    with connection.cursor() as cursor:
        held = connection.introspection.get_constraints(cursor, model._meta.db_table)

    [name] = [rule.name for rule in model._meta.constraints if rule.name.endswith(column)]
    assert held[name]["check"]


def test_a_stop_cannot_be_stored_with_a_name_for_a_call_sign():
    incident = make_case("draft").incident

    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.filter(pk=incident.pk).update(call_sign="Bo Alvmarker")

    assert Incident.objects.filter(pk=incident.pk).update(call_sign="32-4210") == 1


def test_the_form_says_what_a_number_looks_like_and_keeps_what_was_typed():
    case = make_case("notified")

    form = form_of(case, "acknowledge", "omar", receipt_number="Anna på mottagningen")

    assert faults(form)["receipt_number"].startswith("Skriv bara numret, till exempel 2026/17")
    assert form["receipt_number"].value() == "Anna på mottagningen"


def test_the_door_takes_no_name_for_a_number():
    case, referral = make_case("notified"), make_referral("preliminary_assessment")

    with pytest.raises(MissingFacts, match="nummer"):
        perform(case, "acknowledge", by=person("omar"), receipt_number="Anna på mottagningen")
    with pytest.raises(MissingFacts, match="beteckningen"):
        perform(referral, "note_ongoing", by=person("sara"), ongoing_reference="Annas utredning")


def test_a_crime_reports_number_is_a_number():
    case = make_case("picked_up")
    told = {"supply_answer": "told", "relation": "friend"}

    form = form_of(case, "answer_supply", **told, crime_report="Bo Alvmarker")
    assert "crime_report" in faults(form)

    take(case, "answer_supply", **told, crime_report="5000-K123456-26")
    assert SupplyTip.objects.get().crime_report == "5000-K123456-26"
