"""The letters of the social services: from the records of a referral to frozen facts.

As in `composing`, what may not be told is left out here: what another custodian has said, and
everything about the family in what goes to the notifier.
"""

from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.utils import timezone

from cases import rules
from cases.models import Appointment, Custodian, Organisation, Referral, User
from cases.models.codes import Feedback
from notices import letters
from notices.composing import (
    ASSESSMENT_LAW,
    FEEDBACK_LAW,
    PARENTS_LAW,
    SECRECY_LAW,
    SOCIAL_ACT,
    audience,
    first_name,
    handler,
    matter,
    sender,
    to_person,
    to_unit,
)
from notices.letters import LawReference

TALK_MINUTES = 60
REBOOK_BEFORE = timedelta(days=1)
MEETING_MINUTES = 90
# SoL 29:11.
ANSWER_WITHIN = relativedelta(months=1)

INVESTIGATION_LAW = LawReference(about="Utredningen", paragraph=f"20 kap. 3-4 §§ {SOCIAL_ACT}")
HELP_LAW = LawReference(about="Stöd utan utredning", paragraph=f"11 kap. 5 § {SOCIAL_ACT}")
TRANSFER_LAW = LawReference(about="Överflyttningen", paragraph=f"29 kap. 9-11 §§ {SOCIAL_ACT}")
FOLLOW_UP_LAW = LawReference(about="Uppföljningen", paragraph=f"23 kap. 5 § {SOCIAL_ACT}")
_ANSWERS = {
    Feedback.OPENED: letters.FeedbackAnswer.INVESTIGATION_OPENED,
    Feedback.NOT_OPENED: letters.FeedbackAnswer.NOT_OPENED,
    Feedback.ONGOING: letters.FeedbackAnswer.ALREADY_ONGOING,
}


def acknowledgement(
    referral: Referral, *, to: Organisation, by: User, at: datetime, is_asked: bool
) -> letters.Acknowledgement:
    """L5: to the notifier, with the notifier's own number and no word about the family.

    `is_asked`: does the notice ask for feedback (SoL 19:6)?
    """
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
        feedback_requested=is_asked,
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


def meeting_invitation(
    referral: Referral, talk: Appointment, custodian: Custodian | None, *, by: User, at: datetime
) -> letters.MeetingInvitation:
    """L2: to an evening for many families, so nothing of this one's matter stands in it."""
    return letters.MeetingInvitation(
        **matter(referral, to_person(custodian or referral.person), by=by, at=at),
        law=(),
        audience=audience(custodian),
        youth_first_name=first_name(referral.person),
        starts_at=talk.at,
        minutes=MEETING_MINUTES,
        place=talk.place,
        answer_before=timezone.localdate(talk.at - REBOOK_BEFORE),
    )


def decision(
    referral: Referral, custodian: Custodian | None, *, by: User, at: datetime
) -> letters.DecisionLetter:
    """L7a, L7b: what was decided, when and on what delegation. The reasons are read at the
    office.
    """
    follows = INVESTIGATION_LAW if referral.decision == Feedback.OPENED else HELP_LAW
    delegated = LawReference(
        about="Beslutet på delegation",
        paragraph=f"punkt {referral.delegation} i nämndens delegationsordning",
    )
    return letters.DecisionLetter(
        **matter(referral, to_person(custodian or referral.person), by=by, at=at),
        law=(ASSESSMENT_LAW, follows, delegated),
        audience=audience(custodian),
        youth_name=referral.person.name,
        youth_first_name=first_name(referral.person),
        notifier=referral.sender.split(",")[0],
        notice_received_on=referral.day,
        decided_on=timezone.localdate(referral.decided_at or at),
        investigation_due_on=_ready_by(referral),
    )


def _ready_by(referral: Referral) -> date | None:
    """When the investigation is to be ready: in four months, or as it was extended (SoL 20:3)."""
    due = [clock.due_at for clock in rules.clocks(referral) if clock.step == "investigation"]
    return timezone.localdate(due[0]) if due else None


def transfer_request(
    referral: Referral, *, to: Organisation, by: User, at: datetime, reason: str
) -> letters.TransferRequest:
    """L11: a written request; after a month's silence IVO can be asked (SoL 29:9-11)."""
    person = referral.person
    return letters.TransferRequest(
        **matter(referral, to_unit(to), by=by, at=at),
        law=(TRANSFER_LAW,),
        municipality=to.authority,
        youth_name=person.name,
        personal_number=person.personal_number or None,
        is_protected=person.is_protected,
        notifier=referral.sender.split(",")[0],
        notice_received_on=referral.day,
        reason=reason,
        answer_before=timezone.localdate(at) + ANSWER_WITHIN,
    )


def follow_up(
    referral: Referral, custodian: Custodian | None, *, by: User, at: datetime
) -> letters.FollowUpLetter:
    """L12: that it is followed up, and when that ends at the latest (SoL 23:5)."""
    started_on: date = timezone.localdate(at)
    limit = rules.rule("follow_up", on=referral.day).value
    last_check = max(check.due_on for check in referral.checks.all())
    return letters.FollowUpLetter(
        **matter(referral, to_person(custodian or referral.person), by=by, at=at),
        law=(FOLLOW_UP_LAW,),
        audience=audience(custodian),
        youth_name=referral.person.name,
        youth_first_name=first_name(referral.person),
        started_on=started_on,
        ends_before=referral.follow_up_until(limit) or last_check,
    )


def follow_up_end(
    referral: Referral, custodian: Custodian | None, *, by: User, at: datetime
) -> letters.FollowUpEndLetter:
    """L12b: that it is followed up no longer (SoL 23:5)."""
    return letters.FollowUpEndLetter(
        **matter(referral, to_person(custodian or referral.person), by=by, at=at),
        law=(FOLLOW_UP_LAW,),
        audience=audience(custodian),
        youth_name=referral.person.name,
        youth_first_name=first_name(referral.person),
        ended_on=timezone.localdate(at),
    )
