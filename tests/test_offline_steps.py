"""What follows the form of the field, without a net: the steps on the spot go by the same outbox.

Whatever happens to net, page, server or browser meanwhile, no word is lost and none stored twice.
"""

import json
from contextlib import contextmanager

import pytest
from django.conf import settings

from tests import pocket as hands
from tests.browser import CHROMIUM
from tests.net import DEAF, DOWN, HELD, HELD_BACK, UP
from tests.phone import CHANGE_KEY, KEPT, NEW, RAW, another_tab, stops

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: browser tests are skipped")

house, pocket, phone = hands.house, hands.pocket, hands.phone
HOUR = 3600 * 1000


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: the house has a database and processes of its own."""


def has_case(phone, place):
    """A stop with one youth, received: the address of its case, and its number."""
    phone.logs(place).page.wait_for_url("**/arenden/*/")
    return phone.page.url, phone.page.locator("h1").inner_text()


def sends(phone, button):
    """Press the button without a net, and see that the thing lies on the phone."""
    phone.net.state = DOWN
    phone.page.get_by_role("button", name=button).tap()
    phone.page.locator('[data-state="ready"]').last.wait_for()


@contextmanager
def hours_later(phone, hours):
    """A tab whose clock is so many hours ahead, with the key still good; opened on the list."""
    with another_tab(phone):
        phone.page.goto(phone.net.address + "/livez")
        phone.page.evaluate(CHANGE_KEY, {"until": 9e15, "asked": 9e15})
        phone.page.add_init_script(
            f"const now = Date.now.bind(Date); Date.now = () => now() + {hours * HOUR}"
        )
        yield phone.opens_list()
    phone.page.goto(phone.net.address + "/livez")
    phone.page.evaluate(CHANGE_KEY, {"until": 1})


# Steps --------------------------------------------------------------------------------------------


def test_every_step_of_the_stop_goes_by_the_outbox_and_is_taken_once(phone, house):
    case, number = has_case(phone, "Stegen")
    page = phone.page

    def custodian():
        page.locator('[name="name"]').fill("Bo Alvmarker")
        phone.presses("relation", "father")
        phone.presses("protection", "not_protected")
        page.locator('[name="phone"]').fill("070-174 06 05")

    def alcohol():
        phone.presses("drink", "strong_beer")
        phone.presses("size", "50")
        phone.presses("served_how", "in_person")

    steps = [
        ("add_custodian", custodian, "Lägg till vårdnadshavare"),
        ("record_seizure", alcohol, "Registrera alkohol"),
        ("answer_supply", lambda: None, "Vet ej"),
        ("record_contact", lambda: None, "Hämtar inom 30 min"),
        ("hand_over", lambda: None, "Hämtad nu av Bo Alvmarker"),
    ]
    for n, (action, fill, button) in enumerate(steps, start=2):
        phone.opens_step(case, action)
        fill()
        sends(phone, button)
        phone.finds_net().until_received(n)

    [(state, supply, outcome, version)] = house.ask(
        "SELECT state, supply_answer, outcome, version FROM cases_youthcase "
        f"WHERE reference = '{number}'"
    )
    # The stop itself is one step; each of the five was taken once.
    assert (state, supply, outcome) == ("handed_over", "does_not_know", "collected")
    assert version == 1 + len(steps)


def test_a_step_whose_answer_was_lost_is_asked_for_again_and_taken_once(phone, house):
    case, number = has_case(phone, "Kajen")
    phone.opens_step(case, "record_seizure")
    phone.presses("drink", "strong_beer")
    phone.presses("size", "50")
    phone.net.state = DEAF
    phone.page.get_by_role("button", name="Registrera alkohol").tap()
    step = phone.page.locator("[data-entry]", has_text="Registrera alkohol")
    step.get_by_text("Skickas när det finns täckning").wait_for()
    cans = f"""SELECT s.volume_cl, c.version FROM cases_alcoholseizure s
        JOIN cases_youthcase c ON c.id = s.youth_case_id WHERE c.reference = '{number}'"""
    assert house.ask(cans) == [(50, 2)], "the server has it though the phone does not know"

    phone.finds_net().until_received(2)

    assert house.ask(cans) == [(50, 2)]
    step.get_by_text(f"Mottagen {number}").wait_for()


def test_of_two_youths_with_the_same_step_the_list_says_whose_is_whose(phone):
    one, first = has_case(phone, "Ena")
    other, second = has_case(phone, "Andra")
    phone.opens_step(one, "answer_supply")
    with another_tab(phone):
        phone.opens_step(other, "answer_supply")
        sends(phone, "Vill ej")
    sends(phone, "Vet ej")

    rows = phone.page.locator('[data-state="ready"]')
    assert rows.count() == 2
    whens = phone.page.locator("[data-entry]:has([data-state=ready]) [data-when]").all_inner_texts()
    assert {when.partition(" · ")[0] for when in whens} == {first, second}
    phone.finds_net().until_received(4)


def test_two_who_wrote_in_the_same_place_are_asked_also_through_the_outbox(phone, house):
    case, _ = has_case(phone, "Två skriver")
    phone.opens_step(case, "complete_record")
    phone.page.locator('[name="observations"]').fill("Luktade alkohol.")
    phone.until_kept()
    sends(phone, "Komplettera")
    write_as("omar", phone, case, "Sluddrade och var kall.")

    phone.finds_net()
    faulty = phone.page.locator("[data-entry]:has([data-state=faulty])")
    faulty.get_by_text("Någon annan har ändrat det här").wait_for()
    faulty.get_by_role("link", name="Fortsätt").tap()
    phone.page.locator("form[data-kept]").wait_for()
    phone.page.get_by_text("Båda, efter varandra").tap()
    phone.page.get_by_role("button", name="Komplettera").tap()
    phone.page.wait_for_url("**/arenden/*/")

    shown = phone.page.locator("main").inner_text()
    assert "Luktade alkohol." in shown
    assert "Sluddrade och var kall." in shown


def write_as(username, phone, case, words):
    """Somebody at a desk writes in the same case, past the phone's net."""
    address = f"http://127.0.0.1:{phone.house.port}"
    context = phone.context.browser.new_context()
    page = context.new_page()
    page.goto(address + "/")
    page.locator(f'form:has(input[value="{username}"]) button').click()
    page.wait_for_url("**/arbetslista/")
    page.goto(case.replace(phone.net.address, address) + "complete_record/")
    page.locator('[name="observations"]').fill(words)
    page.get_by_role("button", name="Komplettera").click()
    page.wait_for_url("**/arenden/*/")
    context.close()


