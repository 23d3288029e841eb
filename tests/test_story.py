"""The story of the README, told by a real browser against real processes.

One test, read from the top: three youths at Stortorget in Växjö, from the stop until both
authorities have closed what is theirs about each of them. Every page on the way is checked by
axe, and for script or policy faults.
"""

import io
import re
from datetime import date, timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from cases.fictive import fictive_number
from tests.browser import CHROMIUM, Visitor, launched, running

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: browser tests are skipped")

MOTHERS, FATHERS = ("Mira", "Kulissvägen 4"), ("Idris", "Diktarvägen 9")
NAMES = ("Nova Vinterlid", "Leo Provskog", "Alex Testberg")
N_PAST = 40
MET = {"kind": "information_meeting", "youth": "attended", "custodians": "attended"}


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
    # Enough that the school year before has figures to read.
    with running(tmp_path_factory.mktemp("house"), n_cases=2, n_past=N_PAST) as house:
        yield house


@pytest.fixture(scope="module")
def browser():
    with launched() as chromium:
        yield chromium


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
        karin.writes(**card(youth, street=MOTHERS[1], postal_code="352 30"))
    karin.writes(**parent(0, 1, name="Mira Vinterlid", phone="070-174 06 50"))
    karin.writes(**parent(0, 2, name="Idris Vinterlid", phone="070-174 06 51"))
    karin.turns("youth-0-custodian_2_lives_with_youth")
    karin.writes(**parent(0, 2, street=FATHERS[1], postal_code="352 46"))
    karin.writes(**parent(1, 1, name="Bo Provskog", phone="070-174 06 52"))
    karin.presses("Spara").reads("H-2026-")
    # The youngest three of Karin's cases, in the order in which they were logged.
    pages = [re.match(r"/arenden/[0-9a-f-]+/", link) for link in karin.links("/arenden/")]
    return list(dict.fromkeys(page.group() for page in pages if page))


def in_the_field(karin: Visitor, nova: str, leo: str, alex: str) -> None:
    """The alcohol, the calls, the hand-over, the supplier question and the report of each."""
    for case, drink in ((leo, "strong_beer"), (alex, "spirits")):
        served = {"size": "50", "measure": "forfeited", "served_how": "in_person"}
        karin.takes(case, "record_seizure", "Registrera alkohol", drink=drink, **served)
    karin.takes(nova, "record_contact", "Logga samtal", result="no_answer")
    karin.takes(nova, "record_contact", "Logga samtal", result="will_collect")
    karin.reads("Svarade inte", "Svarade – hämtar")
    taken = {"outcome": "collected", "handed_over_to": "Idris Vinterlid", "id_checked": True}
    karin.takes(nova, "hand_over", "Överlämna", **taken)
    karin.takes(leo, "record_contact", "Logga samtal", result="will_collect")
    taken["handed_over_to"] = "Bo Provskog"
    karin.takes(leo, "hand_over", "Överlämna", **taken)
    karin.takes(alex, "hand_over", "Överlämna", outcome="released")
    for case in (nova, leo, alex):
        karin.takes(case, "answer_supply", "Svara", supply_answer="refuses")
        written = {"observations": "Luktade alkohol och gick ostadigt."}
        if case != alex:
            written |= {"concern": "Drack ute i kylan.", "told_of_notice": "both"}
            written |= {"harm_if_told": "no"}
        karin.takes(case, "complete_record", "Komplettera", **written)
        karin.takes(case, "report", "Avrapportera")


def words_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def letters_about(who: Visitor, case: str) -> list[str]:
    """What stands in each letter of the case, once the worker has made them all."""
    return [words_of(who.fetches(f"{letter}.pdf")) for letter in who.finds_letters(case)]


def each_alone(letters: list[str], kind: str) -> None:
    """Both parents have a letter of that kind, and neither finds the other's name or home in it."""
    for own, others in ((MOTHERS, FATHERS), (FATHERS, MOTHERS)):
        [letter] = [text for text in letters if kind in text and own[0] in text]
        assert own[1] in letter
        assert not [word for word in others if word in letter]


