"""The caseworker's pages: what they offer when, what they say is missing, what stands on them."""

import html
import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.models import (
    Appointment,
    Attendee,
    ContactMade,
    CustodianContact,
    EmergencyAccess,
    FollowUp,
    InformationMeeting,
    Protection,
    RecordEntry,
    Referral,
    WorkingNote,
    YouthCase,
)
from cases.models.moves import AnyCase, moves_of
from cases.workflow import perform
from kronoberg import casebook
from kronoberg.case_facts import MASK
from notices import leaving
from notices.models import Letter
from tests import cast, households
from tests.factories import make_appointment, make_case, make_custodian, make_referral
from tests.posting import form, local, take


def shown(client: Client, case: AnyCase, action: str = "", who: str = "sara") -> str:
    """The page of the case, or of one of its steps, in plain signs."""
    client.force_login(cast.person(who))
    where = {"pk": case.pk} | ({"action": action} if action else {})
    answer = client.get(reverse("step" if action else "case", kwargs=where))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def address(case: AnyCase, action: str) -> str:
    return reverse("step", kwargs={"pk": case.pk, "action": action})


def decided() -> Referral:
    _, case = households.notified()
    households.decided(case)
    case.refresh_from_db()
    return case


def followed_up() -> Referral:
    return take(decided(), "start_follow_up", follow_up_answer="custodians", months=["3"])


def waiting_talk(case: Referral, *, hours: int) -> Appointment:
    talk = make_appointment(case, at=timezone.now() + timedelta(hours=hours))
    perform(case, "call_to_talk", by=cast.person("sara"), records=[talk])
    return talk


def test_the_page_of_a_step_says_what_it_would_be_refused_for_and_leads_there(client: Client):
    case = followed_up()

    page = shown(client, case, "close")

    assert "Saknas innan steget kan tas" in page
    assert f'<a href="{address(case, "record_follow_up")}">anteckning om uppföljning</a>' in page
    assert "hur ärendet slutade" not in page, "that is what this very form asks"


def test_the_page_of_a_step_that_can_be_taken_says_nothing_of_it(client: Client):
    case = followed_up()
    take(case, "record_follow_up", kind="phone", at=local(), youth="attended",
         custodians="absent", outcome="better")  # fmt: skip

    assert "Saknas" not in shown(client, case, "decline_support")


def test_a_talk_is_written_about_beside_itself_and_nowhere_when_none_waits(client: Client):
    case = decided()
    assert "record_talk" not in shown(client, case)

    talk = waiting_talk(case, hours=48)

    page = shown(client, case)
    beside = reverse("step-about", args=[case.pk, "record_talk", talk.pk])
    assert f'href="{beside}"' in page
    assert f'href="{address(case, "record_talk")}"' not in page
    talk.result = "not_held"
    talk.save()
    assert "record_talk" not in shown(client, case)


def test_a_talk_whose_hour_has_come_is_what_comes_next(client: Client):
    case = decided()
    perform(case, "give_feedback", by=cast.person("sara"))
    case.refresh_from_db()
    waiting_talk(case, hours=-1)

    [step] = re.findall(r'next__step">([^<]+)<', shown(client, case))

    assert step == "Anteckna samtalet"


@pytest.mark.parametrize("action", ["record_talk", "skip_check"])
def test_a_step_with_nothing_to_be_about_says_so_and_asks_for_nothing(client: Client, action: str):
    case = followed_up()
    waiting_talk(case, hours=1)
    assert "<textarea" in shown(client, case, action)
    case.appointments.update(result="held")
    case.checks.update(skipped_at=timezone.now())

    page = shown(client, case, action)

    assert "Inget samtal väntar" in page or "Ingen planerad uppföljning finns kvar" in page
    assert "<textarea" not in page and "button--primary" not in page


def noted(case: AnyCase) -> None:
    FollowUp.objects.create(
        case_id=case.pk, kind="phone", at=timezone.now(), youth="late", custodians="absent",
        outcome="worse", note="Sover dåligt.", made_by=cast.person("sara"),
    )  # fmt: skip


@pytest.mark.parametrize("who", ["sara", "omar"])
def test_who_came_to_a_follow_up_and_what_it_showed_stands_on_the_case(client: Client, who: str):
    case = decided() if who == "sara" else make_case("acknowledged")
    noted(case)

    page = shown(client, case, who=who)

    assert "Ungdomen: kom sent, vårdnadshavarna: kom inte, sämre än vid anmälan" in page
    assert "Sover dåligt." in page


def test_the_note_of_a_follow_up_is_for_named_readers_where_somebody_is_hidden(client: Client):
    case = decided()
    noted(case)
    make_custodian(case.person, protection=Protection.PROTECTED)

    page = shown(client, case)

    assert "sämre än vid anmälan" in page and MASK in page
    assert "Sover dåligt." not in page


def test_a_letter_that_a_step_made_is_told_of_by_its_title(client: Client):
    _, case = households.notified()
    households.assessed(case)
    client.force_login(cast.person("sara"))
    sent = {"request_id": "8b2f1f0e-0000-4000-8000-000000000001", "kind": "talk",
            "starts_at": local(days=3), "place": "Rum 2",
            "called": [str(one.pk) for one in case.person.custodians.all()]}  # fmt: skip

    answer = client.post(address(case, "call_to_talk"), sent, follow=True)

    told = [str(message) for message in answer.context["messages"]]
    assert "Kallelse till samtal till vårdnadshavare 1 är i kö." in told


