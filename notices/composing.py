"""From the records of a case to the frozen facts of a letter: the only place that reads both.

What may not be told is left out here, before it can reach a template: a protected person's
address, the other custodian, the other youths of the incident.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from cases import rules
from cases.models import (
    AlcoholSeizure,
    Custodian,
    CustodianContact,
    Organisation,
    Person,
    Referral,
    User,
    YouthCase,
)
from cases.models.codes import Outcome
from notices import letters
from notices.letters import AlcoholMeasure, CallResult, Contact, LawReference, Recipient

SOCIAL_ACT = "socialtjänstlagen (2025:400)"
POLICE_LAW = LawReference(about="Uppgiften", paragraph="6 § polislagen (1984:387)")
NOTICE_LAW = LawReference(about="Polisens anmälan", paragraph=f"19 kap. 1 § {SOCIAL_ACT}")
ASSESSMENT_LAW = LawReference(about="Förhandsbedömningen", paragraph=f"20 kap. 2 § {SOCIAL_ACT}")
FEEDBACK_LAW = LawReference(about="Återkopplingen", paragraph=f"19 kap. 6 § {SOCIAL_ACT}")
PARENTS_LAW = LawReference(about="Vårdnaden", paragraph="6 kap. 2 § föräldrabalken")
FORFEITURE_LAW = LawReference(about="Förverkandet", paragraph="3 kap. 4–5 §§ lagen (2024:782)")
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


def matter(
    case: YouthCase | Referral, recipient: Recipient, *, by: User, at: datetime
) -> dict[str, Any]:
    """What every letter of a case carries; the law differs."""
    return {
        "sender": sender(case.organisation),
        "recipient": recipient,
        "handler": handler(by),
        "written_on": timezone.localdate(at),
        "reference": case.reference,
        "is_demo": settings.DEMO,
    }


def audience(custodian: Custodian | None) -> letters.Audience:
    return letters.Audience.CUSTODIAN if custodian else letters.Audience.YOUTH


def custodian_letter(
    case: YouthCase, custodian: Custodian, *, by: User, at: datetime
) -> letters.CustodianLetter:
    """L1, for one custodian: nothing of the other custodian is read here."""
    own = [contact for contact in case.contacts.all() if contact.custodian_id == custodian.pk]
    answered = next((contact for contact in own if contact.reached), None)
    called = answered or (own[-1] if own else None)
    return letters.CustodianLetter(
        **matter(case, to_person(custodian), by=by, at=at),
        law=(NOTICE_LAW, ASSESSMENT_LAW) if case.notified_at else (PARENTS_LAW,),
        youth_name=case.person.name or "ditt barn",
        youth_first_name=first_name(case.person),
        met_at=case.incident.started_at,
        place=where(case),
        category=letters.Category(case.category),
        alcohol=_measure(case),
        call=_call(called),
        called_at=called.at if called else None,
        outcome=_outcome_for(case, answered),
        outcome_at=case.handed_over_at,
        municipality=_home(case),
        notice_sent_on=timezone.localdate(case.notified_at) if case.notified_at else None,
        assessment_days=rules.rule("preliminary_assessment", on=case.day).value,
    )


def youth_letter(
    case: YouthCase, *, by: User, at: datetime, custodians_get_letter: bool
) -> letters.YouthLetter:
    """L3: to the youth; from eighteen there is nobody else to tell."""
    return letters.YouthLetter(
        **matter(case, to_person(case.person), by=by, at=at),
        law=(NOTICE_LAW, ASSESSMENT_LAW) if case.notified_at else (),
        youth_first_name=first_name(case.person),
        met_at=case.incident.started_at,
        place=where(case),
        category=letters.Category(case.category),
        alcohol=_measure(case),
        is_adult=not case.is_minor,
        custodians_get_letter=custodians_get_letter,
        municipality=_home(case),
        notice_sent_on=timezone.localdate(case.notified_at) if case.notified_at else None,
        assessment_days=rules.rule("preliminary_assessment", on=case.day).value,
    )


def forfeiture(
    case: YouthCase, custodian: Custodian | None, *, by: User, at: datetime
) -> letters.ForfeitureDecision | None:
    """L9: the decision on what was forfeited; None when nothing was, or it is handed over."""
    taken = [row for row in case.seizures.all() if row.needs_decision_by_post]
    return decision_on(case, taken, custodian, by=by, at=at) if taken else None


def decision_on(
    case: YouthCase,
    taken: list[AlcoholSeizure],
    custodian: Custodian | None,
    *,
    by: User,
    at: datetime,
) -> letters.ForfeitureDecision:
    """L9, about these."""
    first = taken[0]
    return letters.ForfeitureDecision(
        **matter(case, to_person(custodian or case.person), by=by, at=at),
        law=(FORFEITURE_LAW,),
        audience=audience(custodian),
        youth_name=case.person.name or "ditt barn",
        youth_first_name=first_name(case.person),
        decided_at=first.decided_at,
        place=where(case),
        items=tuple(alcohol(row) for row in taken),
        ground=first.get_ground_display(),
        decided_by=f"{first.decided_by.name}, {handler(first.decided_by).title.lower()}",
        objection_weeks=rules.rule("forfeiture_objection", on=case.day).value // 7,
    )


def notice_message(
    case: YouthCase | Referral,
    about: letters.MessageKind,
    text: str,
    *,
    to: Organisation,
    by: User,
    at: datetime,
) -> letters.NoticeMessage:
    """L4b: what a message about the notice says, with its number and nobody's name."""
    reference = case.reference if isinstance(case, YouthCase) else case.sender_reference
    return letters.NoticeMessage(
        **matter(case, to_unit(to), by=by, at=at),
        law=_law_of_message(case),
        about=about,
        notice_id=str(case.notice_id or ""),
        notice_reference=reference,
        text=text,
    )