def find_in_the_inbox(ines: Visitor, number: str) -> str:
    """The referral that a police case became, by what its notice says; its row has a clock."""
    ines.goes("/arbetslista/")
    rows = ines.page.locator(".worklist__row")
    for row in (rows.nth(at) for at in range(rows.count())):
        referral = row.get_attribute("href") or ""
        if number in ines.page.request.get(ines.address + referral).text():
            assert "Skyddsbedömning" in row.inner_text()
            assert row.locator(".worklist__clock time").count() == 1
            return referral
    raise AssertionError(f"{number} is not in the inbox")


def assess(sara: Visitor, referral: str) -> None:
    """Nobody is in danger; whether to investigate is for the preliminary assessment."""
    assessed = {"needs_protection": "False", "protection_reasons": "Ingen akut fara."}
    assessed["protection_source"] = "Anmälan."
    sara.takes(referral, "assess_protection", "Gör skyddsbedömning", **assessed)
    sara.takes(referral, "start_assessment", "Börja")


def call_the_family(sara: Visitor, referral: str) -> None:
    """A talk in three days; each parent gets a letter of their own that says so."""
    soon = f"{timezone.localtime() + timedelta(days=3):%Y-%m-%dT15:00}"
    sara.takes(referral, "call_to_talk", "Kalla", starts_at=soon, place="Kommunhuset, rum 214")
    each_alone(letters_about(sara, referral), "Kallelse till samtal")


def close_the_referrals(sara: Visitor, of_nova: str, of_leo: str) -> None:
    """The family of the one said no to help; the other is investigated and says yes herself."""
    sara.takes(
        of_nova,
        "record_talk",
        "Anteckna samtalet",
        result="not_held",
        not_held_because="family_hindered",
    )
    sara.takes(of_nova, "decline_support", "Anteckna nej", support_answer="no_youth")
    sara.takes(of_leo, "conclude_investigation", "Avsluta utredningen", confirm=True)
    sara.takes(of_leo, "start_support", "Börja stödet", support_answer="youth")
    for referral, end in ((of_nova, "declined"), (of_leo, "support_done")):
        sara.takes(referral, "start_follow_up", "Börja uppföljningen", follow_up_answer="youth")
        asked = MET | {"kind": "phone", "outcome": "better"}
        sara.takes(referral, "record_follow_up", "Anteckna uppföljning", **asked)
        for _ in ("sex", "tolv"):
            sara.takes(referral, "skip_check", "Avstå", reason="Det går bra enligt familjen.")
        sara.takes(referral, "close", "Avsluta", end=end).reads("du avslutade ärendet")


REASONED = {"delegation": "4.2", "decision_reasons": "Familjen har stöd."}


