"""By when, whatever the history of a rule, the day of the case, the month's length or the clock."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases import rules
from cases.models import FollowUpCheck, Referral, Rule
from cases.models.codes import Feedback
from tests.arrivals import arrived

HERE = ZoneInfo("Europe/Stockholm")
KEY = "preliminary_assessment"
FIRST, LAST = date(2025, 7, 1), date(2026, 9, 30)
Unit = Rule.Unit

days = st.dates(FIRST, LAST)
moments = st.integers(0, 3 * 366 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def moved(day: date, months: int) -> date:
    """`months` later, worked out apart from the product: a month that is too short ends it."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def rewritten(history: dict[date, tuple[int, str]]) -> None:
    """The rule has had these values, each from its day until the next one's."""
    Rule.objects.filter(key=KEY).delete()
    starts = sorted(history)
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        value, unit = history[start]
        Rule.objects.create(
            key=KEY, label="Förhandsbedömning", value=value, unit=unit, standing="law",
            valid_from=start, valid_to=following and following - timedelta(days=1),
        )  # fmt: skip


@given(
    history=st.dictionaries(
        days,
        st.tuples(st.integers(1, 40), st.sampled_from((Unit.DAYS, Unit.WEEKDAYS))),
        max_size=4,
    ),
    arrivals=st.lists(st.tuples(days, st.integers(0, 23)), min_size=1, max_size=3),
    asked=st.tuples(days, st.integers(0, 23)),
)
@settings(
    deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_history_a_rule_has_every_answer_about_a_deadline_is_the_same(
    history: dict[date, tuple[int, str]],
    arrivals: list[tuple[date, int]],
    asked: tuple[date, int],
) -> None:
    """The clock, the column that the decision is judged by and the list's question; each case by
    the value of its own day, however often the rule was changed while it lay.
    """
    history = {FIRST: (14, Unit.DAYS)} | history
    with transaction.atomic():
        rewritten(history)
        cases = [
            arrived(at=datetime(*day.timetuple()[:3], hour, 30, tzinfo=HERE))
            for day, hour in arrivals
        ]
        now = datetime(*asked[0].timetuple()[:3], asked[1], tzinfo=HERE)

        late = Referral.objects.filter(rules.late(KEY, since="opened_at", at=now))

        found = {case.pk for case in late}
        for case in cases:
            value, unit = history[max(start for start in history if start <= case.day)]
            ends = (
                case.day + timedelta(days=value)
                if unit == Unit.DAYS
                else rules.weekdays_after(case.day, value)
            )
            [clock] = [each for each in rules.clocks(case) if each.step == KEY]
            assert timezone.localdate(clock.due_at) == ends
            assert clock.due_at == case.decide_before
            assert (case.pk in found) == (clock.status(now) == "overdue")
        transaction.set_rollback(True)


@given(days, st.integers(1, 30), st.sampled_from((Unit.MONTHS, Unit.YEARS)))
def test_months_and_years_end_on_the_same_day_or_the_month_s_last(
    day: date, value: int, unit: str
) -> None:
    since = datetime(day.year, day.month, day.day, 12, tzinfo=HERE)

    due = rules.deadline(Rule(value=value, unit=unit), since=since)

    months = value * 12 if unit == Unit.YEARS else value
    assert timezone.localtime(due).replace(tzinfo=None) == datetime.combine(
        moved(day, months), datetime.max.time().replace(microsecond=0)
    )


def test_a_leap_day_has_its_deadlines_too() -> None:
    leap = datetime(2028, 2, 29, 12, tzinfo=HERE)

    def ends(value: int, unit: str) -> str:
        return f"{timezone.localdate(rules.deadline(Rule(value=value, unit=unit), since=leap))}"

    assert ends(1, Unit.YEARS) == "2029-02-28"
    assert ends(4, Unit.YEARS) == "2032-02-29"
    assert ends(12, Unit.MONTHS) == "2029-02-28"
    before = datetime(2027, 8, 31, 12, tzinfo=HERE)
    assert (
        f"{rules.deadline(Rule(value=6, unit=Unit.MONTHS), since=before):%Y-%m-%d}" == "2028-02-29"
    )


NIGHTS = (datetime(2026, 3, 29, tzinfo=HERE), datetime(2026, 10, 25, tzinfo=HERE))
BOOK = {
    key: Rule(key=key, value=value)
    for key, value in (("late_arrival_hour", 15), ("protection_assessment", 0))
}


@given(
    moments
    | st.integers(-8 * 3600, 30 * 3600).flatmap(
        # Around the nights when the clock is changed, both ways.
        lambda seconds: st.sampled_from(NIGHTS).map(
            lambda night: night.astimezone(UTC) + timedelta(seconds=seconds)
        )
    )
)
def test_the_protection_assessment_is_due_at_midnight_by_the_clock_on_the_wall(
    came: datetime,
) -> None:
    wall = came.astimezone(HERE)

    due = timezone.localtime(rules.protection_due(came, BOOK))

    assert (due.hour, due.minute, due.second) == (23, 59, 59)
    assert due.date() == wall.date() + timedelta(days=wall.hour >= 15)
    assert due > came


@given(days, st.integers(1, 12))
def test_a_follow_up_after_an_investigation_is_never_longer_than_its_months(
    day: date, months: int
) -> None:
    case = Referral(
        decision=Feedback.OPENED,
        concluded_at=datetime(day.year, day.month, day.day, 23, 30, tzinfo=HERE),
    )

    assert case.follow_up_until(months) == moved(day, months)
    case.support_answer = "youth"
    assert case.follow_up_until(months) is None


@given(day=days)
@settings(
    deadline=None, max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_planned_check_can_be_met_until_the_end_of_its_day(day: date) -> None:
    with transaction.atomic():
        case = arrived()
        FollowUpCheck.objects.create(referral=case, months=3, due_on=day)

        [due] = [each.due_at for each in rules.clocks(case) if each.step == "follow_up_check"]

        assert timezone.localtime(due) == datetime(*day.timetuple()[:3], 23, 59, 59, tzinfo=HERE)
        transaction.set_rollback(True)


@given(
    days,
    st.integers(1, 15),
    st.dictionaries(st.integers(1, 40), st.booleans(), max_size=12),
    st.integers(0, 60),
)
@settings(max_examples=60)
def test_a_municipality_s_own_days_are_counted_as_it_says_by_the_clock_and_by_the_list(
    day: date, count: int, ahead: dict[int, bool], later: int
) -> None:
    own = {day + timedelta(days=n): is_open for n, is_open in ahead.items()}

    end = rules.weekdays_after(day, count, own)

    passed = (day + timedelta(days=n) for n in range(1, (end - day).days + 1))
    counted = [each for each in passed if own.get(each, rules.is_weekday(each))]
    assert (len(counted), counted[-1]) == (count, end)
    # What the list asks of a column is what the clock says of the case.
    rule, at = Rule(unit=Unit.WEEKDAYS, value=count), rules.start_of(day + timedelta(days=later))
    began = rules.start_of(day) + timedelta(hours=10)
    is_late = began < rules._latest_overdue(rule, at=at, own=own)
    assert is_late == (rules.deadline(rule, since=began, own=own) < at)
