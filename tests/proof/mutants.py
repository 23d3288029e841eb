"""Incidents of other systems as small changes of our code: each must turn the suite red.

Each is applied to a copy of the tree, where the tests named beside it are run. A mutant that they
do not notice has survived, and a test that fails without any mutant proves nothing, so all of them
are run on the unchanged copy first.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.proof.incidents import MUTANTS, ROOT, Mutant
from tests.proof.outcome import Outcome

COPIED = ("cases", "kronoberg", "notices", "templates", "tests", "manage.py", "pyproject.toml")
# What the tests read beside the code.
LINKED = ("docs", "requirements", "bin", "bench", "README.md", "CHANGELOG.md", ".ci", ".venv")
PASSED, FAILED = 0, 1


def prove(*, seed: int, share: float) -> Outcome:
    found = Outcome()
    tried = MUTANTS[: max(1, int(len(MUTANTS) * share))]
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "copy"
        copy.mkdir()
        _copy(copy)
        unchanged = _run(sorted({test for mutant in tried for test in mutant.tests_to_run()}), copy)
        found.claim(unchanged == PASSED, f"unchanged: pytest ended with {unchanged}")
        for mutant in tried:
            _try(mutant, copy, found)
    return found


def _copy(copy: Path) -> None:
    for name in COPIED:
        there = ROOT / name
        if there.is_dir():
            shutil.copytree(there, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(there, copy / name)
    for name in LINKED:
        if (ROOT / name).exists():
            (copy / name).symlink_to(ROOT / name)


def _try(mutant: Mutant, copy: Path, found: Outcome) -> None:
    path = copy / mutant.file
    whole = path.read_text(encoding="utf-8")
    what = f"{mutant.number} {mutant.incident}"
    if whole.count(mutant.text) != 1:
        found.failures.append(f"{what}: its place in {mutant.file} is gone")
        return
    path.write_text(whole.replace(mutant.text, mutant.becomes), encoding="utf-8")
    ended = _run(mutant.tests_to_run(), copy)
    path.write_text(whole, encoding="utf-8")
    if ended == PASSED:
        found.failures.append(f"{what}: survived {mutant.tests}")
    elif ended != FAILED:
        # No test was asked: the code does not even start, which no incident would look like.
        found.failures.append(f"{what}: pytest ended with {ended}")
    else:
        found.count("mutants killed")


def _run(tests: list[str], copy: Path) -> int:
    """How pytest ends on these tests, at the first failure."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KRONOBERG_")}
    asked = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:randomly", *tests]
    done = subprocess.run(
        asked, cwd=copy, env=kept | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True,
        check=False,
    )  # fmt: skip
    return done.returncode
