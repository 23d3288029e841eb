"""Karin's phone for the browser tests: one house, one net and one browser for a file of tests.

A test file takes the three fixtures by name: `house, pocket, phone = pocket.house, …`. Each test
begins with an empty phone, Karin logged in and the net up.
"""

import pytest

from tests.browser import launched, running
from tests.net import net_before
from tests.phone import EMPTY, Phone


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with running(tmp_path_factory.mktemp("house"), n_cases=0, has_worker=False) as house:
        yield house


@pytest.fixture(scope="module")
def pocket(house):
    """Karin's phone, with the worker in place."""
    with launched() as chromium, net_before(house.port) as net:
        yield Phone(chromium, house, net).becomes("karin").is_ready()


@pytest.fixture
def phone(pocket):
    pocket.net.is_up()
    pocket.page.unroute_all()
    # A page without a script: nothing is being sent while the phone is emptied.
    pocket.opens("/livez").page.evaluate(EMPTY)
    pocket.opens("/arbetslista/")
    if "Karin" not in pocket.page.locator(".menu__open").inner_text():
        pocket.becomes("karin")
    # The test before may have let the key go, and the next may cut the net at once.
    pocket.is_ready()
    pocket.faults.clear()
    yield pocket
    assert not pocket.faults, pocket.faults
