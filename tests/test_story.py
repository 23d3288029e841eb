"""The story of the README, told by a real browser against real processes.

One test, read from the top: three youths at Stortorget in Växjö, from the stop until both
authorities have closed. Every page on the way is checked by axe, and for script or policy faults.
"""

import io
import re
import time
from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

from cases.fictive import fictive_number
from tests.browser import CHROMIUM, Visitor, running

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: browser tests are skipped")

FATHERS_STREET = "Diktarvägen 9"
NAMES = ("Nova Vinterlid", "Leo Provskog", "Alex Testberg")


def born(age: int, serial: int) -> str:
    """A number of the test series for somebody who is `age` today."""
    return fictive_number(date(timezone.localdate().year - age, 1, 3 + serial), serial % 2)


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: Playwright keeps an event loop in the thread, and Django would give it a second
    connection that nobody closes. The house has a database and processes of its own.
    """


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with running(tmp_path_factory.mktemp("house"), n_cases=2) as house:
        yield house


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield chromium
        chromium.close()


def card(number: int, **answers: str) -> dict[str, str]:
    return {f"youth-{number}-{name}": answer for name, answer in answers.items()}


def parent(youth: int, number: int, **answers: str) -> dict[str, str]:
    return card(youth, **{f"custodian_{number}_{name}": text for name, text in answers.items()})


def log_three_youths(karin: Visitor) -> list[str]:
    """The stop at Stortorget; returns the addresses of the three cases."""
    karin.goes("/handelser/ny/").chooses(place_type="centre").writes(place="Stortorget")
    for youth, (age, name) in enumerate(zip((15, 17, 19), NAMES, strict=True)):
        if youth:
            karin.page.locator('button[name="add"]').click()
            karin.looks()
        karin.unfolds()
        karin.chooses(**card(youth, category="B" if youth else "A", protection="not_protected"))
        karin.writes(**card(youth, personal_number=born(age, youth), name=name))
        karin.writes(**card(youth, street="Kulissvägen 4", postal_code="352 30"))
    karin.writes(**parent(0, 1, name="Mira Vinterlid", phone="070-174 06 50"))
    karin.writes(**parent(0, 2, name="Idris Vinterlid", phone="070-174 06 51"))
    karin.turns("youth-0-custodian_2_lives_with_youth")
    karin.writes(**parent(0, 2, street=FATHERS_STREET, postal_code="352 46"))
    karin.writes(**parent(1, 1, name="Bo Provskog", phone="070-174 06 52"))
    karin.presses("Spara").reads("H-2026-")
    return cases_of(karin)


def cases_of(karin: Visitor) -> list[str]:
    """The youngest three of Karin's cases, in the order in which they were logged."""
    links = karin.page.locator('main a[href^="/arenden/"]')
    found = [links.nth(number).get_attribute("href") or "" for number in range(links.count())]
    pages = [re.match(r"/arenden/[0-9a-f-]+/", link) for link in found]
    return list(dict.fromkeys(page.group() for page in pages if page))


def step(who: Visitor, case: str, action: str, button: str, **answers: object) -> Visitor:
    """Open the form of a step, answer it and press its button."""
    who.goes(f"{case}{action}/").unfolds()
    for name, answer in answers.items():
        if answer is True:
            who.turns(name)
        elif who.page.locator(f'[name="{name}"][value="{answer}"]').count():
            who.chooses(**{name: str(answer)})
        elif who.page.locator(f'select[name="{name}"]').count():
            who.page.locator(f'select[name="{name}"]').select_option(str(answer))
        else:
            who.writes(**{name: str(answer)})
    who.page.locator("main form button.button--primary").click()
    who.looks()
    where = who.page.url
    after = "/arbetslista/" if action == "close" else case
    assert where.endswith(after), f"{where}\n{who.page.locator('main').inner_text()}"
    return who


def in_the_field(karin: Visitor, nova: str, leo: str, alex: str) -> None:
    """Calls, hand-over, the supplier question and the report, for each of the three."""
    step(karin, nova, "record_contact", "Logga samtal", result="no_answer")
    step(karin, nova, "record_contact", "Logga samtal", result="will_collect")
    karin.reads("Svarade inte", "Svarade – hämtar")
    taken = {"outcome": "collected", "handed_over_to": "Idris Vinterlid", "id_checked": True}
    step(karin, nova, "hand_over", "Överlämna", **taken)
    step(karin, leo, "record_contact", "Logga samtal", result="will_collect")
    taken["handed_over_to"] = "Bo Provskog"
    step(karin, leo, "hand_over", "Överlämna", **taken)
    step(karin, alex, "hand_over", "Överlämna", outcome="released")
    for case in (nova, leo, alex):
        step(karin, case, "answer_supply", "Svara", supply_answer="refuses")
        written = {"observations": "Luktade alkohol och gick ostadigt."}
        if case != alex:
            written |= {"concern": "Drack ute i kylan.", "told_of_notice": "both"}
            written |= {"harm_if_told": "no"}
        step(karin, case, "complete_record", "Komplettera", **written)
        step(karin, case, "report", "Avrapportera")


def wait_for_letters(who: Visitor, case: str) -> list[str]:
    """The case's PDFs, once the worker has made them."""
    for _ in range(60):
        who.goes(case)
        if not who.page.get_by_text("I kö", exact=True).count():
            break
        time.sleep(0.5)
    links = who.page.locator('a[href^="/brev/"]')
    return [
        (links.nth(number).get_attribute("href") or "").rstrip("/") + ".pdf"
        for number in range(links.count())
    ]


