"""From the records of a case to the frozen facts of a letter: the only place that reads both.

What may not be told is left out here, before it can reach a template: a protected person's
address, the other custodian, the other youths of the incident.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from cases import identity, rules
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
from cases.models.codes import Feedback, Outcome, Told
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
NOTICE_GROUND = f"19 kap. 1 § {SOCIAL_ACT}; 10 kap. 28 § offentlighets- och sekretesslagen"
CONSENT_GROUND = "6 § polislagen (1984:387), med den unges samtycke"
CONSENT_LAW = LawReference(about="Uppgiften", paragraph=CONSENT_GROUND)

_OUTCOMES = {
    Outcome.COLLECTED: letters.Outcome.COLLECTED_BY_CUSTODIAN,
    Outcome.DRIVEN_HOME: letters.Outcome.DRIVEN_HOME,
    Outcome.OTHER_ADULT: letters.Outcome.COLLECTED_BY_OTHER_ADULT,
    Outcome.DUTY_TEAM: letters.Outcome.SOCIAL_DUTY,
    Outcome.HOSPITAL: letters.Outcome.HOSPITAL,
    Outcome.LOB: letters.Outcome.TAKEN_INTO_CARE,
    Outcome.NO_DUTY_TEAM: letters.Outcome.NO_DUTY_TEAM,
}
_MEASURES = {
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
        alcohol=_MEASURES[AlcoholSeizure.Measure(seized[0].measure)]
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


def notice(
    case: YouthCase, *, to: Organisation, notice_id: UUID, by: User, at: datetime
) -> letters.ConcernNotice:
    """L4: the fourteen groups of facts of domain 4.1, and the message that crosses the border."""
    incident, person = case.incident, case.person
    child_told = case.told_of_notice in (Told.BOTH, Told.YOUTH)
    custodians_told = case.told_of_notice in (Told.BOTH, Told.CUSTODIANS)
    earlier = _earlier(case)
    return letters.ConcernNotice(
        sender=sender(case.organisation),
        recipient=to_unit(to),
        handler=handler(by),
        written_on=timezone.localdate(at),
        reference=case.reference,
        law=(NOTICE_LAW if case.is_minor else CONSENT_LAW, ASSESSMENT_LAW, FEEDBACK_LAW),
        is_demo=settings.DEMO,
        notice_id=str(notice_id),
        made_at=at,
        municipality=to.authority,
        receiving_function=to.name,
        legal_ground=ground(case),
        is_urgent=case.is_in_danger,
        oral_notice_at=None,
        oral_notice_to="",
        child=_child(case),
        custodians=tuple(_notice_custodian(case, row) for row in person.custodians.all()),
        other_children=(),
        reporter=_reporter(case),
        happened_at=incident.started_at,
        place=where(case),
        category=letters.Category(case.category),
        what_happened=incident.circumstances,
        intoxication=case.get_intoxication_display(),
        alcohol=tuple(_alcohol(row) for row in case.seizures.all()),
        injuries=case.injuries,
        other_drugs="",
        company=_company(case),
        own_observations=case.observations,
        statements=_statements(case),
        child_words=case.child_words,
        effect_on_child="",
        concern=case.concern,
        why_now=case.why_now,
        concern_since="",
        if_nothing_is_done="",
        acute_danger=case.is_in_danger,
        acute_danger_how="",
        earlier_count=len(earlier),
        earlier_on=tuple(earlier),
        handed_over_to=f"{case.get_outcome_display()}. {case.handed_over_to}".strip(". "),
        handed_over_at=case.handed_over_at,
        supplier_is_custodian=_custodian_supplied(case),
        child_told=child_told,
        child_not_told_because="" if child_told else case.why_not_told,
        custodians_told=custodians_told,
        custodians_not_told_because="" if custodians_told else case.why_not_told,
        may_be_harmed_if_told=case.is_minor and case.may_be_harmed_if_told,
        special_to_consider=_special(case),
        attachments=(),
    )


def ground(case: YouthCase) -> str:
    """What breaks the secrecy: the duty for a child, the youth's own yes from eighteen."""
    return NOTICE_GROUND if case.is_minor else CONSENT_GROUND


