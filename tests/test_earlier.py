"""Have we met before: number and days in the own circle; and the same stop written twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import earlier, merged, passes, workflow
from cases.models import EscalationStep, Incident, JournalEntry, PatrolPass, Protection
from kronoberg import case_facts
from tests.cast import person
from tests.factories import call, make_case, make_incident, make_person
from tests.filling import person_now, take, text_of
from tests.test_passes import make_pass

NUMBER = "201104122385"
DAY = timedelta(days=1)


def met(days_ago=0.1, *, by="karin", at="picked_up", **columns):
    """Somebody with the number, met some days ago."""
    columns = {"personal_number": NUMBER, "birth_date": "2011-04-12"} | columns
    began = timezone.now() - days_ago * DAY
    youth = make_person(15, **columns)
    return make_case(at, by=by, person=youth, incident=make_incident(started_at=began))


# Before -------------------------------------------------------------------------------------------


def test_a_youth_officer_sees_the_units_days_and_a_patrol_officer_only_the_own():
    met(40, by="omar")
    met(20, by="karin")
    case = met()

    mine, units = (earlier.earlier_days(case, by=person(who)) for who in ("karin", "omar"))

    long_ago, lately = (timezone.localdate(timezone.now() - days * DAY) for days in (40, 20))
    assert mine == [lately]
    assert units == [long_ago, lately]


@pytest.mark.parametrize("gone", ["annulled", "draft"])
def test_mistakes_are_not_meetings(gone):
    met(20, at=gone)

    assert earlier.earlier_days(met(), by=person("karin")) == []


def test_twelve_months_are_counted_and_no_longer():
    met(360)
    met(371)

    assert len(earlier.earlier_days(met(), by=person("karin"))) == 1


def test_an_unknown_number_has_no_past():
    met(20, personal_number="")

    assert earlier.earlier_days(met(personal_number=""), by=person("karin")) == []


def test_a_protected_youths_past_is_for_the_named():
    met(20, protection=Protection.PROTECTED)

    case = met(protection=Protection.PROTECTED)

    assert len(earlier.earlier_days(case, by=person("karin"))) == 1
    assert earlier.earlier_days(case, by=person("omar")) == []


def test_an_open_stop_with_the_same_number_does_not_tell_whom_a_protected_one_is_about(client):
    other = met(0.15, by="karin")
    case = met(0.1, by="omar", protection=Protection.PROTECTED)
    client.force_login(person("lena"))

    client.post(reverse("reason", args=[case.pk]), {"purpose": "supervision", "words": "Tillsyn."})
    page = text_of(client.get(reverse("case", args=[case.pk])))

    assert case.reference in page
    assert other.reference not in page


def test_another_units_stops_are_never_counted(client):
    met(20, by="per")
    client.force_login(person("karin"))

    page = text_of(client.get(reverse("case", args=[met().pk])))

    assert "Känt i den egna kretsen" not in page


def test_the_ladder_is_the_municipalitys_own_where_it_has_one():
    first = met()
    assert earlier.suggestion(first, 1) == "Personlig kallelse till båda vårdnadshavarna"
    assert earlier.suggestion(first, 7) == "Gemensamt möte med polis och socialtjänst"

    EscalationStep.objects.create(
        municipality_id="0780", times=2, suggestion="Hembesök", valid_from="2026-01-01"
    )

    assert earlier.suggestion(first, 1) == "Hembesök"


def test_the_page_says_how_often_when_and_what_is_suggested_but_nothing_of_what_was_said(client):
    met(20)
    case = met()
    client.force_login(person("karin"))

    page = text_of(client.get(reverse("case", args=[case.pk])))

    assert "Anträffad 1 gång förut" in page
    assert f"{timezone.localdate() - 20 * DAY:%Y-%m-%d}" in page
    assert "personlig kallelse" in page


def test_the_receipt_of_the_stop_tells_the_officer_at_once(client):
    met(20)
    case = met()
    client.force_login(person("karin"))

    page = text_of(client.get(reverse("incident", args=[case.incident_id])))

    assert "Träffad 1 gång förut" in page


# Twice --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "is_same"), [(5, True), (7, False)])
def test_the_same_number_within_six_hours_is_suggested_as_one_stop(hours, is_same):
    other, case = met(hours / 24, by="omar"), met(0.001)

    assert (earlier.duplicates(case, by=person("lena")) == [other]) == is_same


def test_the_same_name_is_enough_where_one_has_no_number():
    other = met(0.1, personal_number="", name="alva  ALVMARKER")

    assert earlier.duplicates(met(0.001), by=person("lena")) == [other]


def test_two_numbers_are_two_people_whatever_their_names():
    met(0.1)
    case = make_case("picked_up", incident=make_incident(started_at=timezone.now()))

    assert earlier.duplicates(case, by=person("lena")) == []


def test_friends_of_one_stop_are_no_duplicates():
    incident = make_incident()
    first, second = (
        make_case("picked_up", incident=incident, person=make_person(None, name="Okänd",
                  estimated_age=15)) for _ in range(2)
    )  # fmt: skip

    assert earlier.duplicates(first, by=person("lena")) == []
    assert second.incident == first.incident


def test_nothing_is_merged_until_somebody_does(client):
    other, case = met(0.1, by="omar"), met(0.001)
    client.force_login(person("lena"))

    page = text_of(client.get(reverse("case", args=[case.pk])))

    assert "kan vara samma ingripande" in page
    assert other.reference in page
    assert reverse("step", args=[case.pk, "merge"]) in page
    case.refresh_from_db()
    assert case.state == "picked_up"


def test_the_form_proposes_the_one_that_is_alike(client):
    other, case = met(0.1, by="omar"), met(0.001)
    client.force_login(person("lena"))

    form = client.get(reverse("step", args=[case.pk, "merge"])).context["form"]

    assert form.initial["merged_into"] == other.reference


def history(case):
    steps = JournalEntry.objects.filter(case_id=case.pk).order_by("case_version")
    return list(steps.values_list("action", flat=True))


def test_merging_and_taking_it_back_keep_both_histories(client):
    other, case = met(0.1, by="omar"), met(0.001)
    lena, before = person("lena"), (history(other), history(case))

    case = workflow.perform(case, "merge", by=lena, merged_into=other, reason="Samma ingripande")
    client.force_login(lena)
    kept = text_of(client.get(reverse("case", args=[other.pk])))
    why = client.get(reverse("case", args=[case.pk]))
    assert why.url == reverse("reason", args=[case.pk]), "a merged case is nobody's work"
    client.post(why.url, {"purpose": "supervision", "words": "Ser om de var två."})
    gone = text_of(client.get(reverse("case", args=[case.pk])))
    undo = reverse("step", args=[case.pk, "unmerge"])
    form = client.get(undo).context["form"]
    client.post(undo, {"request_id": str(form.initial["request_id"]), "reason": "Två olika"})
    case.refresh_from_db()

    assert case.reference in kept
    assert (case.state, case.merged_into_id) == ("picked_up", None)
    assert history(other) == before[0]
    assert history(case) == [*before[1], "merge", "unmerge"]
    assert undo in gone


@pytest.fixture
def one(client):
    """Two registrations of one stop, brought together by Lena; she is logged in."""
    incident = make_incident(patrol_pass=make_pass(started_at=timezone.now() - timedelta(hours=3)))
    other = met(0.1, by="omar", name="Alva Ek", street="Gamla vägen 1")
    case = make_case("picked_up", incident=incident, person=make_person(
        15, name="Alva Alvmarker", street="Nya vägen 2", personal_number=NUMBER
    ))  # fmt: skip
    take(case, "record_seizure", drink="spirits", size="70", amount="2", served_how="in_person")
    case = call(take(case, "answer_supply", supply_answer="refuses"), note="Pratade länge")
    client.force_login(person("lena"))
    return other, case


def test_at_the_merge_is_chosen_whose_name_number_and_address_is_kept(client, one):
    other, case = one
    merge = reverse("step", args=[case.pk, "merge"])

    sent = {"request_id": str(uuid4()), "merged_into": other.reference, "reason": "Samma"}
    answer = client.post(merge, sent)

    choose = reverse("step", args=[other.pk, "correct_person"])
    assert answer.url == choose
    form = client.get(choose).context["form"]
    assert "Alva Alvmarker" in str(form["from_name"])
    page = {name: form[name].value() or "" for name in form.fields}
    client.post(choose, page | {"from_name": case.reference, "from_street": ""})
    left = person_now(other)
    assert (left.name, left.street) == ("Alva Alvmarker", "Gamla vägen 1")


def test_calls_alcohol_and_answers_of_a_merged_case_count_with_the_one_that_is_left(client, one):
    other, case = one
    company = make_case("picked_up", incident=other.incident)
    page = {"words": "Ser vad som finns.", "purpose": "supervision"}
    client.post(reverse("reason", args=[other.pk]), page)

    workflow.perform(case, "merge", by=person("lena"), merged_into=other, reason="Samma")

    shown = text_of(client.get(reverse("case", args=[other.pk])))
    for words in ("140 cl", f"Varifrån ({case.reference})", "Pratade länge"):
        assert words in shown
    assert passes.litres(other.incident) == 0
    assert "hos andra i händelsen" not in shown
    out_on = PatrolPass.objects.get()
    Incident.objects.filter(pk=other.incident_id).update(patrol_pass=out_on)
    counted = passes.summed(out_on)
    assert (counted.n_youths, counted.n_seizures, counted.litres) == (2, 1, 1.4)
    assert company.incident == other.incident


def test_a_bottle_that_both_patrols_wrote_down_counts_once_after_the_merge(client, one):
    other, case = one
    take(other, "record_seizure", "omar", drink="spirits", size="70", amount="2")
    take(other, "record_seizure", "omar", drink="wine", size="75")

    workflow.perform(case, "merge", by=person("lena"), merged_into=other, reason="Samma")

    assert sorted(row.volume_cl for row in merged.alcohol_of([other.pk])[other.pk]) == [75, 140]
    # Two of a kind in one case are two bottles.
    take(other, "record_seizure", "omar", drink="wine", size="75")
    assert len(merged.alcohol_of([other.pk])[other.pk]) == 3
    shown = dict(dict(case_facts.sections(other, shows_words=True))["Alkohol"])
    assert "räknas en gång" in shown[f"Sprit ({case.reference})"]
