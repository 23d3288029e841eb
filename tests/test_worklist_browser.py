"""The work list's script: keys, and the word that the list is another, by a clock that is turned.

The server's answers about the list are given by the test; the page is the product's own.
"""

import re
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser import CHROMIUM, launched, running

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: browser tests are skipped")

# Whether somebody looks at the tab, as a test can say it; and how often the page has asked, and
# whether it has done with the answer: then it waits again, or has said that it stops.
WATCHED = """
    window.isAway = false;
    Object.defineProperty(document, "hidden", { get: () => window.isAway, configurable: true });
    window.goesAway = (is) => {
        window.isAway = is;
        document.dispatchEvent(new Event("visibilitychange"));
    };
    window.asked = 0;
    const [set, ask] = [window.setTimeout, window.fetch];
    window.setTimeout = (...with_) => {
        if (with_[0].name === "ask") window.isAsking = false;
        return set(...with_);
    };
    window.fetch = (...with_) => {
        if (String(with_[0]).includes("PATH")) { window.isAsking = true; window.asked += 1; }
        return ask(...with_);
    };
"""
IS_DONE = """() => !window.isAsking
    || !document.querySelector("[data-list-state] a:last-child").hidden"""
MORNING = datetime(2026, 11, 27, 8, tzinfo=UTC)
SOON, SELDOM = 60, 300


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: the house has a database and processes of its own."""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with running(tmp_path_factory.mktemp("house"), n_cases=9, has_worker=False) as house:
        yield house


@pytest.fixture(scope="module")
def browser():
    with launched() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def logged_in(browser, house):
    """What Sara's browser keeps of her login: every desk begins with it."""
    context = browser.new_context(base_url=house.address)
    page = context.new_page()
    page.goto("/")
    page.locator('form:has(input[value="sara"]) button').click()
    page.wait_for_url(f"**{reverse('worklist')}")
    state = context.storage_state()
    context.close()
    return state


class Desk:
    """Sara before her list: the clock stands still until it is turned, and answers wait in line."""

    def __init__(self, browser, house, logged_in) -> None:
        self.page = browser.new_context(
            base_url=house.address, storage_state=logged_in, service_workers="block"
        ).new_page()
        self.answers: deque[dict[str, Any]] = deque()
        self.page.clock.install(time=MORNING)
        self.page.add_init_script(WATCHED.replace("PATH", reverse("worklist-state")))
        self.page.route(re.compile(re.escape(reverse("worklist-state"))), self._answer)
        self.page.goto(reverse("worklist"))
        self.seen = self.page.locator("[data-list-state]").get_attribute("data-seen")
        self.title = re.sub(r"^\(\d+\) ", "", self.page.title())
        # The clock stands from here on; what was due before then is asked and answered.
        self.page.clock.pause_at(MORNING + timedelta(hours=1))
        self.page.wait_for_function(IS_DONE)
        self.before = 0
        self.before = self.asked

    @property
    def asked(self) -> int:
        return int(self.page.evaluate("window.asked")) - self.before

    def _answer(self, route) -> None:
        answer = self.answers.popleft() if self.answers else self.state()
        if answer.get("abort"):
            route.abort()
        else:
            route.fulfill(**answer)

    def state(self, *, overdue: int = 0, seen: str = "", **more: int) -> dict[str, Any]:
        told = {"seen": seen or self.seen, "overdue": overdue, "seconds": SOON, "away": SELDOM}
        return {"json": told | more}

    def turns(self, seconds: float) -> int:
        """Turn the clock; how often the page has asked in all, when it has its answers."""
        self.page.clock.run_for(int(seconds * 1000))
        self.page.wait_for_function(IS_DONE)
        return self.asked

    def goes_away(self, *, is_away: bool = True) -> None:
        self.page.evaluate(f"window.goesAway({str(is_away).lower()})")

    @property
    def news(self):
        return self.page.get_by_role("link", name="Listan har ändrats")

    @property
    def stopped(self):
        return self.page.get_by_role("link", name="Listan hålls inte aktuell längre")


@pytest.fixture
def desk(browser, house, logged_in):
    desk = Desk(browser, house, logged_in)
    yield desk
    desk.page.context.close()


