"""The key of the personal data is changed while others write, and whoever changes it is killed.

An installation of its own, on SQLite or on the server that `DATABASE_URL` names. Real processes
keep creating and changing sealed rows through the product's own steps (`rotation_work`); beside
them `manage.py rotate_keys` is killed at random moments and started again until it ends, and the
older key is put aside while they go on. At the end the older keys are destroyed, every sealed
field of every row is opened, and what it says is compared with what was last written (R49).
"""

import json
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from time import sleep
from typing import Any
from uuid import uuid4

from tests import installation, migrated, server
from tests.proof import PARTS
from tests.proof.outcome import Outcome

AIM = PARTS["rotation"]
WRITERS = 3
CASES = 300
BATCHES = ("5", "20", "60")
# Seconds after the first line within which a run is killed; a fifth before it, a tenth never.
REACH = 1.5
# What the writers read lives for less than this; a page may live for a minute.
WAIT = "--wait=5"
PATIENCE = 600

Told = dict[str, dict[str, str] | None]


class House:
    """The installation, and the processes in it."""

    def __init__(self, data: Path, **more: str) -> None:
        self.data, self.more = data, more | {"KRONOBERG_DEMO": "1", "PYTHONUNBUFFERED": "1"}

    def start(self, *command: str) -> subprocess.Popen[str]:
        return installation.start(self.data, *command, **self.more)

    def run(self, *command: str) -> tuple[int, str, str]:
        process = self.start(*command)
        said, complaints = process.communicate(timeout=PATIENCE)
        return process.returncode, said, complaints

    def sure(self, *command: str) -> str:
        code, said, complaints = self.run(*command)
        if code:
            raise RuntimeError(f"{command}: {complaints[-1500:]}")
        return said

    def work(self, *command: str) -> str:
        return self.sure("-m", "tests.proof.rotation_work", *command)


def prove(*, seed: int, share: float) -> Outcome:
    found, random = Outcome(), Random(seed)
    with house() as at:
        at.work("fill", str(seed), str(CASES))
        writers = [
            at.start("-m", "tests.proof.rotation_work", "write", str(n), str(seed + n))
            for n in range(WRITERS)
        ]
        try:
            aim = max(1, int(AIM["kills"] * share))
            while found.counts.get("kills", 0) < aim:
                _rotate(at, random, found, aim)
        finally:
            (at.data / "stop").touch()
            told = [_ended(writer, found) for writer in writers]
        # What was written by the last key but one while that was being put aside.
        at.sure("manage.py", "rotate_keys")
        at.sure("manage.py", "rotate_keys", "--retire", WAIT)
        shutil.rmtree(at.data / "keys" / "retired")
        _compare(at, told, found)
    return found


@contextmanager
def house() -> Iterator[House]:
    """An installation with tables and keys and nothing else, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="kronoberg-rotation-") as folder:
        data = Path(folder, "data")
        data.mkdir()
        if server.is_used():
            with server.database(f"rotation_{uuid4().hex[:8]}") as address:
                at = House(data, DATABASE_URL=address)
                at.sure("manage.py", "make_keys")
                yield at
            return
        migrated.lay_in(data, Path(tempfile.gettempdir()))
        at = House(data)
        at.sure("manage.py", "make_keys")
        yield at


def _rotate(at: House, random: Random, found: Outcome, aim: int) -> None:
    """One change of the key, from the new key to the older one put aside."""
    sealed = int(at.work("count"))
    while not _run_or_kill(at, random, found, aim):
        pass
    for _ in range(10):
        code, _said, complaints = at.run("manage.py", "rotate_keys", "--retire", WAIT)
        if code == 0:
            found.count("rotations")
            found.count("rows rotated", sealed)
            return
        # Somebody wrote by the older key in between: the command says what to do.
        found.count("told to go on")
        if "run rotate_keys" not in complaints:
            break
        while not _run_or_kill(at, random, found, aim):
            pass
    found.failures.append(f"the older key could not be put aside: {complaints[-600:]}")


def _run_or_kill(at: House, random: Random, found: Outcome, aim: int) -> bool:
    """Start it, and kill it at a moment that chance names; True when it ended by itself."""
    process = at.start("manage.py", "rotate_keys", f"--batch={random.choice(BATCHES)}")
    fate = random.random() if found.counts.get("kills", 0) < aim else 1
    if fate > 0.2 and process.stdout:
        process.stdout.readline()
    if fate < 0.9:
        sleep(random.uniform(0, REACH))
        process.send_signal(signal.SIGKILL)
    _, complaints = process.communicate(timeout=PATIENCE)
    if process.returncode == -signal.SIGKILL:
        found.count("kills")
        return False
    if process.returncode:
        # Cut off by something else than us: whoever runs it would have to run it again.
        found.count("fell over")
        found.failures.append(f"rotate_keys fell over: {complaints[-600:]}")
        return found.counts["fell over"] > 20
    return True


def _ended(writer: subprocess.Popen[str], found: Outcome) -> Told:
    """What a writer had last written where, and what went wrong for it."""
    said, complaints = writer.communicate(timeout=PATIENCE)
    if writer.returncode:
        found.failures.append(f"a writer fell over: {complaints[-1500:]}")
        return {}
    report: dict[str, Any] = json.loads(said.splitlines()[-1])
    for what, n in report["counts"].items():
        found.count(what, n)
    found.failures += report["failures"]
    told: Told = report["told"]
    return told


def _compare(at: House, told: list[Told], found: Outcome) -> None:
    """Everything is opened, by a process that has the last key alone."""
    stands: dict[str, Any] = json.loads(at.work("read"))
    before: Told = json.loads((at.data / "before.json").read_text())
    found.count("unreadable", len(stands["unreadable"]))
    found.failures += [f"unreadable: {where}" for where in stands["unreadable"]]
    found.count("fields read", sum(len(fields) for fields in stands["rows"].values()))
    differences = different(expected(before, told), stands["rows"])
    found.count("rows compared", len(stands["rows"]))
    found.count("rows that differ", len(differences))
    found.failures += differences
    code, said, complaints = at.run("manage.py", "verify_journal")
    found.claim(code == 0, f"the logs do not verify: {said[-300:]}{complaints[-300:]}")
    found.notes["database"] = "PostgreSQL" if server.is_used() else "SQLite"


def expected(before: Told, told: list[Told]) -> Told:
    """What each row should say: what was last written there, and else what stood there first."""
    last: Told = dict(before)
    for each in told:
        for row, fields in each.items():
            last[row] = None if fields is None else (last.get(row) or {}) | fields
    return last


def different(wanted: Told, stands: dict[str, dict[str, str]]) -> list[str]:
    """Each field that says another thing than what was last written, and each row that is lost."""
    found = []
    for row, fields in wanted.items():
        if fields is None:
            found += [f"{row} was removed and is there"] * (row in stands)
        elif row not in stands:
            found.append(f"{row} is lost")
        else:
            wrong = [name for name, text in fields.items() if stands[row].get(name) != text]
            found += [f"{row} {name} does not say what was last written" for name in wrong]
    return found
