"""May a letter that was made some days ago leave the house today? Asked where paper is printed."""

from datetime import date

from cases.models import Appointment, Custodian, Referral
from cases.models.moves import AnyCase
from notices import composing, gates, letters, outbox
from notices.catalogue import CATALOGUE, TOLD_AFTER_THE_END, Audience
from notices.models import Letter, Posting

ENDED = "Ärendet är annullerat eller fört till ett annat. Dra tillbaka brevet."
NEW_TIME = "Samtalet har fått en ny tid. Dra tillbaka brevet: en egen kallelse går till den."
MOVED = "Adressen är ändrad sedan brevet gjordes. Dra tillbaka brevet, eller skicka det igen."


def obstacle(posting: Posting, case: AnyCase, *, on: date) -> str:
    """Why the letter may not leave on that day after all, or "": its case and its gates may have
    changed since it was made. `case` is the letter's own.
    """
    letter = posting.letter
    if case.state in ("annulled", "merged") and letter.code not in TOLD_AFTER_THE_END:
        return ENDED
    if _calls_to_a_moved_talk(letter, case):
        return NEW_TIME
    if CATALOGUE[letter.code].audience in (Audience.BOARD, Audience.NOTIFIER):
        return ""
    key = letter.custodian_id
    custodian = Custodian.objects.get(pk=key) if key else None
    if found := gates.to_family(case, custodian, on=on):
        return f"{found[0].reason} {found[0].other_way}"
    to = composing.to_person(custodian or case.person)
    is_same = outbox.address_key(to) == posting.address_key
    return "" if is_same else MOVED


def _calls_to_a_moved_talk(letter: Letter, case: AnyCase) -> bool:
    """Is it a call to a time at which the family would meet nobody?"""
    if not isinstance(case, Referral):
        return False
    facts = letters.from_json(letter.code, letter.facts)
    if not isinstance(facts, letters.TalkInvitation):
        return False
    moved = Appointment.Result.MOVED
    results = case.appointments.filter(at=facts.starts_at).values_list("result", flat=True)
    return bool(results) and all(result == moved for result in results)
