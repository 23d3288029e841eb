"""Letters that wait: rendered once, whatever happens to whoever renders them."""

import base64
import json
import logging
import os
import signal
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from notices import engine, leases, letters, outbox, rendering, samples, tasks
from notices.models import Document, Letter
from tests import cast, installation
from tests.installation import LETTERS, WORK, query, run, start, states, stop, until

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _letters_can_be_made_here():
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the DejaVu fonts are missing")


def waiting(facts: letters.Letter | None = None, **columns: Any) -> Letter:
    """A letter that waits; each is a minute younger than the one before."""
    omar = cast.person("omar")
    letter = outbox.queue(
        "L5",
        facts or samples.acknowledgement(),
        owner=omar.organisation,
        case_id=uuid4(),
        addressee="polisen",
        by=omar,
        at=timezone.now() + Letter.objects.count() * MINUTE,
    )
    for column, value in columns.items():
        setattr(letter, column, value)
    letter.save()
    return letter


def claim() -> Letter | None:
    return leases.claim(Letter.objects.filter(state="queued").order_by("queued_at"))


def unprintable() -> letters.Letter:
    return replace(samples.acknowledgement(), receipt_id="Q-\N{SNOWMAN WITHOUT SNOW}𓀀")


def fresh(letter: Letter) -> Letter:
    return Letter.objects.get(pk=letter.pk)


# Claims ---------------------------------------------------------------------------------------


def test_the_letter_that_has_waited_longest_is_claimed_first():
    first, second = waiting(), waiting()

    assert claim() == first
    assert claim() == second
    assert claim() is None


def test_a_living_worker_s_letter_is_left_alone_and_a_dead_one_s_is_taken_over():
    letter = waiting()
    claim()
    assert claim() is None

    Letter.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert claim() == letter
    again = fresh(letter)
    assert again.attempts == 2
    assert again.leased_until is not None
    assert again.leased_until > timezone.now() + MINUTE


def test_neither_a_ready_nor_a_failed_letter_is_claimed():
    waiting(state="ready", pdf_sha256="0" * 64)
    waiting(state="failed")

    assert claim() is None


# Rendering ------------------------------------------------------------------------------------


def test_a_letter_is_made_once_however_often_the_queue_is_swept():
    letter = waiting()

    assert [outbox.render_waiting(), outbox.render_waiting()] == [1, 0]

    assert fresh(letter).state == "ready"
    assert Document.objects.count() == 1


@pytest.fixture
def _woken_works_at_once():
    conf = tasks.render_waiting_letters.app.conf
    conf.task_always_eager = True
    yield
    conf.task_always_eager = False


@pytest.mark.usefixtures("_woken_works_at_once")
@pytest.mark.parametrize(("long_queue", "left"), [(1, 0), (20, 2)])
def test_a_long_queue_wakes_a_worker_for_every_other_core(monkeypatch, long_queue, left):
    monkeypatch.setattr(tasks, "LONG_QUEUE", long_queue)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    queued = [waiting(), waiting()]

    # Whoever is woken here works before the one that woke them.
    assert tasks.render_waiting_letters() == left
    assert {fresh(letter).state for letter in queued} == {"ready"}


@pytest.mark.usefixtures("_woken_works_at_once")
def test_a_round_that_ends_with_letters_left_wakes_the_next(monkeypatch):
    # Half a minute passes at each look at the clock: a round is over after one letter.
    clock = count(step=30)
    monkeypatch.setattr(leases, "monotonic", lambda: next(clock))
    queued = [waiting(), waiting(), waiting()]

    assert tasks.render_waiting_letters() == 1

    assert {fresh(letter).state for letter in queued} == {"ready"}


def test_a_worker_that_tells_what_it_does_tells_no_step_of_the_drawing(caplog):
    caplog.set_level(logging.INFO)
    engine.engine.cache_clear()
    waiting()

    outbox.render_waiting()

    assert {each.name for each in caplog.records if each.levelno < logging.WARNING} == set()


def test_a_worker_that_comes_late_changes_nothing():
    letter = waiting()
    late = claim()
    assert late is not None
    Letter.objects.update(leased_until=None)
    outbox.render_waiting()
    made = (fresh(letter).rendered_at, fresh(letter).pdf_sha256)

    outbox.render(late)

    assert (fresh(letter).rendered_at, fresh(letter).pdf_sha256) == made
    assert Document.objects.count() == 1


def test_the_same_facts_make_the_same_bytes_in_another_letter():
    one, other = waiting(), waiting()

    outbox.render_waiting()

    assert fresh(one).pdf_sha256 == fresh(other).pdf_sha256 != ""


def test_a_letter_that_cannot_be_printed_fails_with_its_reason_and_the_queue_goes_on():
    bad, good = waiting(unprintable()), waiting()

    assert outbox.render_waiting() == 1

    assert fresh(bad).state == "failed"
    assert "Typsnittet saknar" in fresh(bad).failure
    assert fresh(good).state == "ready"


