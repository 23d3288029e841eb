"""A whole installation as real processes, and somebody who uses it through a real browser.

Its own database, keys, broker folder, web server and worker: nothing is shared with the rest of
the suite, nothing is in process, and everything is stopped at the end.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Installation:
    """The product, set up in a folder and started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
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
def running(folder: Path, *, n_cases: int):
    """An installation with invented cases, a web server and a worker; stopped afterwards."""
    house = Installation(folder)
    with _database(house):
        house.manage("make_keys")
        house.manage("migrate", "--verbosity=0")
        house.manage("seed_demo", f"--cases={n_cases}")
        web = house.start(
            BIN / "gunicorn", "--workers=2", f"--bind=127.0.0.1:{house.port}", "kronoberg.wsgi"
        )
        house.start_worker()
        try:
            _wait_for(f"{house.address}/livez")
            yield house
        finally:
            house.stop_worker()
            web.terminate()
            web.wait()


@contextmanager
def _database(house: Installation):
    """SQLite in the folder, or a database of its own on the server that the suite uses."""
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        house.environment.pop("DATABASE_URL", None)
        yield
        return
    name = f"kronoberg_browser_{os.getpid()}"
    keys = ("HOST", "PORT", "USER", "PASSWORD")
    host, port, user, password = (str(database.get(key) or "") for key in keys)
    server = {
        "host": host or None,
        "port": port or None,
        "user": user or None,
        "password": password or None,
    }
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        where = f"{user}{':' + password if password else ''}@{host}{':' + port if port else ''}"
        house.environment["DATABASE_URL"] = f"postgres://{where}/{name}"
        try:
            yield
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, seconds: int = 40) -> None:
    for _ in range(seconds * 5):
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise TimeoutError(url)


class Visitor:
    """Somebody at a screen: logs in, presses, fills in, reads. Every page is checked on the way."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.faults: list[str] = []
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

    def fetches(self, path: str) -> bytes:
        answer = self.page.request.get(self.address + path)
        assert answer.status == 200, f"{path}: {answer.status}"
        return answer.body()

    def status_of(self, path: str) -> int:
        return self.page.request.get(self.address + path).status

    def reads(self, *texts: str) -> "Visitor":
        body = self.page.locator("body").inner_text()
        for text in texts:
            assert text in body, f"{text!r} is not on {self.page.url}:\n{body}"
        return self

    def does_not_read(self, *texts: str) -> "Visitor":
        body = self.page.content()
        for text in texts:
            assert text not in body, f"{text!r} is on {self.page.url}"
        return self

    def looks(self) -> "Visitor":
        """The page is whole: no server error, no script or policy fault, nothing axe finds."""
        self.page.wait_for_load_state()
        assert "Något gick fel" not in self.page.title(), self.page.url
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
        assert found.violations_count == 0, found.generate_report()
        assert self.faults == []
        return self
