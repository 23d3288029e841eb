"""One invented family's letters: what previews show, and what the tests of PDFs are about."""

from dataclasses import replace
from datetime import date
from typing import Any

from notices import letters
from notices.sample_notice import ANNA as ANNA
from notices.sample_notice import ANNAS_SECRETS as ANNAS_SECRETS
from notices.sample_notice import BEER as BEER
from notices.sample_notice import CONCERN as CONCERN
from notices.sample_notice import JONAS as JONAS
from notices.sample_notice import JONAS_SECRETS as JONAS_SECRETS
from notices.sample_notice import LAW as LAW
from notices.sample_notice import MUNICIPALITY as MUNICIPALITY
from notices.sample_notice import OMAR as OMAR
from notices.sample_notice import POLICE as POLICE
from notices.sample_notice import SARA as SARA
from notices.sample_notice import TO_POLICE as TO_POLICE
from notices.sample_notice import at as at
from notices.sample_notice import child as child
from notices.sample_notice import concern as concern
from notices.sample_notice import custodian as custodian
from notices.sample_notice import hidden_custodian as hidden_custodian


def to_anna() -> letters.CustodianLetter:
    return letters.CustodianLetter(
        sender=POLICE,
        recipient=ANNA,
        handler=OMAR,
        written_on=date(2026, 11, 24),
        reference="K-2026-004213",
        law=LAW,
        is_demo=True,
        youth_name="Elsa Lind",
        youth_first_name="Elsa",
        met_at=at("2026-11-20 22:40"),
        place="på Stortorget i Växjö",
        category=letters.Category.INTOXICATED,
        alcohol=letters.AlcoholMeasure.POURED_OUT,
        call=letters.CallResult.ANSWERED,
        called_at=at("2026-11-20 22:52"),
        outcome=letters.Outcome.COLLECTED_BY_YOU,
        outcome_at=at("2026-11-20 23:25"),
        municipality="Växjö kommun",
        notice_sent_on=date(2026, 11, 21),
        assessment_days=14,
    )


def to_jonas() -> letters.CustodianLetter:
    return replace(
        to_anna(),
        recipient=JONAS,
        category=letters.Category.IN_COMPANY,
        alcohol=letters.AlcoholMeasure.NONE,
        call=letters.CallResult.NO_ANSWER,
        outcome=letters.Outcome.COLLECTED_BY_CUSTODIAN,
        is_demo=False,
    )


def acknowledgement() -> letters.Acknowledgement:
    return letters.Acknowledgement(
        sender=MUNICIPALITY,
        recipient=TO_POLICE,
        handler=SARA,
        written_on=date(2026, 11, 23),
        reference="R-2026-000312",
        their_reference="K-2026-004213",
        law=LAW,
        is_demo=True,
        receipt_id="Q-2026-000871",
        received_at=at("2026-11-21 08:14"),
        feedback_requested=True,
        assessment_days=14,
        feedback_days=7,
    )


def talk(audience: letters.Audience = letters.Audience.CUSTODIAN) -> letters.TalkInvitation:
    return letters.TalkInvitation(
        sender=MUNICIPALITY,
        recipient=ANNA,
        handler=SARA,
        written_on=date(2026, 11, 24),
        reference="R-2026-000312",
        law=LAW,
        is_demo=True,
        audience=audience,
        youth_name="Elsa Lind",
        youth_first_name="Elsa",
        notifier="Polismyndigheten",
        notice_received_on=date(2026, 11, 21),
        starts_at=at("2026-11-26 15:00"),
        minutes=60,
        place="Västra Esplanaden 18, plan 2",
        directions="Anmäl dig i receptionen.",
        meets=(SARA,),
        interpreter_language="somaliska",
        rebook_before=date(2026, 11, 25),
        decision_due_on=date(2026, 12, 5),
    )


def feedback(
    answer: letters.FeedbackAnswer = letters.FeedbackAnswer.NOT_OPENED,
) -> letters.Feedback:
    return letters.Feedback(
        sender=MUNICIPALITY,
        recipient=TO_POLICE,
        handler=SARA,
        written_on=date(2026, 12, 1),
        reference="R-2026-000312",
        their_reference="K-2026-004213",
        law=LAW,
        is_demo=True,
        answer=answer,
        decided_on=date(2026, 12, 1),
    )


def matter(sender: letters.Sender, handler: letters.Contact) -> dict[str, Any]:
    """What every letter about Elsa carries."""
    return {
        "sender": sender,
        "recipient": ANNA,
        "handler": handler,
        "written_on": date(2026, 11, 24),
        "reference": "K-2026-004213" if sender is POLICE else "R-2026-000312",
        "law": LAW,
        "is_demo": True,
    }


def meeting(audience: letters.Audience = letters.Audience.CUSTODIAN) -> letters.MeetingInvitation:
    return letters.MeetingInvitation(
        **matter(POLICE, OMAR),
        audience=audience,
        youth_first_name="Elsa",
        starts_at=at("2026-12-08 18:00"),
        minutes=90,
        place="Polishuset, Sandgärdsgatan 31",
        answer_before=date(2026, 12, 4),
    )


