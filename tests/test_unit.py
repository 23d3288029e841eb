"""How the unit is reached: kept by whoever leads it, in the letters' heads and the weekly mail."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Absence, Organisation, User
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


def absent(who, *, first=0, last=0, **columns):
    today = timezone.localdate()
    days = {
        "first_day": today + timedelta(days=first),
        "last_day": today + timedelta(days=last),
    }
    made = {"substitute": person("hanna"), "made_by": person("hanna"), "made_at": timezone.now()}
    Absence.objects.create(absent=person(who), **days, **made, **columns)


def loads_of(client):
    client.force_login(person("hanna"))
    return {load.name: load for load in client.get(PAGE).context["loads"]}


@pytest.mark.parametrize(
    "away",
    [
        {"first": 1, "last": 2},
        {"first": -2, "last": -1},
        {"last": 3, "ended_at": timezone.now() - timedelta(hours=1)},
    ],
)
def test_nobody_is_away_before_or_after_the_absence_or_when_it_was_ended(client, away):
    absent("sara", **away)

    assert loads_of(client)["Sara Nord"].away_until is None


def test_only_who_can_own_a_referral_and_works_there_has_a_row(client):
    User.objects.filter(username="sara").update(is_active=False)

    assert set(loads_of(client)) == {"Ingen handläggare", "Hanna Falk"}


def test_what_somebody_has_who_has_left_is_nobodys_and_is_counted_there(client):
    make_referral("preliminary_assessment")
    make_referral("received")
    User.objects.filter(username="sara").update(is_active=False)

    assert loads_of(client)["Ingen handläggare"].n_open == 2


def test_the_row_of_a_caseworker_is_drawn_with_its_numbers_and_leads_to_its_list(client):
    make_referral("preliminary_assessment")
    make_referral("preliminary_assessment", arrived_at=timezone.now() - timedelta(days=30))
    absent("sara", last=3)
    client.force_login(person("hanna"))

    page = client.get(PAGE).content.decode()

    [row] = [row for row in page.split("<tr>") if "Sara Nord" in row]
    assert f'href="{reverse("worklist")}?handlaggare={person("sara").pk}"' in row
    assert f"borta till {timezone.localdate() + timedelta(days=3)}" in row
    assert re.findall(r"<td>(?:<b>)?([0-9]+)", row) == ["2", "1"]
