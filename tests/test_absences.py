"""Who has the clocks while somebody is away: nothing is owned by nobody."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases import absences, access, reminders
from cases.models import (
    Absence,
    Cover,
    JournalEntry,
    Referral,
    User,
)
from cases.workflow import perform
from tests import cast
from tests.factories import make_referral
from tests.test_reminders import DAY


def away(who: str, substitute: str, first: date, last: date) -> Absence:
    return Absence.objects.create(
        absent=cast.person(who), substitute=cast.person(substitute), first_day=first,
        last_day=last, made_by=cast.person("hanna"), made_at=timezone.now(),
    )  # fmt: skip


def owner(case):
    return type(case).objects.get(pk=case.pk).owner


def test_the_clocks_follow_to_the_substitute_and_come_back():
    case, today = make_referral("preliminary_assessment"), timezone.localdate()
    away("sara", "hanna", today + DAY, today + 3 * DAY)
    now = timezone.now()

    moves = [(absences.sweep(at=now + days * DAY), owner(case).username) for days in range(6)]

    assert moves == [
        (0, "sara"),
        (1, "hanna"),
        (0, "hanna"),
        (0, "hanna"),
        (1, "sara"),
        (0, "sara"),
    ]
    steps = JournalEntry.objects.filter(case_id=case.pk, action="cover")
    assert [step.actor.role for step in steps] == ["service", "service"]


def test_missed_nights_move_the_same_cases():
    case, today = make_referral("preliminary_assessment"), timezone.localdate()
    away("sara", "hanna", today, today + 1 * DAY)

    absences.sweep(at=timezone.now())
    absences.sweep(at=timezone.now() + 20 * DAY)

    assert owner(case) == cast.person("sara")
    assert Cover.objects.filter(returned_at=None).count() == 0


def test_what_went_on_to_somebody_else_stays_there():
    case, today = make_referral("preliminary_assessment"), timezone.localdate()
    away("sara", "hanna", today, today)
    absences.sweep(at=timezone.now())
    tom = access.enrol(
        User.objects.create(
            username="tom", name="Tom", role="social_worker", organisation=case.organisation
        )
    )
    perform(Referral.objects.get(pk=case.pk), "assign", by=cast.person("hanna"), owner=tom)

    absences.sweep(at=timezone.now() + 2 * DAY)

    assert owner(case) == tom


def test_when_the_substitute_is_away_too_the_next_in_the_chain_has_it():
    case, today = make_referral("preliminary_assessment"), timezone.localdate()
    tom = User.objects.create(
        username="tom", name="Tom", role="social_worker", organisation=case.organisation
    )
    away("sara", "tom", today, today + DAY)
    away("tom", "hanna", today, today + DAY)

    absences.sweep(at=timezone.now())

    assert owner(case) == cast.person("hanna")
    assert absences.stand_in(tom, on=today) == cast.person("hanna")


def test_two_who_stand_in_for_each_other_leave_it_to_the_head():
    case, today = make_referral("preliminary_assessment"), timezone.localdate()
    User.objects.create(
        username="tom", name="Tom", role="social_worker", organisation=case.organisation
    )
    away("sara", "tom", today, today + DAY)
    away("tom", "sara", today, today + DAY)

    absences.sweep(at=timezone.now())

    assert owner(case) == cast.person("hanna")


def test_whoever_has_left_owns_nothing():
    case = make_referral("preliminary_assessment")
    User.objects.filter(username="sara").update(is_active=False)

    absences.sweep(at=timezone.now())

    assert owner(case) == cast.person("hanna")


def left_alone():
    """A case whose owner has left, in a unit that nobody leads."""
    case = make_referral("preliminary_assessment")
    unit = case.organisation
    access.enrol(User.objects.create(username="tom", name="Tom", role="social_worker",
                                     organisation=unit))  # fmt: skip
    User.objects.filter(username__in=("sara", "hanna")).update(is_active=False)
    absences.sweep(at=timezone.now())
    assert owner(case).username == "sara"
    return case


def test_what_somebody_who_has_left_owns_stands_under_nobody_s_and_can_be_taken(client):
    case = left_alone()
    client.force_login(User.objects.get(username="tom"))

    for asked in ("vy=utan-handlaggare", "handlaggare=ingen"):
        rows = client.get(f"{reverse('worklist')}?{asked}").context["rows"]
        assert [row.reference for row in rows] == [case.reference]
    tom = User.objects.get(username="tom")
    assert perform(Referral.objects.get(pk=case.pk), "take", by=tom).owner == tom


def test_in_a_unit_that_nobody_leads_everybody_sees_what_the_head_would(client):
    case = left_alone()
    with time_machine.travel(case.decide_before + 4 * DAY, tick=False):
        reminders.sweep(at=timezone.now())
        client.force_login(User.objects.get(username="tom"))
        page = client.get(f"{reverse('worklist')}?vy=paminda")

    assert [row.reference for row in page.context["rows"]] == [case.reference]
    assert "saknar chef" in page.content.decode()


def test_a_unit_that_is_led_hears_nothing_of_it(client):
    client.force_login(cast.person("sara"))

    assert "saknar chef" not in client.get(reverse("worklist")).content.decode()


def test_nobody_who_is_away_is_given_a_case(client):
    today = timezone.localdate()
    away("sara", "hanna", today, today)
    case = make_referral("received")
    client.force_login(cast.person("ines"))

    page = client.get(reverse("step", kwargs={"pk": case.pk, "action": "assign"}))

    offered = {user.username for user in page.context["form"].fields["owner"].queryset}
    assert offered == {"hanna"}


def entered(client, who, absent, substitute, days=3):
    client.force_login(cast.person(who))
    today = timezone.localdate()
    posted = {
        "absent": str(cast.person(absent).pk), "substitute": str(cast.person(substitute).pk),
        "first_day": str(today), "last_day": str(today + days * DAY),
    }  # fmt: skip
    return client.post(reverse("absences"), posted)


@pytest.mark.parametrize(
    ("who", "absent", "status"),
    [("sara", "sara", 302), ("hanna", "sara", 302), ("sara", "hanna", 422)],
)
def test_ones_own_absence_is_entered_by_oneself_or_by_whoever_assigns(client, who, absent, status):
    other = "hanna" if absent == "sara" else "sara"

    assert entered(client, who, absent, other).status_code == status


def test_an_absence_entered_today_moves_the_cases_at_once_and_can_be_ended(client):
    case = make_referral("preliminary_assessment")
    entered(client, "hanna", "sara", "hanna")
    assert owner(case) == cast.person("hanna")
    assert entered(client, "hanna", "sara", "hanna").status_code == 422

    client.post(reverse("absences"), {"end": str(Absence.objects.get().pk)})

    assert owner(case) == cast.person("sara")


@pytest.mark.parametrize("who", ["alva", "sara"])
def test_somebody_else_s_absence_is_not_ones_own_to_end(client, who):
    today = timezone.localdate()
    absence = away("hanna", "sara", today, today)
    client.force_login(cast.person(who))

    client.post(reverse("absences"), {"end": str(absence.pk)})

    absence.refresh_from_db()
    assert absence.ended_at is None


def test_one_case_that_moves_is_one_in_words(client):
    make_referral("preliminary_assessment")
    entered(client, "hanna", "sara", "hanna")

    page = client.get(reverse("absences")).content.decode()

    assert "1 ärende bytte handläggare nu." in page
