"""What is known of each intervention when figures are made: coded facts and times, no names.

The unit is one youth in one intervention, the reference date when the event began. What is
registered after its month was frozen is counted in the next month that is: a row says of each case
in which month it stands, so nobody is counted twice or forgotten, and a frozen figure stays.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from cases import duty, merged, rules
from cases.models import (
    AlcoholSeizure,
    CustodianContact,
    FollowUp,
    JournalEntry,
    Person,
    SupplyTip,
)
from cases.models.codes import Attendance, Talk
from kronoberg.statistics import marks
from notices.models import Letter

SAME_NIGHT = timedelta(hours=12)
Measure = AlcoholSeizure.Measure
MEETING = Talk.INFORMATION_MEETING
# The last digit but one of a personal number is odd for boys.
SEX_DIGIT = 10
TO_CUSTODIANS = "L1"


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One youth in one intervention, as it stands when the figures are made."""

    pk: UUID
    began_at: datetime
    state: str
    category: str
    age_class: str
    sex: str
    place_type: str
    occasion: str
    is_in_pass: bool
    custody: str
    outcome: str
    tried_at: datetime | None
    answered_at: datetime | None
    has_seizure: bool
    supply_answer: str
    supply_relation: str
    has_crime_report: bool
    reported_at: datetime | None
    reviewed_at: datetime | None
    decision: str
    notified_at: datetime | None
    acknowledged_at: datetime | None
    receipt_due_at: datetime | None
    feedback: str
    letters_sent_at: datetime | None
    letters_waived_at: datetime | None
    followed_up_at: datetime | None
    # Whether the youth, and any custodian, came to the first information meeting.
    meeting: tuple[str, str] | None
    # Poured out, by kind of drink, in centilitres.
    poured_out: tuple[tuple[str, int], ...] = ()
    # How many containers, by kind of drink.
    n_poured_out: tuple[tuple[str, int], ...] = ()
    # The end of the pass, or of the shift that the rule for the report gives.
    shift_ends_at: datetime
    custody_copied_at: datetime | None
    custody_copy_due_at: datetime
    # The first letter to a custodian: its language, empty when there is none, and if any came back.
    letter_language: str
    has_returned_letter: bool
    # The time in order within twelve months; 0 where there is no number to know it by.
    nth: int = 0

    @property
    def began_here(self) -> datetime:
        return timezone.localtime(self.began_at)

    @property
    def is_called(self) -> bool:
        """Somebody tried to reach a custodian the same night."""
        return self.tried_at is not None and self.tried_at - self.began_at <= SAME_NIGHT

    @property
    def is_invited(self) -> bool:
        """The youth or a custodian was called to an information meeting."""
        return self.meeting is not None and set(self.meeting) != {Attendance.NOT_INVITED}

    @property
    def is_reached(self) -> bool:
        """A custodian answered the same night."""
        return self.answered_at is not None and self.answered_at - self.began_at <= SAME_NIGHT


def stops(cases: "QuerySet[Any]") -> Iterator[Stop]:
    """Read what is known of the cases: a constant number of queries."""
    rows = _rows(cases)
    sexes = _sexes({row["person_id"] for row in rows})
    tips = _tips({row["incident_id"] for row in rows})
    keys = {row["pk"] for row in rows}
    meetings, nth = _meetings(keys), marks.times(keys)
    # What was registered by mistake, or has gone into another, took no alcohol and called nobody.
    counted = {row["pk"] for row in rows if row["state"] not in marks.NEVER_COUNTED}
    alcohol, calls = merged.alcohol_of(counted), _calls_of_merged(counted)
    posted, books = _letters(keys), _Books()
    for row in rows:
        taken = [each for each in alcohol.get(row["pk"], ()) if each.measure != Measure.NONE]
        poured_out = _poured_out(taken)
        for name, earlier in calls.get(row["pk"], {}).items():
            row[name] = min(filter(None, (row[name], earlier)))
        incident, relation_and_report = row.pop("incident_id"), None
        relation_and_report = tips.get(incident, ("", False))
        times = books.times_of(row)
        yield Stop(
            began_at=row.pop("opened_at"),
            place_type=row.pop("incident__place_type"),
            occasion=row.pop("incident__occasion"),
            is_in_pass=row.pop("incident__patrol_pass_id") is not None,
            sex=sexes[row.pop("person_id")],
            supply_relation=relation_and_report[0],
            has_crime_report=relation_and_report[1],
            meeting=meetings.get(row["pk"]),
            has_seizure=bool(taken),
            poured_out=_by_drink(poured_out, 0),
            n_poured_out=_by_drink(poured_out, 1),
            letter_language=posted.get(row["pk"], ("", False))[0],
            has_returned_letter=posted.get(row["pk"], ("", False))[1],
            nth=nth.get(row["pk"], 0),
            **times,
            **row,
        )


COLUMNS = (
    "pk",
    "incident_id",
    "incident__patrol_pass_id",
    "incident__patrol_pass__ended_at",
    "incident__patrol_pass__planned_to",
    "person_id",
    "person__municipality_id",
    "opened_at",
    "state",
    "category",
    "age_class",
    "custody",
    "custody_at",
    "custody_copied_at",
    "outcome",
    "supply_answer",
    "reported_at",
    "reviewed_at",
    "decision",
    "notified_at",
    "acknowledged_at",
    "feedback",
    "followed_up_at",
)


