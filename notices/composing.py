"""From the records of a case to the frozen facts of a letter: the only place that reads both.

What may not be told is left out here, before it can reach a template: a protected person's
address, the other custodian, the other youths of the incident.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from cases import rules
from cases.models import (
    Appointment,
    Custodian,
    CustodianContact,
    Organisation,
    Person,
    Referral,
    User,
    YouthCase,
)
from cases.models.codes import Feedback, Outcome
from cases.models.incidents import AlcoholSeizure
from notices import letters
from notices.letters import AlcoholMeasure, CallResult, Contact, LawReference, Recipient

# The objection to a forfeiture: three weeks from service, Lag (2024:782) 3 kap. 5 §.
OBJECTION_WITHIN = timedelta(weeks=3)
TALK_MINUTES = 60
REBOOK_BEFORE = timedelta(days=1)

SOCIAL_ACT = "socialtjänstlagen (2025:400)"
NOTICE_LAW = LawReference(about="Polisens anmälan", paragraph=f"19 kap. 1 § {SOCIAL_ACT}")
ASSESSMENT_LAW = LawReference(about="Förhandsbedömningen", paragraph=f"20 kap. 2 § {SOCIAL_ACT}")
FEEDBACK_LAW = LawReference(about="Återkopplingen", paragraph=f"19 kap. 6 § {SOCIAL_ACT}")
PARENTS_LAW = LawReference(about="Vårdnaden", paragraph="6 kap. 2 § föräldrabalken")
SECRECY_LAW = LawReference(
    about="Vad som får sägas",
    paragraph="26 kap. 9 a § offentlighets- och sekretesslagen (2009:400)",
)
_OUTCOMES = {
    Outcome.COLLECTED: letters.Outcome.COLLECTED_BY_CUSTODIAN,
    Outcome.DRIVEN_HOME: letters.Outcome.DRIVEN_HOME,
    Outcome.OTHER_ADULT: letters.Outcome.COLLECTED_BY_OTHER_ADULT,
    Outcome.DUTY_TEAM: letters.Outcome.SOCIAL_DUTY,
    Outcome.HOSPITAL: letters.Outcome.HOSPITAL,
    Outcome.LOB: letters.Outcome.TAKEN_INTO_CARE,
    Outcome.NO_DUTY_TEAM: letters.Outcome.NO_DUTY_TEAM,
}
MEASURES = {
    AlcoholSeizure.Measure.FORFEITED: AlcoholMeasure.POURED_OUT,
    AlcoholSeizure.Measure.SEIZED: AlcoholMeasure.SEIZED,
    AlcoholSeizure.Measure.NONE: AlcoholMeasure.NONE,
}
_ANSWERS = {
    Feedback.OPENED: letters.FeedbackAnswer.INVESTIGATION_OPENED,
    Feedback.NOT_OPENED: letters.FeedbackAnswer.NOT_OPENED,
    Feedback.ONGOING: letters.FeedbackAnswer.ALREADY_ONGOING,
}


def sender(unit: Organisation) -> letters.Sender:
    return letters.Sender(
        name=unit.authority,
        unit=unit.name,
        street=unit.street,
        postal_line=unit.postal_line,
        phone=unit.phone,
        email=unit.email,
        website=unit.website,
        org_number=unit.org_number,
    )


def handler(user: User) -> Contact:
    phone = user.phone or user.organisation.phone
    return Contact(name=user.name, title=user.title or user.get_role_display(), phone=phone)


def to_unit(unit: Organisation) -> Recipient:
    return Recipient(
        # The window tells no more than that an authority writes; the function stands in the letter.
        name=unit.authority,
        street=unit.street or None,
        postal_line=unit.postal_line or None,
        is_person=False,
    )


def to_person(person: Person | Custodian) -> Recipient:
    return Recipient(
        name=person.name,
        street=person.street or None,
        postal_line=person.postal_line or None,
        is_person=True,
    )


def custodian_letter(
    case: YouthCase, custodian: Custodian, *, by: User, at: datetime
) -> letters.CustodianLetter:
    """L1, for one custodian: nothing of the other custodian is read here."""
    own = [contact for contact in case.contacts.all() if contact.custodian_id == custodian.pk]
    answered = next((contact for contact in own if contact.reached), None)
    called = answered or (own[-1] if own else None)
    seized = list(case.seizures.all())
    return letters.CustodianLetter(
        sender=sender(case.organisation),
        recipient=to_person(custodian),
        handler=handler(by),
        written_on=timezone.localdate(at),
        reference=case.reference,
        law=(NOTICE_LAW, ASSESSMENT_LAW) if case.notified_at else (PARENTS_LAW,),
        is_demo=settings.DEMO,
        youth_name=case.person.name or "ditt barn",
        youth_first_name=first_name(case.person),
        met_at=case.incident.started_at,
        place=where(case),
        category=letters.Category(case.category),
        alcohol=MEASURES[AlcoholSeizure.Measure(seized[0].measure)]
        if seized
        else AlcoholMeasure.NONE,
        call=_call(called),
        called_at=called.at if called else None,
        outcome=_outcome_for(case, answered),
        outcome_at=case.handed_over_at,
        municipality=case.person.municipality.name if case.person.municipality else "hemkommunen",
        notice_sent_on=timezone.localdate(case.notified_at) if case.notified_at else None,
        assessment_days=rules.rule("preliminary_assessment", on=case.day).value,
        meeting_at=None,
        meeting_place="",
        objection_until=timezone.localdate(at) + OBJECTION_WITHIN if seized else None,
    )


def first_name(person: Person) -> str:
    return person.name.split()[0] if person.name else "ditt barn"


def where(case: YouthCase) -> str:
    """The place with its preposition, e.g. "vid Stortorget i Växjö kommun"."""
    incident = case.incident
    place = incident.place or incident.get_place_type_display().lower()
    return f"vid {place} i {incident.municipality.name}"


def _call(called: CustodianContact | None) -> CallResult:
    if called is None:
        return CallResult.NOT_CALLED
    return CallResult.ANSWERED if called.reached else CallResult.NO_ANSWER


def _outcome_for(case: YouthCase, answered: CustodianContact | None) -> letters.Outcome:
    collected_by_reader = (
        case.outcome == Outcome.COLLECTED
        and answered is not None
        and answered.result == CustodianContact.Result.WILL_COLLECT
        and answered.custodian is not None
        and answered.custodian.name == case.handed_over_to
    )
    if collected_by_reader:
        return letters.Outcome.COLLECTED_BY_YOU
    return _OUTCOMES.get(Outcome(case.outcome), letters.Outcome.LEFT_ON_OWN)


def acknowledgement(
    referral: Referral, *, to: Organisation, by: User, at: datetime
) -> letters.Acknowledgement:
    """L5: to the notifier, with the notifier's own number and no word about the family."""
    return letters.Acknowledgement(
        sender=sender(referral.organisation),
        recipient=to_unit(to),
        handler=handler(by),
        written_on=timezone.localdate(at),
        reference=referral.reference,
        their_reference=referral.sender_reference,
        law=(ASSESSMENT_LAW, FEEDBACK_LAW),
        is_demo=settings.DEMO,
        receipt_id=referral.reference,
        received_at=referral.opened_at,
        feedback_requested=True,
        assessment_days=rules.rule("preliminary_assessment", on=referral.day).value,
        feedback_days=rules.rule("feedback", on=referral.day).value,
    )


