"""A letter of a case: queued with the step that makes it, and in the pile when it is paper."""

from datetime import datetime

from cases.models import Custodian, Person, Referral, User, YouthCase
from notices import letters, outbox
from notices.models import Letter

AnyCase = YouthCase | Referral


def queue(
    case: AnyCase,
    code: str,
    facts: letters.Letter,
    addressee: str,
    *,
    by: User,
    at: datetime,
    on_paper: bool = False,
    reader: Custodian | Person | None = None,
) -> Letter:
    """Queue a letter of the case, as `outbox.queue` does; with `on_paper` the post room gets it."""
    letter = outbox.queue(
        code,
        facts,
        owner=case.organisation,
        case_id=case.pk,
        addressee=addressee,
        by=by,
        at=at,
        reader=reader,
    )
    if on_paper:
        outbox.put_in_pile(letter, facts.recipient)
    return letter