def test_a_working_note_is_found_again_by_whoever_wrote_it_and_by_nobody_else(client: Client):
    case = decided()
    client.force_login(cast.person("sara"))
    client.post(address(case, "write_entry"), {"keep": "note", "text": "Ring skolan."})

    link = f'<a href="{address(case, "write_entry")}">Läs den och skriv in den</a>'
    assert link in shown(client, case)
    assert link not in shown(client, case, who="hanna")
    take(case, "write_entry", text="Skolan är uppringd.", at=local())
    assert link not in shown(client, case)


@pytest.mark.parametrize(("state", "leads"), [("not_opened", True), ("closed", False)])
def test_a_working_note_leads_to_its_step_while_the_case_is_open(state: str, leads: bool):
    case, sara = make_referral(state), cast.person("sara")
    WorkingNote.objects.create(
        referral=case, author=sara, text="Ring skolan.", changed_at=timezone.now()
    )

    assert bool(casebook.of(case, by=sara).note_url) == leads


@pytest.mark.parametrize("action", ["correct_entry", "note_dispute"])
def test_what_is_corrected_or_disputed_is_read_while_writing(client: Client, action: str):
    case = decided()
    take(case, "write_entry", text="Det hände en gång.", at=local())
    [entry] = case.entries.all()
    client.force_login(cast.person("sara"))
    where = reverse("step-about", args=[case.pk, action, entry.pk])

    assert "”Det hände en gång.”" in client.get(where).content.decode()
    make_custodian(case.person, protection=Protection.PROTECTED)
    assert "Det hände" not in client.get(where).content.decode()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (RecordEntry, "written_at"),
        (ContactMade, "at"),
        (Appointment, "at"),
        (InformationMeeting, "at"),
        (FollowUp, "at"),
        (CustodianContact, "at"),
        (EmergencyAccess, "opened_at"),
    ],
)
def test_what_a_row_is_called_tells_the_hour_of_the_wall(row: type[Model], column: str):
    night = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)

    assert "2026-07-02" in str(row(**{column: night}))


def test_ivo_is_not_asked_before_the_other_municipality_has_said_no(client: Client):
    case = decided()
    take(case, "request_transfer", transfer_to="0764", reason="Familjen har flyttat.")
    assert address(case, "apply_to_ivo") not in shown(client, case)
    assert "en månads väntan på svar" in shown(client, case, "apply_to_ivo")

    take(case, "note_transfer_refusal", reason="Barnet bor kvar.")

    assert address(case, "apply_to_ivo") in shown(client, case)


def test_what_ends_a_case_says_which_case_it_was_and_where_it_went(client: Client):
    case = decided()
    take(case, "request_transfer", transfer_to="0764", reason="Familjen har flyttat.")
    client.force_login(cast.person("sara"))

    sent = {"request_id": str(uuid4()), "confirm": "on"}
    answer = client.post(address(case, "transfer"), sent, follow=True)

    done, *_ = (str(message) for message in answer.context["messages"])
    assert done == f"Klart: du överflyttade ärendet {case.reference} till Alvesta kommun."


@pytest.mark.parametrize("machine", [YouthCase, Referral])
def test_whatever_ends_a_case_is_said_of_the_case(machine: type[AnyCase]):
    ended = {"closed", "annulled", "merged", "transferred"}

    done = {move.done for move in moves_of(machine) if move.target in ended}

    assert done and all(re.search(r"\bärendet\b", words) for words in done)


def test_the_page_of_a_step_says_which_case_it_is_about(client: Client):
    case = decided()

    assert f'"head__over">{case.reference}' in shown(client, case, "record_contact")


def test_what_is_asked_of_a_talk_is_called_optional_only_where_it_is(client: Client):
    case = decided()
    talk = waiting_talk(case, hours=-1)
    Attendee.objects.create(appointment=talk)

    page = shown(client, case, "record_talk")

    said = re.findall(r"field__label[^>]*>([^<]+?) <span class=.field__optional.>[(]([^)]+)", page)
    assert dict(said) == {
        "Varför blev det inte av?": "om det inte blev av",
        "Ungdomen": "om det blev av",
        "Vad som hände": "frivilligt",
        "Oro att föra vidare": "frivilligt",
    }


def test_a_call_to_a_time_that_was_moved_does_not_leave_the_house_and_the_new_one_does():
    case = decided()
    called = households.called(case)
    households.social(case, "call_to_talk", records=called)
    then = {"starts_at": local(days=5), "place": "Rum 2", "moved_for": "family"}
    filled = form(case, "reschedule_talk", appointment=str(called[0].pk), **then)
    assert filled.is_valid(), filled.errors

    households.social(case, "reschedule_talk", records=filled.records())

    calls = Letter.objects.filter(case_id=case.pk, custodian_id=called[1].custodian_id)
    old, new = (each.posting for each in calls.filter(code="L6").order_by("made_at"))
    today = timezone.localdate()
    assert leaving.obstacle(old, case, on=today) == leaving.NEW_TIME
    assert leaving.obstacle(new, case, on=today) == ""
