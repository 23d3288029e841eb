"""The form of the field without a net: each promise that is made to the officer, on a real phone's
size, through a net that is cut, deaf or slow, with pages and servers that are killed.

The phone, the server and the net are shared by the tests; each begins with an empty phone, Karin
logged in and the net up.
"""

import signal
from io import BytesIO
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from tests import pocket as hands
from tests.browser import AXE_TAGS, CHROMIUM
from tests.net import DEAF, DOWN, SLOW, UP
from tests.phone import (
    CACHED,
    KEPT,
    NEW,
    RAW,
    SCREEN,
    another_tab,
    born,
    stops,
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: browser tests are skipped")

HERE = "Bara på den här telefonen."


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: the house has a database and processes of its own."""


house, pocket, phone = hands.house, hands.pocket, hands.phone


# Opening ------------------------------------------------------------------------------------------


def test_the_form_opens_without_a_net(phone):
    phone.net.state = DOWN

    phone.begins()

    assert phone.page.locator("html[data-shell]").count() == 1
    assert phone.page.locator('[name="municipality"]').input_value() == "0780"
    assert UUID(phone.page.locator('[name="request_id"]').input_value()).version == 4


def test_the_form_opens_from_the_phone_when_the_net_is_slow(phone):
    phone.net.state = SLOW

    phone.begins()

    assert phone.page.locator("html[data-shell]").count() == 1


def test_a_page_that_the_phone_does_not_have_says_so_and_offers_the_form(phone):
    phone.net.state = DOWN

    phone.opens("/arbetslista/")

    phone.page.get_by_text("Ingen täckning. Sidan du sökte finns inte").wait_for()
    assert phone.page.get_by_role("link", name="Ny händelse").count() == 2


# Takes a script out of what the phone keeps, or fetches it again.
LOSE = """async (name) => {
    for (const each of await caches.keys()) {
        const cache = await caches.open(each);
        for (const asked of await cache.keys()) {
            if (asked.url.includes(name)) await cache.delete(asked);
        }
    }
}"""
FIND = """async (path) => {
    const [name] = (await caches.keys()).filter(each => each.startsWith("shell-"));
    await (await caches.open(name)).add(new Request(path, {credentials: "omit"}));
}"""


@pytest.mark.parametrize(
    ("lost", "words"),
    [("field/shell.", "Något gick fel på sidan"), ("field/start.", "Händer inget? Försök igen")],
)
def test_a_phone_that_has_lost_a_script_says_how_to_go_on(phone, lost, words):
    [path] = [path for path in phone.page.evaluate(CACHED) if lost in path]
    phone.page.evaluate(LOSE, lost)
    phone.context.new_cdp_session(phone.page).send("Network.clearBrowserCache")
    try:
        phone.net.state = DOWN
        phone.opens(KEPT).page.get_by_text(words).wait_for()
        phone.faults.clear()
    finally:
        phone.net.state = UP
        phone.opens("/livez").page.evaluate(FIND, path)
    phone.opens_list()


def test_what_the_browser_keeps_of_pages_holds_nobody_and_no_case(phone):
    phone.logs("Vattentorget")
    phone.page.wait_for_url("**/arenden/*/")

    kept = phone.page.evaluate(CACHED)

    assert set(kept) - {KEPT, "/theme"} == {path for path in kept if path.startswith("/static/")}
    assert "Karin" not in "".join(kept.values())
    assert "csrfmiddlewaretoken" not in kept[KEPT]


# Keeping ------------------------------------------------------------------------------------------


def test_every_word_is_there_after_a_reload_without_a_net(phone):
    phone.net.state = DOWN
    phone.begins().writes("Stortorget")
    phone.page.get_by_role("button", name="Lägg till Ungdom").tap()
    phone.page.locator("#ungdom-2").wait_for()
    phone.page.locator('[name="youth-1-personal_number"]').fill(born(16))
    phone.until_kept()

    phone.page.reload()

    phone.page.locator("#ungdom-2").wait_for()
    assert phone.page.locator('[name="place"]').input_value() == "Stortorget"
    assert phone.page.locator('[name="youth-0-category"][value="A"]').is_checked()
    assert phone.page.locator('[name="youth-1-personal_number"]').input_value() == born(16)


def test_a_killed_page_loses_no_word(phone):
    phone.net.state = DOWN
    with another_tab(phone):
        phone.begins().writes("Resecentrum")
        phone.page.close(run_before_unload=False)
        phone.page = phone.tab()

        phone.opens_list().row("Resecentrum").get_by_role("link", name="Fortsätt").tap()

        phone.page.locator('[name="place"]').wait_for()
        assert phone.page.locator('[name="place"]').input_value() == "Resecentrum"


def test_an_unfinished_draft_is_offered_before_a_new_one(phone):
    phone.begins().writes("Bryggan")

    phone.begins().page.get_by_role("link", name="Fortsätt med det").tap()

    phone.page.locator("html[data-shell] [name=place]").wait_for()
    phone.until("document.querySelector('[name=place]').value === 'Bryggan'")


def test_an_opened_form_that_nobody_wrote_in_is_no_draft(phone):
    phone.begins()

    assert phone.opens_list().states() == {}


def test_what_is_written_cannot_be_read_from_the_phones_disk(phone):
    phone.begins().writes("Hemliga gränden", born(15))

    raw = phone.page.evaluate(RAW)

    assert '"sealed"' in raw
    assert "Hemliga" not in raw
    assert born(15) not in raw
    assert "Karin" not in raw
    assert "key extractable=false" in raw
    assert "extractable=true" not in raw


# Sending ------------------------------------------------------------------------------------------


def test_each_thing_says_where_it_is_until_it_has_its_number(phone, house):
    before = stops(house)
    phone.net.state = DOWN
    phone.begins().writes("Linnéparken")
    assert phone.opens_list().states() == {"Linnéparken": "Utkast, bara på den här telefonen"}

    phone.row("Linnéparken").get_by_role("link", name="Fortsätt").tap()
    phone.page.locator("form[data-kept]").wait_for()
    phone.saves()
    phone.row("Linnéparken").get_by_text("Skickas när det finns täckning").wait_for()
    assert phone.states() == {"Linnéparken": f"{HERE} Skickas när det finns täckning."}
    assert stops(house) == before

    phone.finds_net().until_received()
    [(number,)] = house.ask("SELECT max(reference) FROM cases_incident")
    assert list(phone.states().values()) == [f"Mottagen {number}"]
    assert "Linnéparken" not in phone.page.locator("main").inner_text()
    assert stops(house) == before + 1


def test_with_a_net_saving_leads_on_to_the_case_as_always(phone):
    phone.logs("Norrtull")

    phone.page.wait_for_url("**/arenden/*/")
    assert "Registrerat: K-" in phone.page.locator("main").inner_text()
    assert list(phone.opens_list().states().values())[0].startswith("Mottagen H-")


def test_a_lost_answer_is_asked_for_again_and_stored_once(phone, house):
    before = stops(house)
    phone.begins().writes("Teatern")
    phone.net.state = DEAF

    phone.saves()

    assert stops(house) == before + 1
    assert "Mottagen" not in phone.states()["Teatern"]
    phone.finds_net().until_received()
    assert stops(house) == before + 1


def test_a_killed_server_loses_nothing(phone, house):
    before = stops(house)
    phone.begins().writes("Växjösjön")
    house.stop_web(signal.SIGKILL)
    try:
        phone.saves()
        assert "Mottagen" not in phone.states()["Växjösjön"]
    finally:
        house.start_web()

    phone.finds_net().until_received()

    assert stops(house) == before + 1


def test_one_bad_thing_neither_blocks_the_others_nor_is_dropped(phone, house):
    before = stops(house)
    phone.net.state = DOWN
    for place, number in (("Ett", born(15)), ("Två", "20110412-2380"), ("Tre", born(16))):
        phone.logs(place, number)

    phone.finds_net().until_received(2)

    assert stops(house) == before + 2
    bad = phone.row("Två")
    assert "Numret stämmer inte" in bad.inner_text()
    bad.get_by_role("link", name="Fortsätt").tap()
    phone.page.locator("form[data-kept]").wait_for()
    field = phone.page.locator('[name="youth-0-personal_number"][aria-invalid="true"]')
    field.fill(born(17))
    phone.saves()
    phone.page.wait_for_url("**/arenden/*/")
    assert stops(house) == before + 3


def test_a_fault_of_the_server_is_told_and_tried_again(phone, house):
    before = stops(house)
    phone.begins().writes("Sandsbro")
    phone.page.route(f"**{NEW}", lambda route: route.fulfill(status=500, body="fel"))

    phone.saves()
    phone.row("Sandsbro").get_by_text("Servern svarar inte som den ska").wait_for()
    phone.page.unroute_all()

    phone.finds_net().until_received()
    assert stops(house) == before + 1


def test_what_was_written_after_a_lost_answer_is_kept_and_the_officer_told(phone, house):
    before = stops(house)
    phone.begins().writes("Torget")
    phone.net.state = DEAF
    phone.saves()
    phone.net.state = DOWN
    phone.row("Torget").get_by_role("link", name="Fortsätt").tap()
    phone.page.locator('form[data-kept] [name="place"]').fill("Torget, vid fontänen")
    phone.until_kept().saves()

    phone.finds_net()

    phone.page.locator('[data-state="differs"]').wait_for()
    assert "men du skrev mer efteråt" in phone.states()["Torget, vid fontänen"]
    assert stops(house) == before + 1


def test_what_is_not_received_takes_two_presses_to_remove(phone):
    phone.begins().writes("Slarv")
    phone.opens_list()

    phone.row("Slarv").get_by_role("button", name="Ta bort").tap()
    assert "Slarv" in phone.states()
    phone.row("Slarv").get_by_role("button", name="Ja, ta bort för alltid").tap()

    phone.row("Slarv").wait_for(state="detached")


# Hands and eyes -----------------------------------------------------------------------------------


def test_everything_to_press_is_as_large_as_a_gloved_thumb(phone):
    phone.begins().writes("Torget")
    assert phone.too_small() == []

    phone.net.state = DOWN
    phone.saves()
    phone.row("Torget").get_by_role("button", name="Skicka nu").wait_for()
    assert phone.too_small() == []


@pytest.mark.parametrize("theme", ["light", "dark", "natt"])
def test_the_pages_of_the_phone_can_be_read_by_everybody_in_every_look(phone, theme):
    phone.wears(theme)
    phone.net.state = DOWN

    phone.logs("Torget", "20110412-2380")
    listed = Axe().run(phone.page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
    phone.begins()
    form = Axe().run(phone.page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})

    assert listed.violations_count == 0, listed.generate_report()
    assert form.violations_count == 0, form.generate_report()


def test_the_shell_comes_in_the_chosen_look_before_any_script_has_run(phone):
    phone.wears("natt")
    phone.net.state = DOWN

    source = phone.page.goto(phone.net.address + NEW).text()

    assert '<html lang="sv" data-theme="natt"' in source
    assert '<meta name="color-scheme" content="dark">' in source


def test_the_night_has_no_white_flash_while_a_page_waits_for_its_styles(phone):
    context = phone.page.context.browser.new_context(service_workers="block", viewport=SCREEN)
    context.add_cookies([{"name": "theme", "value": "natt", "url": phone.net.address}])
    page = context.new_page()
    page.route("**/*.css", lambda route: route.abort())

    page.goto(phone.net.address + "/logga-in/")
    bare = Image.open(BytesIO(page.screenshot())).convert("L").histogram()

    assert max(range(256), key=bare.__getitem__) < 60, "the ground that shows before any style"
    context.close()