def test_the_chain_holds_from_the_stop_until_both_records_are_closed(house, browser):
    who = Visitor(browser.new_context(reduced_motion="reduce").new_page(), house.address)

    # Karin logs one stop with three youths and takes it to the report.
    nova, leo, alex = log_three_youths(who.becomes("karin"))
    numbers = [who.goes(case).page.locator("h1").inner_text() for case in (nova, leo)]
    in_the_field(who, nova, leo, alex)

    # Lena reviews. The one who is 19 takes the shorter lawful way, and is done.
    who.becomes("lena")
    for case in (nova, leo):
        who.takes(case, "review", "Granska", decision="notify")
    who.takes(alex, "review", "Granska", decision="not_notify")
    who.takes(alex, "close", "Avsluta").reads("du avslutade ärendet")

    # Omar sends the notice of each youth under 18, and looks at the paper the worker has made:
    # the page shows the very file that is kept.
    who.becomes("omar")
    for case, name in ((nova, "Nova Vinterlid"), (leo, "Leo Provskog")):
        who.takes(case, "notify", "Skicka anmälan", without=True).reads("Anmäld")
        [notice] = who.finds_letters(case)
        who.goes(f"{notice}/").reads("Klar", "SHA-256")
        assert who.page.locator(f'iframe[src^="{notice}.pdf"]').count() == 1
        assert name in words_of(who.fetches(f"{notice}.pdf"))

    # Ines finds both in her inbox, each with the clock that is due first, and acknowledges.
    who.becomes("ines")
    of_nova, of_leo = (find_in_the_inbox(who, number) for number in numbers)
    who.goes(of_nova).reads("Skyddsbedömning", "Förhandsbedömning", "SoL 20:2")
    for referral, stranger in ((of_nova, "Leo Provskog"), (of_leo, "Nova Vinterlid")):
        who.takes(referral, "acknowledge", "Kvittera", confirm=True)
        who.does_not_read(nova, leo, stranger)

    # Sara assesses, calls one family to a talk, decides in both matters and answers the police.
    who.becomes("sara")
    for referral in (of_nova, of_leo):
        assess(who, referral)
    call_the_family(who, of_nova)
    who.takes(of_nova, "decide_not_to_open", "Inled inte", **REASONED)
    who.takes(of_leo, "open_investigation", "Inled", **REASONED)
    assert any("Vi inleder en utredning" in text for text in letters_about(who, of_leo))
    for referral in (of_nova, of_leo):
        who.takes(referral, "give_feedback", "Återkoppla")

    # Karin sees one of three answers, and nothing else of the municipality's.
    who.becomes("karin").goes(nova).reads("Utredning har inte inletts")
    who.does_not_read("Familjen har stöd", "Ingen akut fara")
    who.goes(leo).reads("Utredning har inletts").does_not_read("Tredje gången i höst")
    assert who.status_of(of_nova) == who.status_of(of_leo) == 404

    # Omar writes to each custodian apart, follows up and closes both. What is closed waits for
    # nobody: also he is asked why he looks.
    who.becomes("omar")
    for case in (nova, leo):
        who.takes(case, "send_letters", "Skicka brev")
        who.takes(case, "start_follow_up", "Börja uppföljningen")
        who.takes(case, "record_follow_up", "Anteckna uppföljning", **MET)
    each_alone(letters_about(who, nova), "Brev till vårdnadshavare")
    for case in (nova, leo):
        who.takes(case, "close", "Avsluta").reads("du avslutade ärendet")
        who.goes(case).reads("Varför läser du ärendet?")

    # Sara writes down the talk and the help, follows up and closes both.
    close_the_referrals(who.becomes("sara"), of_nova, of_leo)

    # Klara reads a figure and no name; Nils sees who has read; Per sees nothing.
    who.becomes("klara").goes("/statistik/").does_not_read(*NAMES, *numbers)
    whole = re.search(r"av (\d+) ingripanden mot unga under 18 år", who.reads("%").text())
    assert whole and N_PAST // 2 < int(whole[1]) < N_PAST * 2
    assert who.status_of(nova) == 404
    who.becomes("nils").goes("/logg/").reads("Karin Ek").does_not_read(*NAMES)
    who.becomes("per")
    assert who.status_of(nova) == who.status_of(f"{notice}.pdf") == 404


@pytest.mark.parametrize("theme", ["light", "dark", "natt"])
def test_the_field_fits_a_phone_in_every_theme(house, browser, theme):
    scheme = "light" if theme == "light" else "dark"
    context = browser.new_context(
        viewport={"width": 320, "height": 700}, color_scheme=scheme, has_touch=True
    )
    if theme == "natt":
        context.add_cookies([{"name": "theme", "value": theme, "url": house.address}])
    who = Visitor(context.new_page(), house.address).becomes("karin")

    for path in ("/", "/arbetslista/", "/handelser/ny/"):
        who.goes(path).fits(320)


def test_the_pages_work_without_javascript(house, browser):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(house.address + "/")
    page.locator('form:has(input[value="karin"]) button').click()
    page.get_by_role("link", name="Ny händelse").first.click()
    page.locator('button.button[name="save"][value="all"]').click()

    assert page.title().startswith("Fel: ")
    assert page.locator(".faults a").count() > 0
