"""True sentences about a police case, each with the words for what is missing otherwise.

The machine in `youth_case` names them; nothing else decides when a step is legal.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cases.identity import AgeClass
from cases.models.case import missing, unless
from cases.models.codes import Custody, Decision, Feedback, Outcome
from cases.models.contacts import CustodianContact
from cases.models.fields import is_register_number
from cases.models.rulebook import Rule

if TYPE_CHECKING:
    from cases.models.youth_case import YouthCase

TO_CUSTODIAN = (Outcome.COLLECTED, Outcome.DRIVEN_HOME)
# Reached, but the youth cannot go home with them.
NO_HELP = (
    CustodianContact.Result.REFUSES,
    CustodianContact.Result.UNFIT,
    CustodianContact.Result.CANNOT_COLLECT,
    CustodianContact.Result.HINDERED,
    CustodianContact.Result.ABROAD,
)

# Whoever said this last is not handed a child.
TAKES_NOBODY = (CustodianContact.Result.REFUSES, CustodianContact.Result.UNFIT)


def was_tried_enough(calls: Sequence[CustodianContact], *, enough: int) -> bool:
    """`enough` attempts, two numbers, or a custodian who cannot or will not (domain 5.3)."""
    if any(call.result in NO_HELP for call in calls):
        return True
    return len(calls) >= enough or len({call.phone for call in calls if call.phone}) > 1


@missing("kategori A, B eller C", remedy="complete_record", field="category")
def category_is_chosen(case: "YouthCase") -> bool:
    return bool(case.category)


@missing("vem ungdomen är, eller okänd med uppskattad ålder", remedy="correct_person",
         field="personal_number")  # fmt: skip
def person_is_known_or_estimated(case: "YouthCase") -> bool:
    return case.person.age_on(case.day) is not None or bool(case.person.estimated_group)


@missing("personnummer, eller uppskattad ålder om numret är okänt", remedy="correct_person",
         field="personal_number")  # fmt: skip
def age_in_years_is_known(case: "YouthCase") -> bool:
    # An age group pressed in the rain is enough for the stop, not for the report.
    return case.person.age_on(case.day) is not None


@missing("kategori C gäller bara under 18 år", remedy="complete_record", field="category")
def category_fits_age(case: "YouthCase") -> bool:
    return case.category != "C" or case.is_minor


@missing("åldern är 20 år eller mer: ungdomen hör inte till målgruppen",
         remedy="correct_person annul", field="personal_number")  # fmt: skip
def is_under_20(case: "YouthCase") -> bool:
    return case.age_class != AgeClass.FROM_20


@missing("när ungdomen fick veta skälet till omhändertagandet", remedy="take_into_custody",
         field="reason_told_at")  # fmt: skip
def reason_for_custody_is_told(case: "YouthCase") -> bool:
    # PL 17 §: the reason as soon as possible.
    return case.custody == Custody.NONE or case.reason_told_at is not None


@missing(
    "när och av vem omhändertagandet beslutades, och vad som talade för det",
    remedy="take_into_custody",
    field="custody_criteria",
)
def custody_is_described(case: "YouthCase") -> bool:
    # PL 27 §: who decided, ground and time; PL 12 §: the criteria, in words.
    if case.custody == Custody.NONE:
        return True
    return bool(case.custody_at and case.custody_decided_by and case.custody_criteria)


@missing(
    "omhändertagande enligt polislagen 12 § gäller bara den som kan antas vara under 18",
    remedy="take_into_custody",
    field="custody",
)
def custody_fits_age(case: "YouthCase") -> bool:
    return case.custody != Custody.PL_12 or case.is_minor


@missing("samtycke från ungdomen, som har fyllt 18", remedy="complete_record",
         field="consents_to_contact")  # fmt: skip
def custodians_may_be_told(case: "YouthCase") -> bool:
    # OSL 12:2, 35:1: custody has ended (FB 6:2).
    return case.custodians_may_be_told


@missing("minst ett försök att nå vårdnadshavarna", remedy="record_contact", field="custodian")
def custodians_were_called(case: "YouthCase") -> bool:
    return not case.is_minor or case.contacts.exists()


@missing("hur ingripandet slutade", remedy="hand_over", field="outcome")
def outcome_is_recorded(case: "YouthCase") -> bool:
    return bool(case.outcome)


@missing("vem som tog emot ungdomen", remedy="hand_over", field="handed_over_to")
def recipient_is_recorded(case: "YouthCase") -> bool:
    return case.outcome in (Outcome.RELEASED, Outcome.NO_DUTY_TEAM) or bool(case.handed_over_to)


@missing("att mottagarens identitet är kontrollerad", remedy="hand_over", field="id_checked")
def recipient_was_identified(case: "YouthCase") -> bool:
    return case.outcome not in (*TO_CUSTODIAN, Outcome.OTHER_ADULT) or case.id_checked


@missing("ungdomen är under 18 år och kan inte bara få gå", remedy="hand_over", field="outcome")
def minor_is_not_released(case: "YouthCase") -> bool:
    return case.outcome != Outcome.RELEASED or not case.is_minor


@missing("ett samtal där en vårdnadshavare svarade", remedy="record_contact", field="custodian")
def custodian_was_reached(case: "YouthCase") -> bool:
    # Domain 5.1: whoever answered is reached. Who may then take over is `recipient_is_fit`.
    if case.outcome not in TO_CUSTODIAN or not case.is_minor:
        return True
    return any(contact.reached for contact in case.contacts.all())


@missing(
    "fler försök, två nummer utan svar, eller en vårdnadshavare som inte kan eller vill",
    remedy="record_contact",
    field="custodian",
)
def custodians_were_tried_enough(case: "YouthCase") -> bool:
    # Domain 5.3: only then may the duty team take over, or nobody be found.
    if case.outcome not in (Outcome.DUTY_TEAM, Outcome.NO_DUTY_TEAM) or not case.is_minor:
        return True
    [enough] = Rule.values_on(case.day, "enough_attempts")
    return was_tried_enough(list(case.contacts.all()), enough=enough)


@missing("vårdnadshavarens medgivande till att en annan vuxen hämtar", remedy="record_contact",
         field="leave_for_other_adult")  # fmt: skip
def leave_was_given(case: "YouthCase") -> bool:
    # PL 12 § knows guardian and socialnämnd only: another adult comes on the guardian's behalf.
    if case.outcome != Outcome.OTHER_ADULT or not case.is_minor:
        return True
    return any(contact.leave_for_other_adult for contact in case.contacts.all())


@missing(
    "en vårdnadshavare som kan och vill ta emot ungdomen: finns ingen, välj socialjouren",
    remedy="hand_over",
    field="outcome",
)
def recipient_is_fit(case: "YouthCase") -> bool:
    # Who cannot fetch may still be at home when the youth is driven there; who will not, or is not
    # fit to, takes nobody over until a later call says otherwise.
    if case.outcome not in TO_CUSTODIAN or not case.is_minor:
        return True
    last: dict[object, str] = {c.custodian_id: c.result for c in case.contacts.all() if c.reached}
    return any(result not in TAKES_NOBODY for result in last.values()) or not last


@missing(
    "en mottagare som grunden medger: polislagen 12 § vårdnadshavare eller socialtjänst",
    remedy="hand_over",
    field="outcome",
)
def outcome_fits_custody(case: "YouthCase") -> bool:
    match case.custody:
        case Custody.PL_12:
            return case.outcome not in (Outcome.RELEASED, Outcome.LOB)
        case Custody.NONE:
            return case.outcome != Outcome.LOB
        case _:
            return True


@missing("ett förverkande", remedy="record_seizure", field="drink")
def something_was_forfeited(case: "YouthCase") -> bool:
    return any(row.measure == row.Measure.FORFEITED for row in case.seizures.all())


@missing("alkohol vars beslut inte är överlämnat", remedy="record_seizure", field="drink")
def something_is_not_served(case: "YouthCase") -> bool:
    return any(row.served_at is None for row in case.seizures.all())


@missing("svar på langningsfrågan", remedy="answer_supply", field="supply_answer")
def supplier_question_is_answered(case: "YouthCase") -> bool:
    return bool(case.supply_answer)


@missing("egna iakttagelser", remedy="complete_record", field="observations")
def observations_are_written(case: "YouthCase") -> bool:
    return bool(case.observations)


@missing("vad oron gäller", remedy="complete_record send_back", field="concern")
def concern_is_written(case: "YouthCase") -> bool:
    return not case.is_minor or bool(case.concern)


@missing("om ungdomen och vårdnadshavarna vet om anmälan", remedy="complete_record send_back",
         field="told_of_notice")  # fmt: skip
def told_of_notice_is_answered(case: "YouthCase") -> bool:
    return not case.is_minor or bool(case.told_of_notice)


@missing("om barnet kan fara illa av att vårdnadshavarna får veta",
         remedy="complete_record send_back", field="harm_if_told")  # fmt: skip
def harm_is_answered(case: "YouthCase") -> bool:
    # OSL 12:3
    return not case.is_minor or bool(case.harm_if_told)


@missing("vilka som deltog (polislagen 27 §)", remedy="complete_record", field="participants")
def participants_are_recorded(case: "YouthCase") -> bool:
    return bool(case.incident.participants) or (
        case.custody == Custody.NONE and not case.seizures.exists()
    )


@missing("när förmannen prövade omhändertagandet", remedy="take_into_custody",
         field="superior_reviewed_at")  # fmt: skip
def custody_was_reviewed(case: "YouthCase") -> bool:
    # PL 15 §, LOB 5 §: reported to the superior at once, who reviews.
    return case.custody == Custody.NONE or case.superior_reviewed_at is not None


@missing("beslut om anmälan", remedy="review")
def decision_is_made(case: "YouthCase") -> bool:
    return bool(case.decision)


@missing("skäl till att inte anmäla", remedy="review send_back")
def not_notifying_is_explained(case: "YouthCase") -> bool:
    return case.decision != Decision.NOT_NOTIFY or not case.is_minor or bool(case.decision_reason)


# Asked of the review and of the notice: the age may have been corrected in between.
@missing("samtycke från ungdomen: den som fyllt 18 anmäls inte utan det",
         remedy="complete_record send_back", field="consents_to_referral")  # fmt: skip
def adult_has_consented(case: "YouthCase") -> bool:
    return case.decision != Decision.NOTIFY or case.is_minor or case.consents_to_referral


@unless("ungdomen var inte omhändertagen enligt LOB")
def custody_is_by_lob(case: "YouthCase") -> bool:
    return case.custody == Custody.LOB


@unless("kopian av protokollet har redan skickats")
def copy_has_not_left(case: "YouthCase") -> bool:
    return case.custody_copied_at is None


@unless("anmälan har redan lämnat enheten")
def notice_has_not_left(case: "YouthCase") -> bool:
    return case.notified_at is None


@missing("beslut om att anmäla", remedy="send_back")
def notice_is_decided(case: "YouthCase") -> bool:
    return case.decision == Decision.NOTIFY


@missing("ungdomens hemkommun", remedy="correct_person", field="municipality")
def home_municipality_is_known(case: "YouthCase") -> bool:
    # SoL 29:4: unknown home, the place of stay is responsible: the officer chooses it.
    return case.person.municipality_id is not None


@missing("anmälan ska skickas först", remedy="notify")
def notice_is_settled(case: "YouthCase") -> bool:
    return case.decision == Decision.NOT_NOTIFY or case.notified_at is not None


@missing("kommunens nummer på kvittensen", remedy="acknowledge")
def receipt_is_numbered(case: "YouthCase") -> bool:
    return is_register_number(case.receipt_number)


@missing("ett av de tre svaren, och dagen", remedy="receive_feedback")
def feedback_is_one_of_three(case: "YouthCase") -> bool:
    return case.feedback in Feedback.values and case.feedback_on is not None


@missing("kvittens från kommunen")
def notice_is_acknowledged(case: "YouthCase") -> bool:
    return case.notified_at is None or case.acknowledged_at is not None


@missing("återkoppling från kommunen")
def feedback_is_received(case: "YouthCase") -> bool:
    return case.notified_at is None or bool(case.feedback) or not case.wants_feedback


@missing("brev till vårdnadshavarna, eller skäl att avstå", remedy="send_letters")
def letters_are_settled(case: "YouthCase") -> bool:
    return not case.is_minor or case.letters_settled_at is not None


@unless("breven är redan avgjorda")
def letters_are_open(case: "YouthCase") -> bool:
    return case.letters_settled_at is None


@missing("anteckning om uppföljning", remedy="record_follow_up")
def was_followed_up(case: "YouthCase") -> bool:
    return not case.is_minor or case.followed_up_at is not None


@missing("svar på kommunens fråga", remedy="send_supplement")
def supplement_is_sent(case: "YouthCase") -> bool:
    return not case.supplement_is_asked


@unless("kommunen har inte bett om komplettering")
def supplement_is_asked(case: "YouthCase") -> bool:
    return case.supplement_is_asked


@missing("skäl till annulleringen", remedy="annul")
def annulment_has_reason(case: "YouthCase") -> bool:
    return bool(case.annul_reason)


@missing("vilket ärende det ska föras samman med", remedy="merge")
def survivor_is_chosen(case: "YouthCase") -> bool:
    return (
        case.merged_into is not None
        and case.merged_into_id != case.pk
        and case.merged_into.organisation_id == case.organisation_id
        and case.merged_into.is_open
    )


@missing("det kvarvarande ärendet är avslutat")
def survivor_is_open(case: "YouthCase") -> bool:
    return case.merged_into is not None and case.merged_into.is_open