def test_an_unexpected_fault_is_tried_five_times_and_never_stops_the_queue():
    bad, good = waiting(facts_sha256="0" * 64), waiting()
    Letter.objects.filter(pk=bad.pk).update(code="L8")  # the facts are those of an L5

    seen = []
    for _ in range(leases.MAX_ATTEMPTS):
        outbox.render_waiting()
        seen.append(fresh(bad).state)
        Letter.objects.filter(pk=bad.pk).update(leased_until=timezone.now() - MINUTE)

    assert seen == ["queued"] * 4 + ["failed"]
    assert "oväntat fel" in fresh(bad).failure
    assert fresh(good).state == "ready"


def test_a_letter_whose_workers_die_every_time_fails_instead_of_killing_one_more():
    dead = timezone.now() - MINUTE
    fatal = waiting(attempts=leases.MAX_ATTEMPTS, leased_until=dead)
    good = waiting()

    assert outbox.render_waiting() == 1

    assert fresh(fatal).state == "failed"
    assert "avbröts" in fresh(fatal).failure
    assert fresh(good).state == "ready"


def test_the_last_attempt_of_a_living_worker_is_not_cut_short():
    letter = waiting(attempts=leases.MAX_ATTEMPTS, leased_until=timezone.now() + MINUTE)

    outbox.render_waiting()

    assert fresh(letter).state == "queued"


def test_the_queue_is_swept_in_rounds_shorter_than_the_workers_time_limit(settings):
    assert leases.ROUND.total_seconds() < settings.CELERY_TASK_SOFT_TIME_LIMIT
    assert leases.LEASE.total_seconds() > settings.CELERY_TASK_TIME_LIMIT


# Real processes -------------------------------------------------------------------------------


filled, data = installation.filled, installation.data


def once_each(data: Path) -> bool:
    """Every letter is ready and has exactly one document."""
    [(documents,)] = query(data, "SELECT COUNT(*) FROM notices_document")
    return states(data) == ["ready"] * LETTERS and documents == LETTERS


def test_letters_wait_with_the_reason_while_a_library_is_missing(data, tmp_path):
    broken = tmp_path / "broken" / "weasyprint"
    broken.mkdir(parents=True)
    broken.joinpath("__init__.py").write_text("raise OSError('cannot load library libpango')")
    path = f"{broken.parent}:{installation.ROOT}"

    run(data, "-c", WORK, PYTHONPATH=path)

    assert states(data) == ["queued"] * LETTERS
    said = query(data, "SELECT failure, attempts, leased_until FROM notices_letter "
                       "WHERE failure <> ''")  # fmt: skip
    [(failure, attempts, leased_until)] = said
    assert "libpango" in failure
    assert "apt-get install" in failure
    assert (attempts, leased_until) == (0, None)
    run(data, "-c", WORK)
    assert once_each(data)
    assert query(data, "SELECT 1 FROM notices_letter WHERE failure <> ''") == []


def test_a_worker_killed_in_the_middle_loses_no_letter_and_doubles_none(data):
    leased = "SELECT id FROM notices_letter WHERE state = 'queued' AND leased_until IS NOT NULL"
    worker = start(data, "-c", WORK)
    until(lambda: "ready" in states(data) and query(data, leased) != [])

    stop(worker, signal.SIGKILL)

    assert "queued" in states(data)
    query(data, "UPDATE notices_letter SET leased_until = '2026-01-01 00:00:00'")
    run(data, "-c", WORK)
    assert once_each(data)


NUDGE = """
import django
django.setup()
from notices import tasks
tasks.render_waiting_letters.delay()
"""


def test_letters_made_while_no_worker_runs_are_there_when_one_starts(data):
    assert states(data) == ["queued"] * LETTERS
    run(data, "-c", NUDGE)
    messages = [path.read_text() for path in (data / "broker").rglob("*.msg")]

    command = ("-m", "celery", "-A", "kronoberg", "worker", "--pool", "solo", "--without-mingle")
    worker = start(data, *command, "--without-gossip", "--without-heartbeat")
    try:
        until(lambda: once_each(data))
    finally:
        stop(worker, signal.SIGKILL)  # its own goodbye takes four seconds

    assert messages != []
    for message in map(json.loads, messages):
        arguments, named, _ = json.loads(base64.b64decode(message["body"]))
        assert (arguments, named) == ([], {})
        assert message["headers"]["argsrepr"] == "()"
    secrets = (*samples.ANNAS_SECRETS, "Elsa", "Omar", "K-2026")
    broker = b"".join(path.read_bytes() for path in (data / "broker").rglob("*") if path.is_file())
    assert [secret for secret in secrets if secret.encode() in broker] == []
