"""What each form of the social services asks, refuses and hands on to the step."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases import access, workflow
from cases.models import PostalCode, Protection, Referral, User
from cases.models.moves import moves_of
from tests import cast
from tests.arrivals import arrived, assessed, decided
from tests.factories import make_custodian
from tests.posting import form, page, take

SYSTEM_STEPS = {"receive_supplement", "receive_recall", "cover", "recount_deadline"}


SAFE = {"needs_protection": "False", "protection_reasons": "Skäl", "protection_source": "Anmälan"}


def test_every_step_a_person_takes_says_what_happens_then():
    case = arrived()

    for action in {move.name for move in moves_of(Referral)} - SYSTEM_STEPS:
        shown = page(case, action)
        assert shown.intro, action
        assert shown.consequences, action


def test_forms_record_only_the_facts_their_step_may_fill():
    case = arrived()
    make_custodian(case.person)

    for move in {move.name: move for move in moves_of(Referral)}.values():
        asked = set(page(case, move.name).fields) - {"request_id", "seen", "confirm"}
        assert ("reason" in asked) == move.needs_reason, move.name
        if move.facts and move.name != "correct_person":
            assert asked - {"reason", "months"} <= set(move.facts), move.name


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

    for left_out in SAFE:
        posted = {name: words for name, words in SAFE.items() if name != left_out}
        assert left_out in form(case, "assess_protection", **posted).errors

    case = take(case, "assess_protection", **SAFE)
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


def test_a_decision_names_its_delegation_and_the_next_one_proposes_the_same():
    case = assessed(arrived())
    workflow.perform(case, "acknowledge", by=cast.person("ines"))
    posted = {"decision_reasons": "Familjen ordnar stöd själv."}
    assert page(case, "open_investigation").initial["delegation"] == ""

    for typed in ("", "på delegation av nämnden"):
        refused = form(case, "decide_not_to_open", **posted, delegation=typed)
        assert "delegation" in refused.errors
    case = take(case, "decide_not_to_open", **posted, delegation="4.2")

    assert case.delegation == "4.2"
    other = assessed(arrived())
    assert page(other, "open_investigation").initial["delegation"] == "4.2"
    assert page(other, "open_investigation", "hanna").initial["delegation"] == ""


def test_late_decision_needs_its_extraordinary_reasons():
    case = arrived(at=timezone.now() - timedelta(days=20))
    workflow.perform(case, "acknowledge", by=cast.person("ines"))
    case = assessed(case)
    posted = {"delegation": "4.2", "decision_reasons": "Behov av stöd."}

    assert "overrun_reasons" in form(case, "open_investigation", **posted).errors
    case = take(case, "open_investigation", **posted, overrun_reasons="Väntade på tolk.")
    assert case.state == "investigation_opened"


def test_feedback_page_shows_the_one_sentence_that_leaves():
    case = decided(arrived())
    today = timezone.localdate()

    shown = page(case, "give_feedback")

    assert shown.sentence() == f"Utredning har inte inletts ({today})."
    assert shown.sentence() in shown.intro
    assert set(shown.fields) == {"request_id"}


def test_extension_ends_after_the_day_that_holds_now():
    case = decided(arrived(), "open_investigation", decision_reasons="Behov.")
    soon, later = (f"{timezone.localdate() + timedelta(days=days)}" for days in (30, 200))

    refused = form(case, "extend_investigation", investigation_due_on=soon, reason="Väntar svar")
    assert "investigation_due_on" in refused.errors

    case = take(case, "extend_investigation", investigation_due_on=later, reason="Väntar svar")
    assert str(case.investigation_due_on) == later


# Another municipality -------------------------------------------------------------------------


def test_transfer_goes_to_another_municipality_and_says_why():
    case = arrived()

    assert "transfer_to" in form(case, "request_transfer", transfer_to="0780", reason="x").errors
    assert "reason" in form(case, "request_transfer", transfer_to="0764").errors

    workflow.perform(case, "acknowledge", by=cast.person("ines"))
    case = assessed(case)
    case = take(case, "request_transfer", transfer_to="0764", reason="Familjen har flyttat.")
    assert "Alvesta" in page(case, "transfer").intro
    assert take(case, "transfer", confirm="on").state == "transferred"


def test_refused_transfer_leaves_the_matter_here():
    case = take(arrived(), "request_transfer", transfer_to="0764", reason="Flyttat.")

    case = take(case, "note_transfer_refusal", reason="De säger att familjen bor kvar.")

    assert case.is_open
    assert not case.transfer_is_open
    assert "sagt nej" in page(case, "apply_to_ivo").intro


def test_referral_walks_by_its_forms_from_arrival_to_end():
    case = arrived()
    case = take(case, "acknowledge", "ines", confirm="on")
    case = take(case, "assess_protection", **SAFE)
    case = take(case, "start_assessment")
    case = take(case, "decide_not_to_open", delegation="4.2", decision_reasons="Skäl")
    case = take(case, "withhold_feedback", reason="Olämpligt i det här fallet.")
    case = take(case, "decline_support", support_answer="no_custodians")
    case = take(case, "decline_follow_up", follow_up_answer="no_custodians")
    case = take(case, "close", end="declined")

    assert case.state == "closed"
