"""Measures the form of the field as a phone meets it: `python -m tests.measure_field`.

Prints a table for docs/field.md: taps for a standard stop, bytes of the first load, and the time
until the form can be written in and is kept, on a throttled phone.
"""

import gzip
import os
import re
import sys
import tempfile
from pathlib import Path

import django
from playwright.sync_api import Page, Response, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kronoberg.settings")
django.setup()

from tests.browser import CHROMIUM, running  # noqa: E402
from tests.net import DOWN, net_before  # noqa: E402
from tests.phone import NEW, Phone  # noqa: E402

# Lighthouse's "slow 4G" and a phone of the cheaper kind.
NET = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 750e3 / 8}
CPU_SLOWER = 4
# When the form is drawn and every change of it is kept.
READY = """() => new Promise(done => {
    const look = () => document.querySelector("form[data-kept]")
        ? done(Math.round(performance.now())) : setTimeout(look, 10);
    look();
})"""
ANSWERS = ("youth-0-category=A", "youth-0-age_group=15_17")
# What a finger does, counted by the page itself and kept over its turns.
COUNTED = """addEventListener("pointerdown", event => event.isTrusted && sessionStorage.setItem(
    "taps", 1 + Number(sessionStorage.getItem("taps"))), true)"""
README = Path(__file__).resolve().parent.parent / "README.md"


def throttle(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWER})
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": False, **NET})


def first_load(phone: Phone) -> tuple[int, int, int, int]:
    """Requests, bytes as they are, bytes with gzip, and ms until ready; nothing kept before."""
    phone.context.clear_cookies(name="theme")
    page = phone.page
    page.goto("about:blank")
    throttle(page)
    answers: list[Response] = []

    def hear(answer: Response) -> None:
        answers.append(answer)

    page.on("response", hear)
    page.goto(phone.net.address + NEW)
    ready = page.evaluate(READY)
    # Asked for once more: a browser forgets the bodies of the page before.
    addresses = [answer.url for answer in answers if answer.ok]
    bodies = [phone.context.request.get(address).body() for address in addresses]
    return len(bodies), sum(map(len, bodies)), sum(len(gzip.compress(b, 9)) for b in bodies), ready


def taps(phone: Phone, *answers: str) -> int:
    """From the work list to a numbered record: every press of the finger, as the page saw it."""
    phone.opens("/arbetslista/")
    phone.page.evaluate("sessionStorage.clear()")
    phone.page.locator("main").get_by_role("link", name="Ny händelse").first.tap()
    phone.page.locator("form[data-kept]").wait_for()
    for name, value in (answer.split("=") for answer in answers):
        phone.presses(name, value)
    phone.saves()
    phone.page.wait_for_url("**/arenden/*/")
    return int(phone.page.evaluate("Number(sessionStorage.getItem('taps'))"))


def whole_stop() -> tuple[str, str]:
    """Taps and typed fields of a standard stop to its report, as tests/test_taps.py holds them."""
    [(pressed, typed)] = re.findall(
        r"^\| All of it \| (\d+) \| (\d+) \|$", README.read_text(), re.M
    )
    return pressed, typed


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="kronoberg-measure-"))
    with (
        running(folder, n_cases=0, has_worker=False) as house,
        net_before(house.port) as net,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        bare = Phone(chromium, house, net, service_workers="block").becomes("karin")
        requests, plain, packed, ready = first_load(bare)
        phone = Phone(chromium, house, net).becomes("karin").is_ready()
        throttle(phone.page)
        phone.opens(NEW)
        kept = phone.page.evaluate(READY)
        net.state = DOWN
        phone.opens(NEW)
        without = phone.page.evaluate(READY)
        net.state = "up"
        another = Phone(chromium, house, net).becomes("karin").is_ready()
        another.page.add_init_script(COUNTED)
        first = taps(another, "place_type=park", *ANSWERS)
        following = taps(another, *ANSWERS)
        chromium.close()
    sys.stdout.write(
        f"taps to a numbered record, from the work list: {first}, in the same place {following}\n"
        f"taps and typed fields of a whole stop to its report: {' and '.join(whole_stop())}\n"
        f"first load: {requests} requests, {plain} bytes, {packed} with gzip -9\n"
        f"ready, first load: {ready} ms\nready, later loads: {kept} ms\n"
        f"ready, without a net: {without} ms\n"
    )


if __name__ == "__main__":
    main()
