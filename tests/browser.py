"""A whole installation as real processes, and somebody who uses it through a real browser.

Its own database, keys, broker folder, web server and worker: nothing is shared with the rest of
the suite, nothing is in process, and everything is stopped at the end.
"""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import urlopen

import psycopg
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests import migrated, server

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# What a page is built of, without its words: each kind of element with the names it carries.
BUILT_OF = """() => [...new Set([...document.querySelectorAll("*")].map(each =>
    each.tagName + "." + each.className + each.getAttributeNames().join()))].sort().join(" ")"""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Installation:
    """The product, set up in a folder and started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.web: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.environment = os.environ | {
            "KRONOBERG_DATA": str(folder),
            "KRONOBERG_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "kronoberg.settings",
        }

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start_web(self) -> None:
        self.web = self.start(
            BIN / "gunicorn", "--workers=2", f"--bind=127.0.0.1:{self.port}", "kronoberg.wsgi"
        )
        _wait_for(f"{self.address}/livez")

    def stop_web(self, how: int = signal.SIGTERM) -> None:
        if self.web:
            os.killpg(self.web.pid, how)
            self.web.wait()

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the installation's own database."""
        url = self.environment.get("DATABASE_URL")
        if url:
            with psycopg.connect(url) as connection:
                return connection.execute(sql.encode()).fetchall()
        with closing(sqlite3.connect(self.folder / "kronoberg.sqlite3")) as connection:
            return connection.execute(sql).fetchall()

    def start_worker(self) -> None:
        schedule = self.folder / "beat"
        self.worker = self.start(
            BIN / "celery", "-A", "kronoberg", "worker", "--beat", "--pool=solo",
            f"--schedule={schedule}", "--loglevel=WARNING",
        )  # fmt: skip

    def stop_worker(self) -> None:
        if self.worker:
            # Beat is a process of its own below the worker: the whole group goes.
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()

    def start(self, *command: object) -> subprocess.Popen[bytes]:
        parts = [str(part) for part in command]
        with (self.folder / f"{Path(parts[0]).name}.log").open("ab") as log:
            return subprocess.Popen(
                parts,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


@contextmanager
def launched() -> Iterator[Browser]:
    """Debian's Chromium, without a window; closed afterwards."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


@contextmanager
def running(folder: Path, *, n_cases: int, n_past: int = 0, has_worker: bool = True):
    """An installation with invented cases, a web server and a worker; stopped afterwards.

    `n_past` of the cases are long since closed: what figures are made of.
    """
    house = Installation(folder)
    with _database(house):
        house.manage("make_keys")
        house.manage("migrate", "--verbosity=0")
        house.manage("seed_demo", f"--cases={n_cases}", f"--past={n_past}")
        if has_worker:
            house.start_worker()
        try:
            house.start_web()
            yield house
        finally:
            house.stop_worker()
            house.stop_web()


@contextmanager
def _database(house: Installation):
    """SQLite in the folder, or a database of its own on the server that the suite uses."""
    if not server.is_used():
        house.environment.pop("DATABASE_URL", None)
        migrated.lay_in(house.folder, ROOT / ".pytest_cache/d/migrated")
        yield
        return
    with server.database(f"kronoberg_browser_{os.getpid()}") as address:
        house.environment["DATABASE_URL"] = address
        yield


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, seconds: int = 40) -> None:
    for _ in range(seconds * 5):
        try:
            with urlopen(url, timeout=5):
                return
        except OSError:  # not there yet, or too busy to answer
            time.sleep(0.2)
    raise TimeoutError(url)


# The text of what sticks out to the right, innermost last.
OUTSIDE = """width => [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > width + 1)
    .map(one => `<${one.tagName} ${one.className}> ${one.textContent.trim().slice(0, 60)}`)
    .slice(-4)
"""


class Visitor:
    """Somebody at a screen: logs in, presses, fills in, reads. Every page is checked on the way."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.faults: list[str] = []
        # Each route as it was built when axe examined it: nothing is examined twice.
        self.examined: set[tuple[str, str]] = set()
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def _hear(self, message) -> None:
        if message.type == "error" and "422" not in message.text:
            self.faults.append(f"{self.page.url}: {message.text}")

    def becomes(self, username: str) -> "Visitor":
        """Log in as one of the cast, by the button on the front page."""
        self.page.context.clear_cookies()
        self.page.goto(self.address + "/")
        self.page.locator(f'form:has(input[value="{username}"]) button').click()
        return self.looks()

    def goes(self, path: str) -> "Visitor":
        self.page.goto(self.address + path)
        return self.looks()

    def opens(self, text: str) -> "Visitor":
        """Follow the link whose name holds `text`."""
        self.page.get_by_role("link", name=text).first.click()
        return self.looks()

    def presses(self, text: str, *, exact: bool = False) -> "Visitor":
        self.page.get_by_role("button", name=text, exact=exact).first.click()
        return self.looks()

    def writes(self, **answers: str) -> "Visitor":
        """Fill in fields by their name in the form."""
        for name, answer in answers.items():
            self.page.locator(f'[name="{name}"]').fill(answer)
        return self

    def chooses(self, **answers: str) -> "Visitor":
        """Pick the answer with this value, by pressing its label as a thumb would."""
        for name, value in answers.items():
            box = self.page.locator(f'[name="{name}"][value="{value}"]')
            self.page.locator(f'label[for="{box.get_attribute("id")}"]').click()
        return self

    def unfolds(self) -> "Visitor":
        """Open every folded part of the page."""
        folded = self.page.locator("details:not([open]).more > summary")
        for _ in range(folded.count()):
            folded.first.click()
        return self

    def turns(self, name: str) -> "Visitor":
        """Press the box of a yes-or-no question."""
        box = self.page.locator(f'[name="{name}"]')
        self.page.locator(f'label[for="{box.get_attribute("id")}"]').click()
        return self

    def takes(self, case: str, action: str, button: str, **answers: object) -> "Visitor":
        """Open the form of a step in a case, answer it, and press the button of that name."""
        self.goes(f"{case}{action}/").unfolds()
        for name, answer in answers.items():
            if answer is True:
                self.turns(name)
            elif self.page.locator(f'[name="{name}"][value="{answer}"]').count():
                self.chooses(**{name: str(answer)})
            elif self.page.locator(f'select[name="{name}"]').count():
                self.page.locator(f'select[name="{name}"]').select_option(str(answer))
            else:
                self.writes(**{name: str(answer)})
        self.page.locator("main form").get_by_role("button", name=button).click()
        if answers.get("result") == "no_answer":
            # The ladder suggests the next call at once; its form may be a draft on the phone.
            self.page.get_by_text("Klart: du").first.wait_for()
            return self.looks().reads("Ring nu")
        self.looks()
        # What is closed is nobody's work any more: the list of what waits comes next.
        after = "/arbetslista/" if action == "close" else case
        said = self.page.locator("main").inner_text()
        assert self.page.url.endswith(after), f"{self.page.url}\n{said}"
        return self

    def links(self, start: str, *, within: str = "main a") -> list[str]:
        """The addresses on the page that begin with `start`, in order."""
        found = self.page.locator(f'{within}[href^="{start}"]' if start else within)
        return [found.nth(at).get_attribute("href") or "" for at in range(found.count())]

    def finds_letters(self, case: str, *, seconds: int = 30) -> list[str]:
        """The addresses of the case's letters, once the worker has made every one of them."""
        for _ in range(seconds * 4):
            self.page.goto(self.address + case)
            if not self.page.get_by_text("I kö", exact=True).count():
                return [link.rstrip("/") for link in self.looks().links("/brev/")]
            time.sleep(0.25)
        raise TimeoutError(f"letters of {case} are still waiting")

    def fetches(self, path: str) -> bytes:
        answer = self.page.request.get(self.address + path)
        assert answer.status == 200, f"{path}: {answer.status}"
        return answer.body()

    def status_of(self, path: str) -> int:
        return self.page.request.get(self.address + path).status

    def text(self) -> str:
        return self.page.locator("body").inner_text()

    def reads(self, *texts: str) -> "Visitor":
        body = self.text()
        for text in texts:
            assert text in body, f"{text!r} is not on {self.page.url}:\n{body}"
        return self

    def does_not_read(self, *texts: str) -> "Visitor":
        body = self.page.content()
        for text in texts:
            assert text not in body, f"{text!r} is on {self.page.url}"
        return self

    def looks(self) -> "Visitor":
        """The page is whole: no server error, no fault of script or policy, nothing axe finds,
        and nothing that sticks out of a screen of 320 px."""
        # A form of the field is sent by the phone's outbox, which opens the next page itself.
        self.page.locator("form[data-leaving]").wait_for(state="detached")
        self.page.wait_for_load_state()
        assert "Något gick fel" not in self.page.title(), self.page.url
        assert self.faults == []
        route = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", self.page.url)
        kind = (route, self.page.evaluate(BUILT_OF))
        if kind not in self.examined:
            found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
            assert found.violations_count == 0, found.generate_report()
            self.fits(320)
            self.examined.add(kind)
        return self

    def fits(self, width: int) -> None:
        """On a narrow screen, and in the widest of the fonts that a plain machine has."""
        usual = self.page.viewport_size
        assert usual is not None
        self.page.set_viewport_size({"width": width, "height": usual["height"]})
        self.page.evaluate("document.body.style.fontFamily = 'DejaVu Sans'")
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        outside = self.page.evaluate(OUTSIDE, width)
        self.page.evaluate("document.body.style.fontFamily = ''")
        self.page.set_viewport_size(usual)
        assert wide <= width, f"{self.page.url} is {wide} px wide: {outside}"
