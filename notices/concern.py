"""The notice of concern (L4) from a police case: the message that crosses to the social services.

Fourteen groups of facts (domain 4.1). No other family is named, and nobody who is protected is
findable through it.
"""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from cases import earlier
from cases.models import Custodian, DutyContact, Organisation, User, YouthCase
from cases.models.codes import Custody, Outcome, Told, YesNo
from notices import composing, letters
from notices.letters import LawReference

NOTICE_GROUND = (
    f"19 kap. 1 § {composing.SOCIAL_ACT}; 10 kap. 28 § offentlighets- och sekretesslagen"
)
POLICE_GROUND = "6 § polislagen (1984:387)"
CONSENT_GROUND = f"{POLICE_GROUND}, med den unges samtycke"
CONSENT_LAW = LawReference(about="Uppgiften", paragraph=CONSENT_GROUND)
# In the place of a custodian's name; the number tells social services whom to look up.
HIDDEN_NAME = "Skyddad identitet"
HIDDEN_HOME = (
    "Hemadressen lämnas inte här: någon i hemmet har skyddade personuppgifter, eller så är det "
    "inte kontrollerat."
)


def notice(
    case: YouthCase, *, to: Organisation, notice_id: UUID | str, by: User, at: datetime
) -> letters.ConcernNotice:
    """L4: the fourteen groups of facts of domain 4.1, and the message that crosses the border."""
    incident, person = case.incident, case.person
    told = case.told_of_notice
    # From eighteen there is no notice without the youth's own yes, and nobody else is told.
    child_told = told in (Told.BOTH, Told.YOUTH) or not case.is_minor
    custodians_told = told in (Told.BOTH, Told.CUSTODIANS) if case.is_minor else None
    oral = _oral_notice(case)
    met = earlier.earlier_days(case, by=by)
    custodians = person.custodians_on(timezone.localdate(at))
    return letters.ConcernNotice(
        sender=composing.sender(case.organisation),
        recipient=composing.to_unit(to),
        handler=composing.handler(by),
        written_on=timezone.localdate(at),
        reference=case.reference,
        law=(
            composing.NOTICE_LAW if case.is_minor else CONSENT_LAW,
            composing.ASSESSMENT_LAW,
            composing.FEEDBACK_LAW,
        ),
        is_demo=settings.DEMO,
        notice_id=str(notice_id),
        made_at=at,
        municipality=to.authority,
        receiving_function=to.name,
        legal_ground=ground(case),
        is_urgent=case.is_in_danger,
        oral_notice_at=oral.at if oral else None,
        oral_notice_to=f"socialjouren, {oral.spoke_with}".rstrip(", ") if oral else "",
        child=_child(case),
        custodians=tuple(_notice_custodian(case, row) for row in custodians),
        other_adults=case.other_adults,
        other_children=tuple(letters.OtherChild(name=row) for row in _rows(case.other_children)),
        reporter=_reporter(case),
        happened_at=incident.started_at,
        place=composing.where(case),
        category=letters.Category(case.category),
        what_happened=incident.circumstances,
        intoxication=case.get_intoxication_display(),
        alcohol=tuple(composing.alcohol(row) for row in case.seizures.all()),
        injuries=case.injuries,
        other_drugs=case.other_drugs,
        company=_company(case),
        own_observations=case.observations,
        statements=_statements(case),
        child_words=case.child_words,
        effect_on_child=case.effect_on_child,
        concern=case.concern,
        why_now=case.why_now,
        concern_since=case.concern_since,
        if_nothing_is_done=case.if_nothing_is_done,
        acute_danger=case.is_in_danger,
        acute_danger_how=case.danger_how,
        earlier_count=len(met),
        earlier_on=tuple(met),
        handed_over_to=_handed_over(case),
        handed_over_at=case.handed_over_at,
        custodian_reaction=case.custodian_reaction,
        supplier_is_custodian=case.supplied_by_custodian,
        child_told=child_told,
        child_not_told_because="" if child_told else case.why_not_told,
        custodians_told=custodians_told,
        custodians_not_told_because="" if custodians_told is not False else case.why_not_told,
        may_be_harmed_if_told=case.is_minor and case.may_be_harmed_if_told,
        special_to_consider=_special(case),
        attachments=_attachments(case),
        feedback_requested=case.wants_feedback,
        window=case.organisation.letter_window or settings.LETTER_WINDOW,
    )


