"""`bin/proof`: run every part in a process of its own, one for each core, and print one page.

    bin/proof [--seed N] [--share 0.1] [--parts cells,mutants] [--out proof.json]

`--share` is how much of each aim to reach: 1 takes hours, 0.01 a few minutes.
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any

from tests.proof import PARTS

ROOT = Path(__file__).resolve().parents[2]
SHOWN = 12  # failures of a part on the page; the JSON has all


def main() -> int:
    asked = _arguments()
    # Of the tree that the parts read, should somebody commit meanwhile.
    began, commit = monotonic(), _commit()
    run = partial(_run, seed=asked.seed, share=asked.share)
    names = asked.parts.split(",") if asked.parts else list(PARTS)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = dict(zip(names, pool.map(run, names), strict=True))
    report = {
        "made_at": datetime.now().astimezone().isoformat(timespec="seconds"),
        "seed": asked.seed,
        "share": asked.share,
        "commit": commit,
        "seconds": round(monotonic() - began),
        "parts": found,
        "failures": sum(len(part["failures"]) for part in found.values()),
    }
    if asked.out:
        asked.out.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    sys.stdout.write(page(report) + "\n")
    return int(report["failures"] > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/proof", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--share", type=float, default=1.0, help="how much of each aim to reach")
    parser.add_argument("--parts", default="", help=f"some of {','.join(PARTS)}")
    parser.add_argument("--out", type=Path, default=Path("proof.json"), help="where the JSON goes")
    return parser.parse_args()


def _run(name: str, *, seed: int, share: float) -> dict[str, Any]:
    """One part in its own process; a part that falls over has failed."""
    began = monotonic()
    kept = {key: value for key, value in os.environ.items() if not key.startswith("KRONOBERG_")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.proof.part", name, str(seed), str(share)],
        cwd=ROOT, env=kept | {"KRONOBERG_DEMO": "1"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        found = {"counts": {}, "notes": {}, "failures": [f"fell over: {done.stderr[-600:]}"]}
    return found | {"aim": PARTS[name], "seconds": round(monotonic() - began)}


def _commit() -> str:
    asked = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "none"


def page(report: dict[str, Any]) -> str:
    """The report on one page: what was aimed at, what was reached, what failed."""
    lines = [
        f"Proof of {report['commit']}, seed {report['seed']}, {report['share']:.0%} of each aim, "
        f"{report['seconds']} s",
        "",
        f"{'part':<12} {'aim':>30} {'reached':>10} {'failures':>9} {'seconds':>8}",
    ]
    for name, part in report["parts"].items():
        for what, aim in part["aim"].items():
            reached = part["counts"].get(what, 0)
            lines.append(
                f"{name:<12} {f'{aim} {what}':>30} {reached:>10} "
                f"{len(part['failures']):>9} {part['seconds']:>8}"
            )
    for name, part in report["parts"].items():
        more = {key: n for key, n in part["counts"].items() if key not in part["aim"]}
        told = [f"{key} {value}" for key, value in (more | part["notes"]).items()]
        lines += ["", f"{name}: {', '.join(told)}"] if told else []
        lines += [f"  FAILED {failure}" for failure in part["failures"][:SHOWN]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