def _rows(cases: "QuerySet[Any]") -> list[dict[str, Any]]:
    letters = JournalEntry.objects.filter(case_id=OuterRef("pk"))
    answered = Q(contacts__result__in=CustodianContact.REACHED)
    return list(
        # Named first, so that the database groups by these and not by every sealed column.
        cases.values(*COLUMNS, "incident__place_type", "incident__occasion")
        .annotate(
            tried_at=Min("contacts__at"),
            answered_at=Min("contacts__at", filter=answered),
        )
        .annotate(
            letters_sent_at=Subquery(
                letters.filter(action="send_letters").order_by("id").values("happened_at")[:1]
            ),
            letters_waived_at=Subquery(
                letters.filter(action="waive_letters").order_by("id").values("happened_at")[:1]
            ),
        )
        .order_by("pk")
    )


def _sexes(people: set[UUID]) -> dict[UUID, str]:
    """The legal sex by the personal number, else as it was written down; empty where unknown."""
    found = Person.objects.only("personal_number", "legal_sex").in_bulk(people)
    return {
        key: person.legal_sex if len(person.personal_number) != 12
        else "boy" if int(person.personal_number[SEX_DIGIT]) % 2
        else "girl"
        for key, person in found.items()
    }  # fmt: skip


def _tips(incidents: set[UUID]) -> dict[UUID, tuple[str, bool]]:
    """What was told of the supplier in each incident: the first relation, and if it is reported."""
    found: dict[UUID, tuple[str, bool]] = {}
    tips = SupplyTip.objects.filter(incident__in=incidents).order_by("registered_at", "id")
    for incident, relation, report in tips.values_list("incident_id", "relation", "crime_report"):
        first, reported = found.get(incident, (relation, False))
        found[incident] = first, reported or bool(report)
    return found


def _meetings(cases: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """Who came to the first information meeting of each case: the youth, the custodians."""
    held = FollowUp.objects.filter(case_id__in=cases, kind=MEETING).order_by("-at")
    return {case: (youth, adults) for case, youth, adults in held.values_list(
        "case_id", "youth", "custodians")}  # fmt: skip


def _poured_out(taken: list[AlcoholSeizure]) -> dict[str, tuple[int, int]]:
    """What of it was forfeited and poured out, by drink: centilitres and containers."""
    found: dict[str, tuple[int, int]] = {}
    for row in taken:
        if row.measure == Measure.FORFEITED:
            before, n = found.get(row.drink, (0, 0))
            found[row.drink] = before + row.volume_cl, n + 1
    return found


def _calls_of_merged(cases: set[UUID]) -> dict[UUID, dict[str, datetime]]:
    """The first call, and the first that was answered, in what has gone into each case."""
    gone = merged.into(cases)
    found: dict[UUID, dict[str, datetime]] = defaultdict(dict)
    calls = CustodianContact.objects.filter(youth_case__in=gone).order_by("-at")
    for case, at, result in calls.values_list("youth_case_id", "at", "result"):
        found[gone[case]]["tried_at"] = at
        if result in CustodianContact.REACHED:
            found[gone[case]]["answered_at"] = at
    return found


def _by_drink(poured: dict[str, tuple[int, int]], which: int) -> tuple[tuple[str, int], ...]:
    return tuple((drink, sums[which]) for drink, sums in sorted(poured.items()))


def _letters(cases: set[UUID]) -> dict[UUID, tuple[str, bool]]:
    """Of each case the language of the first letter to a custodian, and if any came back."""
    found: dict[UUID, tuple[str, bool]] = {}
    sent = Letter.objects.filter(case_id__in=cases, code=TO_CUSTODIANS).order_by("made_at", "id")
    rows = sent.values_list("case_id", "language", "posting__returned_on")
    for case, language, returned_on in rows:
        first, returned = found.get(case, (language, False))
        found[case] = first, returned or returned_on is not None
    return found


class _Books:
    """The ends of the shift, of the copy's deadline and of the receipt's, by the rules of each
    stop's day and, for the receipt, by the days of the office that gives it.
    """

    def __init__(self) -> None:
        self._own_days = duty.own_days()
        self._by_day: dict[date, dict[str, Any]] = {}

    def times_of(self, row: dict[str, Any]) -> dict[str, Any]:
        """Takes out of the row what they are worked out of."""
        began_at, taken_at = row["opened_at"], row.pop("custody_at")
        day = timezone.localdate(began_at)
        book = self._by_day.get(day) or self._by_day.setdefault(day, rules.rulebook(day))
        own = self._own_days.get(row.pop("person__municipality_id"), rules.AS_EVERYWHERE)
        notified_at = row["notified_at"]
        planned_to = row.pop("incident__patrol_pass__planned_to")
        ended_at = row.pop("incident__patrol_pass__ended_at") or planned_to
        return {
            "shift_ends_at": ended_at or rules.deadline(book["report"], since=began_at),
            "custody_copy_due_at": rules.deadline(book["custody_copy"], since=taken_at or began_at),
            "receipt_due_at": notified_at
            and rules.deadline(book["receipt"], since=notified_at, own=own),
        }
