"""Several youths, one stop: shared things are written once, and no family is read from another."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Incident, Organisation, YouthCase
from notices import composing, concern
from tests.cast import person
from tests.factories import make_case, make_custodian, make_incident, make_person
from tests.filling import NEW, number, sent, take, text_of
from tests.test_passes import make_pass

OTHERS = ("Berit Kulissdotter", "20110412-2385", "201104122385", "031-390 06 77", "+46313900677",
          "Kulissvägen 9", "Gösta Kulisson")  # fmt: skip
CANARY = "Kanariefågel"


@pytest.fixture
def two():
    """Two youths of one stop; everything about the second and the family is a canary."""
    incident = make_incident(place="hemma hos Berit Kulissdotter, Kulissvägen 9", place_type="home")
    other = make_person(
        15, name="Berit Kulissdotter", personal_number="201104122385", birth_date="2011-04-12",
        phone="+46313900677", street="Kulissvägen 9",
    )  # fmt: skip
    words = {
        name: f"{CANARY} {name}"
        for name in ("observations", "hearsay", "child_words", "concern", "why_now", "injuries",
                     "special_considerations", "custodian_reaction")
    }  # fmt: skip
    second = make_case("picked_up", incident=incident, person=other, **words)
    make_custodian(second.person, name="Gösta Kulisson", phone="+46313900677")
    take(second, "answer_supply", supply_answer="told", relation="parent_gave",
         description=f"{CANARY} langaren")  # fmt: skip
    take(second, "record_seizure", drink="spirits", size="70", amount="3")
    first = make_case("handed_over", incident=incident)
    return first, second


def leaks(text, second):
    found = [other for other in (*OTHERS, CANARY, second.reference, str(second.pk))
             if other in text]  # fmt: skip
    return [other for other in found if other]


@pytest.mark.parametrize("who", ["karin", "omar", "lena"])
def test_nothing_of_the_other_family_is_on_the_page_of_a_case(client, two, who):
    first, second = two
    client.force_login(person(who))

    page = text_of(client.get(reverse("case", args=[first.pk])))

    assert first.person.name in page
    assert leaks(page, second) == []


@pytest.mark.parametrize("action", ["complete_record", "answer_supply", "record_contact",
                                    "hand_over", "correct_person", "record_seizure"])  # fmt: skip
def test_nothing_of_the_other_family_is_in_a_form_of_a_case(client, action):
    incident = make_incident()
    second = make_case("picked_up", incident=incident, person=make_person(name=CANARY))
    take(second, "answer_supply", supply_answer="told", relation="friend", description=CANARY)
    first = make_case("picked_up", incident=incident)
    client.force_login(person("karin"))

    page = text_of(client.get(reverse("step", args=[first.pk, action])))

    assert leaks(page, second) == []


def test_nothing_of_the_other_family_is_in_any_letter(two):
    first, second = two
    custodian = make_custodian(first.person)
    take(first, "record_seizure", drink="strong_beer", size="50", served_how="by_post")
    first = YouthCase.objects.get(pk=first.pk)
    social = Organisation.objects.get(authority="Växjö kommun")
    sending: dict[str, Any] = {"by": person("omar"), "at": timezone.now()}

    notice = concern.notice(first, to=social, notice_id=first.pk, **sending)
    made: dict[str, Any] = {
        "L1": composing.custodian_letter(first, custodian, **sending),
        "L3": composing.youth_letter(first, custodians_get_letter=True, **sending),
        "L4": notice,
        "L9": composing.forfeiture(first, custodian, **sending),
        "L10": composing.custody_copy(first, to=social, **sending),
    }

    assert {code: leaks(str(asdict(letter)), second) for code, letter in made.items()} == {
        code: [] for code in made
    }
    assert "i en bostad i Växjö" in made["L1"].place
    assert not notice.supplier_is_custodian


def test_a_home_is_told_on_the_page_of_the_only_youth_who_was_met_there(client):
    case = make_case("picked_up", incident=make_incident(place="Kulissvägen 9", place_type="home"))
    client.force_login(person("karin"))
    page = reverse("case", args=[case.pk])
    assert "Kulissvägen 9" in text_of(client.get(page))

    make_case("picked_up", incident=case.incident)

    assert "Kulissvägen 9" not in text_of(client.get(page))


def test_a_home_is_never_suggested_as_the_place_of_the_next_stop(client):
    client.force_login(person("karin"))
    client.post(NEW, sent(place="Kulissvägen 9", place_type="home"))

    assert "Kulissvägen 9" not in text_of(client.get(NEW))


def test_whoever_writes_what_happened_is_told_that_all_families_share_it(client):
    client.force_login(person("karin"))

    assert "skriv inga namn och inget om en enskild familj" in text_of(client.get(NEW))


def test_the_company_is_a_number_and_its_alcohol_a_volume(client, two):
    first, _ = two
    client.force_login(person("karin"))

    assert "210 cl hos andra i händelsen" in text_of(client.get(reverse("case", args=[first.pk])))


def test_time_place_and_pass_are_written_once_for_all(client):
    client.force_login(person("karin"))
    youths = [{"category": "B", "personal_number": number(age)} for age in (15, 16, 18)]

    client.post(NEW, sent(*youths, place="Bryggan", circumstances="Satt vid vattnet."))

    incident = Incident.objects.get()
    assert {case.incident for case in YouthCase.objects.all()} == {incident}
    assert (incident.place, incident.circumstances) == ("Bryggan", "Satt vid vattnet.")
    assert YouthCase.objects.values("person").distinct().count() == 3


def test_the_receipt_sums_what_is_shared_and_names_nobody(client, two):
    first, second = two
    client.force_login(person("karin"))

    page = text_of(client.get(reverse("incident", args=[first.incident_id])))

    assert "2,1 liter alkohol, 1 uppgift om langaren" in page
    assert not [name for name in (first.person.name, second.person.name, CANARY) if name in page]


def test_a_youth_added_later_keeps_the_stop_together_and_its_own_secrecy(client):
    client.force_login(person("karin"))
    client.post(NEW, sent({"category": "A", "personal_number": number(15),
                           "protection": "not_protected"}))  # fmt: skip
    incident = Incident.objects.get()

    later = {"category": "C", "age_group": "15_17", "protection": "protected"}
    client.post(reverse("incident-add-youth", args=[incident.pk]), sent(later))

    open_case, hidden = YouthCase.objects.order_by("reference")
    assert open_case.incident == hidden.incident
    assert (open_case.person.is_protected, hidden.person.is_protected) == (False, True)


# One more, later ----------------------------------------------------------------------------------


@pytest.fixture
def night():
    """A stop of Karin's on a pass with Omar; Lena is of the unit and was not out."""
    out_on = make_pass(started_at=timezone.now() - timedelta(hours=3))
    out_on.team.add(person("omar"))
    return make_case("picked_up", incident=make_incident(patrol_pass=out_on))


