"""The notice of concern (L4) from a police case: the message that crosses to the social services.

Fourteen groups of facts (domain 4.1). No other family is named, and nobody who is protected is
findable through it.
"""

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from cases.models import AlcoholSeizure, Custodian, Organisation, User, YouthCase
from cases.models.codes import Outcome, Told
from notices import composing, letters
from notices.letters import LawReference

NOTICE_GROUND = (
    f"19 kap. 1 § {composing.SOCIAL_ACT}; 10 kap. 28 § offentlighets- och sekretesslagen"
)
CONSENT_GROUND = "6 § polislagen (1984:387), med den unges samtycke"
CONSENT_LAW = LawReference(about="Uppgiften", paragraph=CONSENT_GROUND)


def notice(
    case: YouthCase, *, to: Organisation, notice_id: UUID, by: User, at: datetime
) -> letters.ConcernNotice:
    """L4: the fourteen groups of facts of domain 4.1, and the message that crosses the border."""
    incident, person = case.incident, case.person
    child_told = case.told_of_notice in (Told.BOTH, Told.YOUTH)
    custodians_told = case.told_of_notice in (Told.BOTH, Told.CUSTODIANS)
    earlier = _earlier(case)
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
        oral_notice_at=None,
        oral_notice_to="",
        child=_child(case),
        custodians=tuple(_notice_custodian(case, row) for row in person.custodians.all()),
        other_children=(),
        reporter=_reporter(case),
        happened_at=incident.started_at,
        place=composing.where(case),
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
    measure = composing.MEASURES[AlcoholSeizure.Measure(row.measure)]
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
