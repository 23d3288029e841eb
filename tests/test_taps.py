"""What a standard stop costs in the field, counted on the real pages and written in the README."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from cases.models import YouthCase
from tests.cast import person
from tests.factories import make_case, make_incident
from tests.filling import number
from tests.test_passes import make_pass
from tests.thumb import Thumb

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()


def written() -> dict[str, tuple[int, int]]:
    """The README's table: part of the stop -> taps and fields."""
    rows = re.findall(r"^\| ([^|]+) \| (\d+) \| (\d+) \|$", README, re.M)
    return {part: (int(taps), int(fields)) for part, taps, fields in rows}


@pytest.fixture
def thumb(client):
    """Karin's thumb on the work list, out on a pass that has made a stop already."""
    out_on = make_pass(started_at=timezone.now() - timedelta(hours=2))
    earlier = make_incident(patrol_pass=out_on, started_at=timezone.now() - timedelta(hours=1))
    make_case("reported", incident=earlier)
    client.force_login(person("karin"))
    return Thumb(client, "/arbetslista/")


def number_of_a_record(thumb):
    thumb.opens("Ny händelse")
    thumb.chooses("youth-0-category", "B")
    thumb.chooses("youth-0-age_group", "15_17")
    thumb.presses("Spara")


def alcohol(thumb):
    thumb.opens("Registrera alkohol")
    thumb.chooses("drink", "strong_beer")
    thumb.chooses("size", "50")
    thumb.chooses("served_how", "in_person")
    thumb.presses("Registrera alkohol")


def supplier(thumb):
    thumb.opens("Svara på langningsfrågan")
    thumb.presses("Vet ej")


def custodian(thumb):
    thumb.opens("Lägg till vårdnadshavare")
    thumb.types("name", "Bo Alvmarker")
    thumb.chooses("relation", "father")
    thumb.chooses("protection", "not_protected")
    thumb.types("phone", "070-174 06 05")
    thumb.presses("Lägg till vårdnadshavare")


def call(thumb):
    thumb.opens("Logga samtal")
    thumb.opens("Ring 070")
    thumb.presses("Hämtar inom 30 min")


def collected(thumb):
    thumb.opens("Överlämna")
    thumb.presses("Hämtad nu av Bo Alvmarker")


def the_rest(thumb):
    thumb.opens("personnummer")
    thumb.types("personal_number", number(15))
    thumb.types("name", "Alva Alvmarker")
    thumb.presses("Rätta personuppgifter")
    thumb.opens("egna iakttagelser")
    thumb.types("observations", "Bar på en kasse starköl.")
    thumb.types("concern", "Ute sent i kylan.")
    thumb.chooses("told_of_notice", "both")
    thumb.chooses("harm_if_told", "no")
    thumb.presses("Komplettera uppgifterna")


def report(thumb):
    thumb.opens("Avrapportera")
    thumb.presses("Avrapportera")


PARTS = {
    "A numbered record, from the work list": number_of_a_record,
    "The alcohol forfeited and the decision handed over": alcohol,
    "The supplier question, answered “vet ej”": supplier,
    "A custodian and a number": custodian,
    "The call, answered: will collect": call,
    "Collected, identity checked": collected,
    "What still stood on the list": the_rest,
    "The report": report,
}


def test_a_standard_stop_costs_the_taps_and_fields_that_the_readme_says(thumb):
    counted = {}
    for part, step in PARTS.items():
        taps, fields = thumb.taps, thumb.fields
        step(thumb)
        counted[part] = (thumb.taps - taps, thumb.fields - fields)
    counted["All of it"] = (thumb.taps, thumb.fields)

    assert YouthCase.objects.latest("opened_at").state == "reported"
    assert written() == counted


def test_a_numbered_record_needs_no_typing(thumb):
    number_of_a_record(thumb)

    made = YouthCase.objects.latest("opened_at")
    assert re.fullmatch(r"K-\d{4}-\d{6}", made.reference)
    assert (thumb.fields, made.incident.place) == (0, "Linnéparken")
    assert made.incident.patrol_pass is not None