# Many at once ------------------------------------------------------------------------------------


def test_one_key_ticks_all_of_the_page_and_what_is_done_with_them_comes_into_reach(desk):
    boxes, take = desk.page.locator("[name=case]"), desk.page.locator("button[value=take]")
    desk.page.set_viewport_size({"width": 1280, "height": 400})
    n_rows = boxes.count()
    expect(take).not_to_be_in_viewport()

    desk.page.keyboard.press("a")
    expect(desk.page.locator("[name=case]:checked")).to_have_count(n_rows)
    expect(take).to_be_in_viewport()
    desk.page.get_by_role("button", name="Markera alla").click()

    expect(desk.page.locator("[name=case]:checked")).to_have_count(0)


# Has it changed ----------------------------------------------------------------------------------


def test_the_count_in_the_tab_follows_the_server_also_after_the_first_change(desk):
    desk.answers += [
        desk.state(overdue=3, seen="another"),
        desk.state(overdue=5, seen="a third"),
        desk.state(overdue=0),
    ]

    for title, is_news in ((f"(3) {desk.title}", 1), (f"(5) {desk.title}", 1), (desk.title, 0)):
        desk.turns(SOON)
        expect(desk.page).to_have_title(title)
        expect(desk.news).to_have_count(is_news)


def test_a_tab_that_nobody_looks_at_asks_more_seldom_and_still_shows_the_count(desk):
    desk.goes_away()
    desk.turns(SOON)  # the wait that had begun
    begun = desk.asked
    desk.answers.append(desk.state(overdue=7, seen="another"))

    assert desk.turns(SELDOM - 1) == begun
    assert desk.turns(2) == begun + 1
    expect(desk.page).to_have_title(f"(7) {desk.title}")


def test_whoever_comes_back_to_the_tab_is_told_at_once(desk):
    desk.goes_away()
    desk.turns(SOON)
    desk.turns(SOON + 1)
    begun = desk.asked
    desk.answers.append(desk.state(overdue=2, seen="another"))

    desk.goes_away(is_away=False)

    assert desk.turns(1) == begun + 1
    expect(desk.news).to_be_visible()


def test_the_server_says_how_long_to_wait(desk):
    desk.answers.append(desk.state(seconds=600))
    assert desk.turns(SOON) == 1

    assert desk.turns(599) == 1
    assert desk.turns(2) == 2


@pytest.mark.parametrize(
    ("trouble", "rests"),
    [
        ({"status": 503, "headers": {"Retry-After": "400"}}, 400),
        ({"status": 500}, 2 * SOON),
        ({"abort": True}, 2 * SOON),
        ({"status": 200, "body": "half an ans"}, 2 * SOON),
    ],
)
def test_a_server_in_trouble_is_left_in_peace_and_asked_again(desk, trouble, rests):
    desk.answers += [trouble, desk.state(overdue=4, seen="another")]
    assert desk.turns(SOON) == 1

    assert desk.turns(rests - 2) == 1
    assert desk.turns(4) == 2
    expect(desk.page).to_have_title(f"(4) {desk.title}")


@pytest.mark.parametrize("status", [401, 403, 423])
def test_a_page_that_may_ask_no_longer_stops_and_says_so(desk, status):
    desk.answers.append({"status": status})
    assert desk.turns(SOON) == 1

    expect(desk.stopped).to_be_visible()
    desk.goes_away()
    desk.goes_away(is_away=False)
    assert desk.turns(3 * SELDOM) == 1


# The keys ----------------------------------------------------------------------------------------


def test_the_keys_move_mark_search_and_explain_themselves(desk):
    page = desk.page
    rows = page.locator(".worklist__row")
    boxes = page.locator("[name=case]")
    assert rows.count() > 1

    page.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(boxes.nth(1)).to_be_checked()
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()

    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Tangenter")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#id_q")).to_be_focused()


def test_what_is_written_in_a_field_is_written_there(desk):
    field = desk.page.locator("#id_q")
    field.focus()

    desk.page.keyboard.type("jkx?/")

    expect(field).to_have_value("jkx?/")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