def test_one_more_youth_is_reached_by_links_from_the_list_and_from_the_case(client, night):
    client.force_login(person("karin"))
    add = reverse("incident-add-youth", args=[night.incident_id])

    assert f'href="{add}"' in text_of(client.get(reverse("worklist")))
    assert f'href="{add}"' in text_of(client.get(reverse("case", args=[night.pk])))
    assert client.get(add).status_code == 200


def test_a_colleague_on_the_pass_adds_a_youth_and_one_who_was_not_out_finds_nothing(client, night):
    add = reverse("incident-add-youth", args=[night.incident_id])
    client.force_login(person("omar"))

    answer = client.post(add, sent({"category": "C", "age_group": "15_17"}))

    added = YouthCase.objects.exclude(pk=night.pk).get()
    assert (answer.status_code, added.incident, added.author) == (
        302,
        night.incident,
        person("omar"),
    )
    client.force_login(person("lena"))
    assert client.get(add).status_code == 404
    assert client.post(add, sent({"category": "C", "age_group": "15_17"})).status_code == 404


def test_the_receipt_shows_each_officer_the_own_youths_of_the_stop(client, night):
    client.force_login(person("omar"))
    add = reverse("incident-add-youth", args=[night.incident_id])
    client.post(add, sent({"category": "C", "age_group": "15_17"}))
    added = YouthCase.objects.exclude(pk=night.pk).get()

    pages = {}
    for who in ("omar", "karin"):
        client.force_login(person(who))
        pages[who] = text_of(client.get(reverse("incident", args=[night.incident_id])))

    assert night.reference in pages["karin"]
    assert added.reference not in pages["karin"]
    assert added.reference in pages["omar"]
    assert night.reference not in pages["omar"]
