"""An officer's phone in a real browser: 390 px, touch, and a net that can be taken away."""

import re
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import TimeoutError as TooLate

from cases.fictive import fictive_number
from tests.browser import Installation
from tests.net import UP, Net

NEW, KEPT = "/handelser/ny/", "/falt/"
SCREEN = {"width": 390, "height": 844}

# Everything on the phone as anybody with the phone's disk would read it.
RAW = """async () => {
    const open = indexedDB.open("kronoberg", 1);
    const base = await new Promise(done => { open.onsuccess = () => done(open.result) });
    const rows = {};
    for (const name of base.objectStoreNames) {
        const all = base.transaction(name).objectStore(name).getAll();
        rows[name] = await new Promise(done => { all.onsuccess = () => done(all.result) });
    }
    base.close();
    const plain = (_, value) => value instanceof ArrayBuffer || ArrayBuffer.isView(value)
        ? new TextDecoder("latin1").decode(value)
        : value instanceof CryptoKey ? `key extractable=${value.extractable}` : value;
    return JSON.stringify(rows, plain);
}"""
# Whose key lies here and still opens something.
HOLDER = f"""() => ({RAW})().then(rows => JSON.parse(rows).key[0])
    .then(key => key?.until > Date.now() ? key.holder : null)"""
CACHED = """async () => {
    const texts = {};
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const asked of await cache.keys()) {
            texts[new URL(asked.url).pathname] = await (await cache.match(asked)).text();
        }
    }
    return texts;
}"""
CHANGE_KEY = """async (change) => {
    const open = indexedDB.open("kronoberg", 1);
    const base = await new Promise(done => { open.onsuccess = () => done(open.result) });
    const store = base.transaction("key", "readwrite").objectStore("key");
    const got = store.get("holder");
    const row = await new Promise(done => { got.onsuccess = () => done(got.result) });
    store.put({...row, ...change});
    await new Promise(done => { store.transaction.oncomplete = done });
    base.close();
}"""
EMPTY = """async () => {
    const open = indexedDB.open("kronoberg", 1);
    const base = await new Promise(done => { open.onsuccess = () => done(open.result) });
    const transaction = base.transaction(["entries", "pages"], "readwrite");
    transaction.objectStore("entries").clear();
    transaction.objectStore("pages").clear();
    await new Promise(done => { transaction.oncomplete = done });
    base.close();
}"""

# The rows of the list: what each is about, and where it is.
ROWS = """rows => rows.map(row => ["[data-when]", "[data-state]"]
    .map(each => row.querySelector(each).innerText))"""

# Everything that can be pressed and is in view, with its size and what it says.
TARGETS = """() => [...document.querySelectorAll(
        "a, button, summary, select, textarea, label.choice, .field > input")]
    .filter(each => each.checkVisibility({visibilityProperty: true}))
    .filter(each => !each.closest(".skip, [aria-hidden=true]"))
    .map(each => [each.getBoundingClientRect(), each])
    .filter(([box]) => box.width > 1 && box.height > 1)
    .map(([box, each]) => [Math.round(box.width), Math.round(box.height),
        `${each.tagName} ${(each.innerText || each.name || "").trim()}`])"""


