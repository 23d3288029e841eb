"""Where the alcohol came from: asked each time, kept apart from the youth, linked by a person."""

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import tips
from cases.models import AccessEntry, SupplySource, SupplyTip, YouthCase
from tests import server
from tests.cast import person
from tests.factories import make_case, make_incident
from tests.filling import take, text_of


@pytest.fixture
def omar(client):
    client.force_login(person("omar"))
    return client


def make_tip(by="omar", **columns):
    columns = {"relation": "car", "registered_at": timezone.now()} | columns
    return SupplyTip.objects.create(organisation=person(by).organisation, **columns)


def answers(**changed):
    return {"status": "tip", "relation": "car"} | changed


# The question -------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["does_not_know", "refuses"])
def test_not_knowing_and_not_telling_are_answers_of_one_tap(client, answer):
    case = make_case("picked_up")
    client.force_login(person("karin"))
    step = reverse("step", args=[case.pk, "answer_supply"])
    form = client.get(step).context["form"]

    client.post(step, {"request_id": str(form.initial["request_id"]), "one_tap": answer})

    assert YouthCase.objects.get().supply_answer == answer


def test_one_clue_has_one_spelling():
    case = make_case("picked_up")

    take(case, "answer_supply", supply_answer="told", relation="online", nick=" @SnabbDricka ",
         plate="abc 123", phone="070 174 06 05")  # fmt: skip

    tip = SupplyTip.objects.get()
    assert (tip.nick, tip.plate, tip.phone) == ("snabbdricka", "ABC123", "+46701740605")
    assert (tip.status, tip.registered_by) == ("tip", person("karin"))


def test_a_report_number_makes_the_tip_reported():
    take(make_case("picked_up"), "answer_supply", supply_answer="told", relation="car",
         crime_report="5000-K123456-26")  # fmt: skip

    assert SupplyTip.objects.get().status == "reported"


def test_a_parent_who_gave_it_concerns_that_child_and_no_other_of_the_stop():
    incident = make_incident()
    first, second = (make_case("picked_up", incident=incident) for _ in range(2))

    first = take(first, "answer_supply", supply_answer="told", relation="parent_gave")

    second.refresh_from_db()
    assert (first.supplied_by_custodian, second.supplied_by_custodian) == (True, False)


# Apart --------------------------------------------------------------------------------------------


def test_no_page_of_a_tip_leads_to_the_youth(omar):
    case = make_case("picked_up")
    take(case, "answer_supply", supply_answer="told", relation="friend", nick="snabbdricka")
    tip = SupplyTip.objects.get()

    pages = text_of(omar.get(reverse("tips"))) + text_of(omar.get(reverse("tip", args=[tip.pk])))

    assert "snabbdricka" in pages
    for hidden in (str(case.pk), case.reference, case.person.name):
        assert hidden not in pages


def test_a_patrol_officer_leaves_a_tip_and_reads_none(client):
    tip = make_tip()
    client.force_login(person("karin"))

    assert client.get(reverse("tips")).status_code == 403
    assert client.get(reverse("tip", args=[tip.pk])).status_code == 403


def test_each_reading_of_a_tip_is_logged(omar):
    tip = make_tip()

    omar.get(reverse("tip", args=[tip.pk]))

    assert AccessEntry.objects.filter(subject_id=tip.pk, kind="read").exists()


# From tip to report -------------------------------------------------------------------------------


def test_a_reported_tip_has_its_number_and_a_dropped_one_its_reason(omar):
    tip = make_tip()
    page = reverse("tip", args=[tip.pk])

    assert omar.post(page, answers(status="reported")).status_code == 422
    assert omar.post(page, answers(status="dropped")).status_code == 422
    omar.post(page, answers(status="reported", crime_report="5000-K123456-26"))

    tip.refresh_from_db()
    assert (tip.status, tip.crime_report) == ("reported", "5000-K123456-26")


def test_the_list_can_be_read_by_status(omar):
    make_tip(vehicle="Röd")
    make_tip(relation="shop", status="dropped")

    page = text_of(omar.get(reverse("tips"), {"lage": "dropped"}))

    assert ("Butik" in page, "Langare med bil" in page) == (True, False)


# One and the same ---------------------------------------------------------------------------------


@pytest.mark.parametrize("clue", ["phone", "plate", "nick"])
def test_a_shared_clue_is_suggested_and_never_linked_by_itself(omar, clue):
    first, second = (make_tip(**{clue: "snabb1"}) for _ in range(2))

    page = text_of(omar.get(reverse("tip", args=[first.pk])))

    assert "Kan vara samma källa" in page
    assert str(second.pk) in page
    assert not SupplySource.objects.exists()


def test_nothing_shared_and_nothing_of_another_unit_is_suggested():
    mine = make_tip(nick="snabb", phone="")
    make_tip(nick="", phone="")
    make_tip("pia", nick="snabb")

    assert tips.alike(mine) == []
    assert tips.n_alike([mine]) == {mine.pk: 0}


def test_somebody_links_and_somebody_takes_it_back(omar):
    first, second = (make_tip(nick="snabb") for _ in range(2))

    omar.post(reverse("tip-link", args=[first.pk]), {"other": str(second.pk)})
    first.refresh_from_db()
    assert tips.linked(first) == [second]
    assert tips.alike(first) == []

    omar.post(reverse("tip-unlink", args=[first.pk]))
    first.refresh_from_db()
    assert tips.linked(first) == []
    assert not SupplySource.objects.exists()


def test_linking_two_sources_makes_them_one():
    one, two, three, four = (make_tip() for _ in range(4))
    by, now = person("omar"), timezone.now()
    tips.link(one, two, by=by, at=now)
    tips.link(three, four, by=by, at=now)

    tips.link(two, three, by=by, at=now)

    assert SupplySource.objects.count() == 1
    assert SupplyTip.objects.filter(source=SupplySource.objects.get()).count() == 4


def test_a_tip_is_not_linked_to_one_of_another_unit(omar):
    mine, theirs = make_tip(), make_tip("pia")

    answer = omar.post(reverse("tip-link", args=[mine.pk]), {"other": str(theirs.pk)})

    assert answer.status_code == 404
    with pytest.raises(ValueError):
        tips.link(mine, theirs, by=person("omar"), at=timezone.now())


def test_the_list_costs_no_more_queries_for_each_tip(omar, django_assert_max_num_queries):
    for _ in range(8):
        make_tip(nick="snabb")

    with django_assert_max_num_queries(16 + server.TELLING):
        omar.get(reverse("tips"))
