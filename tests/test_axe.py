"""Every page that can be asked for, and every step's form, as axe sees them in each look.

The pages are made here, of the routes' own table and one object of each kind, and laid before one
browser: no server stands between, so that two hundred pages take minutes and not hours.
"""

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import AccessEntry, PatrolPass, Referral, YouthCase
from cases.models.moves import AnyCase, moves_of
from tests import cast, machines, matrix, test_matrix
from tests.browser import AXE_TAGS, CHROMIUM, launched
from tests.factories import make_appointment, make_case, make_custodian, make_referral, request_of

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: browser tests are skipped")
things = test_matrix.things

HOUSE = "http://127.0.0.1:1"
LOOKS = ("light", "dark", "natt")
# What a look can change is its colours; everything else is examined once, in the first.
IN_EACH_LOOK = """async ([looks, tags]) => {
    const found = [];
    for (const look of looks) {
        document.documentElement.dataset.theme = look;
        const only = look === looks[0] ? {type: "tag", values: tags}
            : {type: "rule", values: ["color-contrast", "link-in-text-block"]};
        const told = await axe.run({runOnly: only, resultTypes: ["violations"]});
        for (const fault of told.violations)
            found.push(`${look}: ${fault.id} ${fault.nodes.map(node => node.html).join(" ")}`);
    }
    return found;
}"""
# Pages that differ by role: as each of these meets them.
OF_EACH_ROLE = ("worklist", "case", "calendar", "post")
STAFF: dict[type[AnyCase], tuple[str, ...]] = {
    YouthCase: ("karin", "omar", "lena"),
    Referral: ("sara", "hanna", "ines"),
}
# Answered by a file, a fact for a script, another address, or nothing before there is something:
# a letter's next step, and the steps of a second factor that ask for the first anew.
SHOWS_NO_PAGE = """
start phone-key worker worklist-state calendar-feed livez security-txt
handout-pdf handout-tables letter-pdf pile-pdf wording-pdf letter-step
account_signup socialaccount_signup socialaccount_connections socialaccount_login_error
openid_connect_login openid_connect_callback mfa_authenticate mfa_login_webauthn
mfa_reauthenticate mfa_reauthenticate_webauthn mfa_activate_totp mfa_deactivate_totp
mfa_add_webauthn mfa_edit_webauthn mfa_remove_webauthn mfa_view_recovery_codes
mfa_generate_recovery_codes mfa_download_recovery_codes
"""
Pages = dict[str, str]


def is_page(answer: Any) -> bool:
    return answer.status_code == 200 and "text/html" in answer.headers["Content-Type"]


def page_of(client: Client, address: str) -> str | None:
    """The page at `address`; None where something else than a page of its own is answered."""
    answer = client.get(address)
    return answer.content.decode() if is_page(answer) else None


def readers() -> dict[str, Client]:
    clients = {"nobody": Client()}
    for who in matrix.table(matrix.WHO)["in"]:
        clients[who] = Client()
        clients[who].force_login(cast.person(who))
    return clients


def pages_of_routes(things: dict[str, Any]) -> Pages:
    """Each route's page of each kind of object, as the first who is shown one sees it."""
    clients, found, seen = readers(), {}, set()
    PatrolPass.objects.filter(pk=things["pass"]).update(started_at=timezone.now())
    for cell in matrix.cells():
        kind = (cell.route, cell.thing, cell.who if cell.route in OF_EACH_ROLE else "")
        if cell.method != "GET" or 200 not in cell.wanted or cell.thing == "missing":
            continue
        if cell.route.startswith("step") or kind in seen:
            continue
        answer = clients[cell.who].get(test_matrix.address(cell, things))
        if answer.status_code != 302:  # to somebody else it may be shown
            seen.add(kind)
        if is_page(answer):
            found[f"{cell.route} of {cell.thing} as {cell.who}"] = answer.content.decode()
    found["nothing here as sara"] = clients["sara"].get("/finns-inte/").content.decode()
    return found


