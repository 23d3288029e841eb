"""Reminders: computed from dates, whenever somebody sweeps."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases import reminders, rules
from cases.models import Reminder, YouthCase
from cases.workflow import perform
from tests import cast, households
from tests.arrivals import arrived, assessed
from tests.factories import make_case, make_referral

HERE = ZoneInfo("Europe/Stockholm")
DAY = timedelta(days=1)
SAFE = {
    "needs_protection": False,
    "protection_reasons": "Ingen fara i hemmet.",
    "protection_source": "Anmälan.",
}
LATE = {"delegation": "4.2", "decision_reasons": "Oro.", "overrun_reasons": "Bortresta."}
# A Tuesday, ten days before which the beat stopped.
START = datetime(2026, 3, 3, 9, tzinfo=HERE)


@pytest.fixture
def winter():
    """Three referrals and a police report, each with deadlines of its own."""
    with time_machine.travel(START, tick=False):
        arrived()
        assessed(arrived())
        make_referral("preliminary_assessment", arrived_at=START - 9 * DAY)
        make_case("reported")
    # What the steps themselves caught up with is told further down.
    Reminder.objects.all().delete()


def raised() -> set[tuple[str, str, str, datetime]]:
    rows = Reminder.objects.values_list("case_id", "step", "level", "due_at")
    return {(str(case), step, level, due) for case, step, level, due in rows}


def sweep_every_day(first: datetime, days: int) -> None:
    for number in range(days + 1):
        reminders.sweep(at=first + number * DAY)


def test_after_ten_days_without_the_beat_no_reminder_is_lost_and_none_is_doubled(winter):
    with transaction.atomic():
        sweep_every_day(START, 11)
        every_day = raised()
        transaction.set_rollback(True)
    assert raised() == set()

    # The beat stops on the first day and comes back ten days later, and once more by mistake.
    reminders.sweep(at=START)
    reminders.sweep(at=START + 11 * DAY)
    n_rows = Reminder.objects.count()
    reminders.sweep(at=START + 11 * DAY)

    assert raised() == every_day
    assert len(every_day) > 6
    assert Reminder.objects.count() == n_rows == len(every_day)
    late = Reminder.objects.filter(raised_at=START + 11 * DAY)
    assert all(row.raise_at <= row.raised_at for row in late)
    assert late.exclude(raise_at=START + 11 * DAY).exists()


def work_goes_on() -> dict[int, list[tuple[str, dict[str, Any]]]]:
    """What Sara does while the beat stands still: day -> (step, facts), some of it too late."""
    return {
        0: [("acknowledge", {})],
        3: [("assess_protection", SAFE), ("start_assessment", {})],
        16: [("open_investigation", LATE)],
        20: [("give_feedback", {})],
        21: [("extend_investigation", {"investigation_due_on": date(2026, 8, 1)})],
    }


def lived(*, is_swept: bool) -> dict[tuple[str, str, datetime], str]:
    """The reminders of three weeks, swept every day or not until the last."""
    with time_machine.travel(START, tick=False):
        case: Any = arrived()
    for number in range(23):
        with time_machine.travel(START + number * DAY, tick=False):
            if is_swept:
                reminders.sweep(at=timezone.now())
            for action, facts in work_goes_on().get(number, []):
                case = perform(case, action, by=cast.person("sara"), reason="Skäl", **facts)
    reminders.sweep(at=START + 23 * DAY)
    rows = Reminder.objects.filter(case_id=case.pk)
    return {(row.step, row.level, row.due_at): row.state for row in rows}


def test_what_was_missed_and_met_while_the_beat_stood_still_was_missed_all_the_same():
    every_day, none_until_the_end = lived(is_swept=True), lived(is_swept=False)

    assert none_until_the_end == every_day
    found = {(step, level) for step, level, _ in every_day}
    assert {("protection_assessment", "head"), ("preliminary_assessment", "head")} <= found
    assert set(every_day.values()) == {"settled"}


def test_a_step_in_time_leaves_no_reminder_behind():
    with time_machine.travel(START, tick=False):
        case = make_referral("preliminary_assessment")
    Reminder.objects.all().delete()

    with time_machine.travel(START + 5 * DAY, tick=False):
        perform(case, "decide_not_to_open", by=cast.person("sara"), **LATE)

    assert not Reminder.objects.exists()


def test_the_database_takes_the_same_reminder_once():
    with time_machine.travel(START, tick=False):
        case = arrived()
    reminders.sweep(at=START)
    row = Reminder.objects.filter(case_id=case.pk)[0]

    row.pk = None
    row._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def levels(case, step):
    found = Reminder.objects.filter(case_id=case.pk, step=step)
    return set(found.values_list("level", flat=True))


def test_the_owner_is_told_a_day_before_and_the_head_a_weekday_after():
    with time_machine.travel(START, tick=False):
        case = make_referral("preliminary_assessment")
    due = case.decide_before  # Tuesday 17 March, at midnight

    for at, told in (
        (due - DAY - timedelta(seconds=1), set()),
        (due - DAY, {"owner"}),
        (due + timedelta(hours=23), {"owner"}),
        (due + DAY, {"owner", "head"}),
    ):
        reminders.sweep(at=at)
        assert levels(case, "preliminary_assessment") == told, at


def test_over_a_weekend_the_head_is_told_after_the_next_weekday():
    with time_machine.travel(datetime(2026, 3, 6, 9, tzinfo=HERE), tick=False):
        case = arrived()  # a Friday: the protection assessment is due the same day

    reminders.sweep(at=datetime(2026, 3, 9, 23, 59, tzinfo=HERE))
    assert levels(case, "protection_assessment") == {"owner"}
    reminders.sweep(at=datetime(2026, 3, 10, 0, 0, tzinfo=HERE))
    assert levels(case, "protection_assessment") == {"owner", "head"}


def test_a_reminder_is_settled_when_the_step_is_taken_and_stays_as_history():
    with time_machine.travel(START, tick=False):
        case = arrived()
        reminders.sweep(at=timezone.now())
        assessed(case)
        reminders.sweep(at=timezone.now())

    [row] = Reminder.objects.filter(case_id=case.pk)
    assert row.step == "protection_assessment"
    assert (row.state, row.settled_at is not None) == ("settled", True)


def test_what_a_step_makes_over_waits_for_no_sweep():
    with time_machine.travel(START, tick=False):
        case = arrived()
        reminders.sweep(at=timezone.now())
        assessed(case)

    [row] = Reminder.objects.filter(case_id=case.pk)
    assert (row.step, row.state, row.settled_at) == ("protection_assessment", "settled", START)


def sent_back() -> YouthCase:
    """A case that was reported so late that the head was reminded too, and is sent back."""
    with time_machine.travel(START, tick=False):
        case = make_case("handed_over")
        case = perform(case, "answer_supply", by=cast.person("karin"), supply_answer="refuses")
    with time_machine.travel(START + 5 * DAY, tick=False):
        reminders.sweep(at=timezone.now())
        case = perform(case, "report", by=cast.person("karin"))
        return perform(case, "send_back", by=cast.person("lena"), reason="Fel plats.")


def test_what_is_sent_back_is_reminded_of_once_more_and_settled_once_more():
    case = sent_back()
    again = Reminder.objects.filter(case_id=case.pk, step="report")

    assert set(again.values_list("level", "state")) == {("owner", "open"), ("head", "open")}
    with time_machine.travel(START + 6 * DAY, tick=False):
        perform(case, "report", by=cast.person("karin"))
    assert set(again.values_list("level", "state")) == {("owner", "settled"), ("head", "settled")}


def test_a_sweep_opens_what_was_settled_before_its_clock_ran_again():
    case = sent_back()
    found = Reminder.objects.filter(case_id=case.pk, step="report")
    n_rows, done = found.count(), START + 5 * DAY
    found.update(state=Reminder.State.SETTLED, settled_at=done)

    reminders.sweep(at=START + 6 * DAY)

    assert set(found.values_list("state", "settled_at")) == {("open", None)}
    assert found.count() == n_rows, "the same deadline is not reminded of twice"


def test_a_case_page_asks_the_clocks_and_not_the_last_sweep(client):
    _, case = households.notified()
    case, now = households.assessed(case), timezone.now()
    # What arrived before midnight and is assessed after it has been reminded of already.
    Reminder.objects.filter(case_id=case.pk).delete()
    for clock in rules.clocks(case):
        Reminder.objects.create(
            organisation=case.organisation, case_id=case.pk, step=clock.step, due_at=clock.due_at,
            level=Reminder.Level.OWNER, raise_at=now, raised_at=now,
        )  # fmt: skip
    client.force_login(cast.person("sara"))

    told = client.get(reverse("case", args=[case.pk])).context["reminders"]

    states = {reminder.step: reminder.state for _, reminder in told}
    assert states["protection_assessment"] == Reminder.State.SETTLED
    assert states["preliminary_assessment"] == Reminder.State.OPEN


def test_nothing_is_raised_about_a_case_that_has_ended():
    case = make_referral("transferred")
    Reminder.objects.all().delete()

    reminders.sweep(at=timezone.now() + 90 * DAY)

    assert not Reminder.objects.filter(case_id=case.pk).exists()


def test_a_call_on_the_spot_is_nobody_s_reminder():
    case = make_case("picked_up")

    reminders.sweep(at=timezone.now() + DAY)

    assert "first_attempt" not in set(
        Reminder.objects.filter(case_id=case.pk).values_list("step", flat=True)
    )


@pytest.mark.parametrize(("who", "sees"), [("sara", True), ("hanna", False)])
def test_the_list_shows_the_owner_what_is_the_owners_to_do(client, who, sees):
    with time_machine.travel(START, tick=False):
        case = make_referral("preliminary_assessment")
    with time_machine.travel(case.decide_before - timedelta(hours=5), tick=False):
        reminders.sweep(at=timezone.now())
        client.force_login(cast.person(who))
        rows = client.get(f"{reverse('worklist')}?vy=paminda").context["rows"]

    found = case.reference in [row.reference for row in rows]
    # The receipt and the rest are done; the decision is due today: not yet the head's.
    assert found == sees
