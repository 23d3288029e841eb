"""By when: the clocks that run in each phase, and lateness asked of the database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import rules
from cases.models import Organisation, Referral, Rule, YouthCase
from cases.models.codes import Decision, Feedback
from cases.rules import Clock
from cases.workflow import perform
from tests import factories
from tests.cast import person
from tests.factories import make_case, make_referral

STOCKHOLM = ZoneInfo("Europe/Stockholm")
Unit = Rule.Unit

days = st.dates(date(2026, 1, 1), date(2036, 12, 31))
moments = st.integers(0, 10 * 366 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def at(text: str, *, fold: int = 0) -> datetime:
    """A moment by the clock on a Swedish wall."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM, fold=fold)


def limit(value: int, unit: str) -> Rule:
    return Rule(key="x", value=value, unit=unit)


# Clocks ----------------------------------------------------------------------------------------


def due(case: Any, step: str) -> datetime:
    [clock] = [clock for clock in rules.clocks(case) if clock.step == step]
    return clock.due_at


def running(case: Any) -> list[str]:
    return [clock.step for clock in rules.clocks(case) if clock.done_at is None]


def test_what_is_sent_back_waits_for_whoever_reported_it_and_no_longer_for_the_reviewer():
    case = make_case("reported")
    assert [step in running(case) for step in ("report", "review")] == [False, True]

    case = perform(case, "send_back", by=person("lena"), reason="Skriv vem som sade det.")

    assert [step in running(case) for step in ("report", "review")] == [True, False]
    case = perform(case, "report", by=person("karin"))
    assert [step in running(case) for step in ("report", "review")] == [False, True]


@pytest.mark.parametrize(
    ("arrives", "ends"),
    [
        ("2026-11-24T08:00", "2026-11-24"),
        ("2026-11-24T14:59", "2026-11-24"),
        ("2026-11-24T15:00", "2026-11-25"),
        ("2026-11-24T23:59", "2026-11-25"),
        # Need of protection is assessed on Saturdays too.
        ("2026-11-27T20:00", "2026-11-28"),
        ("2026-10-25T02:30", "2026-10-25"),
    ],
)
def test_protection_is_assessed_the_same_day_or_the_next_after_a_late_arrival(
    arrives: str, ends: str
) -> None:
    end = rules.protection_due(at(arrives), rules.rulebook(date(2026, 11, 24)))

    assert end == rules.end_of(date.fromisoformat(ends))


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("picked_up", ["first_attempt", "custodian_contact", "report", "notice"]),
        ("contacting_custodians", ["report", "notice"]),
        ("handed_over", ["report", "notice"]),
        ("reported", ["notice", "review"]),
        ("reviewed", ["notice", "letters", "police_follow_up"]),
        ("notified", ["receipt", "letters", "expected_feedback", "police_follow_up"]),
        ("acknowledged", ["letters", "expected_feedback", "police_follow_up"]),
        ("follow_up", ["expected_feedback", "police_follow_up"]),
        ("closed", []),
    ],
)
def test_these_clocks_run_for_the_police_in(state: str, wanted: list[str]) -> None:
    case = make_case(state)

    assert sorted(running(case)) == sorted(wanted)
    assert case.due_at == (min(due(case, step) for step in wanted) if wanted else None)


def test_no_clock_of_calls_or_notices_runs_for_an_adult() -> None:
    case = make_case("handed_over", age=18, category="B")

    assert running(case) == ["report"]


def test_the_clock_of_custody_runs_from_the_decision_to_the_handing_over() -> None:
    began = timezone.now() - timedelta(hours=1)
    case = make_case("picked_up", custody="pl_13", custody_at=began)

    assert due(case, "custody_pl_13") == began + timedelta(hours=6)
    assert "custody_pl_13" in running(case)


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        ("received", ["protection_assessment", "acknowledgement", "preliminary_assessment"]),
        ("protection_assessed", ["preliminary_assessment"]),
        ("preliminary_assessment", ["preliminary_assessment"]),
        ("investigation_opened", ["feedback", "investigation"]),
        ("not_opened", ["feedback"]),
        ("already_ongoing", ["feedback_ongoing"]),
        ("support", ["first_talk"]),
        ("follow_up", ["follow_up_check"]),
        ("closed", []),
    ],
)
def test_these_clocks_run_for_social_services_in(state: str, wanted: list[str]) -> None:
    assert sorted(running(make_referral(state))) == sorted(wanted)


def test_where_an_investigation_is_ongoing_the_notifier_is_answered_the_same_day() -> None:
    decided = at("2026-11-20T10:00:00")
    ongoing, opened = (
        Referral(opened_at=decided, decided_at=decided, decision=decision)
        for decision in (Feedback.ONGOING, Feedback.OPENED)
    )

    assert due(ongoing, "feedback_ongoing") == at("2026-11-20T23:59:59")
    assert due(opened, "feedback") == at("2026-11-27T23:59:59")


def test_a_notice_from_before_the_law_of_at_once_keeps_its_week() -> None:
    decided = at("2026-01-14T10:00:00")
    ongoing = Referral(opened_at=decided, decided_at=decided, decision=Feedback.ONGOING)

    assert due(ongoing, "feedback") == at("2026-01-21T23:59:59")


def followed(**columns: Any) -> Referral:
    """Investigated until the third of March, followed up from the tenth."""
    began = at("2026-03-10T10:00:00")
    columns = {"decision": Feedback.OPENED, "concluded_at": at("2026-03-03T10:00:00")} | columns
    return Referral(
        opened_at=at("2026-02-01T10:00:00"), decided_at=at("2026-02-10T10:00:00"),
        follow_up_started_at=began, **columns,
    )  # fmt: skip


