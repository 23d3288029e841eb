"""How the unit is reached: kept by whoever leads it, in the letters' heads and the weekly mail."""

import pytest
from django.urls import reverse

from cases.models import Organisation
from notices import composing
from tests.cast import person

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
