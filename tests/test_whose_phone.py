"""Whose the phone is: one officer's words on it are nobody else's, and one tab writes at a time.

The phone, the server and the net are shared by the tests; each begins with an empty phone, Karin
logged in and the net up.
"""

import pytest

from tests import pocket as hands
from tests.browser import CHROMIUM
from tests.net import DOWN, UP
from tests.phone import CHANGE_KEY, RAW, another_tab, stops

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: browser tests are skipped")


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: the house has a database and processes of its own."""


house, pocket, phone = hands.house, hands.pocket, hands.phone


# Who ----------------------------------------------------------------------------------------------


def test_a_session_that_ended_costs_a_login_and_nothing_else(phone, house):
    before = stops(house)
    phone.begins().writes("Ringsberg")
    phone.expires()

    phone.saves()
    phone.row("Ringsberg").get_by_text("Logga in, så skickas det").wait_for()
    assert stops(house) == before

    phone.becomes("karin").opens_list().until_received()
    assert stops(house) == before + 1


def test_somebody_else_neither_sees_nor_erases_nor_sends_what_lies_on_the_phone(phone, house):
    before = stops(house)
    phone.net.state = DOWN
    phone.logs("Karins hemlighet")
    phone.net.state = UP

    phone.becomes("per").opens("/arbetslista/")
    assert phone.opens_list().states() == {}
    assert "Karins hemlighet" not in phone.page.content()
    assert stops(house) == before

    phone.becomes("karin").opens_list().until_received()
    [(author,)] = house.ask(
        "SELECT u.username FROM cases_incident i JOIN cases_user u ON u.id = i.author_id "
        "ORDER BY i.reference DESC LIMIT 1"
    )
    assert (stops(house), author) == (before + 1, "karin")


def test_somebody_elses_login_cannot_open_what_the_first_one_sealed(phone):
    phone.begins().writes("Karins hemlighet")

    phone.becomes("per").is_ready()
    opened = phone.page.evaluate(
        """async () => {
            const open = indexedDB.open("kronoberg", 1);
            const base = await new Promise(done => { open.onsuccess = () => done(open.result) });
            const all = name => new Promise(done => {
                const got = base.transaction(name).objectStore(name).getAll();
                got.onsuccess = () => done(got.result);
            });
            const [mine] = await all("key");
            const [row] = await all("entries");
            base.close();
            const bound = new TextEncoder().encode(`${row.holder}:entries:${row.id}`);
            return crypto.subtle.decrypt(
                {name: "AES-GCM", iv: row.iv, additionalData: bound}, mine.key, row.sealed
            ).then(() => "opened", fault => fault.name);
        }"""
    )

    assert opened == "OperationError"


def test_a_tab_left_open_shows_nothing_when_somebody_else_logs_in(phone):
    phone.begins().writes("Karins hemlighet")
    with another_tab(phone) as left_open:
        phone.becomes("per")

        left_open.get_by_text("Någon annan har loggat in på telefonen").wait_for()
        assert left_open.locator("form[data-draft]").count() == 0


def test_logging_out_warns_locks_and_keeps(phone, house):
    before = stops(house)
    phone.net.state = DOWN
    phone.logs("Kvarnen")
    # Before the net is back, or the page that is open sends it.
    phone.page.route("**/falt/nyckel/", lambda route: route.abort())
    phone.net.state = UP
    phone.opens("/arbetslista/")
    phone.page.locator(".menu__open").tap()

    phone.page.get_by_role("button", name="Logga ut").tap()
    phone.page.get_by_text("finns bara på den här telefonen. Om du loggar ut").wait_for()
    phone.page.get_by_role("button", name="Logga ut ändå").tap()
    phone.page.wait_for_url(phone.net.address + "/")

    phone.opens_list().page.get_by_text("Telefonen är låst").wait_for()
    assert "Kvarnen" not in phone.page.content()
    phone.page.unroute_all()
    phone.becomes("karin").opens_list().until_received()
    assert stops(house) == before + 1


def test_the_key_is_forgotten_when_its_hours_are_up_and_the_drafts_open_after_a_login(phone):
    phone.begins().writes("Gamla spåret")
    phone.page.evaluate(CHANGE_KEY, {"until": 1})
    phone.net.state = DOWN

    phone.opens_list().page.get_by_text("Telefonen är låst").wait_for()
    assert '"key":[]' in phone.page.evaluate(RAW)

    phone.net.state = UP
    phone.becomes("karin").is_ready()
    assert "Gamla spåret" in phone.opens_list().states()


# Tabs ---------------------------------------------------------------------------------------------


def test_a_draft_is_written_on_in_one_tab_at_a_time(phone):
    phone.begins().writes("Första fliken")
    address = phone.page.url
    with another_tab(phone) as first:
        phone.page.goto(address)
        phone.page.get_by_text("Utkastet är öppet i en annan flik").wait_for()
        assert phone.page.locator("form[inert]").count() == 1

        first.locator('[name="place"]').fill("Första fliken, sista ordet")
        first.locator('form[data-kept=""]').wait_for()
        first.goto("about:blank")

        phone.page.locator("form:not([inert]) [name=place]").wait_for()
        phone.until("document.querySelector('[name=place]').value.endsWith('sista ordet')")


def test_two_tabs_that_find_the_net_together_send_once(phone, house):
    before = stops(house)
    phone.net.state = DOWN
    phone.logs("Båda flikarna")
    with another_tab(phone) as first:
        phone.opens_list()
        phone.net.state = UP
        for tab in (first, phone.page):
            tab.evaluate("void dispatchEvent(new Event('online'))")

        phone.until_received()

    assert stops(house) == before + 1