def words_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def referral_of(who: Visitor, number: str) -> str:
    """The referral that a police case became, found in the inbox by what the notice says."""
    who.goes("/arbetslista/")
    links = who.page.locator(".worklist__row")
    for link in [links.nth(at).get_attribute("href") or "" for at in range(links.count())]:
        if number in who.goes(link).page.locator("body").inner_text():
            return link
    raise AssertionError(f"{number} is not in the inbox")


def test_the_chain_holds_from_the_stop_until_both_records_are_closed(house, browser):
    who = Visitor(browser.new_context(reduced_motion="reduce").new_page(), house.address)

    # Karin logs one stop with three youths and takes it to the report.
    nova, leo, alex = log_three_youths(who.becomes("karin"))
    number = who.goes(nova).page.locator("h1").inner_text()
    in_the_field(who, nova, leo, alex)

    # Lena reviews. The one who is 19 takes the shorter lawful way, and is done.
    who.becomes("lena")
    for case in (nova, leo):
        step(who, case, "review", "Granska", decision="notify")
    step(who, alex, "review", "Granska", decision="not_notify")
    step(who, alex, "close", "Avsluta").reads("du avslutade ärendet")

    # Omar sends the notice of each youth under 18; the paper is made by the worker.
    who.becomes("omar")
    for case in (nova, leo):
        step(who, case, "notify", "Skicka anmälan").reads("Anmäld")
    [notice] = wait_for_letters(who, nova)
    assert "Nova Vinterlid" in words_of(who.fetches(notice))

    # The municipality finds it with its clocks, and acknowledges.
    who.becomes("ines")
    referral = referral_of(who, number)
    who.reads("Skyddsbedömning", "Förhandsbedömning", "SoL 20:2")
    step(who, referral, "acknowledge", "Kvittera", confirm=True).does_not_read(
        f"href='{nova}'", "Leo Provskog"
    )

    # Sara assesses, calls the family to a talk, decides and answers the police.
    who.becomes("sara")
    assessed = {"needs_protection": "False", "protection_reasons": "Ingen akut fara."}
    step(who, referral, "assess_protection", "Gör skyddsbedömning", **assessed)
    step(who, referral, "start_assessment", "Börja")
    soon = f"{timezone.localtime() + timedelta(days=3):%Y-%m-%dT15:00}"
    step(who, referral, "call_to_talk", "Kalla", starts_at=soon, place="Kommunhuset, rum 214")
    papers = [words_of(who.fetches(path)) for path in wait_for_letters(who, referral)]
    to_mother = [text for text in papers if "Mira Vinterlid" in text and "samtal" in text]
    assert any("Kallelse" in text or "kallelse" in text for text in to_mother)
    step(who, referral, "decide_not_to_open", "Inled inte", decision_reasons="Familjen har stöd.")
    step(who, referral, "give_feedback", "Återkoppla", confirm=True)

    # Karin sees one of three answers, and nothing else of the municipality's.
    who.becomes("karin").goes(nova).reads("Utredning har inte inletts")
    who.does_not_read("Familjen har stöd", "Ingen akut fara")
    assert who.status_of(referral) == 404

    # Omar writes to each custodian apart, follows up and closes.
    who.becomes("omar")
    step(who, nova, "send_letters", "Skicka brev")
    texts = [words_of(who.fetches(path)) for path in wait_for_letters(who, nova)]
    mothers = [text for text in texts if "Mira Vinterlid" in text and "vårdnadshavare" in text]
    assert any(FATHERS_STREET not in text and "Idris" not in text for text in mothers)
    step(who, nova, "start_follow_up", "Börja uppföljningen")
    met = {"kind": "information_meeting", "youth": "attended", "custodians": "attended"}
    step(who, nova, "record_follow_up", "Anteckna uppföljning", **met)
    step(who, nova, "close", "Avsluta").reads("du avslutade ärendet")

    # Sara writes down the talk, follows up and closes.
    who.becomes("sara")
    step(who, referral, "record_talk", "Anteckna samtalet", result="not_held", note="Sjukdom.")
    step(who, referral, "decline_support", "Anteckna nej", support_answer="declined")
    step(who, referral, "start_follow_up", "Börja uppföljningen")
    step(who, referral, "record_follow_up", "Anteckna uppföljning", **met | {"kind": "phone"})
    step(who, referral, "close", "Avsluta", end="declined").reads("du avslutade ärendet")

    # Klara sees numbers and no name; Nils sees who has read; Per sees nothing.
    who.becomes("klara").goes("/statistik/").does_not_read(*NAMES, number)
    assert who.status_of(nova) == 404
    who.becomes("nils").goes("/logg/").reads("Karin Ek").does_not_read(*NAMES)
    who.becomes("per")
    assert who.status_of(nova) == 404


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_field_fits_a_phone_in_every_theme(house, browser, theme):
    context = browser.new_context(
        viewport={"width": 320, "height": 700}, color_scheme=theme, has_touch=True
    )
    who = Visitor(context.new_page(), house.address).becomes("karin")

    for path in ("/", "/arbetslista/", "/handelser/ny/"):
        who.goes(path)
        wide = who.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, f"{path} is {wide} px wide"


def test_the_pages_work_without_javascript(house, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(house.address + "/")
    page.locator('form:has(input[value="karin"]) button').click()
    page.get_by_role("link", name="Ny händelse").first.click()
    page.locator('button[name="save"]').click()

    assert page.title().startswith("Fel: ")
    assert page.locator(".faults a").count() > 0