def to_elsa() -> letters.YouthLetter:
    return letters.YouthLetter(
        **matter(POLICE, OMAR) | {"recipient": replace(ANNA, name="Elsa Lind")},
        youth_first_name="Elsa",
        met_at=at("2026-11-20 22:40"),
        place="på Stortorget i Växjö",
        category=letters.Category.INTOXICATED,
        alcohol=letters.AlcoholMeasure.POURED_OUT,
        is_adult=False,
        custodians_get_letter=True,
        municipality="Växjö kommun",
        notice_sent_on=date(2026, 11, 21),
        assessment_days=14,
    )


def decision(*, opened: bool) -> letters.DecisionLetter:
    return letters.DecisionLetter(
        **matter(MUNICIPALITY, SARA) | {"written_on": date(2026, 12, 1)},
        audience=letters.Audience.CUSTODIAN,
        youth_name="Elsa Lind",
        youth_first_name="Elsa",
        notifier="Polismyndigheten",
        notice_received_on=date(2026, 11, 21),
        decided_on=date(2026, 12, 1),
        investigation_due_on=date(2027, 4, 1) if opened else None,
    )


def forfeiture() -> letters.ForfeitureDecision:
    law = letters.LawReference(about="Förverkandet", paragraph="3 kap. 4–5 §§ lagen (2024:782)")
    return letters.ForfeitureDecision(
        **matter(POLICE, OMAR) | {"law": (law,)},
        audience=letters.Audience.CUSTODIAN,
        youth_name="Elsa Lind",
        youth_first_name="Elsa",
        decided_at=at("2026-11-20 22:45"),
        place="på Stortorget i Växjö",
        items=(BEER,),
        ground="12 kap. 1 § alkohollagen (2010:1622)",
        decided_by="Karin Ek, polisassistent",
        objection_weeks=3,
    )


def custody_copy() -> letters.CustodyCopy:
    return letters.CustodyCopy(
        **matter(POLICE, OMAR) | {"recipient": CONCERN.recipient},
        youth_name="Elsa Lind",
        personal_number="20110304-2384",
        is_protected=False,
        taken_at=at("2026-11-20 22:50"),
        place="på Stortorget i Växjö",
        ended_at=at("2026-11-20 23:25"),
        outcome="Hämtad av vårdnadshavare.",
        decided_by="Karin Ek",
        notice_id=CONCERN.notice_id,
    )


def transfer() -> letters.TransferRequest:
    return letters.TransferRequest(
        **matter(MUNICIPALITY, SARA) | {"recipient": replace(TO_POLICE, name="Alvesta kommun")},
        municipality="Alvesta kommun",
        youth_name="Elsa Lind",
        personal_number="20110304-2384",
        is_protected=False,
        notifier="Polismyndigheten",
        notice_received_on=date(2026, 11, 21),
        reason="Familjen har flyttat till Alvesta.",
        answer_before=date(2026, 12, 24),
    )


def follow_up() -> letters.FollowUpLetter:
    return letters.FollowUpLetter(
        **matter(MUNICIPALITY, SARA) | {"written_on": date(2027, 1, 11)},
        audience=letters.Audience.CUSTODIAN,
        youth_name="Elsa Lind",
        youth_first_name="Elsa",
        started_on=date(2027, 1, 11),
        ends_before=date(2027, 7, 11),
    )


def follow_up_end() -> letters.FollowUpEndLetter:
    return letters.FollowUpEndLetter(
        **matter(MUNICIPALITY, SARA) | {"written_on": date(2027, 7, 9)},
        audience=letters.Audience.CUSTODIAN,
        youth_name="Elsa Lind",
        youth_first_name="Elsa",
        ended_on=date(2027, 7, 9),
    )


def notice_message() -> letters.NoticeMessage:
    return letters.NoticeMessage(
        **matter(POLICE, OMAR) | {"recipient": CONCERN.recipient},
        about=letters.MessageKind.SUPPLEMENT,
        notice_id="7d0f2c1e-4c7b-4a53-9f0b-2a2f6f3f9a10",
        notice_reference="K-2026-004213",
        text="Elsa går på Norra skolan.\nKuratorn heter Ulla.",
    )


def one_of_each() -> dict[str, letters.Letter]:
    return {
        "L1": to_anna(),
        "L2": meeting(),
        "L3": to_elsa(),
        "L4": concern(),
        "L4b": notice_message(),
        "L5": acknowledgement(),
        "L6": talk(),
        "L7a": decision(opened=True),
        "L7b": decision(opened=False),
        "L8": feedback(),
        "L9": forfeiture(),
        "L10": custody_copy(),
        "L11": transfer(),
        "L12": follow_up(),
        "L12b": follow_up_end(),
    }