# Time ---------------------------------------------------------------------------------------------


def test_the_key_lies_on_the_phone_for_the_hours_that_the_house_has_set(phone):
    [key] = json.loads(phone.page.evaluate(RAW))["key"]

    assert key["until"] - key["asked"] == settings.PHONE_HOURS * HOUR


def test_what_has_lain_for_three_days_asks_to_be_sent_or_taken_away(phone):
    phone.begins().writes("Glömd")
    with hours_later(phone, 71):
        assert phone.page.get_by_text("mer än tre dygn").count() == 0

    phone.becomes("karin").is_ready()
    with hours_later(phone, 73):
        phone.row("Glömd").get_by_text("Har legat här i mer än tre dygn").wait_for()
        assert "Glömd" in phone.states()


def test_a_receipt_goes_after_a_day_and_what_is_not_received_stays(phone):
    phone.logs("Mottagen").page.wait_for_url("**/arenden/*/")
    phone.begins().writes("Påbörjad")
    with hours_later(phone, 25):
        phone.page.locator('[data-state="received"]').wait_for(state="detached")
        assert list(phone.states()) == ["Påbörjad"]


# Under way ----------------------------------------------------------------------------------------


def test_what_is_on_its_way_says_so(phone):
    phone.begins().writes("Resande")
    phone.net.holds(HELD)
    phone.page.get_by_role("button", name="Spara", exact=True).tap()
    with another_tab(phone):
        phone.opens_list().row("Resande").get_by_text("Skickas", exact=True).wait_for()
        assert phone.page.locator('[data-line] [data-count="sending"]').is_visible()

    phone.net.is_up()
    phone.page.wait_for_url("**/arenden/*/")


@pytest.mark.parametrize("where", [HELD, HELD_BACK])
def test_a_page_killed_while_it_sends_loses_nothing_and_stores_once(phone, house, where):
    before = stops(house)
    with another_tab(phone):
        phone.begins().writes("Dödad")
        phone.net.holds(where)
        phone.page.get_by_role("button", name="Spara", exact=True).tap()
        phone.waits_for(lambda: phone.net.n_held == 1)
        phone.page.close(run_before_unload=False)
        phone.page = phone.tab()
        phone.net.state = UP

        phone.opens_list().until_received()

        # What was under way when the page died arrives after all.
        phone.net.may_pass.set()
        phone.waits_for(lambda: phone.net.n_over == 2)
        assert stops(house) == before + 1


# Refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [403, 404])
def test_what_the_server_refuses_is_kept_and_said_and_the_rest_is_sent(phone, house, status):
    before = stops(house)
    phone.net.state = DOWN
    for place in ("Nekad", "Tagen"):
        phone.logs(place)

    phone.net.refuses = b"Nekad", status
    phone.finds_net().until_received()
    phone.row("Nekad").get_by_text("Servern tar inte emot det").wait_for()
    assert stops(house) == before + 1

    phone.net.is_up()
    phone.row("Nekad").get_by_role("button", name="Skicka nu").tap()
    phone.until_received(2)
    assert stops(house) == before + 2


REFUSES = {
    "the database": "indexedDB.open = () => { throw new DOMException('no', 'SecurityError') }",
    "the room": """const put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function (row) {
            if (this.name === "entries") throw new DOMException("full", "QuotaExceededError");
            return put.call(this, row);
        }""",
}


@pytest.mark.parametrize("what", REFUSES)
def test_a_browser_that_refuses_to_keep_says_so_and_the_form_goes_as_any_page(phone, house, what):
    before = stops(house)
    with another_tab(phone):
        phone.page.add_init_script(REFUSES[what])
        phone.opens(NEW)
        phone.page.locator('[name="place"]').fill(f"Utan {what}")  # not what is suggested
        phone.page.get_by_text("kan inte sparas på telefonen").wait_for()
        for name, value in (("place_type", "centre"), ("youth-0-category", "A"),
                            ("youth-0-age_group", "15_17")):  # fmt: skip
            phone.presses(name, value)

        phone.page.get_by_role("button", name="Spara", exact=True).tap()

        phone.page.wait_for_url("**/arenden/*/")
        assert stops(house) == before + 1


DAMAGE = """async () => {
    const open = indexedDB.open("kronoberg", 1);
    const base = await new Promise(done => { open.onsuccess = () => done(open.result) });
    const store = base.transaction("entries", "readwrite").objectStore("entries");
    const got = store.getAll();
    const [row] = await new Promise(done => { got.onsuccess = () => done(got.result) });
    new Uint8Array(row.sealed)[0] ^= 1;
    store.put(row);
    await new Promise(done => { store.transaction.oncomplete = done });
    base.close();
}"""


def test_what_can_no_longer_be_opened_hides_nothing_else_and_is_not_dropped(phone, house):
    before = stops(house)
    phone.net.state = DOWN
    phone.logs("Skadad")
    phone.page.evaluate(DAMAGE)
    phone.logs("Hel")

    phone.opens_list().finds_net().until_received()

    assert stops(house) == before + 1
    damaged = phone.page.locator("[data-entry]:has([data-state=damaged])")
    assert "Det går inte att öppna" in damaged.inner_text()
    damaged.get_by_role("button", name="Ta bort").tap()
    damaged.get_by_role("button", name="Ja, ta bort för alltid").tap()
    damaged.wait_for(state="detached")


def test_a_list_that_breaks_says_so_and_not_that_nothing_lies_here(phone):
    phone.begins().writes("Kvar")
    with another_tab(phone):
        phone.page.add_init_script("IDBIndex.prototype.getAll = () => { throw Error('broken') }")
        phone.opens(KEPT)
        phone.page.get_by_text("Något gick fel på sidan").wait_for()
        assert not phone.page.locator("[data-empty]").is_visible()
    assert set(phone.faults) == {"broken"}
    phone.faults.clear()

    phone.page.goto(phone.net.address + "/livez")
    assert "Kvar" in phone.opens_list().states()


# What is suggested --------------------------------------------------------------------------------


def test_without_a_net_the_form_suggests_where_the_last_stop_was(phone):
    def suggested():
        page = phone.begins().page
        return page.locator('[name="place"]').input_value(), page.locator(
            '[name="place_type"]:checked'
        ).get_attribute("value")

    phone.logs("Bryggan").page.wait_for_url("**/arenden/*/")
    phone.net.state = DOWN
    assert suggested() == ("Bryggan", "centre")

    # And of two, the one that lies on the phone and no server knows of yet.
    phone.begins().writes("Evedal")
    phone.presses("place_type", "beach")
    phone.saves()
    assert suggested() == ("Evedal", "beach")

    phone.begins().writes("Nils lägenhet")
    phone.presses("place_type", "home")
    phone.saves()
    assert suggested() == ("Evedal", "beach")
    phone.net.state = UP
