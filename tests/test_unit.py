"""How the unit is reached: kept by whoever leads it, in the letters' heads and the weekly mail."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Absence, Organisation
from notices import composing
from tests.cast import person
from tests.factories import make_referral

PAGE = reverse("unit")
ADDRESS = {
    "street": "Nygatan 1",
    "postal_line": "352 31 VÄXJÖ",
    "phone": "070-174 06 05",
    "email": "ny@example.org",
    "website": "",
    "org_number": "",
}


def office():
    return Organisation.objects.get(users__username="hanna")


def alarms(client, who):
    client.force_login(person(who))
    return [alarm.url for alarm in client.get(reverse("worklist")).context["alarms"]]


def test_what_the_head_of_unit_writes_stands_in_the_next_letter(client):
    client.force_login(person("hanna"))

    client.post(PAGE, ADDRESS)

    head = composing.sender(office())
    assert (head.street, head.email) == ("Nygatan 1", "ny@example.org")
    assert Organisation.objects.filter(street="Nygatan 1").count() == 1


@pytest.mark.parametrize("wrong", [{"email": ""}, {"email": "mottagning"}, {"street": ""}])
def test_an_address_that_nothing_reaches_is_refused_and_kept_in_the_form(client, wrong):
    client.force_login(person("hanna"))

    answer = client.post(PAGE, ADDRESS | wrong)

    assert answer.status_code == 422
    assert answer.context["form"]["phone"].value() == ADDRESS["phone"]
    assert office().street != "Nygatan 1"


def test_whoever_leads_a_unit_without_an_address_is_told_until_it_has_one(client):
    Organisation.objects.filter(pk=office().pk).update(email="")

    assert PAGE in alarms(client, "hanna")
    # Nobody else can mend it, and nobody else is told.
    assert PAGE not in alarms(client, "sara")

    client.force_login(person("hanna"))
    client.post(PAGE, ADDRESS)

    assert PAGE not in alarms(client, "hanna")


def test_the_head_of_unit_sees_who_has_how_many_cases_how_many_are_late_and_who_is_away(client):
    make_referral("preliminary_assessment")
    make_referral("preliminary_assessment", arrived_at=timezone.now() - timedelta(days=30))
    make_referral("received")
    make_referral("closed")
    make_referral("received", by="alva")
    today = timezone.localdate()
    Absence.objects.create(
        absent=person("sara"), substitute=person("hanna"), first_day=today, last_day=today,
        made_by=person("hanna"), made_at=timezone.now(),
    )  # fmt: skip
    client.force_login(person("hanna"))

    loads = client.get(PAGE).context["loads"]

    numbers = {load.name: (load.n_open, load.n_overdue, load.away_until) for load in loads}
    assert numbers["Ingen handläggare"] == (1, 0, None)
    assert numbers["Sara Nord"] == (2, 1, today)
    assert numbers["Hanna Falk"] == (0, 0, None)
    # Each row leads to the list that it counts.
    for load in loads:
        rows = client.get(reverse("worklist"), {"handlaggare": load.key}).context["rows"]
        assert len(rows) == load.n_open


def test_whoever_keeps_settings_and_gives_out_no_cases_sees_no_numbers_of_them(client):
    client.force_login(person("asta"))

    assert "loads" not in client.get(PAGE).context
