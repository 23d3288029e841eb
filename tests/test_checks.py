"""The agreed checks, the end that waits for them, silence, and feedback in one tap."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cases import rules
from cases.models import FollowUpCheck, Referral, Rule
from cases.workflow import MissingFacts, perform
from tests import cast, households
from tests.arrivals import arrived, decided
from tests.posting import local, page, take

DAY = timedelta(days=1)

# Checks ------------------------------------------------------------------------------------------


def follow(case: Referral, *months: int) -> Referral:
    answers = {"follow_up_answer": "custodians", "months": [str(number) for number in months]}
    return take(case, "start_follow_up", **answers)


CALL = {"kind": "phone", "youth": "attended", "custodians": "attended", "outcome": "better"}


def test_each_agreed_check_has_a_clock_and_the_end_waits_for_all():
    case = follow(decided(arrived()), 3, 6)
    today = timezone.localdate()

    due = [clock.due_at.date() for clock in rules.clocks(case) if clock.step == "follow_up_check"]
    assert due == [today + relativedelta(months=3), today + relativedelta(months=6)]
    take(case, "record_follow_up", **CALL, at=local())
    with pytest.raises(MissingFacts, match="en planerad uppföljning"):
        perform(case, "close", by=cast.person("sara"), end="talked")
    take(case, "skip_check", reason="Familjen vill inte mer.")

    [first, second] = FollowUpCheck.objects.filter(referral=case)
    assert (first.is_open, second.is_open) == (False, False)
    with pytest.raises(MissingFacts) as missing:
        perform(case, "close", by=cast.person("sara"), end="talked")
    assert "uppföljning" not in str(missing.value)


def test_after_an_investigation_nobody_is_followed_longer_than_the_law_allows():
    opened = decided(arrived(), "open_investigation", decision_reasons="x")
    opened = perform(opened, "conclude_investigation", by=cast.person("sara"))

    offered = [months for months, _ in page(opened, "start_follow_up").fields["months"].choices]

    assert offered == ["3", "6"]
    assert "SoL 23:5" in page(opened, "start_follow_up").intro
    assert len(page(decided(arrived()), "start_follow_up").fields["months"].choices) == 3


def test_the_check_that_would_pass_the_last_lawful_day_falls_on_it():
    with time_machine.travel("2026-03-02 10:00+01:00", tick=False):
        case = decided(arrived(), "open_investigation", decision_reasons="x")
        case = perform(case, "conclude_investigation", by=cast.person("sara"))
    with time_machine.travel("2026-03-20 10:00+01:00", tick=False):
        case = follow(case, 3, 6)
    with time_machine.travel("2026-09-02 10:00+02:00", tick=False):
        other = decided(arrived(), "open_investigation", decision_reasons="x")
        other.concluded_at = timezone.now() - relativedelta(months=6)
        nothing_left = page(other, "start_follow_up").fields["months"].choices

    days = [str(check.due_on) for check in case.checks.all()]
    assert days == ["2026-06-20", "2026-09-02"]
    assert nothing_left == []


def test_the_checks_that_are_offered_are_the_office_s_rules_of_the_day():
    case = decided(arrived())
    Rule.objects.filter(key="follow_up_check_1").update(value=2)
    Rule.objects.filter(key="follow_up_check_3").delete()

    assert list(page(case, "start_follow_up").planned()) == [2, 6]


def test_a_no_says_whose_it_was_and_is_asked_of_whoever_can_give_it():
    def asked(age: int, action: str, field: str) -> list[str]:
        return [value for value, _ in page(arrived(age), action).fields[field].choices]

    for action, field in (
        ("decline_support", "support_answer"),
        ("decline_follow_up", "follow_up_answer"),
    ):
        assert asked(14, action, field) == ["no_custodians", "not_offered"]
        assert asked(15, action, field) == ["no_custodians", "no_youth", "not_offered"]
        assert asked(18, action, field) == ["no_youth", "not_offered"]


def test_a_referral_that_cannot_close_names_every_step_that_is_missing():
    case = decided(arrived())

    with pytest.raises(MissingFacts) as missing:
        perform(case, "close", by=cast.person("sara"))

    for words in ("återkoppling", "erbjudandet om stöd", "erbjudandet om uppföljning", "slutade"):
        assert words in str(missing.value)


# Silence, and one tap ----------------------------------------------------------------------------


def test_a_month_of_silence_can_go_to_ivo_and_not_before():
    with time_machine.travel("2026-01-31 10:00+01:00", tick=False):
        case = take(arrived(), "request_transfer", transfer_to="0764", reason="Flyttat.")
    silence = next(clock for clock in rules.clocks(case) if clock.step == "transfer_silence")
    # The thirty-first of February is its last day.
    assert timezone.localdate(silence.due_at).isoformat() == "2026-02-28"

    with time_machine.travel("2026-02-28 12:00+01:00", tick=False):
        assert not case_can(case, "apply_to_ivo")
    with time_machine.travel("2026-03-01 00:01+01:00", tick=False):
        assert case_can(case, "apply_to_ivo")
        case = take(case, "apply_to_ivo", reason="Skickad idag.")

    silence = next(clock for clock in rules.clocks(case) if clock.step == "transfer_silence")
    assert silence.done_at == case.brought_to_ivo_at


def case_can(case: Referral, action: str) -> bool:
    by = cast.person("sara")
    try:
        with transaction.atomic():
            perform(case, action, by=by, reason="x")
            transaction.set_rollback(True)
    except MissingFacts:
        return False
    return True


def test_feedback_is_one_tap_on_the_case_page_with_the_sentence_that_leaves(client):
    police, referral = households.notified()
    households.decided(referral)
    client.force_login(cast.person("sara"))
    case_page, step = (
        reverse("case", kwargs={"pk": referral.pk}),
        reverse("step", kwargs={"pk": referral.pk, "action": "give_feedback"}),
    )

    answer = client.get(case_page)
    tap = answer.context["next_action"].tap
    text = answer.content.decode()

    assert f"Utredning har inte inletts ({timezone.localdate()})" in tap.means
    assert tap.means in unescape(text)
    assert f'action="{step}"' in text
    client.post(step, {"request_id": tap.request_id})
    assert households.fresh(police).feedback == "not_opened"


def test_what_asks_a_question_is_no_tap(client):
    _, referral = households.notified()
    client.force_login(cast.person("sara"))

    answer = client.get(reverse("case", kwargs={"pk": referral.pk}))

    assert answer.context["next_action"].name == "assess_protection"
    assert answer.context["next_action"].tap is None