def _child(case: YouthCase) -> letters.Child:
    person = case.person
    open_address = not person.is_protected
    return letters.Child(
        name=person.name or "Okänd",
        personal_number=person.personal_number or None,
        estimated_age=person.age_on(case.day),
        is_protected=person.is_protected,
        street=person.street if open_address else None,
        postal_code=person.postal_code if open_address else None,
        locality=person.locality if open_address else None,
        phone=person.phone if open_address else None,
        language=person.language,
        needs_interpreter=person.needs_interpreter,
        whereabouts=case.get_outcome_display(),
        school=person.school if open_address else "",
    )


def _notice_custodian(case: YouthCase, row: Custodian) -> letters.NoticeCustodian:
    # Whoever lives with a protected child has the child's address.
    shares_secret = row.lives_with_youth and case.person.is_protected
    open_address = not (row.is_protected or row.is_barred or shares_secret)
    own = [contact for contact in case.contacts.all() if contact.custodian_id == row.pk]
    reached = next((contact for contact in own if contact.reached), None)
    return letters.NoticeCustodian(
        name=row.name,
        personal_number=row.personal_number or None,
        is_protected=not open_address,
        street=row.street if open_address else None,
        postal_code=row.postal_code if open_address else None,
        locality=row.locality if open_address else None,
        phone=row.phone if open_address else None,
        lives_with_child=row.lives_with_youth,
        language=row.language,
        needs_interpreter=row.needs_interpreter,
        reached_at=reached.at if reached else None,
        collected=case.outcome == Outcome.COLLECTED and case.handed_over_to == row.name,
        reaction="; ".join(contact.get_result_display() for contact in own),
    )


def _reporter(case: YouthCase) -> letters.Reporter:
    officer = case.author
    return letters.Reporter(
        name=officer.name,
        title=officer.title or officer.get_role_display(),
        unit=str(case.organisation),
        phone=officer.phone or case.organisation.phone,
        case_reference=case.reference,
        attends_meeting=True,
    )


def _alcohol(row: AlcoholSeizure) -> letters.Alcohol:
    amount = f"{row.volume_cl / 100:g} liter".replace(".", ",")
    measure = _MEASURES[AlcoholSeizure.Measure(row.measure)]
    return letters.Alcohol(kind=row.get_drink_display(), amount=amount, measure=measure)


def _company(case: YouthCase) -> str:
    # Other families are never named in a notice.
    others = case.incident.youth_cases.exclude(pk=case.pk).count()
    return f"Tillsammans med {others} andra unga." if others else ""


def _statements(case: YouthCase) -> tuple[letters.Statement, ...]:
    if not case.hearsay:
        return ()
    return (letters.Statement(who="Andra på platsen", said_at=None, text=case.hearsay),)


def _special(case: YouthCase) -> str:
    harm = case.get_harm_if_told_display() if case.harm_if_told in ("yes", "unknown") else ""
    warning = f"Kan barnet fara illa av att vårdnadshavarna får veta? {harm}." if harm else ""
    return "\n".join(filter(None, (warning, case.special_considerations)))


def _custodian_supplied(case: YouthCase) -> bool:
    tips = case.incident.supply_tips.all()
    return any(tip.relation in (tip.Relation.PARENT_GAVE,) for tip in tips)


def _earlier(case: YouthCase) -> list[date]:
    """The days of earlier stops with the same number at the own unit (2018:1693 3:5)."""
    index = case.person.number_index
    if not index:
        return []
    same = YouthCase.objects.filter(
        organisation=case.organisation,
        person__number_index=index,
        opened_at__lt=case.opened_at,
    ).exclude(state__in=("draft", "annulled", "merged"))
    return [
        timezone.localdate(at)
        for at in same.values_list("opened_at", flat=True).order_by("opened_at")
    ]


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


def shown_number(person: Person) -> str:
    return identity.shown(person.personal_number) if person.personal_number else ""
