"""True sentences about a referral, each with the words for what is missing otherwise."""

from typing import TYPE_CHECKING

from django.utils import timezone

from cases.identity import AgeClass, age_class
from cases.models.case import missing, unless
from cases.models.codes import Feedback
from cases.models.referral_record import SupportAnswer

if TYPE_CHECKING:
    from cases.models.referral import Referral


@unless("anmälan är redan kvitterad")
def is_not_acknowledged(case: "Referral") -> bool:
    return case.acknowledged_at is None


@missing("kvittens till den som anmälde", remedy="acknowledge")
def is_acknowledged(case: "Referral") -> bool:
    return case.acknowledged_at is not None


@unless("ärendet har redan en handläggare")
def is_not_mine_already(case: "Referral") -> bool:
    return case.owner_id is None


@missing("vem som ska handlägga, vid samma enhet", remedy="assign")
def owner_is_chosen(case: "Referral") -> bool:
    owner = case.owner
    return owner is not None and owner.is_active and owner.organisation_id == case.organisation_id


@missing("om barnet behöver skydd genast", remedy="assess_protection")
def protection_is_answered(case: "Referral") -> bool:
    return case.needs_protection is not None


@missing("skälen för skyddsbedömningen", remedy="assess_protection")
def protection_has_reasons(case: "Referral") -> bool:
    return bool(case.protection_reasons)


@missing("frågan till polisen", remedy="request_supplement")
def question_is_asked(case: "Referral") -> bool:
    return bool(case.supplement_question)


@missing("skyddsbedömningen: vårdnadshavare kallas inte förrän den är gjord",
         remedy="assess_protection")  # fmt: skip
def harm_is_considered(case: "Referral") -> bool:
    return case.protection_assessed_at is not None


@missing("ett samtal att anteckna", remedy="call_to_talk")
def has_talk_to_record(case: "Referral") -> bool:
    return case.appointments.exists()


@missing("skälen för beslutet", remedy="open_investigation decide_not_to_open")
def decision_has_reasons(case: "Referral") -> bool:
    return bool(case.decision_reasons)


@missing("synnerliga skäl: de fjorton dagarna har gått (SoL 20:2)",
         remedy="open_investigation decide_not_to_open")  # fmt: skip
def overrun_is_explained(case: "Referral") -> bool:
    return case.moment <= case.decide_before or bool(case.overrun_reasons)


@missing("beteckningen på utredningen som pågår", remedy="note_ongoing")
def ongoing_matter_is_named(case: "Referral") -> bool:
    return bool(case.ongoing_reference)


@unless("återkoppling är redan given eller avgjord")
def feedback_is_open(case: "Referral") -> bool:
    return case.feedback_at is None


@missing("återkoppling till polisen, eller skäl att avstå", remedy="give_feedback")
def feedback_is_settled(case: "Referral") -> bool:
    return case.feedback_at is not None


@missing("till vilken dag utredningen förlängs", remedy="extend_investigation")
def extension_has_end(case: "Referral") -> bool:
    return case.investigation_due_on is not None


@unless("utredningen är redan avslutad")
def investigation_runs(case: "Referral") -> bool:
    return case.concluded_at is None


@missing("att utredningen är avslutad", remedy="conclude_investigation")
def investigation_is_concluded(case: "Referral") -> bool:
    return case.decision != Feedback.OPENED or case.concluded_at is not None


@missing("vem som tackade ja", remedy="start_support")
def support_is_accepted(case: "Referral") -> bool:
    return case.support_answer in (SupportAnswer.CUSTODIANS, SupportAnswer.YOUTH)


@missing("vårdnadshavarnas samtycke: ungdomen är under 15 år", remedy="start_support")
def consent_is_lawful(case: "Referral") -> bool:
    # SoL 21:2: from fifteen the youth's own yes is enough – the age on the day of the yes, and
    # an age that nobody knows is no proof of it.
    age = case.age_today(timezone.localdate(case.moment))
    return case.support_answer != SupportAnswer.YOUTH or age_class(age) not in (
        AgeClass.UNDER_15,
        AgeClass.UNKNOWN,
    )


@missing("att stöd avböjdes eller inte erbjöds", remedy="decline_support")
def support_is_declined(case: "Referral") -> bool:
    return case.support_answer in (SupportAnswer.DECLINED, SupportAnswer.NOT_OFFERED)


@missing("svar på erbjudandet om stöd", remedy="decline_support")
def support_is_answered(case: "Referral") -> bool:
    return bool(case.support_answer)


@missing("vad som hände vid samtalet", remedy="record_talk")
def talks_are_recorded(case: "Referral") -> bool:
    return all(appointment.result for appointment in case.appointments.all())


@missing("anteckning om uppföljning", remedy="record_follow_up")
def was_followed_up(case: "Referral") -> bool:
    return case.follow_up_started_at is None or case.followed_up_at is not None


@missing("hur ärendet slutade", remedy="close")
def end_is_coded(case: "Referral") -> bool:
    return bool(case.end)


@missing("vilken kommun ärendet ska flyttas till", remedy="request_transfer")
def transfer_has_target(case: "Referral") -> bool:
    target = case.transfer_to
    return target is not None and target.pk != case.organisation.municipality_id


@missing("en begäran om överflyttning", remedy="request_transfer")
def transfer_is_requested(case: "Referral") -> bool:
    return case.transfer_requested_at is not None
