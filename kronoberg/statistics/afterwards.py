"""How the interventions are divided by what came after: the notice, the letters, the chain."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cases.models.codes import Attendance, Category, Custody, Decision, Feedback, Outcome
from kronoberg.statistics.police import ADULTS, MINORS, VALID_STOPS, custodies, places
from kronoberg.statistics.stops import Stop
from kronoberg.statistics.tables import Cross, Split, Table, labelled, split
from notices.languages import LANGUAGES

NOTICE_WITHIN = timedelta(hours=24)
LETTERS_WITHIN = timedelta(days=7)
CAME = (Attendance.ATTENDED, Attendance.LATE)

# The notice and what came of it ---------------------------------------------------------------

SENT, NOT_NOTIFIED, NOT_SENT = "Anmälan skickad", "Anmäls inte, med skäl", "Ej avslutade"
IN_TIME, LATE = "Skickad inom 24 timmar", "Skickad senare"
RECEIPT_IN_TIME, RECEIPT_LATE, NO_RECEIPT = (
    "Kvitterad inom en vardag", "Kvitterad senare", "Inte kvitterad än",
)  # fmt: skip
NO_FEEDBACK = "Ingen återkoppling än"


@split(
    "anmalan", labelled("sent not_notified not_sent", (SENT, NOT_NOTIFIED, NOT_SENT)), within=MINORS
)
def notices(stop: Stop) -> str:
    if stop.notified_at is not None:
        return SENT
    return NOT_NOTIFIED if stop.decision == Decision.NOT_NOTIFY else NOT_SENT


@split("anmalan-tid", labelled("in_time late", (IN_TIME, LATE)), within=notices.part(SENT))
def notice_times(stop: Stop) -> str:
    return IN_TIME if _is_notified_in_time(stop) else LATE


def _is_notified_in_time(stop: Stop) -> bool:
    return stop.notified_at is not None and stop.notified_at - stop.began_at <= NOTICE_WITHIN


IN_SHIFT, AFTER_SHIFT = "Skickad före passets slut", "Skickad efter passet, inom 24 timmar"


@split(
    "anmalan-pass",
    labelled("shift after", (IN_SHIFT, AFTER_SHIFT)),
    within=notice_times.part(IN_TIME),
)
def notice_shifts(stop: Stop) -> str:
    is_in_shift = stop.notified_at is not None and stop.notified_at <= stop.shift_ends_at
    return IN_SHIFT if is_in_shift else AFTER_SHIFT


@split(
    "kvittens",
    labelled("in_time late none", (RECEIPT_IN_TIME, RECEIPT_LATE, NO_RECEIPT)),
    within=notices.part(SENT),
)
def receipts(stop: Stop) -> str:
    if stop.acknowledged_at is None or stop.receipt_due_at is None:
        return NO_RECEIPT
    return RECEIPT_IN_TIME if stop.acknowledged_at <= stop.receipt_due_at else RECEIPT_LATE


@split("aterkoppling", dict(Feedback.choices) | {"none": NO_FEEDBACK}, within=notices.part(SENT))
def feedback(stop: Stop) -> str:
    return Feedback(stop.feedback).label if stop.feedback else NO_FEEDBACK


LETTERS_IN_TIME, LETTERS_LATE, LETTERS_WAIVED, NO_LETTERS = (
    "Brev inom sju dygn", "Brev senare", "Avstod från brev, med skäl", "Inga brev än",
)  # fmt: skip


@split(
    "brev",
    labelled(
        "in_time late waived none", (LETTERS_IN_TIME, LETTERS_LATE, LETTERS_WAIVED, NO_LETTERS)
    ),
    within=MINORS,
)
def letters(stop: Stop) -> str:
    if stop.letters_sent_at is not None:
        in_time = stop.letters_sent_at - stop.began_at <= LETTERS_WITHIN
        return LETTERS_IN_TIME if in_time else LETTERS_LATE
    return LETTERS_WAIVED if stop.letters_waived_at is not None else NO_LETTERS


NO_LETTER_YET = "Inget brev än"
RETURNED, NOT_RETURNED = "Något brev kom i retur", "Inget brev i retur"
LETTER_LANGUAGES = {language.code: language.name for language in LANGUAGES.values()}


@split("brev-sprak", {"none": NO_LETTER_YET} | LETTER_LANGUAGES, within=MINORS)
def letter_languages(stop: Stop) -> str:
    return LETTER_LANGUAGES.get(stop.letter_language, NO_LETTER_YET)


@split(
    "brev-retur",
    labelled("returned not_returned none", (RETURNED, NOT_RETURNED, NO_LETTER_YET)),
    within=MINORS,
)
def letter_returns(stop: Stop) -> str:
    if not stop.letter_language:
        return NO_LETTER_YET
    return RETURNED if stop.has_returned_letter else NOT_RETURNED


BOTH_CAME, YOUTH_CAME, ADULT_CAME, NOBODY_CAME, NO_MEETING = (
    "Ungdomen och vårdnadshavare kom", "Bara ungdomen kom", "Bara vårdnadshavare kom",
    "Ingen kom", "Ingen kallad till informationsträff",
)  # fmt: skip


@split(
    "traff",
    labelled(
        "both youth adult nobody none", (BOTH_CAME, YOUTH_CAME, ADULT_CAME, NOBODY_CAME, NO_MEETING)
    ),
    within=MINORS,
    # Since version 2 whoever was not called is not among those who did not come.
    version=2,
)
def meetings(stop: Stop) -> str:
    if stop.meeting is None or not stop.is_invited:
        return NO_MEETING
    youth, adults = (came in CAME for came in stop.meeting)
    if youth and adults:
        return BOTH_CAME
    return YOUTH_CAME if youth else ADULT_CAME if adults else NOBODY_CAME


CALLED_CAME, CALLED_ABSENT, NOT_CALLED = "Kom", "Kom inte", "Inte kallad"
WHO_CAME = labelled("came absent not_called", (CALLED_CAME, CALLED_ABSENT, NOT_CALLED))


@split("traff-ungdom", WHO_CAME, within=MINORS)
def youths_at_meeting(stop: Stop) -> str:
    return _came(stop, 0)


@split("traff-vardnadshavare", WHO_CAME, within=MINORS)
def custodians_at_meeting(stop: Stop) -> str:
    return _came(stop, 1)


def _came(stop: Stop, which: int) -> str:
    if stop.meeting is None or stop.meeting[which] == Attendance.NOT_INVITED:
        return NOT_CALLED
    return CALLED_CAME if stop.meeting[which] in CAME else CALLED_ABSENT


# The copy of a protocol by LOB ----------------------------------------------------------------

COPY_IN_TIME, COPY_LATE, NO_COPY = (
    "Kopia senast nästa vardag", "Kopia senare", "Ingen kopia skickad",
)  # fmt: skip


@split(
    "lob-kopia",
    labelled("in_time late none", (COPY_IN_TIME, COPY_LATE, NO_COPY)),
    within=custodies.part(Custody.LOB.label),
)
def custody_copies(stop: Stop) -> str:
    if stop.custody_copied_at is None:
        return NO_COPY
    return COPY_IN_TIME if stop.custody_copied_at <= stop.custody_copy_due_at else COPY_LATE


# The quality of the record --------------------------------------------------------------------

ATTESTED, REPORTED_ONLY, NOT_REPORTED = (
    "Avrapporterade och granskade", "Avrapporterade, inte granskade", "Inte avrapporterade",
)  # fmt: skip


@split(
    "granskning",
    labelled("attested reported not_reported", (ATTESTED, REPORTED_ONLY, NOT_REPORTED)),
    within=VALID_STOPS,
)
def attestations(stop: Stop) -> str:
    if stop.reported_at is None:
        return NOT_REPORTED
    return ATTESTED if stop.reviewed_at is not None else REPORTED_ONLY


# The chain ------------------------------------------------------------------------------------

WHOLE = "Hela kedjan"


@dataclass(frozen=True)
class Link:
    """One thing that the model asks for after a stop (domain 1.3), kept or not."""

    code: str
    kept: str
    broken: str
    holds: Callable[[Stop], bool]


# Whoever came and fetched. A youth whom the police drove home was not fetched: another way out.
CAME_FOR = (Outcome.COLLECTED, Outcome.OTHER_ADULT)


def _is_not_notified(stop: Stop) -> bool:
    """Decided, with a reason, not to be notified: then nobody owes a notice or an answer."""
    return stop.decision == Decision.NOT_NOTIFY


LINKS = (
    # Only somebody in category B is known to have had alcohol that could be taken.
    Link("alcohol", "Alkoholen togs", "Alkoholen togs inte",
         lambda stop: stop.has_seizure or stop.category != Category.B),
    Link("called", "Vårdnadshavare ringdes", "Vårdnadshavare ringdes inte samma natt",
         lambda stop: stop.is_called),
    Link("collected", "Någon kom och hämtade", "Ingen kom och hämtade",
         lambda stop: stop.outcome in CAME_FOR),
    Link("asked", "Frågan om langning ställdes", "Frågan om langning ställdes inte",
         lambda stop: bool(stop.supply_answer)),
    Link("notified", "Anmäldes inom ett dygn", "Anmäldes inte inom ett dygn",
         lambda stop: _is_not_notified(stop) or _is_notified_in_time(stop)),
    # Waived with a reason (harm, no address): somebody has taken the step.
    Link("letter", "Brev hem, eller avstått med skäl", "Inget brev hem",
         lambda stop: bool(stop.letters_sent_at or stop.letters_waived_at)),
    Link("meeting", "Kallades till informationsträff", "Kallades inte till informationsträff",
         lambda stop: stop.is_invited),
    Link("feedback", "Återkoppling kom", "Ingen återkoppling",
         lambda stop: _is_not_notified(stop) or bool(stop.feedback)),
    Link("followed_up", "Följdes upp", "Inte uppföljd när talen frystes",
         lambda stop: stop.followed_up_at is not None),
)  # fmt: skip
BREAKS = tuple(link.broken for link in LINKS)


@split("kedja", {"whole": WHOLE} | {link.code: link.broken for link in LINKS}, within=MINORS)
def chain(stop: Stop) -> str:
    """The first link that was missing."""
    return next((link.broken for link in LINKS if not link.holds(stop)), WHOLE)


def _each(link: Link) -> Split:
    make = split(f"lank-{link.code}", {"kept": link.kept, "broken": link.broken}, within=MINORS)
    return make(lambda stop: link.kept if link.holds(stop) else link.broken)


# Each link by itself: what happened also where the chain had broken before.
links = {link.code: _each(link) for link in LINKS}

# Those of 18 and 19 go another way: they stand in a column of their own, so that places add up.
chain_by_place = Cross(
    key="plats-kedja", source="stops", rows=places.parts, columns=(*chain.parts, ADULTS)
)

TABLES: tuple[Table, ...] = (
    notices, notice_times, notice_shifts, receipts, feedback, letters, letter_languages,
    letter_returns, meetings, youths_at_meeting, custodians_at_meeting, custody_copies,
    attestations, chain,
    *links.values(), chain_by_place,
)  # fmt: skip