def talk_invitation(
    referral: Referral, talk: Appointment, custodian: Custodian | None, *, by: User, at: datetime
) -> letters.TalkInvitation:
    """L6: to one custodian, or to the youth when `custodian` is None."""
    addressee = custodian or referral.person
    decide_on = timezone.localdate(referral.decide_before)
    return letters.TalkInvitation(
        sender=sender(referral.organisation),
        recipient=to_person(addressee),
        handler=handler(by),
        written_on=timezone.localdate(at),
        reference=referral.reference,
        law=(ASSESSMENT_LAW, PARENTS_LAW) if custodian else (ASSESSMENT_LAW,),
        is_demo=settings.DEMO,
        audience=letters.Audience.CUSTODIAN if custodian else letters.Audience.YOUTH,
        youth_name=referral.person.name,
        youth_first_name=first_name(referral.person),
        notifier=referral.sender.split(",")[0],
        notice_received_on=referral.day,
        starts_at=talk.at,
        minutes=TALK_MINUTES,
        place=talk.place,
        directions="",
        meets=(handler(talk.caseworker),),
        interpreter_language=talk.interpreter,
        rebook_before=timezone.localdate(talk.at - REBOOK_BEFORE),
        decision_due_on=decide_on,
    )


def feedback(referral: Referral, *, to: Organisation, by: User, at: datetime) -> letters.Feedback:
    """L8: one of three fixed answers and its day."""
    decided = referral.decided_at or at
    return letters.Feedback(
        sender=sender(referral.organisation),
        recipient=to_unit(to),
        handler=handler(by),
        written_on=timezone.localdate(at),
        reference=referral.reference,
        their_reference=referral.sender_reference,
        law=(FEEDBACK_LAW, SECRECY_LAW),
        is_demo=settings.DEMO,
        answer=_ANSWERS[Feedback(referral.decision)],
        decided_on=timezone.localdate(decided),
    )
