"""What a whole installation leaves behind on its disk, read byte by byte for every canary.

Its keys are changed once and it is swept, as in a year of running. And somebody searches for people
of other units and for nobody: the time of the answer tells nothing.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.proof.outcome import Outcome

ROOT = Path(__file__).resolve().parents[2]
CASES = 60
PAIRS = 4000
# 0.5 is chance alone; so many pairs of one kind differ by less than this when nothing is told.
TELLS_NOTHING = 0.55


def prove(*, seed: int, share: float) -> Outcome:
    found = Outcome()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "data").mkdir()
        canaries = folder / "canaries.json"
        _manage(folder, "make_keys")
        _manage(folder, "migrate", "--verbosity=0")
        _manage(folder, "seed_demo", f"--seed={seed}", f"--cases={CASES}", f"--canaries={canaries}")
        _manage(folder, "rotate_keys")
        _manage(folder, "sweep")
        told = _manage(folder, "prove", str(canaries), f"--pairs={max(50, int(PAIRS * share))}")
    report: dict[str, Any] = json.loads(told)
    found.count("bytes read", report["bytes_read"])
    found.count("canaries planted", report["canaries_planted"])
    found.failures += [f"a canary lies open: {where}" for where in report["canaries_found"]]
    timing = report["search_timing"]
    found.claim(timing["auc"] < TELLS_NOTHING, f"the time of a search tells: {timing}")
    found.notes["search times"] = timing
    return found


def _manage(folder: Path, *command: str) -> str:
    own = {
        "KRONOBERG_DATA": str(folder / "data"),
        "KRONOBERG_KEYS": str(folder / "keys"),
        "KRONOBERG_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "kronoberg.settings",
    }
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env=kept | own, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr[-600:]}{done.stdout[-600:]}")
    return done.stdout
