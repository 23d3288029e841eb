"""Real processes that are killed, and what the machine lacks: no letter is lost, none is twice."""

import socket
import threading
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import OperationalError
from django.utils import timezone

from kronoberg import alarms, checks
from kronoberg import celery as our_celery
from notices import binding, editions, fonts, leases, outbox, rendering, wording
from notices.models import Document, Letter
from tests import cast, installation
from tests.installation import DIE, LETTERS, WORK, killed, query, run, start, states
from tests.test_outbox import fresh, once_each, waiting

LET_GO = "UPDATE notices_letter SET leased_until = '2026-01-01 00:00:00' WHERE state = 'queued'"
SETUP = "import django; django.setup()\nfrom notices import binding, outbox, rendering\n"


@pytest.fixture(autouse=True)
def _letters_can_be_made_here():
    if not rendering.can_render():
        pytest.skip("WeasyPrint's libraries or the DejaVu fonts are missing")


filled, data = installation.filled, installation.data


# Killed ---------------------------------------------------------------------------------------

# Where the worker is: right after the claim, in the middle of the PDF, with the PDF made, and in
# the middle of the transaction that stores it.
MOMENTS = (
    "outbox.render = die",
    "rendering._write = die",
    "outbox._store = die",
    "outbox.hashlib = SimpleNamespace(sha256=die)",
)


def test_a_worker_killed_at_any_moment_loses_no_letter_and_makes_none_twice(data):
    for n_killed, moment in enumerate(MOMENTS, start=1):
        killed(data, f"{SETUP}{DIE}from types import SimpleNamespace\n{moment}\n{WORK}")

        taken = "SELECT COUNT(*) FROM notices_letter WHERE attempts = {}"
        assert states(data) == ["queued"] * LETTERS
        assert query(data, taken.format(n_killed)) == [(1,)], moment
        assert query(data, "SELECT COUNT(*) FROM notices_document") == [(0,)]
        query(data, LET_GO)

    run(data, "-c", WORK)

    assert once_each(data)


PILE = f"""{SETUP}
from django.utils import timezone
from notices.models import Letter, Posting, PrintRun, RunItem
outbox.render_waiting()
[first, *_] = letters = list(Letter.objects.all())
unit = first.organisation
run = PrintRun.objects.create(organisation=unit, made_by=first.made_by, made_at=timezone.now())
for letter in letters:
    paper = Posting.objects.create(letter=letter, organisation=unit, address_key="x")
    RunItem.objects.create(run=run, posting=paper, n_pages=2)
"""


def test_a_worker_killed_while_it_binds_leaves_the_pile_for_the_next(data):
    run(data, "-c", PILE)
    for moment in ("binding._cover = die", "binding._store = die"):
        killed(data, f"{SETUP}{DIE}{moment}\nbinding.make_waiting()")
        assert query(data, "SELECT state FROM notices_printrun") == [("making",)]
        query(data, "UPDATE notices_printrun SET leased_until = '2026-01-01 00:00:00'")

    run(data, "-c", f"{SETUP}binding.make_waiting(); binding.make_waiting()")

    assert query(data, "SELECT state FROM notices_printrun") == [("ready",)]
    assert query(data, "SELECT COUNT(*) FROM notices_runfile") == [(1,)]
    assert query(data, "SELECT COUNT(DISTINCT first_page) FROM notices_runitem") == [(LETTERS,)]


def test_two_workers_at_once_make_each_letter_once(data):
    workers = [start(data, "-c", WORK) for _ in range(2)]

    made = [int(worker.communicate(timeout=120)[0]) for worker in workers]

    assert sum(made) == LETTERS
    assert once_each(data)


# What the machine lacks -----------------------------------------------------------------------

# Somebody else holds the database from when the PDF is made until the process ends.
LOCKED = f"""{SETUP}
import sqlite3
from django.db import connection
connection.settings_dict["OPTIONS"]["timeout"] = 0.1
other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
store = outbox._store
def lock_and_store(*args):
    other.execute("BEGIN IMMEDIATE")
    store(*args)
outbox._store = lock_and_store
print(outbox.render_waiting())
"""


def test_a_database_that_is_locked_for_a_while_loses_no_letter(data):
    assert run(data, "-c", LOCKED).strip() == "0"
    assert states(data) == ["queued"] * LETTERS

    query(data, LET_GO)
    run(data, "-c", WORK)

    assert once_each(data)


# No file may grow past this: the claim is written, the PDF is not.
FULL = f"""{SETUP}
import resource, signal
from django.db import DatabaseError
from notices.models import Letter
Letter.objects.count()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
for _ in range(8):
    try:
        outbox.render_waiting()
    except DatabaseError:
        pass
"""