def ground(case: YouthCase) -> str:
    """What breaks the secrecy: the duty for a child, the youth's own yes from eighteen. Without
    either nothing is told but that (`crossing.supplement`).
    """
    if case.is_minor:
        return NOTICE_GROUND
    return CONSENT_GROUND if case.consents_to_referral else POLICE_GROUND


def _child(case: YouthCase) -> letters.Child:
    person = case.person
    open_address = not person.home_is_secret
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
        whereabouts=case.whereabouts if open_address else "",
        school=person.school if open_address else "",
        description=case.description,
    )


def _notice_custodian(case: YouthCase, row: Custodian) -> letters.NoticeCustodian:
    shares_secret = row.lives_with_youth and case.person.home_is_secret
    open_address = not (row.is_protected or row.is_barred or shares_secret)
    own = [contact for contact in case.contacts.all() if contact.custodian_id == row.pk]
    reached = next((contact for contact in own if contact.reached), None)
    return letters.NoticeCustodian(
        name=HIDDEN_NAME if row.is_protected else row.name,
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
        relation=row.get_relation_display(),
    )


def _handed_over(case: YouthCase) -> str:
    """How the stop ended, and to whom: nobody's name where a custodian is protected."""
    how = str(case.get_outcome_display())
    if any(custodian.is_protected for custodian in case.person.custodians.all()):
        return how
    return f"{how}. {case.handed_over_to}".strip(". ")


def _reporter(case: YouthCase) -> letters.Reporter:
    officer = case.author
    return letters.Reporter(
        name=officer.name,
        title=officer.title or officer.get_role_display(),
        unit=str(case.organisation),
        phone=officer.phone or case.organisation.phone,
        case_reference=case.reference,
        attends_meeting=case.attends_meeting == YesNo.YES if case.attends_meeting else None,
    )


def _company(case: YouthCase) -> str:
    # Other families are never named in a notice.
    others = case.incident.youth_cases.exclude(pk=case.pk).count()
    return f"Tillsammans med {others} andra unga." if others else ""


def _statements(case: YouthCase) -> tuple[letters.Statement, ...]:
    if not case.hearsay:
        return ()
    who = case.hearsay_by or "Andra på platsen"
    return (letters.Statement(who=who, said_at=case.hearsay_at, text=case.hearsay),)


def _oral_notice(case: YouthCase) -> DutyContact | None:
    """The first call in which somebody at the duty team answered: the notice by word of mouth."""
    heard = (DutyContact.Result.TAKES_OVER, DutyContact.Result.ADVISES)
    return next((call for call in case.duty_contacts.all() if call.result in heard), None)


def _attachments(case: YouthCase) -> tuple[str, ...]:
    own, copied = _rows(case.attachments), case.custody_copied_at
    if case.custody != Custody.LOB:
        return own
    earlier = f", skickad {timezone.localdate(copied)}" if copied != case.notified_at else ""
    return (f"Kopia av protokollet efter omhändertagande enligt LOB{earlier}", *own)


def _rows(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.splitlines())))


def _special(case: YouthCase) -> str:
    harm = case.get_harm_if_told_display() if case.harm_if_told in ("yes", "unknown") else ""
    warning = f"Kan barnet fara illa av att vårdnadshavarna får veta? {harm}." if harm else ""
    home = HIDDEN_HOME if case.person.home_is_secret else ""
    return "\n".join(filter(None, (warning, home, case.special_considerations)))
