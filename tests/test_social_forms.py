"""What each form of the social services asks, refuses and hands on to the step."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from cases import access, workflow
from cases.forms import form_for
from cases.forms.base import StepForm
from cases.models import Appointment, Attendee, FollowUp, PostalCode, Protection, Referral, User
from cases.models.moves import moves_of
from tests import cast
from tests.arrivals import arrived, assessed, custodian, decided

SYSTEM_STEPS = {"receive_supplement", "receive_recall"}


def form(case: Referral, action: str, by: str = "sara", **data: Any) -> StepForm:
    """The form of `action` as it is posted."""
    data = {"request_id": str(uuid4())} | data
    return form_for(case, action)(data, case=case, by=cast.person(by))


def page(case: Referral, action: str, by: str = "sara") -> Any:
    """The form of `action` as it is first shown."""
    return form_for(case, action)(case=case, by=cast.person(by))


def take(case: Referral, action: str, by: str = "sara", **data: Any) -> Referral:
    """Post the form and take its step, as the page does."""
    filled = form(case, action, by, **data)
    assert filled.is_valid(), filled.errors
    return workflow.perform(
        case,
        action,
        by=cast.person(by),
        at=filled.cleaned_data.get("at"),
        reason=filled.cleaned_data.get("reason", ""),
        request_id=filled.cleaned_data["request_id"],
        records=filled.records(),
        **filled.facts(),
    )


def local(**ahead: int) -> str:
    return f"{timezone.localtime() + timedelta(**ahead):%Y-%m-%dT%H:%M}"


def test_every_step_a_person_takes_says_what_happens_then():
    case = arrived()

    for action in {move.name for move in moves_of(Referral)} - SYSTEM_STEPS:
        shown = page(case, action)
        assert shown.intro, action
        assert shown.consequences, action


def test_forms_record_only_the_facts_their_step_may_fill():
    case = arrived()

    for move in {move.name: move for move in moves_of(Referral)}.values():
        asked = set(page(case, move.name).fields) - {"request_id", "confirm"}
        assert ("reason" in asked) == move.needs_reason, move.name
        if move.facts and move.name != "correct_person":
            assert asked - {"reason"} <= set(move.facts), move.name


# Receiving ------------------------------------------------------------------------------------


def test_receipt_needs_a_deliberate_yes():
    case = arrived()

    assert not form(case, "acknowledge", "ines").is_valid()
    assert take(case, "acknowledge", "ines", confirm="on").acknowledged_at


def test_receipt_says_when_the_youth_lives_in_another_municipality():
    assert "Alvesta kommun, inte hos er" in page(arrived(home="0764"), "acknowledge", "ines").intro
    assert "alltså hos er" in page(arrived(), "acknowledge", "ines").intro


def test_cases_are_assigned_to_caseworkers_of_the_own_unit_only():
    case = arrived()

    offered = set(page(case, "assign", "hanna").fields["owner"].queryset)

    assert offered == {cast.person("sara"), cast.person("hanna")}
    assert not form(case, "assign", "hanna", owner=cast.person("alva").pk).is_valid()
    assert take(case, "assign", "hanna", owner=cast.person("sara").pk).owner == cast.person("sara")


def test_whoever_has_left_is_not_offered_as_caseworker():
    User.objects.filter(username="sara").update(is_active=False)

    assert "Sara" not in str(page(arrived(), "assign", "hanna")["owner"])


# People ---------------------------------------------------------------------------------------


def person_data(case: Referral, **changes: Any) -> dict[str, Any]:
    known = page(case, "correct_person", "ines").initial
    data = {name: value for name, value in known.items() if value not in (None, "")}
    if data.get("municipality"):
        data["municipality"] = data["municipality"].pk
    return data | changes


def test_corrected_number_moves_the_youth_to_the_right_age_class():
    case = arrived(15)
    younger = arrived(13).person.personal_number

    case = take(case, "correct_person", "ines", **person_data(case, personal_number=younger))

    assert case.age_class == "under_15"
    assert Referral.objects.get(pk=case.pk).person.personal_number == younger


def test_protected_person_keeps_no_address():
    case = arrived()

    case = take(case, "correct_person", "ines", **person_data(case, protection="protected"))

    person = Referral.objects.get(pk=case.pk).person
    assert (person.street, person.postal_code, person.locality) == ("", "", "")


def test_masked_identity_is_not_shown_in_the_form():
    case = arrived()
    case.person.protection = Protection.PROTECTED
    case.person.save()

    shown = page(case, "correct_person", "ines").as_p()

    assert "Alva" not in shown
    assert case.person.personal_number[:8] not in shown


def test_empty_field_keeps_what_the_masked_form_did_not_show():
    case = arrived()
    case.person.protection = Protection.UNKNOWN
    case.person.save()

    take(case, "correct_person", "ines", protection="not_protected", language="sv")

    assert Referral.objects.get(pk=case.pk).person.name == "Alva Alvmarker"


def test_only_a_named_reader_takes_the_protection_away():
    case = arrived()
    case.person.protection = Protection.PROTECTED
    case.person.save()
    posted = {"protection": "not_protected", "language": "sv"}

    refused = form(case, "correct_person", "ines", **posted)
    assert "protection" in refused.errors

    access.name_reader(cast.person("ines"), case.person)
    assert form(case, "correct_person", "ines", **posted).is_valid()


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("personal_number", "20110412-2380"),
        ("phone", "112"),
        ("postal_code", "3523"),
        ("birth_date", "2090-01-01"),
    ],
)
def test_impossible_facts_about_a_person_are_refused(field: str, typed: str):
    case = arrived()

    refused = form(case, "correct_person", "ines", **person_data(case, **{field: typed}))

    assert field in refused.errors
    assert typed not in str(refused.errors)


def test_postal_code_fills_in_locality_and_municipality():
    case = arrived()
    place = PostalCode.objects.filter(municipality="0780").first()
    assert place
    data = person_data(case, postal_code=place.postal_code)
    del data["locality"], data["municipality"]

    filled = form(case, "correct_person", "ines", **data)

    assert filled.is_valid()
    assert filled.cleaned_data["locality"] == place.locality
    assert filled.cleaned_data["municipality"] == place.municipality


def test_custodian_who_lives_with_the_youth_gets_the_same_address():
    case = arrived()
    posted = {
        "name": "Bo Alvmarker",
        "relation": "father",
        "protection": "not_protected",
        "language": "sv",
        "phone": "070-174 06 05",
    }

    take(case, "add_custodian", "ines", lives_with_youth="on", **posted)
    take(case, "add_custodian", "ines", **posted | {"relation": "mother"})

    father, mother = case.person.custodians.order_by("relation")
    assert (father.phone, father.street) == ("+46701740605", "Exempelgatan 4")
    assert mother.street == ""


def test_named_reader_is_of_the_unit_and_named_once():
    case = arrived()
    case.person.protection = Protection.PROTECTED
    case.person.save()
    sara, alva, klara = (cast.person(name).pk for name in ("sara", "alva", "klara"))
    why = {"reason": "Handlägger ärendet."}

    assert "reader" in form(case, "name_reader", "hanna", reader=alva, **why).errors
    assert "reader" in form(case, "name_reader", "hanna", reader=klara, **why).errors

    take(case, "name_reader", "hanna", reader=sara, **why)
    assert access.is_named_reader(cast.person("sara"), case.person)
    assert "reader" in form(case, "name_reader", "hanna", reader=sara, **why).errors


# Assessing and deciding -----------------------------------------------------------------------


def test_protection_question_is_answered_yes_or_no_with_reasons():
    case = arrived()

    assert not form(case, "assess_protection", protection_reasons="Skäl").is_valid()
    assert not form(case, "assess_protection", needs_protection="False").is_valid()

    case = take(case, "assess_protection", needs_protection="False", protection_reasons="Skäl")
    assert case.needs_protection is False
    assert case.state == "protection_assessed"


def test_warning_from_the_notifier_stands_first_on_the_protection_page():
    case = arrived(may_be_harmed_if_told=True)

    assert page(case, "assess_protection").intro.startswith("Den som anmälde ser en risk")
    assert "risk" not in page(arrived(), "assess_protection").intro


def test_decision_in_time_is_not_asked_why_it_is_late():
    case = decided(arrived())
    assert case.state == "not_opened"

    assert "overrun_reasons" not in page(arrived(), "open_investigation").fields


def test_late_decision_needs_its_extraordinary_reasons():
    case = arrived(at=timezone.now() - timedelta(days=20))
    workflow.perform(case, "acknowledge", by=cast.person("ines"))
    case = assessed(case)
    posted = {"decision_reasons": "Behov av stöd."}

    assert "overrun_reasons" in form(case, "open_investigation", **posted).errors
    case = take(case, "open_investigation", **posted, overrun_reasons="Väntade på tolk.")
    assert case.state == "investigation_opened"


def test_feedback_page_shows_the_one_sentence_that_leaves():
    case = decided(arrived())
    today = timezone.localdate()

    shown = page(case, "give_feedback")

    assert shown.sentence() == f"Utredning har inte inletts ({today})."
    assert shown.sentence() in shown.intro
    assert set(shown.fields) == {"request_id", "confirm"}


def test_extension_ends_after_the_day_that_holds_now():
    case = decided(arrived(), "open_investigation", decision_reasons="Behov.")
    soon, later = (f"{timezone.localdate() + timedelta(days=days)}" for days in (30, 200))

    refused = form(case, "extend_investigation", investigation_due_on=soon, reason="Väntar svar")
    assert "investigation_due_on" in refused.errors

    case = take(case, "extend_investigation", investigation_due_on=later, reason="Väntar svar")
    assert str(case.investigation_due_on) == later


# Talks ----------------------------------------------------------------------------------------


def call(case: Referral, **changes: Any) -> dict[str, Any]:
    shown = page(case, "call_to_talk")
    return {
        "kind": "talk",
        "starts_at": local(days=3),
        "place": "Rum 2",
        "called": shown.fields["called"].initial,
    } | changes


def test_each_custodian_and_the_youth_from_fifteen_are_called():
    case = assessed(arrived(15))
    mother, father = custodian(case, relation="mother"), custodian(case, relation="father")

    take(case, "call_to_talk", **call(case))

    appointment = Appointment.objects.get(referral=case)
    called = {attendee.custodian for attendee in appointment.attendees.all()}
    assert called == {mother, father, None}
    assert appointment.caseworker == cast.person("sara")


@pytest.mark.parametrize(("age", "offered"), [(14, ["c"]), (None, ["c"]), (16, ["c", "y"])])
def test_youth_is_called_only_from_fifteen(age: int | None, offered: list[str]):
    case = assessed(arrived(age))
    custodian(case)

    choices = page(case, "call_to_talk").fields["called"].choices

    assert ["y" if key == "youth" else "c" for key, _ in choices] == offered


def test_custodians_are_not_called_once_the_youth_is_an_adult():
    case = assessed(arrived(18))
    custodian(case)

    assert [key for key, _ in page(case, "call_to_talk").fields["called"].choices] == ["youth"]


def test_barred_custodian_cannot_be_called():
    case = assessed(arrived(14))
    barred = custodian(case, is_barred=True)

    refused = form(case, "call_to_talk", **call(case, called=[str(barred.pk)]))

    assert "called" in refused.errors


def test_nobody_who_may_harm_is_chosen_beforehand():
    case = assessed(arrived(15, may_be_harmed_if_told=True))
    custodian(case)

    shown = page(case, "call_to_talk")

    assert shown.fields["called"].initial == ["youth"]
    assert "risk" in shown.intro


def test_protected_custodian_stands_without_name_among_the_called():
    case = assessed(arrived(14))
    custodian(case, protection=Protection.UNKNOWN, relation="mother")

    [(_, label)] = page(case, "call_to_talk").fields["called"].choices

    assert label == "Mamma (skyddade uppgifter)"


@pytest.mark.parametrize("ahead", [{"hours": -1}, {"days": 300}])
def test_talk_lies_in_the_near_future(ahead: dict[str, int]):
    case = assessed(arrived())

    assert "starts_at" in form(case, "call_to_talk", **call(case, starts_at=local(**ahead))).errors


def test_interpreter_is_proposed_in_the_language_of_the_family():
    case = assessed(arrived())
    custodian(case, language="ti", needs_interpreter=True)

    assert page(case, "call_to_talk").initial["interpreter"] == "tigrinska"


def talked(case: Referral) -> Appointment:
    """A talk that was called to, and whose hour has come."""
    take(case, "call_to_talk", **call(case))
    talk = Appointment.objects.get(referral=case)
    talk.at = timezone.now() - timedelta(hours=1)
    talk.save()
    return talk


def test_talk_that_was_held_says_who_came():
    case = assessed(arrived())
    custodian(case)
    talk = talked(case)
    posted = {"appointment": str(talk.pk), "result": "held"}
    came = {f"came_{attendee.pk}": "attended" for attendee in talk.attendees.all()}

    assert len(form(case, "record_talk", **posted).errors) == 2

    take(case, "record_talk", **posted, **came, note="Ett bra samtal.")
    assert set(Attendee.objects.values_list("attendance", flat=True)) == {"attended"}
    assert Appointment.objects.get(pk=talk.pk).note == "Ett bra samtal."


def test_talk_ahead_can_be_moved_but_not_held():
    case = assessed(arrived())
    take(case, "call_to_talk", **call(case))
    talk = Appointment.objects.get(referral=case)
    posted = {"appointment": str(talk.pk)}

    assert "result" in form(case, "record_talk", **posted, result="held").errors
    assert form(case, "record_talk", **posted, result="moved").is_valid()


def test_talk_is_recorded_once():
    case = assessed(arrived())
    talk = talked(case)
    posted = {"appointment": str(talk.pk), "result": "not_held"}
    take(case, "record_talk", **posted)

    again = form(case, "record_talk", **posted)

    assert again.non_field_errors() == ["Samtalet är redan antecknat. Läs om ärendet."]


# Support, follow-up, the end ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "answers"),
    [
        (14, {"custodians"}),
        (None, {"custodians"}),
        (15, {"custodians", "youth"}),
        (18, {"youth"}),
    ],
)
def test_consent_to_support_is_asked_of_whoever_can_give_it(age: int | None, answers: set[str]):
    shown = page(arrived(age), "start_support")

    assert {value for value, _ in shown.fields["support_answer"].choices} == answers


def test_youth_who_turned_fifteen_since_the_notice_may_consent():
    case = decided(arrived(14))
    case.person.birth_date = arrived(15).person.birth_date
    case.person.save()

    assert case.age_class == "under_15"
    assert take(case, "start_support", support_answer="youth").state == "support"


def test_follow_up_leaves_a_row_of_its_own():
    case = decided(arrived())
    case = take(case, "start_follow_up")
    posted = {"kind": "phone", "youth": "attended", "custodians": "not_invited"}

    assert "at" in form(case, "record_follow_up", **posted, at=local(days=1)).errors
    case = take(case, "record_follow_up", **posted, at=local(), note="Det går bra.")

    assert FollowUp.objects.get(case_id=case.pk).note == "Det går bra."
    assert case.followed_up_at


def test_referral_walks_by_its_forms_from_arrival_to_end():
    case = arrived()
    case = take(case, "acknowledge", "ines", confirm="on")
    case = take(case, "assess_protection", needs_protection="False", protection_reasons="Skäl")
    case = take(case, "start_assessment")
    case = take(case, "decide_not_to_open", decision_reasons="Skäl")
    case = take(case, "withhold_feedback", reason="Olämpligt i det här fallet.")
    case = take(case, "decline_support", support_answer="declined")
    case = take(case, "close", end="declined")

    assert case.state == "closed"


# Another municipality -------------------------------------------------------------------------


def test_transfer_goes_to_another_municipality_and_says_why():
    case = arrived()

    assert "transfer_to" in form(case, "request_transfer", transfer_to="0780", reason="x").errors
    assert "reason" in form(case, "request_transfer", transfer_to="0764").errors

    case = take(case, "request_transfer", transfer_to="0764", reason="Familjen har flyttat.")
    assert "Alvesta" in page(case, "transfer").intro
    assert take(case, "transfer", confirm="on").state == "transferred"


def test_refused_transfer_leaves_the_matter_here():
    case = take(arrived(), "request_transfer", transfer_to="0764", reason="Flyttat.")

    case = take(case, "note_transfer_refusal", reason="De säger att familjen bor kvar.")

    assert case.transfer_to is None
    assert case.is_open
