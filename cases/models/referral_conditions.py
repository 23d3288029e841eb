"""True sentences about a referral, each with the words for what is missing otherwise."""

from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone

from cases.identity import AgeClass, age_class
from cases.models.case import missing, unless
from cases.models.codes import Feedback
from cases.models.fields import is_register_number
from cases.models.grants import rights_on
from cases.models.referral_record import FollowUpAnswer, SupportAnswer
from cases.models.rulebook import Rule
from cases.models.staff import Right

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
    # Whoever has left owns nothing that a colleague may not take.
    return case.owner is None or not case.owner.is_active


@missing("vem som ska handlägga, vid samma enhet", remedy="assign")
def owner_is_chosen(case: "Referral") -> bool:
    owner = case.owner
    return owner is not None and owner.is_active and owner.organisation_id == case.organisation_id


@missing("någon som får handlägga: en socialsekreterare eller enhetschef", remedy="assign hand_on")
def owner_may_assess(case: "Referral") -> bool:
    # Whoever cannot take the steps would own clocks that nobody can stop.
    return case.owner is None or Right.ASSESS_REFERRAL in rights_on(case.owner, case.organisation)


@missing("vilken kollega som tar över, vid samma enhet", remedy="hand_on")
def colleague_is_chosen(case: "Referral") -> bool:
    return owner_is_chosen(case)


@missing("om barnet behöver skydd genast", remedy="assess_protection")
def protection_is_answered(case: "Referral") -> bool:
    return case.needs_protection is not None


@missing("skälen för skyddsbedömningen", remedy="assess_protection")
def protection_has_reasons(case: "Referral") -> bool:
    return bool(case.protection_reasons)


@missing("vad skyddsbedömningen bygger på", remedy="assess_protection")
def protection_has_source(case: "Referral") -> bool:
    return bool(case.protection_source)


@missing("skyddsbedömningen: den görs innan en vårdnadshavare kontaktas",
         remedy="assess_protection")  # fmt: skip
def custodian_contact_waits_for_protection(case: "Referral") -> bool:
    is_told = case.contacts_made.filter(who="custodian").exists()
    return not is_told or case.protection_assessed_at is not None


@missing("samtycke av den som kan ge det: vårdnadshavarna före 15 år, ungdomen från 18",
         remedy="record_contact")  # fmt: skip
def contact_is_consented(case: "Referral") -> bool:
    last = case.contacts_made.exclude(consented_by="").order_by("at").last()
    return last is None or can_answer(case, last.consented_by, on=timezone.localdate(last.at))


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


@missing("delegationen som beslutet fattas på: punkten i nämndens delegationsordning",
         remedy="open_investigation decide_not_to_open")  # fmt: skip
def delegation_is_named(case: "Referral") -> bool:
    return is_register_number(case.delegation)


@missing("skälen för beslutet", remedy="open_investigation decide_not_to_open")
def decision_has_reasons(case: "Referral") -> bool:
    return bool(case.decision_reasons)


@missing("synnerliga skäl: de fjorton dagarna har gått (SoL 20:2)",
         remedy="open_investigation decide_not_to_open")  # fmt: skip
def overrun_is_explained(case: "Referral") -> bool:
    # By when it is recorded: a decision that is dated back has not been in time.
    return case.recorded_at <= case.decide_before or bool(case.overrun_reasons)


@missing("beteckningen på utredningen som pågår", remedy="note_ongoing")
def ongoing_matter_is_named(case: "Referral") -> bool:
    return is_register_number(case.ongoing_reference)


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


def can_answer(case: "Referral", answer: str, *, on: date | None = None) -> bool:
    """Is the answer from whoever can give it on that day: the custodians until eighteen, the
    youth from fifteen (SoL 3:4, 21:2; FB 6:2)? An age that nobody knows is no proof of fifteen.
    """
    day = on or timezone.localdate(case.moment)
    limits = Rule.values_on(day, "age_criminal_responsibility", "age_majority", "age_target_group")
    now = age_class(case.age_today(day), limits=(limits[0], limits[1], limits[2]))
    if answer in ("youth", "no_youth"):
        return now not in (AgeClass.UNDER_15, AgeClass.UNKNOWN)
    return now not in (AgeClass.FROM_18_TO_19, AgeClass.FROM_20)


@missing("vårdnadshavarnas samtycke: ungdomen är under 15 år", remedy="start_support")
def consent_is_lawful(case: "Referral") -> bool:
    return case.support_answer != SupportAnswer.YOUTH or can_answer(case, case.support_answer)


@missing("ungdomens eget samtycke: från 18 år svarar ingen annan", remedy="start_support")
def consent_is_own(case: "Referral") -> bool:
    return case.support_answer != SupportAnswer.CUSTODIANS or can_answer(case, case.support_answer)


