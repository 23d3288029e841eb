"""The notice is complete by construction: whatever an officer can write down about the fourteen
groups stands in its PDF, and nothing stands there as a no that nobody was asked.
"""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pypdf import PdfReader

from cases.models import Custodian, DutyContact, YouthCase
from cases.models.codes import Custody
from cases.models.fields import SealedTextField
from cases.models.youth_case import RECORD
from notices import fonts, letters, rendering, snapshots
from tests import households
from tests.factories import make_case, make_person
from tests.filling import faults, form_of
from tests.households import police, social

SAID_AT = datetime(2026, 11, 20, 22, 35, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def _a_pdf_can_be_made_here():
    if fonts.missing_fonts("Latn"):
        pytest.skip("the DejaVu fonts are missing")


def written(name: str) -> str:
    return f"kanarie {name.replace('_', ' ')} slut"


def sealed_columns() -> list[str]:
    return [c for c in RECORD if isinstance(YouthCase._meta.get_field(c), SealedTextField)]


def notice_of(case: YouthCase) -> letters.ConcernNotice:
    """The notice that the case sends."""
    letter = police(case, "notify").letters[0]
    facts = letters.from_json("L4", letter.facts)
    assert isinstance(facts, letters.ConcernNotice)
    return facts


def paper(notice: letters.ConcernNotice) -> str:
    """The text of its PDF, each line break a space."""
    pdf = PdfReader(io.BytesIO(rendering.render("L4", notice)))
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def full_case(**columns: Any) -> YouthCase:
    facts = {name: written(name) for name in sealed_columns()} | {
        "hearsay_at": SAID_AT, "attends_meeting": "yes", "is_in_danger": True,
        "told_of_notice": "nobody",
    }  # fmt: skip
    case = households.reviewed(**facts | columns)
    DutyContact.objects.create(
        youth_case=case, at=case.opened_at, result="takes_over", spoke_with="Eva Jourberg",
        made_by=case.author,
    )  # fmt: skip
    case.incident.circumstances = written("circumstances")
    case.incident.save()
    households.father(case.person)
    Custodian.objects.filter(lives_with_youth=False).update(relation="trustee")
    return case


def test_every_field_that_can_be_written_is_in_the_pdf_of_the_notice():
    text = paper(notice_of(full_case()))

    wanted = {name: written(name) for name in (*sealed_columns(), "circumstances")}
    assert {name for name, words in wanted.items() if words not in text} == set()
    for words in ("god man", "2026-11-20 22:35", "Eva Jourberg", "Kan delta"):
        assert words in text, words


def test_a_call_that_the_duty_team_answered_is_the_oral_notice():
    case = full_case()

    notice = notice_of(case)

    assert notice.oral_notice_at == case.duty_contacts.get().at
    assert "Ingen muntlig anmälan" not in paper(notice)


def test_an_empty_record_says_no_to_nothing_that_nobody_was_asked():
    notice = notice_of(households.reviewed())

    text = paper(notice)

    assert "Andra droger Inte frågat" in text
    assert "Möte med familjen Inte frågat" in text
    for no in ("Inga kända droger", "Inget särskilt", "Kan inte delta", "behöver inte tolk",
               "Akut fara", "Ingen muntlig", "Inga uppgifter", "Skador Inga"):  # fmt: skip
        assert no not in text, no


def test_what_others_said_stands_with_who_said_it_and_when():
    case = households.reviewed(hearsay="Hon grät.", hearsay_by="Ordningsvakt", hearsay_at=SAID_AT)

    [said] = notice_of(case).statements

    assert (said.who, said.said_at, said.text) == ("Ordningsvakt", SAID_AT, "Hon grät.")


def test_where_a_hidden_child_is_now_does_not_cross_the_border():
    case = households.reviewed(protection="protected", whereabouts="Hos moster på Ringvägen")

    assert notice_of(case).child.whereabouts == ""


def test_the_copy_after_custody_by_lob_is_named_among_the_attachments():
    now = timezone.now()
    case = households.reviewed(
        custody=Custody.LOB, custody_at=now, custody_decided_by="Karin Ek", reason_told_at=now,
        custody_criteria="Kunde inte gå.", superior_reviewed_at=now, attachments="Protokoll 27 §",
    )  # fmt: skip

    copy, own = notice_of(case).attachments

    assert "LOB" in copy
    assert own == "Protokoll 27 §"


def test_feedback_that_is_not_wanted_is_not_asked_for_nor_waited_for():
    case, referral = households.notified(wants_feedback=False)

    receipt = social(referral, "acknowledge").letters[0]

    assert "Ni har inte bett om återkoppling" in rendered(receipt)
    police(case, "send_letters")
    for action in ("start_follow_up", "record_follow_up", "close"):
        police(case, action)
    assert households.fresh(case).state == "closed"


def rendered(letter: Any) -> str:
    pdf = rendering.render(letter.code, letters.from_json(letter.code, letter.facts))
    return " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())


def test_a_notice_from_before_a_field_was_added_can_still_be_read():
    notice = notice_of(households.reviewed())
    text = letters.to_json(notice).replace('"custodian_reaction":"",', "")
    assert "custodian_reaction" not in text

    assert snapshots.read(letters.ConcernNotice, text) == notice


def test_an_adult_s_notice_asks_nothing_about_custodians():
    case = make_case("reported", person=make_person(19), consents_to_referral=True)
    police(case, "review", by="lena", decision="notify")

    text = paper(notice_of(case))

    assert "Den unge Ja" in text
    assert "Vårdnadshavare Nej" not in text


def test_when_others_said_something_can_not_be_in_the_future():
    case = make_case("handed_over")
    tomorrow = f"{timezone.localtime() + timedelta(days=1):%Y-%m-%dT%H:%M}"

    assert (
        "framtiden" in faults(form_of(case, "complete_record", hearsay_at=tomorrow))["hearsay_at"]
    )
