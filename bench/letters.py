#!/usr/bin/env python
"""How fast letters are made: WeasyPrint called plainly for each, against our way, in one run.

    .venv/bin/python bench/letters.py [--letters 40] [--pile 120] [--rounds 3]

One core: both sides make the same letters to different people, from the same HTML, styles and
fonts, as PDF/UA-1, in turn; the medians in seconds of one core and the ratio pair by pair. Some of
each kind are compared as pixels (pdftoppm from poppler-utils).

Two cores: the product itself. A pile of letters is queued in a throw-away database (SQLite, or
one of its own on DATABASE_URL) and two workers are woken, as bin/demo starts them; against the
same letters made plainly, one after the other. Ends with 1 when letters differ or a goal is missed.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time, sleep
from typing import Any
from uuid import uuid4

from throwaway import ROOT, database

CODES = ("L1", "L6", "L3", "L9")
NAMES = ("Elsa", "Omid", "Saga", "Adam", "Mirjam", "Leo", "Noor", "Åke")
COMPARED = 3
A_CORE, TWO_CORES = 2.2, 4.0
PATIENCE = 600


def letters_of(code: str, count: int) -> list[tuple[str, Any]]:
    """The same letter to different people: no two are the same text."""
    from notices import samples

    letter = replace(samples.one_of_each()[code], is_demo=False)
    made = []
    for number in range(count):
        name = NAMES[number % len(NAMES)]
        to = replace(letter.recipient, name=f"{name} Lind", street=f"Ängsvägen {number}")
        facts = {"recipient": to, "reference": f"K-2026-{number:06}", "youth_first_name": name}
        made.append((code, replace(letter, **facts)))
    return made


# The two ways ---------------------------------------------------------------------------------


def plain(html: str) -> bytes:
    """What whoever reads WeasyPrint's first page writes."""
    from weasyprint import HTML

    pdf: bytes = HTML(string=html).write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def ours(code: str, letter: Any) -> bytes:
    from notices import rendering

    return rendering.render(code, letter)


def whole(code: str, letter: Any) -> str:
    """The letter and its sheet as one HTML document with its styles in it."""
    from notices import engine, rendering, wording
    from notices.languages import SWEDISH

    shown = rendering._shown(code, letter, wording.shipped(code, "sv"), SWEDISH)
    n_pages = 1 + shown["sheets"]
    shown |= {"window": "H2", "pages": n_pages, "number": n_pages}
    own = rendering._html(f"letters/{code}.html", shown)
    if shown["sheets"]:
        sheet = rendering._html(f"letters/sheet-{wording.SHEETS[code]}.html", shown)
        body = sheet[sheet.index("<body") + len("<body") : sheet.index("</body>")]
        own = own.replace("</body>", f"<div{body}</div></body>")
    styles = engine.written(engine.STYLESHEETS)
    return own.replace("</head>", f"<style>{styles}</style></head>")


# One core -------------------------------------------------------------------------------------


def one_core(code: str, count: int) -> bool:
    """Print a line for one kind of letter; whether it is fast enough and looks the same."""
    batch = letters_of(code, count)
    wholes = [whole(*each) for each in batch]
    pairs = list(zip(wholes, batch, strict=True))
    plain(wholes[0]), ours(*batch[0])  # what is loaded once is loaded
    times = [(timed(plain, html), timed(ours, *each)) for html, each in pairs]
    alone, kept = (median(side) for side in zip(*times, strict=True))
    ratio = median(a / b for a, b in times)
    equal = sum(pixels(plain(html)) == pixels(ours(*each)) for html, each in pairs[:COMPARED])
    print(
        f"{code}: plain {alone * 1000:.0f} ms, {1 / alone:.1f}/s; ours {kept * 1000:.0f} ms, "
        f"{1 / kept:.1f}/s; ratio {ratio:.2f}; {equal} of {COMPARED} equal in every pixel",
        flush=True,
    )
    return equal == COMPARED and ratio >= A_CORE


def timed(make: Callable[..., bytes], *what: Any) -> float:
    """Seconds of one core: what the machine does beside it does not count."""
    began = process_time()
    make(*what)
    return process_time() - began


def pixels(pdf: bytes) -> list[bytes]:
    with TemporaryDirectory() as folder:
        command = ["pdftoppm", "-r", "100", "-", f"{folder}/page"]
        subprocess.run(command, input=pdf, check=True)
        return [path.read_bytes() for path in sorted(Path(folder).iterdir())]


# Two cores ------------------------------------------------------------------------------------


def two_cores(code: str, count: int, rounds: int) -> bool:
    """Print a line for a pile that the product's own workers share; whether it is fast enough."""
    batch, unit = letters_of(code, count), _unit()
    wholes = [whole(*each) for each in batch]
    with workers(2):
        made_by_workers(batch, *unit)  # what is loaded once is loaded
        ratios = []
        for _ in range(rounds):
            began = perf_counter()
            for html in wholes:
                plain(html)
            ratios.append((perf_counter() - began, made_by_workers(batch, *unit)))
    alone, shared = (count / median(side) for side in zip(*ratios, strict=True))
    ratio = median(a / b for a, b in ratios)
    print(
        f"{code}, {count} letters, two workers: plain {alone:.1f}/s in one process; ours "
        f"{shared:.1f}/s from the first message to the last row; ratio {ratio:.2f}",
        flush=True,
    )
    return ratio >= TWO_CORES


def made_by_workers(batch: list[tuple[str, Any]], unit: Any, omar: Any) -> float:
    """Queue the letters, wake a worker as a page does, and wait; the seconds to the last one."""
    from django.utils import timezone

    from notices import outbox, tasks
    from notices.models import Letter

    for code, facts in batch:
        outbox.queue(code, facts, owner=unit, case_id=uuid4(), addressee="vårdnadshavare 1",
                     by=omar, at=timezone.now())  # fmt: skip
    began, until = timezone.now(), perf_counter() + PATIENCE
    tasks.wake_worker()
    while outbox.waiting():
        if perf_counter() > until:
            raise TimeoutError(f"{outbox.waiting()} letters were not made")
        sleep(0.1)
    last = Letter.objects.latest("rendered_at").rendered_at
    return float((last - began).total_seconds())


def _unit() -> tuple[Any, Any]:
    from cases.models import Kind, Organisation, Role, User

    unit = Organisation.objects.create(kind=Kind.POLICE, authority="Polisen", name="Bench")
    omar = User.objects.create(
        username="omar", name="Omar", role=Role.YOUTH_OFFICER, organisation=unit
    )
    return unit, omar


@contextmanager
def workers(count: int) -> Iterator[None]:
    """Celery workers as bin/demo starts them, stopped in the end."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "kronoberg", "worker", "--pool", "solo",
             "--hostname", f"bench-{number}@%h", "--without-gossip", "--without-mingle",
             "--without-heartbeat"],
            cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        for number in range(count)
    ]  # fmt: skip
    try:
        yield
    finally:
        for worker in started:
            worker.terminate()
        for worker in started:
            worker.wait(timeout=60)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--letters", type=int, default=40)
    parser.add_argument("--pile", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with database():
        good = [one_core(code, asked.letters) for code in CODES]
        good.append(two_cores("L1", asked.pile, asked.rounds))
    return int(not all(good))


if __name__ == "__main__":
    sys.exit(main())
