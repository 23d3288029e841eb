"""By when: deadlines as properties of the calendar, and the clocks that run in each phase."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.easter import easter
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import rules
from cases.models import Rule

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


def is_red(day: date) -> bool:
    """Worked out apart from the product's calendar: lag 1989:253 and 1930:173."""
    fixed = {(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)}
    from_easter = (day - easter(day.year)).days in (-2, 0, 1, 39, 49)
    midsummer_eve = day.month == 6 and 19 <= day.day <= 25 and day.weekday() == 4
    return (day.month, day.day) in fixed or from_easter or midsummer_eve or day.weekday() > 4


# The calendar ----------------------------------------------------------------------------------


def test_every_day_of_ten_years_is_a_weekday_or_not_as_the_law_says() -> None:
    start = date(2026, 1, 1)

    wrong = [
        day
        for day in (start + timedelta(days=n) for n in range(4018))
        if rules.is_weekday(day) == is_red(day)
    ]

    assert wrong == []


@given(days, st.integers(1, 30))
@settings(max_examples=60)
def test_weekdays_are_counted_one_by_one_and_land_on_a_weekday(day: date, count: int) -> None:
    end = rules.weekdays_after(day, count)

    between = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert not is_red(end)
    assert sum(not is_red(one) for one in between) == count


@given(moments, st.integers(0, 400))
@settings(max_examples=60)
def test_a_limit_in_days_ends_with_the_last_second_of_a_swedish_day(
    since: datetime, count: int
) -> None:
    end = timezone.localtime(rules.deadline(limit(count, Unit.DAYS), since=since))

    assert end.time() == time(23, 59, 59)
    assert (end.date() - timezone.localdate(since)).days == count


@given(moments, st.integers(0, 48))
@settings(max_examples=60)
def test_a_limit_in_hours_is_real_hours_in_whatever_zone_it_is_asked(
    since: datetime, count: int
) -> None:
    wanted = since.timestamp() + count * 3600

    for zone in (UTC, STOCKHOLM):
        end = rules.deadline(limit(count, Unit.HOURS), since=since.astimezone(zone))
        assert end.timestamp() == wanted


@given(moments, st.sampled_from(list(Unit)[:-1]), st.integers(0, 20), st.integers(1, 10))
@settings(max_examples=60)
def test_a_longer_limit_never_ends_earlier(
    since: datetime, unit: str, value: int, more: int
) -> None:
    short = rules.deadline(limit(value, unit), since=since)

    assert since.replace(microsecond=0) <= short
    assert short <= rules.deadline(limit(value + more, unit), since=since)


@pytest.mark.parametrize(
    ("since", "value", "unit", "ends"),
    [
        # The night when the clocks go forward has 23 hours, the night they go back 25.
        ("2026-03-29T00:30", 6, Unit.HOURS, "2026-03-29T07:30:00+02:00"),
        ("2026-10-25T00:30", 6, Unit.HOURS, "2026-10-25T05:30:00+01:00"),
        ("2026-10-25T00:30", 90, Unit.MINUTES, "2026-10-25T02:00:00+02:00"),
        ("2026-03-28T22:00", 1, Unit.DAYS, "2026-03-29T23:59:59+02:00"),
        ("2028-02-28T12:00", 1, Unit.DAYS, "2028-02-29T23:59:59+01:00"),
        ("2027-02-28T12:00", 1, Unit.DAYS, "2027-03-01T23:59:59+01:00"),
        ("2026-10-31T12:00", 4, Unit.MONTHS, "2027-02-28T23:59:59+01:00"),
        ("2027-10-31T12:00", 4, Unit.MONTHS, "2028-02-29T23:59:59+01:00"),
        ("2028-02-29T12:00", 1, Unit.YEARS, "2029-02-28T23:59:59+01:00"),
        # A Friday evening and the day before a long weekend.
        ("2026-11-27T20:00", 1, Unit.WEEKDAYS, "2026-11-30T23:59:59+01:00"),
        ("2026-04-02T09:00", 1, Unit.WEEKDAYS, "2026-04-07T23:59:59+02:00"),
        ("2026-06-18T09:00", 1, Unit.WEEKDAYS, "2026-06-22T23:59:59+02:00"),
        ("2026-12-23T09:00", 2, Unit.WEEKDAYS, "2026-12-29T23:59:59+01:00"),
        # In UTC it is still the day before.
        ("2026-11-25T00:30", 14, Unit.DAYS, "2026-12-09T23:59:59+01:00"),
    ],
)
def test_days_that_are_easily_got_wrong(since: str, value: int, unit: str, ends: str) -> None:
    end = rules.deadline(limit(value, unit), since=at(since))

    assert timezone.localtime(end).isoformat() == ends


# The rulebook ----------------------------------------------------------------------------------


def test_a_rule_that_is_missing_is_an_error_and_no_default() -> None:
    with pytest.raises(rules.NoRule):
        rules.rule("no_such_rule", on=date(2026, 11, 24))

    with pytest.raises(rules.NoRule):
        rules.rule("notice", on=date(1999, 1, 1))


def test_a_rule_that_has_ended_no_longer_holds() -> None:
    today = timezone.localdate()
    Rule.objects.filter(key="notice").update(valid_to=today)

    assert rules.rule("notice", on=today).value == 24
    with pytest.raises(rules.NoRule):
        rules.rule("notice", on=today + timedelta(days=1))


@pytest.mark.parametrize(
    ("age", "wanted"),
    [(None, "unknown"), (14, "under_15"), (15, "15_17"), (17, "15_17"), (18, "18_19"),
     (19, "18_19"), (20, "20_plus")],
)  # fmt: skip
def test_the_age_class_follows_the_limits_of_the_day(age: int | None, wanted: str) -> None:
    assert rules.age_class_on(age, on=date(2026, 11, 24)) == wanted
