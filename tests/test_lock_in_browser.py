"""The lock as somebody meets it in a browser: the page is emptied, and what was written is back."""

import pytest

from kronoberg import demo
from tests.browser import CHROMIUM, Visitor, launched, running

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: browser tests are skipped")

LEFT = """
import time
from django.contrib.sessions.models import Session
from django.contrib.sessions.backends.db import SessionStore
for row in Session.objects.all():
    session = SessionStore(row.pk)
    session["seen"] = int(time.time()) - 3600
    session["account_authentication_methods"] = [
        record | {"at": record["at"] - 3600}
        for record in session.get("account_authentication_methods", [])
    ]
    session.save()
"""
WORDS = "Hennes mor har ringt och frågat"


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: the house has a database and processes of its own."""


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with running(tmp_path_factory.mktemp("house"), n_cases=1, has_worker=False) as house:
        yield house


@pytest.fixture
def visitor(house):
    with launched() as chromium:
        page = chromium.new_page()
        page.clock.install()
        yield Visitor(page, house.address).becomes("omar")


def leaves(visitor: Visitor) -> None:
    visitor.page.clock.fast_forward("31:00")


def test_a_page_that_nobody_touches_is_emptied_and_given_back_to_its_author(house, visitor) -> None:
    visitor.goes("/sok/").writes(what="Anna Berg", words=WORDS).chooses(purpose="request")
    house.manage("shell", "-c", LEFT)

    leaves(visitor)
    visitor.page.get_by_role("heading", name="Låst").wait_for()

    visitor.faults.clear()  # the browser notes the 423 as a fault
    visitor.does_not_read(WORDS, "Anna Berg")
    visitor.writes(unlock=demo.PASSWORD).page.get_by_role("button", name="Lås upp").click()
    visitor.page.wait_for_url("**/sok/")
    assert visitor.page.locator('[name="words"]').input_value() == WORDS
    assert visitor.page.locator('[name="purpose"][value="request"]').is_checked()
    visitor.looks()


def test_without_an_answer_from_the_server_the_page_is_covered_and_nothing_is_lost(
    house, visitor
) -> None:
    visitor.goes("/sok/").writes(words=WORDS)
    visitor.page.context.set_offline(True)

    leaves(visitor)
    visitor.page.get_by_text("servern svarar inte").wait_for()

    visitor.does_not_read("Varför söker du?")
    visitor.page.context.set_offline(False)
    visitor.page.clock.fast_forward("00:06")
    visitor.page.locator('[name="words"]').wait_for()
    assert visitor.page.locator('[name="words"]').input_value() == WORDS, "another tab is in use"