@missing("vem som avböjde stöd, eller att det inte erbjöds", remedy="decline_support")
def support_is_declined(case: "Referral") -> bool:
    no = (SupportAnswer.NO_CUSTODIANS, SupportAnswer.NO_YOUTH)
    declined = case.support_answer in no and can_answer(case, case.support_answer)
    return declined or case.support_answer == SupportAnswer.NOT_OFFERED


@missing("svar på erbjudandet om stöd", remedy="decline_support")
def support_is_answered(case: "Referral") -> bool:
    return bool(case.support_answer)


@missing("vad som hände vid samtalet", remedy="record_talk")
def talks_are_recorded(case: "Referral") -> bool:
    return all(appointment.result for appointment in case.appointments.all())


@missing("vem som tackade ja till uppföljningen", remedy="start_follow_up")
def follow_up_is_accepted(case: "Referral") -> bool:
    return case.follow_up_answer in (FollowUpAnswer.CUSTODIANS, FollowUpAnswer.YOUTH)


@missing("vårdnadshavarnas ja till uppföljningen: ungdomen är under 15 år",
         remedy="start_follow_up")  # fmt: skip
def follow_up_is_consented(case: "Referral") -> bool:
    answer = case.follow_up_answer
    return answer != FollowUpAnswer.YOUTH or can_answer(case, answer)


@missing("ungdomens eget ja till uppföljningen: från 18 år svarar ingen annan",
         remedy="start_follow_up")  # fmt: skip
def follow_up_is_own(case: "Referral") -> bool:
    answer = case.follow_up_answer
    return answer != FollowUpAnswer.CUSTODIANS or can_answer(case, answer)


@missing("minst en planerad uppföljning", remedy="start_follow_up")
def has_checks(case: "Referral") -> bool:
    return case.checks.exists()


@missing("uppföljningar som slutar i tid: efter en utredning utan insats högst sex månader "
         "(SoL 23:5)", remedy="start_follow_up")  # fmt: skip
def checks_end_in_time(case: "Referral") -> bool:
    until = case.follow_up_until(*Rule.values_on(case.day, "follow_up"))
    return until is None or not case.checks.filter(due_on__gt=until).exists()


@missing("vem som avböjde uppföljning, eller att den inte erbjöds", remedy="decline_follow_up")
def follow_up_is_declined(case: "Referral") -> bool:
    no = (FollowUpAnswer.NO_CUSTODIANS, FollowUpAnswer.NO_YOUTH)
    declined = case.follow_up_answer in no and can_answer(case, case.follow_up_answer)
    return declined or case.follow_up_answer == FollowUpAnswer.NOT_OFFERED


@missing("svar på erbjudandet om uppföljning", remedy="decline_follow_up")
def follow_up_is_answered(case: "Referral") -> bool:
    return bool(case.follow_up_answer)


@missing("en planerad uppföljning", remedy="skip_check")
def has_open_check(case: "Referral") -> bool:
    # Asked when the step's own rows are saved: the check that is let go is no longer open.
    return case.checks.exists()


@missing("anteckning om uppföljning", remedy="record_follow_up")
def was_followed_up(case: "Referral") -> bool:
    checks = list(case.checks.all())
    let_go = bool(checks) and all(check.skipped_at for check in checks)
    return case.follow_up_started_at is None or case.followed_up_at is not None or let_go


@missing("en planerad uppföljning: anteckna den, eller avstå från den med skäl",
         remedy="record_follow_up skip_check")  # fmt: skip
def checks_are_settled(case: "Referral") -> bool:
    return not any(check.is_open for check in case.checks.all())


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


@missing("en begäran om överflyttning som väntar på svar", remedy="request_transfer")
def transfer_awaits_answer(case: "Referral") -> bool:
    return case.transfer_is_open


@missing("svar på begäran om överflyttning", remedy="note_transfer_refusal transfer")
def transfer_is_answered(case: "Referral") -> bool:
    return not case.transfer_is_open


@missing("skyddsbedömningen: den gör ni genast, också när ärendet ska flyttas",
         remedy="assess_protection")  # fmt: skip
def is_assessed_before_it_goes(case: "Referral") -> bool:
    return case.protection_assessed_at is not None


@missing("ett nej från den andra kommunen, eller en månads väntan på svar (SoL 29:11)",
         remedy="note_transfer_refusal")  # fmt: skip
def answer_is_no_or_late(case: "Referral") -> bool:
    is_late = case.answer_before is not None and case.moment > case.answer_before
    return case.transfer_refused_at is not None or is_late


@unless("ansökan hos IVO är redan antecknad")
def is_not_brought_to_ivo(case: "Referral") -> bool:
    return case.brought_to_ivo_at is None
