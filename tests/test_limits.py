"""Limits that are rules: whoever changes one changes what the steps, gates and clocks do."""

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from cases import retention, rules, workflow
from cases.models import CustodianContact, Rule, YouthCase
from cases.models.referral_conditions import can_answer
from notices import gates
from notices.models import Letter
from tests import cast
from tests.factories import call, make_case, make_incident, make_person, make_referral
from tests.filling import faults, form_of, take
from tests.households import fresh, police
from tests.stops import HERE

NO_ANSWER = CustodianContact.Result.NO_ANSWER
LOB: dict[str, Any] = {
    "custody": "lob",
    "custody_decided_by": "Karin Ek",
    "custody_criteria": "Kunde inte stå.",
    "reason_told_at": timezone.now(),
    "superior_reviewed_at": timezone.now(),
}


def now_is(key: str, value: int) -> None:
    """From today the rule says something else."""
    Rule.objects.filter(key=key, valid_to=None).update(value=value)


def in_custody(state: str, *, age: int = 15, at: datetime | None = None) -> YouthCase:
    """A case of somebody taken into custody by LOB."""
    record = LOB | {"custody_at": at or timezone.now()}
    return make_case(state, age=age, incident=make_incident(started_at=at), **record)


def test_the_gates_follow_the_age_of_majority():
    case = make_case("picked_up", age=18)
    today = timezone.localdate()
    assert gates.custody_lasts(case, on=today)

    now_is("age_majority", 19)

    assert gates.custody_lasts(case, on=today) is None


def test_who_may_say_yes_to_support_follows_the_ages():
    referral = make_referral(age=15)
    assert can_answer(referral, "youth") and can_answer(referral, "custodians")

    now_is("age_criminal_responsibility", 16)
    assert not can_answer(referral, "youth")

    now_is("age_criminal_responsibility", 14)
    now_is("age_majority", 15)
    assert not can_answer(referral, "custodians")


def test_the_duty_team_takes_over_after_as_many_attempts_as_the_rule_says():
    case = call(make_case("picked_up"), NO_ANSWER, phone="+46701740605")
    facts = {"outcome": "duty_team", "handed_over_to": "Socialjouren"}
    with pytest.raises(workflow.MissingFacts, match="fler försök"):
        workflow.perform(case, "hand_over", by=case.author, **facts)

    now_is("enough_attempts", 1)

    assert workflow.perform(case, "hand_over", by=case.author, **facts).state == "handed_over"


def test_folkol_is_taken_from_whoever_is_under_the_age_for_it():
    case = make_case("picked_up", age=18, category="B")
    can = {"drink": "folkol", "size": "33", "amount": "1", "measure": "forfeited"}
    assert "från 18 år" in faults(form_of(case, "record_seizure", **can))["measure"]

    now_is("age_folkol", 19)

    assert take(case, "record_seizure", **can).seizures.count() == 1


@pytest.mark.parametrize(
    ("noted", "rule"),
    [
        (date(2026, 1, 14), "retention_not_opened"),
        (date(2026, 1, 15), "retention_investigation_age"),
    ],
)
def test_an_investigation_that_had_ended_before_the_thirty_years_keeps_five(noted, rule):
    # Nobody whose birthday is on the 7th is kept for research.
    person = make_person(None, birth_date="2011-03-07")
    referral = make_referral("transferred", person=person)
    referral.decision = "opened"

    found = retention.of_case(referral, last_note=noted)

    assert found.rule == rule
    wanted = 2031 if rule == "retention_not_opened" else 2041
    assert found.due_on and found.due_on.year == wanted


# The copy of a LOB protocol (RPSFS 2000:57) -----------------------------------------------------


@pytest.mark.parametrize(
    ("taken", "ends"),
    [
        (datetime(2026, 11, 24, 23, 30, tzinfo=HERE), date(2026, 11, 25)),
        (datetime(2026, 11, 20, 21, tzinfo=HERE), date(2026, 11, 23)),
    ],
)
def test_the_copy_is_due_at_the_end_of_the_next_weekday(taken, ends):
    case = in_custody("picked_up", at=taken)

    due = {clock.step: clock.due_at for clock in rules.clocks(case)}

    assert due["custody_copy"] == rules.end_of(ends)


def test_no_copy_is_asked_for_without_a_custody_by_lob():
    assert "custody_copy" not in {clock.step for clock in rules.clocks(make_case("picked_up"))}


@pytest.mark.parametrize("age", [15, 19])
def test_the_copy_goes_without_a_notice_and_stops_its_clock(age):
    case = in_custody("reported", age=age)

    taken = police(case, "send_custody_copy")

    assert [letter.code for letter in taken.letters] == ["L10"]
    [clock] = [clock for clock in rules.clocks(fresh(case)) if clock.step == "custody_copy"]
    assert clock.done_at is not None


def test_a_notice_takes_the_copy_along_unless_it_went_before():
    with_notice, before = in_custody("reviewed"), in_custody("reviewed")
    police(before, "send_custody_copy")

    for case in (with_notice, before):
        police(case, "notify")
        assert Letter.objects.filter(case_id=case.pk, code="L10").count() == 1
        assert fresh(case).custody_copied_at is not None
    with pytest.raises(workflow.NotAllowedNow, match="redan skickats"):
        workflow.perform(with_notice, "send_custody_copy", by=cast.person("omar"))
