"""The form of each police step: what is shown, what is refused, and that the step can be taken."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cases import access
from cases.fictive import fictive_number
from cases.forms.police import POLICE_FORMS
from cases.models import FollowUp, JournalEntry, PostalCode, YouthCase
from cases.models.moves import moves_of
from kronoberg import case_facts
from tests.cast import person
from tests.factories import born, make_case, make_incident
from tests.filling import faults, form_of, local, person_now, take

NEVER_ON_A_PAGE = {"receive_supplement_request", "recount_deadline"}  # the machine's own steps


@pytest.fixture
def minor():
    return make_case("picked_up", age=15)


@pytest.fixture
def adult():
    return make_case("picked_up", age=18)


# Every step ---------------------------------------------------------------------------------------


def test_every_step_of_the_police_has_a_form_with_words_of_its_own():
    actions = {move.name for move in moves_of(YouthCase)}

    assert actions - set(POLICE_FORMS) == NEVER_ON_A_PAGE
    assert set(POLICE_FORMS) <= actions


def test_every_form_says_what_happens_next(minor):
    for action in POLICE_FORMS:
        form = form_of(minor, action, by="lena")

        assert form.intro, action
        assert form.consequences, action


def test_every_field_has_a_label_and_at_most_one_short_hint(minor, adult):
    forms = [form_of(case, name, by="lena") for case in (minor, adult) for name in POLICE_FORMS]
    for form in forms:
        for field in form.visible_fields():
            assert field.label[0].isupper(), (type(form), field.name)
            # The guidance of a custody's ground is longer on purpose.
            is_guidance = field.name.startswith("criteria_")
            assert is_guidance or len(str(field.help_text)) < 100


def test_a_chosen_code_reaches_the_journal_as_a_code(minor):
    take(minor, "complete_record", category="B", intoxication="slight")

    facts = JournalEntry.objects.filter(case_id=minor.pk).latest("sequence").facts
    assert (facts["category"], facts["intoxication"]) == ("B", "slight")
    assert facts["observations"] == "text"


# The record ---------------------------------------------------------------------------------------


def test_the_record_asks_only_what_the_age_makes_possible(minor, adult):
    child, grown = form_of(minor, "complete_record"), form_of(adult, "complete_record")

    assert {"concern", "harm_if_told"} <= set(child.fields)
    assert "consents_to_contact" not in child.fields
    assert {"concern", "harm_if_told"}.isdisjoint(grown.fields)
    assert {"consents_to_contact", "consents_to_referral"} <= set(grown.fields)
    assert [code for code, _ in grown.fields["category"].choices] == ["A", "B"]


def test_every_field_of_the_record_stands_under_a_heading(minor):
    sections = form_of(minor, "complete_record").sections()

    assert all(heading for heading, _, _ in sections)


def test_not_telling_a_custodian_of_the_notice_is_explained(minor):
    form = form_of(minor, "complete_record", told_of_notice="nobody")

    assert faults(form) == {"why_not_told": "Skriv varför vårdnadshavaren inte vet."}


def test_who_took_part_is_kept_on_the_incident():
    case = make_case("picked_up", incident=make_incident(participants=""))

    case = take(case, "complete_record", participants="Karin Ek och Per Holm")

    case.incident.refresh_from_db()
    assert case.incident.participants == "Karin Ek och Per Holm"


# The people ---------------------------------------------------------------------------------------


def test_a_corrected_number_moves_the_age_class(minor):
    number = fictive_number(born(18, minor.day), 0)

    case = take(minor, "correct_person", personal_number=f"{number[:8]}-{number[8:]}")

    assert case.age_class == "18_19"
    assert person_now(case).personal_number == number


def test_an_impossible_number_is_told_in_words(minor):
    form = form_of(minor, "correct_person", personal_number="20110412-2380")

    assert faults(form)["personal_number"].startswith("Numret stämmer inte.")


def test_a_new_postal_code_moves_the_home_municipality(minor):
    case = take(minor, "correct_person", postal_code="342 30", locality="")

    assert person_now(case).municipality_id == "0764"
    assert person_now(case).locality


def test_a_postal_code_in_several_municipalities_asks_which(minor):
    PostalCode.objects.get_or_create(
        postal_code="34230", municipality_id="0780", defaults={"locality": "Alvesta"}
    )
    other = {"postal_code": "34230", "locality": ""}

    unsure = form_of(minor, "correct_person", municipality="", **other)
    assert faults(unsure) == {
        "municipality": "Postnumret ligger i Alvesta kommun eller Växjö kommun. Välj hemkommun."
    }
    chosen = take(minor, "correct_person", municipality="0764", **other)
    assert person_now(chosen).municipality_id == "0764"


def test_whoever_met_the_youth_can_still_read_an_identity_that_becomes_protected(minor):
    case = take(minor, "correct_person", by="lena", protection="protected")

    case.person = person_now(case)
    assert case.person.street == ""
    assert access.may_read_identity(person("karin"), case)
    assert not access.may_read_identity(person("lena"), case)


def test_a_custodian_who_lives_elsewhere_has_an_address_of_their_own(minor):
    case = take(
        minor,
        "add_custodian",
        name="Eva Alvmarker",
        relation="mother",
        protection="not_protected",
        lives_with_youth="",
        street="Provvägen 2",
        postal_code="342 30",
    )

    custodian = case.person.custodians.get()
    assert (custodian.street, custodian.postal_code) == ("Provvägen 2", "34230")


# Review, answers, follow-up -----------------------------------------------------------------------


def test_not_notifying_about_a_child_is_explained():
    case = make_case("reported")

    form = form_of(case, "review", "lena", decision="not_notify")

    assert faults(form) == {"decision_reason": "Skriv varför ärendet inte anmäls."}
    assert take(case, "review", "lena", decision="notify").state == "reviewed"


def test_a_childs_review_has_no_default_but_an_adults_has():
    child, grown = make_case("reported", age=15), make_case("reported", age=18)

    assert form_of(child, "review", "lena").fields["decision"].initial is None
    decision = form_of(grown, "review", "lena").fields["decision"]
    assert decision.initial == "not_notify"
    assert [code for code, _ in decision.choices] == ["not_notify"]


def test_an_adult_who_consents_can_be_referred():
    case = make_case("reported", age=18, consents_to_referral=True)

    assert take(case, "review", "lena", decision="notify").decision == "notify"


def test_the_notice_says_where_it_goes_and_whose_name_it_will_not_hold():
    case = make_case("reviewed")
    assert "Växjö" in form_of(case, "notify", "omar").intro
    assert "skyddade" not in form_of(case, "notify", "omar").intro

    case.person.custodians.update(protection="unknown")

    assert "varken namn eller adress" in form_of(case, "notify", "omar").intro


def test_a_receipt_by_phone_or_letter_says_how_it_came_when_and_its_number():
    case = make_case("notified")
    assert set(faults(form_of(case, "acknowledge", "omar", receipt_number=" "))) == {
        "receipt_number",
        "receipt_channel",
    }
    said = {"receipt_number": "2026/17", "receipt_channel": "phone", "at": local(timezone.now())}
    early = said | {"at": local(timezone.now() - timedelta(days=2))}
    through_the_system = said | {"receipt_channel": "message"}

    assert set(faults(form_of(case, "acknowledge", "omar", **early))) == {"at"}
    assert set(faults(form_of(case, "acknowledge", "omar", **through_the_system))) == {
        "receipt_channel"
    }
    case = take(case, "acknowledge", "omar", **said)
    assert (case.state, case.receipt_channel) == ("acknowledged", "phone")


@pytest.mark.parametrize("days", [1, -30])
def test_an_answer_has_come_after_the_notice_and_not_tomorrow(days):
    case = make_case("notified")
    day = timezone.localdate() + timedelta(days=days)

    form = form_of(case, "receive_feedback", "omar", feedback="opened", feedback_on=f"{day}")

    assert set(faults(form)) == {"feedback_on"}


def test_one_of_three_answers_is_noted():
    case = take(make_case("notified"), "receive_feedback", "omar", feedback="not_opened")

    assert (case.feedback, case.feedback_on) == ("not_opened", timezone.localdate())


def test_the_supplement_repeats_the_question_and_carries_the_answer(minor):
    minor.supplement_question = "Vem hämtade?"

    form = form_of(minor, "send_supplement", "omar", text="Pappan.")

    assert "Vem hämtade?" in form.intro
    assert form.is_valid()
    assert form.facts() == {"text": "Pappan."}


def test_a_follow_up_is_a_row_of_its_own():
    case = make_case("follow_up")

    take(
        case,
        "record_follow_up",
        "omar",
        kind="information_meeting",
        youth="attended",
        custodians="absent",
    )

    row = FollowUp.objects.get()
    assert (row.case_id, row.made_by) == (case.pk, person("omar"))


# Mistakes -----------------------------------------------------------------------------------------


def test_annulling_asks_what_went_wrong_and_why(minor):
    assert set(faults(form_of(minor, "annul", "lena", reason=" "))) == {"annul_reason", "reason"}

    case = take(minor, "annul", "lena", annul_reason="exercise", reason="Övning")

    assert (case.state, case.annul_reason) == ("annulled", "exercise")


def test_the_surviving_case_is_chosen_by_its_number(minor):
    survivor = make_case("picked_up")
    form = form_of(minor, "merge", "lena")
    assert survivor.reference in form.fields["merged_into"].help_text

    case = take(
        minor, "merge", "lena", merged_into=f" {survivor.reference.lower()} ", reason="Samma"
    )

    assert case.merged_into == survivor


@pytest.mark.parametrize("other", ["itself", "ended", "another unit's", "unknown"])
def test_a_case_is_merged_only_into_another_open_case_of_the_unit(minor, other):
    reference = {
        "itself": lambda: minor.reference,
        "ended": lambda: make_case("annulled").reference,
        "another unit's": lambda: make_case("picked_up", by="per").reference,
        "unknown": lambda: "K-2026-999999",
    }[other]()

    form = form_of(minor, "merge", "lena", merged_into=reference, reason="Samma")

    assert faults(form) == {"merged_into": "Inget annat öppet ärende i enheten har det numret."}


def test_a_breath_test_a_medical_check_and_a_crime_report_are_on_record(minor):
    case = take(minor, "complete_record", breath_mg="0.45", medical_check="ambulance",
                crime_report="5000-K123456-26")  # fmt: skip

    shown = dict(dict(case_facts.sections(case, shows_words=True))["Ingripandet"])
    assert shown["Utandningsprov"] == "0,45 mg/l"
    assert shown["Bedömning av vårdbehov"] == "Ambulanspersonal undersökte"
    assert shown["Brottsanmälan"] == "5000-K123456-26"
