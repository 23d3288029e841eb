"""Signing in through an organisation's own identity provider, in a browser, against a local one."""

from typing import Any

import pytest

from tests import identity_provider
from tests.browser import CHROMIUM, Visitor, launched, running
from tests.test_lock_in_browser import LEFT

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: browser tests are skipped")

NO_PASSWORD = """
from cases.models import User
user = User.objects.get(username="omar")
user.set_unusable_password()
user.save()
"""


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: the house has a database and processes of its own."""


@pytest.fixture(scope="module")
def provider():
    provider = identity_provider.Provider("omar")
    yield provider
    provider.stop()


@pytest.fixture(scope="module")
def house(tmp_path_factory, provider):
    oidc = {
        "KRONOBERG_OIDC_SERVER": provider.address,
        "KRONOBERG_OIDC_CLIENT": identity_provider.CLIENT,
        "KRONOBERG_OIDC_SECRET": identity_provider.SECRET,
    }
    folder = tmp_path_factory.mktemp("house")
    with pytest.MonkeyPatch.context() as environment:
        for name, value in oidc.items():
            environment.setenv(name, value)
        with running(folder, n_cases=1, has_worker=False) as house:
            house.manage("shell", "-c", NO_PASSWORD)
            yield house


@pytest.fixture
def visitor(house):
    with launched() as chromium:
        yield Visitor(chromium.new_page(), house.address)


def test_who_works_here_comes_in_by_the_workplaces_login_and_opens_the_lock_by_it(
    house: Any, provider: Any, visitor: Visitor
) -> None:
    visitor.goes("/logga-in/").presses("Logga in med arbetsplatsen")
    assert visitor.page.url == f"{house.address}/arbetslista/"
    visitor.reads("Arbetslista")

    house.manage("shell", "-c", LEFT)
    visitor.page.goto(f"{house.address}/sok/")
    visitor.faults.clear()  # the browser notes the 423 as a fault
    visitor.reads("Låst")
    assert visitor.page.locator('input[type="password"]').count() == 0
    visitor.presses("Logga in med arbetsplatsen")

    assert visitor.page.url == f"{house.address}/sok/"
    assert provider.asked == 2


def test_a_local_password_opens_nothing_where_the_workplace_has_a_login(
    house: Any, visitor: Visitor
) -> None:
    visitor.goes("/logga-in/")

    assert visitor.page.locator('input[type="password"]').count() == 0
