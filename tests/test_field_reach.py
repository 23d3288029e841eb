"""Hands and eyes on every page of whoever works in the field, at 390 px with touch, in every look.

A gloved thumb needs 48 px; the eye at night needs ink that can be told from its ground.
"""

from base64 import b64decode
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from tests import pocket as hands
from tests.browser import AXE_TAGS, CHROMIUM
from tests.phone import SCREEN

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: browser tests are skipped")

house, pocket, phone = hands.house, hands.pocket, hands.phone

DARK = 60  # of 255: the dark ground measures about 25, a browser's own white 255
LOWER_HALF = SCREEN["height"] / 2
# Where the middle of the page's one thing to do is, when the page has just been opened.
PRIMARY = """() => [...document.querySelectorAll("main .button--primary")]
    .filter(each => each.checkVisibility()).map(each => each.getBoundingClientRect())
    .map(box => (box.top + box.bottom) / 2)[0]"""
STEPS = ("add_custodian", "correct_person", "record_seizure", "answer_supply", "record_contact",
         "record_duty_contact", "take_into_custody", "hand_over", "complete_record")  # fmt: skip


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: the house has a database and processes of its own."""


@pytest.fixture(scope="module")
def night(pocket):
    """A pass that Karin is out on, a stop in it and a custodian: the addresses of her pages."""
    page = pocket.opens("/insatser/ny/").page
    page.get_by_role("button", name="Börja nu").tap()
    page.wait_for_url(lambda url: "/insatser/" in url and url.count("-") >= 4)
    out_on = page.url
    pocket.logs("Stortorget").page.wait_for_url("**/arenden/*/")
    case = page.url
    more = page.get_by_role("link", name="Lägg till ungdom").get_attribute("href")
    pocket.opens_step(case, "add_custodian")
    page.locator('[name="name"]').fill("Bo Alvmarker")
    pocket.presses("relation", "father")
    pocket.presses("protection", "not_protected")
    page.locator('[name="phone"]').fill("070-174 06 05")
    page.get_by_role("button", name="Lägg till vårdnadshavare").tap()
    page.wait_for_url(case)
    steps = {step: f"{case}{step}/" for step in STEPS}
    return {
        "work list": "/arbetslista/",
        "new stop": "/handelser/ny/",
        "one more youth": more,
        "case": case,
        "passes": "/insatser/",
        "pass": out_on,
        "new pass": "/insatser/ny/",
        "close the pass": f"{out_on}avsluta/",
        **steps,
    }


def opens(phone, address):
    opens_in(phone.page, phone, address)


def opens_in(page, phone, address):
    page.goto(address if address.startswith("http") else phone.net.address + address)
    page.locator("main").wait_for()


def ground(picture):
    """The grey, 0-255, that most of the picture has."""
    greys = Image.open(BytesIO(picture)).convert("L").histogram()
    return max(range(256), key=greys.__getitem__)


def test_everything_to_press_in_the_field_is_as_large_as_a_gloved_thumb(phone, night):
    small = {}
    for name, address in night.items():
        opens(phone, address)
        small[name] = phone.too_small()

    assert {name: found for name, found in small.items() if found} == {}


def test_the_thing_to_do_lies_under_the_thumb_on_every_page_of_the_field(phone, night):
    reach = {}
    for name, address in night.items():
        opens(phone, address)
        reach[name] = phone.page.evaluate(PRIMARY)

    far = {name: at for name, at in reach.items() if not LOWER_HALF < (at or 0) < SCREEN["height"]}
    assert far == {}


def test_a_page_that_nobody_wrote_on_is_no_draft(phone, night):
    for address in night.values():
        opens(phone, address)
        phone.page.wait_for_load_state("networkidle")

    assert [state for state in phone.opens_list().states().values() if "Utkast" in state] == []


@pytest.mark.parametrize("theme", ["dark", "natt"])
def test_no_frame_of_a_page_turn_at_night_is_bright_before_its_styles_have_come(
    phone, night, theme
):
    context = phone.page.context.browser.new_context(service_workers="block", viewport=SCREEN)
    context.add_cookies(phone.context.cookies())
    context.add_cookies([{"name": "theme", "value": theme, "url": phone.net.address}])
    page = context.new_page()
    page.goto(phone.net.address + night["work list"])
    eye = page.context.new_cdp_session(page)
    frames = []

    def see(frame):
        frames.append(frame["data"])
        eye.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    eye.on("Page.screencastFrame", see)
    eye.send("Network.enable")
    # What is painted is what the first bytes of the page say, and nothing else.
    page.route("**/*.css", lambda route: route.abort())
    slow = {"offline": False, "latency": 700, "downloadThroughput": -1, "uploadThroughput": -1}
    eye.send("Network.emulateNetworkConditions", slow)
    eye.send("Network.setCacheDisabled", {"cacheDisabled": True})
    eye.send("Page.startScreencast", {"format": "png"})
    for name in ("new stop", "case", "record_seizure"):
        opens_in(page, phone, night[name])

    assert len(frames) >= 3
    assert [n for n, frame in enumerate(frames) if ground(b64decode(frame)) >= DARK] == []
    context.close()


@pytest.mark.parametrize("theme", ["light", "dark", "natt"])
def test_the_pages_of_the_field_can_be_read_by_everybody_in_every_look(phone, night, theme):
    phone.wears(theme)
    faults = {}
    for name, address in night.items():
        opens(phone, address)
        found = Axe().run(phone.page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
        faults[name] = found.violations_count and found.generate_report()

    assert {name: report for name, report in faults.items() if report} == {}