class Phone:
    """One phone: its browser outlives pages, logins and the net."""

    def __init__(self, browser: Browser, house: Installation, net: Net, **settings: Any) -> None:
        self.house, self.net = house, net
        self.context: BrowserContext = browser.new_context(
            viewport=SCREEN, has_touch=True, is_mobile=True, locale="sv-SE",
            timezone_id="Europe/Stockholm", **settings,
        )  # fmt: skip
        self.context.set_default_timeout(30_000)
        self.page = self.tab()
        self.faults: list[str] = []

    def tab(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", self._hear)
        return page

    def _hear(self, error: object) -> None:
        # A page turn that is overtaken by the next one is no fault of the page.
        if "Transition was" not in str(error):
            self.faults.append(str(error))

    # Being somebody ---------------------------------------------------------------------------

    def becomes(self, username: str) -> "Phone":
        """Log in by the demo's button, as the session that the phone then has."""
        self.context.clear_cookies(name="sessionid")
        self.page.goto(self.net.address + "/")
        self.page.locator(f'form:has(input[value="{username}"]) button').click()
        self.page.wait_for_url("**/arbetslista/")
        return self

    def is_ready(self) -> "Phone":
        """Wait until the worker rules the page and the key of whoever is logged in is here."""
        self.until("navigator.serviceWorker.controller !== null")
        self.until("caches.match('/theme').then(Boolean)")
        self.until(f"({HOLDER})().then(held => held === document.documentElement.dataset.holder)")
        return self

    def expires(self) -> "Phone":
        """The session ends, as it does when the browser was closed or ten hours have gone."""
        self.context.clear_cookies(name="sessionid")
        return self

    # Writing ----------------------------------------------------------------------------------

    def opens(self, path: str) -> "Phone":
        self.page.goto(self.net.address + path)
        return self

    def begins(self) -> "Phone":
        """Open the form of a new stop, and wait until it is kept."""
        self.opens(NEW)
        self.page.locator('form[data-kept] [name="place"]').wait_for()
        return self

    def opens_step(self, case: str, action: str) -> "Phone":
        """Open the form of a step in the case with this address, and wait until it is kept."""
        self.page.goto(f"{case}{action}/")
        self.page.locator("form[data-kept]").wait_for()
        return self

    def writes(self, place: str, number: str = "") -> "Phone":
        """Fill in a stop with one youth."""
        page = self.page
        page.locator('[name="place"]').fill(place)
        for name, value in (("place_type", "centre"), ("youth-0-category", "A")):
            self.presses(name, value)
        page.locator('[name="youth-0-personal_number"]').fill(number or born(15))
        return self.until_kept()

    def presses(self, name: str, value: str) -> None:
        """Press the answer with this value, as a thumb would."""
        box = self.page.locator(f'[name="{name}"][value="{value}"]')
        self.page.locator(f'label[for="{box.get_attribute("id")}"]').tap()

    def until_kept(self) -> "Phone":
        """Wait until every word is sealed, and the line has been drawn after the first of them."""
        self.page.locator('form[data-kept=""]').wait_for()
        self.page.locator("[data-line]:not([hidden])").wait_for()
        return self

    def saves(self) -> "Phone":
        self.page.get_by_role("button", name="Spara", exact=True).tap()
        self.page.locator("form[data-leaving]").wait_for(state="detached")
        return self

    def logs(self, place: str, number: str = "") -> "Phone":
        """A whole stop, saved."""
        return self.begins().writes(place, number).saves()

    # Reading ----------------------------------------------------------------------------------

    def opens_list(self) -> "Phone":
        """Open the list of what lies on the phone."""
        self.page.goto("about:blank")
        self.opens(KEPT)
        self.page.locator('[data-view="list"]').wait_for()
        return self

    def row(self, words: str):
        return self.page.locator("[data-entry]", has_text=words)

    def states(self) -> dict[str, str]:
        """Each row by its title and place, and where it is in plain words."""
        try:
            self.page.locator("[data-empty]:not([hidden]), [data-entry]").first.wait_for()
        except TooLate as late:
            shown = self.page.locator("body").inner_text()
            raise AssertionError(f"no list on {self.page.url}: {self.faults}\n{shown}") from late
        # All rows in one look: the list is drawn anew whenever something is sent.
        rows = self.page.locator("[data-entry]").evaluate_all(ROWS)
        return {re.sub(r".* · ", "", when): " ".join(state.split()) for when, state in rows}

    def until(self, condition: str, seconds: int = 60) -> None:
        """Wait for what only a script can see; the policy forbids Playwright's own way."""
        for _ in range(seconds * 20):
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        raise TimeoutError(condition)

    def until_received(self, n: int = 1) -> None:
        """Wait until `n` things on the list have been received."""
        self.page.locator('[data-state="received"]').nth(n - 1).wait_for()

    def waits_for(self, fact: Callable[[], bool]) -> None:
        """Wait for something that happens outside the browser, while the browser goes on."""
        for _ in range(60 * 50):
            if fact():
                return
            self.page.wait_for_timeout(20)
        raise TimeoutError

    def too_small(self) -> list[list[object]]:
        """What can be pressed but is smaller than 48 px: width, height, what it is."""
        folded = "for (const each of document.querySelectorAll('main details')) each.open = true"
        self.page.evaluate(folded)
        return [target for target in self.page.evaluate(TARGETS) if min(target[:2]) < 48]

    def wears(self, theme: str) -> None:
        """Choose a look as the menu does, and wait until the worker has heard of it."""
        url = self.net.address
        self.context.add_cookies([{"name": "theme", "value": theme, "url": url}])
        self.opens("/arbetslista/")
        kept = "caches.match('/theme').then(kept => kept.text())"
        self.until(f"{kept}.then(look => look === '{theme}')")

    def finds_net(self) -> "Phone":
        self.net.state = UP
        self.page.evaluate("dispatchEvent(new Event('online'))")
        return self


def stops(house: Installation) -> int:
    """The stops in the database; each of these tests' stops has one youth, so the youths too."""
    counted = "SELECT (SELECT count(*) FROM cases_incident), (SELECT count(*) FROM cases_youthcase)"
    [(incidents, youths)] = house.ask(counted)
    assert incidents == youths, "a youth was lost or stored twice"
    return int(str(incidents))


def born(age: int, serial: int = 0) -> str:
    """A number of the test series for somebody who is `age` today."""
    return fictive_number(date(timezone.localdate().year - age, 1, 4 + serial), serial % 2)


@contextmanager
def another_tab(phone: Phone):
    """A second tab of the same phone; the first is the phone's own again afterwards."""
    first, phone.page = phone.page, phone.tab()
    try:
        yield first
    finally:
        phone.page.close()
        phone.page = first