def cases_by_state(model: type[AnyCase]) -> dict[str, AnyCase]:
    """A case in each state that lies on its road, with a custodian and, of a notice, a talk."""
    made: dict[str, AnyCase] = {}
    for state in machines.states_of(model):
        try:
            case: Any = make_case(state) if model is YouthCase else make_referral(state)
        except ValueError:  # a way out, and no step of the road
            continue
        make_custodian(case.person, name="Maja Modersson")
        if isinstance(case, Referral):
            make_appointment(test_matrix.with_notice(case)).save()
        made[state] = case
    return made


def step_pages(model: type[AnyCase]) -> Iterator[tuple[str, str | None]]:
    """The form of every step that somebody of the staff may take, in a state where it is legal."""
    clients, cases, shown = readers(), cases_by_state(model), set()
    for move in moves_of(model):
        case = cases.get(move.source)
        if case is None or move.name in shown:
            continue
        who = next((who for who in STAFF[model] if move.is_allowed(case, cast.person(who))), None)
        if who is not None:
            shown.add(move.name)
            # An ended case is nobody's any more: it is asked why somebody reads it.
            access.give_reason(
                request_of(who), case.pk, purpose=AccessEntry.Purpose.OTHER, words="Felregistrerad."
            )
            address = reverse("step", kwargs={"pk": case.pk, "action": move.name})
            yield f"{move.name} of {model.__name__}", page_of(clients[who], address)


def examined(pages: Pages) -> dict[str, list[str]]:
    """What axe finds on each page, and in which look; nothing of what is right."""
    faults: dict[str, list[str]] = {}
    with launched() as chromium:
        # Without motion: a colour that is on its way to another is nobody's look.
        tab = chromium.new_page(reduced_motion="reduce")
        tab.route("**/*", lambda route: _answer(route, pages))
        for number, name in enumerate(pages):
            tab.goto(f"{HOUSE}/{number}/")
            tab.evaluate(AXE_SCRIPT)
            if found := tab.evaluate(IN_EACH_LOOK, [LOOKS, AXE_TAGS]):
                faults[name] = found
    return faults


def _answer(route: Any, pages: Pages) -> None:
    """The page of that number, or a file of the product's own; nothing else is there."""
    path = urlsplit(route.request.url).path
    number = path.strip("/")
    if number.isdecimal():
        route.fulfill(body=list(pages.values())[int(number)], content_type="text/html")
        return
    file = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    if file is None:
        route.fulfill(status=404, body="")
        return
    kind = mimetypes.guess_type(file)[0] or "application/octet-stream"
    route.fulfill(body=Path(file).read_bytes(), content_type=kind)


def test_axe_finds_nothing_on_any_page_in_any_look(things: dict[str, Any]) -> None:
    pages = pages_of_routes(things)
    asked = {route for route, (methods, *_) in matrix.rows().items() if "GET" in methods}
    shown = {name.split(" of ")[0] for name in pages}
    assert asked - shown - {"step", "step-about"} == set(SHOWS_NO_PAGE.split())

    assert examined(pages) == {}


@pytest.mark.parametrize("model", [YouthCase, Referral])
def test_axe_finds_nothing_in_any_steps_form_in_any_look(model: type[AnyCase]) -> None:
    found = dict(step_pages(model))
    assert len(found) > 30
    assert [name for name, page in found.items() if page is None] == []

    assert examined({name: page for name, page in found.items() if page}) == {}


def test_axe_sees_a_page_in_its_styles_and_in_each_look() -> None:
    """A planted fault is found: ink as dark as the ground of the night, and a picture unnamed."""
    page = page_of(Client(), "/") or ""
    planted = '<img src="x"><p style="color: #1a1a1a">Syns inte på natten</p></main>'

    found = examined({"planted": page.replace("</main>", planted)})["planted"]

    assert [fault.partition(" ")[0] for fault in found if "image-alt" in fault] == ["light:"]
    assert {fault.partition(" ")[0] for fault in found if "color-contrast" in fault} == {
        "dark:", "natt:"
    }  # fmt: skip
