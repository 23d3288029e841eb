"""May a letter that was made some days ago leave the house today? Asked where paper is printed."""

from datetime import date

from cases.models import Custodian
from cases.models.moves import AnyCase
from notices import composing, gates, outbox
from notices.catalogue import CATALOGUE, TOLD_AFTER_THE_END, Audience
from notices.models import Posting

ENDED = "Ärendet är annullerat eller fört till ett annat. Dra tillbaka brevet."
MOVED = "Adressen är ändrad sedan brevet gjordes. Dra tillbaka brevet, eller skicka det igen."


def obstacle(posting: Posting, case: AnyCase, *, on: date) -> str:
    """Why the letter may not leave on that day after all, or "": its case and its gates may have
    changed since it was made. `case` is the letter's own.
    """
    letter = posting.letter
    if case.state in ("annulled", "merged") and letter.code not in TOLD_AFTER_THE_END:
        return ENDED
    if CATALOGUE[letter.code].audience in (Audience.BOARD, Audience.NOTIFIER):
        return ""
    key = letter.custodian_id
    custodian = Custodian.objects.get(pk=key) if key else None
    if found := gates.to_family(case, custodian, on=on):
        return f"{found[0].reason} {found[0].other_way}"
    to = composing.to_person(custodian or case.person)
    is_same = outbox.address_key(to) == posting.address_key
    return "" if is_same else MOVED
