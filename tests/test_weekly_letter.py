"""The letter of the week, and the beat that sends it: no week is lost and none is sent twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend

from cases import reminders
from cases.models import (
    Organisation,
    WeeklyDigest,
)
from kronoberg import digest
from kronoberg.celery import app
from tests import cast, test_reminders
from tests.factories import make_referral
from tests.test_absences import away, owner
from tests.test_reminders import DAY, HERE, levels

winter = test_reminders.winter
MONDAY = datetime(2026, 3, 9, 7, tzinfo=HERE)


@pytest.fixture
def waiting(winter):
    Organisation.objects.update(email="")
    Organisation.objects.filter(pk=cast.person("sara").organisation_id).update(
        email="enheten@example.org"
    )
    reminders.sweep(at=MONDAY)


def test_each_unit_gets_one_letter_a_week_with_a_link_and_nothing_personal(waiting):
    assert digest.sweep(at=MONDAY) == 1
    assert digest.sweep(at=MONDAY + 3 * DAY) == 0
    assert digest.sweep(at=MONDAY + 7 * DAY) == 1

    first, second = mail.outbox
    assert first.to == second.to == ["enheten@example.org"]
    assert "/arbetslista/?vy=paminda" in first.body
    assert "R-2026" not in f"{first.body}{first.subject}"
    assert not any(character.isdigit() for character in str(first.subject))


def test_weeks_that_were_missed_are_one_letter_and_a_row_each_that_says_so(waiting):
    digest.sweep(at=MONDAY - 7 * DAY)
    mail.outbox.clear()
    WeeklyDigest.objects.update(state="waiting")

    assert digest.sweep(at=MONDAY + 14 * DAY) == 1

    assert len(mail.outbox) == 1
    assert [row.state for row in WeeklyDigest.objects.all()] == ["passed", "sent"]


def test_a_letter_that_could_not_leave_waits_for_the_next_hour(waiting, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert digest.sweep(at=MONDAY) == 0

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert digest.sweep(at=MONDAY + timedelta(hours=1)) == 1


class Killed(BaseException):
    """The process is gone: nothing catches it."""


class DyingBackend(LocmemBackend):
    """A mail server whose client is killed, before or after the mail has left."""

    has_left = False

    def send_messages(self, messages: Any) -> int:
        if self.has_left:
            super().send_messages(messages)
        raise Killed


class DyingAfterwards(DyingBackend):
    has_left = True


class BusyBackend(LocmemBackend):
    """While the mail leaves, another worker sweeps."""

    def send_messages(self, messages: Any) -> int:
        assert digest.sweep(at=MONDAY + timedelta(seconds=1)) == 0
        return super().send_messages(messages)


def via(backend: type) -> str:
    return f"{__name__}.{backend.__name__}"


@pytest.mark.parametrize(("backend", "n_mails"), [(DyingBackend, 1), (DyingAfterwards, 2)])
def test_a_killed_sweep_loses_no_letter_of_the_week(waiting, settings, backend, n_mails):
    settings.EMAIL_BACKEND = via(backend)
    with pytest.raises(Killed):
        digest.sweep(at=MONDAY)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert digest.sweep(at=MONDAY + timedelta(minutes=5)) == 0
    assert digest.sweep(at=MONDAY + timedelta(hours=1)) == 1
    assert digest.sweep(at=MONDAY + timedelta(hours=2)) == 0

    # What may leave twice is the same letter to every mail system on the way.
    assert len(mail.outbox) == n_mails
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1


def test_two_sweeps_at_once_send_one_letter(waiting, settings):
    settings.EMAIL_BACKEND = via(BusyBackend)

    assert digest.sweep(at=MONDAY) == 1
    assert len(mail.outbox) == 1


# The beat ----------------------------------------------------------------------------------------


def run(name: str) -> None:
    # As a worker does when it starts: what it does not find it cannot run.
    app.loader.import_default_modules()
    app.tasks[name].apply(throw=True)


@pytest.mark.parametrize("entry", app.conf.beat_schedule)
def test_every_task_that_the_beat_names_can_be_run(entry: str):
    run(app.conf.beat_schedule[entry]["task"])


def test_the_beat_s_own_tasks_raise_hand_over_and_send():
    with time_machine.travel(MONDAY - 10 * DAY, tick=False):
        case = make_referral("preliminary_assessment")
    Organisation.objects.filter(pk=case.organisation_id).update(email="enheten@example.org")
    away("sara", "hanna", (MONDAY + 8 * DAY).date(), (MONDAY + 8 * DAY).date())

    with time_machine.travel(MONDAY + 8 * DAY, tick=False):
        run("kronoberg.tasks.follow_the_time")
        run("kronoberg.tasks.send_digests")

    assert owner(case) == cast.person("hanna")
    assert levels(case, "preliminary_assessment") == {"owner", "head"}
    assert [message.to for message in mail.outbox] == [["enheten@example.org"]]


def test_before_the_morning_of_monday_nothing_is_sent(waiting):
    assert digest.sweep(at=datetime(2026, 3, 9, 5, 59, tzinfo=HERE)) == 0