def test_a_follow_up_after_an_investigation_ends_in_time_whatever_contacts_there_were() -> None:
    contacted = followed(followed_up_at=at("2026-04-01T10:00:00"))

    assert due(contacted, "follow_up") == at("2026-09-03T23:59:59")
    assert "follow_up" in running(contacted)
    assert "follow_up" not in running(followed(closed_at=at("2026-09-01T10:00:00")))


@pytest.mark.parametrize(
    "columns", [{"decision": Feedback.NOT_OPENED, "concluded_at": None},
                {"support_answer": "custodians"}],
)  # fmt: skip
def test_nothing_limits_a_follow_up_that_the_law_does_not_limit(columns: dict[str, Any]) -> None:
    assert "follow_up" not in {clock.step for clock in rules.clocks(followed(**columns))}


def test_the_first_talk_of_the_support_is_waited_for_a_fortnight() -> None:
    referral = make_referral("support")
    began = timezone.localdate(referral.support_answered_at)
    assert due(referral, "first_talk") == rules.end_of(began + timedelta(days=14))
    talk = factories.make_appointment(referral, at=timezone.now(), result="not_held")
    talk.save()
    assert "first_talk" in running(Referral.objects.get(pk=referral.pk))

    talk.result = "held"
    talk.save()

    assert "first_talk" not in running(Referral.objects.get(pk=referral.pk))


def test_a_no_ends_the_silence_of_the_other_municipality() -> None:
    asked = at("2026-03-02T10:00:00")
    referral = Referral(opened_at=asked, transfer_requested_at=asked)
    assert "transfer_silence" in running(referral)

    referral.transfer_refused_at = at("2026-03-09T10:00:00")

    assert "transfer_silence" not in running(referral)


def test_a_need_of_protection_asks_for_an_investigation_the_same_day() -> None:
    assessed = at("2026-11-20T10:00:00")
    referral = Referral(opened_at=assessed, protection_assessed_at=assessed, needs_protection=True)
    safe = Referral(opened_at=assessed, protection_assessed_at=assessed, needs_protection=False)

    assert due(referral, "open_at_once") == at("2026-11-20T23:59:59")
    assert "open_at_once" not in running(safe)
    referral.decided_at = assessed
    assert "open_at_once" not in running(referral)


def test_an_extended_investigation_ends_on_the_day_that_was_decided() -> None:
    end = date(2027, 6, 30)
    referral = Referral(
        opened_at=timezone.now(), decided_at=timezone.now(), decision=Feedback.OPENED,
        investigation_due_on=end, organisation=Organisation(),
    )  # fmt: skip

    assert due(referral, "investigation") == rules.end_of(end)


def test_a_talk_is_a_clock_until_it_is_recorded() -> None:
    referral = make_referral("preliminary_assessment")
    talk = factories.make_appointment(referral)
    talk.save()
    assert due(referral, "talk") == talk.at

    talk.result = "held"
    talk.save()

    assert "talk" not in running(Referral.objects.get(pk=referral.pk))


def test_a_decision_not_to_notify_stops_the_clock_of_the_notice() -> None:
    case = YouthCase(
        id=uuid4(), opened_at=timezone.now(), age_class="15_17", decision=Decision.NOT_NOTIFY
    )

    assert "notice" not in running(case)


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("2026-11-20T23:59:59", "later"),
        ("2026-11-21T00:00:00", "soon"),
        ("2026-11-23T23:59:59", "soon"),
        ("2026-11-24T00:00:00", "today"),
        ("2026-11-24T12:00:00", "today"),
        ("2026-11-24T12:00:01", "overdue"),
    ],
)
def test_a_clock_says_how_near_it_is_at_the_borders(now: str, wanted: str) -> None:
    clock = Clock("x", "Steg", at("2026-11-24T12:00:00"))

    assert clock.status(at(now)) == wanted


def test_what_is_done_is_done_however_late() -> None:
    clock = Clock("x", "Steg", at("2026-11-24T12:00:00"), at("2026-11-30T12:00:00"))

    assert clock.status(at("2026-12-24T12:00:00")) == "done"


# Lateness asked of the database ------------------------------------------------------------------


@given(
    since=moments,
    waited=st.timedeltas(timedelta(0), timedelta(days=80)),
    value=st.integers(0, 30),
    unit=st.sampled_from((Unit.MINUTES, Unit.HOURS, Unit.DAYS, Unit.WEEKDAYS, Unit.MONTHS)),
)
@settings(deadline=None)
def test_a_list_finds_late_exactly_what_the_clock_calls_overdue(
    since: datetime, waited: timedelta, value: int, unit: str
) -> None:
    rule, now = limit(value % 3 if unit == Unit.MONTHS else value, unit), since + waited
    clock = Clock("x", "x", rules.deadline(rule, since=since))

    found = since < rules._latest_overdue(rule, at=now)

    assert found == (clock.status(now) == "overdue")


def test_a_case_keeps_the_rules_of_its_day_when_they_change() -> None:
    change = timezone.localdate() + timedelta(days=1)
    before, after = (
        make_referral("received", arrived_at=timezone.now() + timedelta(days=n)) for n in (0, 2)
    )
    old_due = [clock.due_at for clock in rules.clocks(before)]

    Rule.objects.create(
        key="preliminary_assessment", label="Kortare", value=7, unit=Unit.DAYS,
        standing=Rule.Standing.LAW, valid_from=change,
    )  # fmt: skip

    assert [clock.due_at for clock in rules.clocks(before)] == old_due
    assert due(after, "preliminary_assessment") == rules.end_of(after.day + timedelta(days=7))