def _law_of_message(case: YouthCase | Referral) -> tuple[LawReference, ...]:
    if isinstance(case, Referral):
        return (ASSESSMENT_LAW,)
    return (NOTICE_LAW,) if case.is_minor else (POLICE_LAW,)


def custody_copy(
    case: YouthCase, *, to: Organisation, by: User, at: datetime
) -> letters.CustodyCopy:
    """L10: goes with the copy of the protocol after custody by LOB (RPSFS 2000:57)."""
    person = case.person
    return letters.CustodyCopy(
        **matter(case, to_unit(to), by=by, at=at),
        law=(),
        youth_name=person.name or "Okänd",
        personal_number=person.personal_number or None,
        is_protected=person.is_protected,
        taken_at=case.custody_at or case.incident.started_at,
        place=where(case),
        ended_at=case.custody_end,
        outcome=f"{case.get_outcome_display()}.",
        decided_by=case.custody_decided_by,
        notice_id=str(case.notice_id or ""),
    )


def alcohol(row: AlcoholSeizure) -> letters.Alcohol:
    amount = f"{row.volume_cl / 100:g} liter".replace(".", ",")
    measure = MEASURES[AlcoholSeizure.Measure(row.measure)]
    return letters.Alcohol(kind=row.get_drink_display(), amount=amount, measure=measure)


def _measure(case: YouthCase) -> AlcoholMeasure:
    seized = case.seizures.first()
    return MEASURES[AlcoholSeizure.Measure(seized.measure)] if seized else AlcoholMeasure.NONE


def _home(case: YouthCase) -> str:
    return case.person.municipality.name if case.person.municipality else "hemkommunen"


def first_name(person: Person) -> str:
    return person.name.split()[0] if person.name else "ditt barn"


def where(case: YouthCase) -> str:
    """The place with its preposition, e.g. "vid Stortorget i Växjö kommun".

    A home is never named: the stop is shared, and each family would read whose home it was.
    """
    incident = case.incident
    if incident.is_in_a_home:
        return f"i en bostad i {incident.municipality.name}"
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