def test_a_full_disk_spoils_no_letter_and_what_waits_is_made_when_there_is_room(data):
    run(data, "-c", FULL)
    assert "queued" in states(data) and "failed" not in states(data)

    query(data, LET_GO)
    run(data, "-c", WORK)

    assert once_each(data)


@pytest.mark.parametrize(
    "fault", [OperationalError("disk full"), OSError(28, "No space left on device")]
)
def test_what_the_machine_lacks_is_no_attempt_of_the_letter_s_and_somebody_is_told(
    monkeypatch, fault
):
    letter, other = waiting(), waiting()

    def fail(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(outbox, "_store", fail)
    for _ in range(leases.MAX_ATTEMPTS + 1):
        assert outbox.render_waiting() == 0

    again = fresh(letter)
    assert (again.state, again.attempts, again.leased_until) == ("queued", 0, None)
    assert again.failure == leases.MACHINE
    assert fresh(other).attempts == 0, "nor could this machine make the next one"
    Letter.objects.update(queued_at=timezone.now() - outbox.STUCK_AFTER - timedelta(seconds=1))
    assert "2 brev blev inte gjorda" in [alarm.words for alarm in alarms.of(cast.person("omar"))][0]
    monkeypatch.undo()
    assert outbox.render_waiting() == 2
    assert Document.objects.count() == 2


def test_a_letter_in_a_pile_is_not_blamed_for_a_full_disk(monkeypatch):
    item = SimpleNamespace(posting=None, posting_id=None, fault="", save=lambda **_: None)

    def fail(*_: Any, **__: Any) -> str:
        raise OperationalError("disk full")

    monkeypatch.setattr(binding, "obstacle", fail)

    with pytest.raises(OperationalError):
        binding._check(item)
    assert item.fault == ""


# The broker -----------------------------------------------------------------------------------


@contextmanager
def a_broker_that_hangs_up():
    """A port where every connection is closed at once; counts them."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        tried: list[int] = []

        def hang_up() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    tried.append(1)
                    connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        yield server.getsockname()[1], tried


PAGE = """
import django
django.setup()
from django.test import Client
from cases.models import User
from notices import handouts
omar = User.objects.get(username="omar")
order = handouts.order("<p>", title="Prov", file_name="prov.pdf", style="letter", by=omar)
client = Client(SERVER_NAME="localhost")
client.force_login(omar)
print(client.post(f"/pdf/{order.pk}/forsok-igen/").status_code)
"""


def test_a_page_that_wakes_a_worker_tries_a_broker_that_is_gone_once_and_answers(data):
    with a_broker_that_hangs_up() as (port, tried):
        said = run(data, "-c", PAGE, BROKER_URL=f"redis://127.0.0.1:{port}", KRONOBERG_DEMO="1")

    assert said.strip() == "302"
    assert len(tried) == 1
    assert query(data, "SELECT state FROM notices_handout") == [("queued",)]


# Fonts and images -----------------------------------------------------------------------------


@pytest.fixture
def _no_fonts(monkeypatch, tmp_path):
    monkeypatch.setattr(fonts, "FONT_FOLDERS", (tmp_path,))
    fonts.find.cache_clear()
    yield
    fonts.find.cache_clear()


@pytest.mark.usefixtures("_no_fonts")
def test_a_machine_without_a_font_is_told_at_start_which_package_to_install(caplog):
    [said] = [each for each in run_checks() if each.id == "kronoberg.W020"]
    assert "NotoSansEthiopic-Regular.ttf" in said.msg
    assert "fonts-noto-core" in str(said.hint)

    our_celery.NamesMissingFonts(None).start(None)

    assert "apt-get install" in caplog.text


def test_a_machine_with_every_font_is_told_nothing():
    assert checks.fonts_of_the_letters() == []
    assert our_celery.NamesMissingFonts in our_celery.app.steps["worker"]


BROKEN = "data:image/png;base64,aGVsbG8="


@pytest.mark.parametrize("style", rendering.STYLES)
def test_a_broken_image_stops_the_page_instead_of_being_left_out(style):
    with pytest.raises(rendering.Unprintable, match="går inte att läsa"):
        rendering.page(f"<title>x</title><img src='{BROKEN}' alt='x'>", style=style)


def test_a_broken_code_stops_the_letter(monkeypatch):
    monkeypatch.setattr(rendering, "_code", lambda address: BROKEN)
    rendering._kept.cache_clear()
    edition = editions.latest("L1", "sv")
    assert edition is not None

    with pytest.raises(rendering.Unprintable, match="går inte att läsa"):
        editions.preview("L1", "sv", wording.shipped("L1", "sv"), edition)


def test_a_wording_that_no_font_here_draws_stops_the_letter():
    texts = dict(wording.shipped("L1", "sv")) | {"greeting": "Hej 𓀀"}

    with pytest.raises(rendering.Unprintable, match="Typsnittet saknar: 𓀀"):
        editions.preview("L1", "sv", texts)
