"""Retention: who is due when, by which rule; and gone is gone, in every table, with proof left."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from dateutil.relativedelta import relativedelta
from django.urls import reverse
from django.utils import timezone

from cases import papers, retention
from cases.models import (
    Person,
    Referral,
    YouthCase,
)
from tests import cast
from tests.factories import make_case, make_person, make_referral, make_tip

TODAY = timezone.localdate()
A_YEAR = relativedelta(years=1)


def born_on(day: int, years: int = 15) -> Person:
    birth = date(TODAY.year - years, 3, day)
    return make_person(birth_date=birth.isoformat(), personal_number="")


# When -------------------------------------------------------------------------------------------


def test_an_open_case_is_never_due() -> None:
    case = make_case("picked_up")

    assert retention.of_case(case).due_on is None
    assert list(retention.due(TODAY + 50 * A_YEAR)) == []


@pytest.mark.parametrize("end", ["closed", "annulled"])
def test_a_police_case_is_due_a_year_after_its_end(end: str) -> None:
    case = make_case(end)

    found = retention.of_case(case)

    assert (found.due_on, found.paragraph) == (TODAY + A_YEAR, "2018:1693 4:2")
    assert list(retention.due(TODAY + A_YEAR - timedelta(days=1))) == []
    assert [each.record.pk for each in retention.due(TODAY + A_YEAR)] == [case.pk]


def test_a_letter_that_comes_back_after_the_end_does_not_keep_the_police_case() -> None:
    with time_machine.travel(timezone.now() - timedelta(days=100), tick=False) as clock:
        case = make_case("closed")
        ended_on = timezone.localdate()
        clock.shift(timedelta(days=100))
        papers.note(YouthCase.objects.get(pk=case.pk), "return_letter", by=cast.person("omar"))

    case = YouthCase.objects.get(pk=case.pk)
    assert retention.of_case(case).due_on == ended_on + A_YEAR
    assert [each.due_on for each in retention.due(TODAY + A_YEAR)] == [ended_on + A_YEAR]


def ended_referral(person: Person, decision: str = "not_opened") -> Referral:
    referral = make_referral("transferred", person=person)
    referral.decision = decision  # as read: the rule asks nothing else of the row
    return referral


def test_those_born_on_three_days_of_the_month_are_kept_for_research() -> None:
    referral = ended_referral(born_on(1))
    kept = []
    for day in range(1, 29):
        referral.person = born_on(day)
        if retention.of_case(referral).due_on is None:
            kept.append(day)

    assert kept == [5, 15, 25]


@pytest.mark.parametrize(
    ("municipality", "kept"),
    [("0780", 0), ("0580", 1), ("0980", 1), ("2281", 1), ("1480", 1), ("1481", 0)],
)
def test_four_areas_are_kept_for_research(municipality: str, kept: int) -> None:
    referral = ended_referral(born_on(7))
    referral.organisation.municipality_id = municipality

    assert (retention.of_case(referral).due_on is None) == kept


def test_a_notice_that_led_to_no_investigation_has_five_years_from_the_last_note() -> None:
    found = retention.of_case(ended_referral(born_on(7)))

    assert (found.due_on, found.rule) == (TODAY + relativedelta(years=5), "retention_not_opened")


def test_an_investigation_is_kept_until_the_child_is_thirty() -> None:
    person = born_on(7, years=15)

    found = retention.of_case(ended_referral(person, "opened"))

    assert found.due_on == date(TODAY.year + 15, 3, 7)
    assert "30 år" in found.why


def test_an_investigation_about_somebody_nearly_thirty_still_has_its_five_years() -> None:
    found = retention.of_case(ended_referral(born_on(7, years=28), "opened"))

    assert found.due_on == TODAY + relativedelta(years=5)


def test_an_unknown_age_is_decided_by_hand_and_an_estimate_waits_for_the_latest_day() -> None:
    unknown = make_person(None)
    guessed = make_person(None, estimated_age=15)

    assert retention.of_case(ended_referral(unknown, "opened")).due_on is None
    due_on = retention.of_case(ended_referral(guessed, "opened")).due_on
    assert due_on is not None and due_on >= TODAY + relativedelta(years=15, months=11)


@pytest.mark.parametrize(("relation", "years"), [("friend", 3), ("car", 5), ("online", 5)])
def test_a_tip_has_its_years_after_the_calendar_year(relation: str, years: int) -> None:
    at = datetime(2026, 2, 3, tzinfo=UTC)

    found = retention.of_tip(make_tip(relation=relation, registered_at=at))

    assert found.due_on == date(2026 + years + 1, 1, 1)


def test_each_case_says_when_and_why(client) -> None:
    case = make_case("annulled", by="karin")
    client.force_login(cast.person("karin"))

    page = client.get(reverse("case", kwargs={"pk": case.pk})).content.decode()

    assert f"{TODAY + A_YEAR}" in page
    assert "1 år efter att ärendet avslutades." in page
