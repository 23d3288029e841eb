"""Where a notice goes: the municipality's functions decide, and a target follows its own days."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import rules
from cases.models import Organisation, Referral, ResponsibleFunction, SpecialDay
from kronoberg import worklists
from notices import routing
from notices.models import Letter, Message
from notices.routing import Task
from tests.cast import person
from tests.factories import ALVESTA, VAXJO, make_case, make_person, make_referral
from tests.households import police
from tests.stops import call, end, meet, notify, report, review
from tests.test_notice_preview import hidden
from tests.test_rules import at

OUTSIDE = "0760"
MONDAY = date(2026, 11, 23)


def function(municipality=OUTSIDE, **columns):
    usual = {"task": "children", "name": "Socialkontoret", "street": "Box 43",
             "postal_line": "360 73 LENHOVDA", "valid_from": date(2026, 1, 1)}  # fmt: skip
    return ResponsibleFunction.objects.create(municipality_id=municipality, **usual | columns)


# Routing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("functions", "task", "goes_to"),
    [
        ([], Task.CHILDREN, "Socialnämnden"),
        ([{"name": "Barn"}], Task.CHILDREN, "Barn"),
        ([{"name": "Barn"}, {"name": "Vuxna", "task": "adults"}], Task.ADULTS, "Vuxna"),
        ([{"name": "Barn", "is_default": True}], Task.ADULTS, "Barn"),
        # Nobody takes it and nobody takes the rest: as before there were functions.
        ([{"name": "Barn"}], Task.ADULTS, "Socialnämnden"),
        ([{"name": "Förr", "valid_to": date(2026, 11, 22)}], Task.CHILDREN, "Socialnämnden"),
        ([{"name": "Sedan", "valid_from": date(2026, 11, 24)}], Task.CHILDREN, "Socialnämnden"),
        ([{"name": "Ångrat", "withdrawn_at": timezone.now()}], Task.CHILDREN, "Socialnämnden"),
        ([{"name": "Hos grannen", "municipality": ALVESTA}], Task.CHILDREN, "Socialnämnden"),
    ],
)
def test_the_function_of_the_day_takes_what_it_is_for(functions, task, goes_to):
    for columns in functions:
        function(**columns)
    town = make_person(municipality=OUTSIDE).municipality

    assert routing.office_of(town, task=task, on=MONDAY).name == goes_to


def test_a_second_office_by_an_earlier_name_does_not_take_the_notice():
    sara = person("sara").organisation
    Organisation.objects.create(
        kind="social", authority="Växjö kommun", name="Avdelning A", municipality_id=VAXJO
    )
    function(VAXJO, name="Mottagningen", office=sara)

    case = police(make_case("reviewed"), "notify", by="omar").case

    referral = Referral.objects.get(notice_id=case.notice_id)
    assert referral.organisation == sara


def test_a_notice_on_paper_carries_the_functions_address():
    function()
    case = make_case("reviewed", person=make_person(15, municipality=OUTSIDE))

    taken = police(case, "notify", by="omar")

    facts = Letter.objects.get(code="L4").facts
    assert '"street":"Box 43"' in facts and "360 73 LENHOVDA" in facts
    assert '"receiving_function":"Socialkontoret"' in facts
    assert taken.notes == ()
    sent = Message.objects.get(kind="notice")
    assert str(sent.counterpart) == "Uppvidinge kommun, Socialkontoret"


def test_who_sends_without_an_address_is_told_to_write_it(client):
    case = make_case("reviewed", person=make_person(15, municipality=OUTSIDE))
    client.force_login(person("omar"))
    page = reverse("step", args=[case.pk, "notify"])
    posted = hidden(client.get(page).content.decode()) | {"without": "on"}

    told = client.post(page, posted, follow=True).content.decode()

    assert "Kommunens adress finns inte här" in told


def test_the_office_keeps_its_own_name_and_address():
    sara = person("sara").organisation
    function(VAXJO, name="Annat namn", office=sara)

    routing.office_of(sara.municipality, task=Task.CHILDREN, on=MONDAY)

    kept = Organisation.objects.get(pk=sara.pk)
    assert (kept.name, kept.street) == (sara.name, sara.street)


# The municipality's own days ---------------------------------------------------------------------


def own_day(day, office, municipality=VAXJO):
    return SpecialDay.objects.create(
        municipality_id=municipality, day=day, label="Egen", office=office, duty="usual"
    )


@pytest.mark.parametrize(
    ("special", "due"),
    [
        ([], date(2026, 11, 24)),
        ([(date(2026, 11, 24), "closed")], date(2026, 11, 25)),
        ([(date(2026, 11, 24), "closed"), (date(2026, 11, 25), "closed")], date(2026, 11, 26)),
        ([(date(2026, 11, 24), "usual")], date(2026, 11, 24)),
    ],
)
def test_a_closed_day_moves_the_receipt_and_an_open_one_takes_it_back(special, due):
    for day, office in special:
        own_day(day, office)
        own_day(day, "closed", ALVESTA)
    referral = make_referral("received", arrived_at=at("2026-11-23T12:00"))

    assert due_of(notified_on(MONDAY), "receipt") == due
    assert due_of(referral, "acknowledgement") == due


def test_an_open_saturday_is_a_weekday_there():
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)
    assert rules.weekdays_after(friday, 1) == MONDAY

    own_day(saturday, "open")

    assert due_of(notified_on(friday), "receipt") == saturday


def test_no_deadline_of_the_law_is_moved_by_a_closed_day():
    for ahead in range(1, 20):
        own_day(MONDAY + timedelta(days=ahead), "closed")
    referral = make_referral("received", arrived_at=at("2026-11-23T12:00"))

    assert due_of(referral, "preliminary_assessment") == date(2026, 12, 7)


@pytest.mark.parametrize("moment", ["2026-11-24T12:00", "2026-11-25T00:00", "2026-11-26T00:00"])
@pytest.mark.parametrize("closed_in", [None, VAXJO, ALVESTA])
def test_the_list_of_what_is_late_agrees_with_the_clocks(moment, closed_in):
    if closed_in:
        own_day(date(2026, 11, 24), "closed", closed_in)
    case = notified_on(MONDAY)

    wanted = rules.late("receipt", since="notified_at", at=at(moment), place="person__municipality")

    [clock] = [clock for clock in rules.clocks(case) if clock.step == "receipt"]
    found = type(case).objects.filter(wanted).exists()
    assert found == (clock.status(at(moment)) == "overdue")


def test_the_view_without_receipt_waits_for_the_municipality_to_open():
    case = notified_on(MONDAY)
    own_day(date(2026, 11, 24), "closed")
    view = next(v for v in worklists.views_of(person("omar")) if v.key == "utan-kvittens")

    def listed(moment):
        return type(case).objects.filter(view.wants(person("omar"), at(moment))).exists()

    assert not listed("2026-11-25T00:00")
    assert listed("2026-11-26T00:00")


def notified_on(day):
    """A case whose notice left at noon of that day."""
    met = at(f"{day}T07:00")
    return notify(review(report(end(call(meet(met), 5)))), hours=5)


def due_of(case, step):
    [clock] = [clock for clock in rules.clocks(case) if clock.step == step]
    return timezone.localdate(clock.due_at)
