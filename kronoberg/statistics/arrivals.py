"""The municipality's side: the notices that arrived in a month, and how they are divided."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import DateTimeField, Exists, ExpressionWrapper, OuterRef, QuerySet, Value
from django.utils import timezone

from cases import rules
from cases.models import Appointment, JournalEntry, Municipality, Referral
from cases.models.codes import Feedback
from kronoberg.statistics.marks import FOLLOWED_FOR
from kronoberg.statistics.periods import Month
from kronoberg.statistics.tables import Cross, Table, labelled, split
from notices import exchange
from notices.models import Message

COLUMNS = (
    "pk",
    "opened_at",
    "protection_assessed_at",
    "decide_before",
    "decision",
    "decided_at",
    "feedback_at",
    "feedback_withheld",
)
DECIDING = ("open_investigation", "decide_not_to_open")
HELD, DECLINED, NOT_HELD, CALLED, NO_TALK = TALKS = (
    "Samtal hölls",
    "Kallade, familjen avböjde",
    "Kallade, samtalet hölls inte av annat skäl",
    "Kallade, samtalet har inte varit än",
    "Ingen kallelse",
)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One notice received by the municipality, as it stands when the figures are made."""

    protection_due_at: datetime
    protection_assessed_at: datetime | None
    decide_before: datetime
    decision: str
    decided_at: datetime | None
    # Late by the day on record, however the decision is dated: it has reasons for being late.
    is_overrun: bool
    feedback_due_at: datetime | None
    feedback_at: datetime | None
    feedback_withheld: bool
    is_feedback_asked: bool
    talk: str
    # Whether the youth was known from a notice in the year before; None without a number.
    is_again: bool | None


def arrived_in(month: Month, area: Municipality) -> "QuerySet[Any]":
    """The referrals that arrived in the month. None arrives late: the arrival is the record."""
    return Referral.objects.filter(
        organisation__municipality=area,
        opened_at__gte=month.begins_at,
        opened_at__lt=month.ends_at,
    )


def arrivals(referrals: "QuerySet[Any]") -> Iterator[Arrival]:
    """Read what is known of the referrals, each by the rules of its day."""
    explained = JournalEntry.objects.filter(
        case_id=OuterRef("pk"), action__in=DECIDING, facts__overrun_reasons="text"
    )
    rows = list(
        referrals.order_by("pk")
        .annotate(is_overrun=Exists(explained))
        .values(*COLUMNS, "is_overrun")
    )
    keys = {row["pk"] for row in rows}
    talks, asked, again = _talks(keys), _asked(keys), _again(keys)
    books: dict[date, rules.Rulebook] = {}
    for row in rows:
        arrived_at, decided_at = row.pop("opened_at"), row["decided_at"]
        day = timezone.localdate(arrived_at)
        book = books.get(day) or books.setdefault(day, rules.rulebook(day))
        yield Arrival(
            protection_due_at=rules.protection_due(arrived_at, book),
            feedback_due_at=decided_at
            and rules.deadline(rules.feedback_rule(row["decision"], book), since=decided_at),
            is_feedback_asked=asked.get(row["pk"], True),
            is_again=again.get(row["pk"]),
            talk=talks.get(row.pop("pk"), NO_TALK),
            **row,
        )


def _talks(referrals: set[UUID]) -> dict[UUID, str]:
    """How far each referral came with its talks: the furthest of all."""
    found: dict[UUID, str] = {}
    talks = Appointment.objects.filter(referral__in=referrals)
    for referral, result, why in talks.values_list("referral_id", "result", "not_held_because"):
        not_held = DECLINED if why == Appointment.NotHeld.DECLINED else NOT_HELD
        came = {"held": HELD, "not_held": not_held}.get(result, CALLED)
        found[referral] = min(found.get(referral, came), came, key=TALKS.index)
    return found


def _asked(referrals: set[UUID]) -> dict[UUID, bool]:
    """Whether the notifier wants feedback, as the notice says (SoL 19:6)."""
    notices = Message.objects.filter(
        case_id__in=referrals, kind=Message.Kind.NOTICE, direction=Message.Direction.IN
    )
    return {each.case_id: exchange.facts_of(each).feedback_requested for each in notices.iterator()}


def _again(referrals: set[UUID]) -> dict[UUID, bool]:
    """Whether another notice about the same number arrived in the unit in the year before."""
    own = Referral.objects.filter(pk__in=referrals).exclude(person__number_index="")
    earlier = Referral.objects.filter(
        person__number_index=OuterRef("person__number_index"),
        organisation=OuterRef("organisation"),
        opened_at__lt=OuterRef("opened_at"),
        opened_at__gte=ExpressionWrapper(
            OuterRef("opened_at") - Value(FOLLOWED_FOR), output_field=DateTimeField()
        ),
    ).exclude(pk=OuterRef("pk"))
    return dict(own.annotate(is_again=Exists(earlier)).values_list("pk", "is_again"))


# How they are divided -------------------------------------------------------------------------

ARRIVED = "Mottagna anmälningar"
ON_TIME, LATER, NOT_YET = "I tid", "Senare", "Ej avslutade"
TIMES = labelled("in_time late not_yet", (ON_TIME, LATER, NOT_YET))
TWO_TIMES = labelled("in_time late", (ON_TIME, LATER))
DECIDED, UNDECIDED = "Beslutade", "Ej beslutade"
WITHHELD = "Lämnas inte, med skäl"
NOT_ASKED_FOR = "Anmälaren ville inte ha någon"


@split("mottagna", {"arrived": ARRIVED}, source="arrivals")
def received(arrival: Arrival) -> str:
    return ARRIVED


@split(
    "skyddsbedomning",
    TIMES,
    source="arrivals",
    within=received.part(ARRIVED),
)
def protection(arrival: Arrival) -> str:
    return _timing(arrival.protection_assessed_at, arrival.protection_due_at)


@split(
    "beslutade",
    labelled("decided undecided", (DECIDED, UNDECIDED)),
    source="arrivals",
    within=received.part(ARRIVED),
)
def decided(arrival: Arrival) -> str:
    return UNDECIDED if arrival.decided_at is None else DECIDED


@split("beslut", dict(Feedback.choices), source="arrivals", within=decided.part(DECIDED))
def decisions(arrival: Arrival) -> str:
    return Feedback(arrival.decision).label


DECIDABLE = (Feedback.OPENED.label, Feedback.NOT_OPENED.label)


@split(
    "beslutstid-inledd",
    TWO_TIMES,
    source="arrivals",
    within=decisions.part(Feedback.OPENED.label),
)
def time_to_open(arrival: Arrival) -> str:
    return _decided_in_time(arrival)


@split(
    "beslutstid-inte-inledd",
    TWO_TIMES,
    source="arrivals",
    within=decisions.part(Feedback.NOT_OPENED.label),
)
def time_to_not_open(arrival: Arrival) -> str:
    return _decided_in_time(arrival)


def _decided_in_time(arrival: Arrival) -> str:
    """By the later of when it was decided and when that went on record."""
    return LATER if arrival.is_overrun else _timing(arrival.decided_at, arrival.decide_before)


@split(
    "aterkoppling-kommun",
    TIMES | {"withheld": WITHHELD, "not_asked": NOT_ASKED_FOR},
    source="arrivals",
    within=decided.part(DECIDED),
    version=2,
)
def feedback_given(arrival: Arrival) -> str:
    if not arrival.is_feedback_asked:
        return NOT_ASKED_FOR
    if arrival.feedback_withheld:
        return WITHHELD
    return _timing(arrival.feedback_at, arrival.feedback_due_at)


@split(
    "samtal",
    labelled("held declined not_held called none", TALKS),
    source="arrivals",
    within=received.part(ARRIVED),
    version=2,
)
def talks(arrival: Arrival) -> str:
    return arrival.talk


FIRST_NOTICE, ANOTHER_NOTICE, UNKNOWN_YOUTH = (
    "Första anmälan på tolv månader", "Upprepad", "Går inte att följa: okänd identitet",
)  # fmt: skip


@split(
    "gang-anmalan",
    labelled("first again unknown", (FIRST_NOTICE, ANOTHER_NOTICE, UNKNOWN_YOUTH)),
    source="arrivals",
    within=received.part(ARRIVED),
)
def rounds(arrival: Arrival) -> str:
    if arrival.is_again is None:
        return UNKNOWN_YOUTH
    return ANOTHER_NOTICE if arrival.is_again else FIRST_NOTICE


talks_by_round = Cross(key="gang-samtal", source="arrivals", rows=rounds.parts, columns=talks.parts)


def _timing(done_at: datetime | None, due_at: datetime | None) -> str:
    if done_at is None or due_at is None:
        return NOT_YET
    return ON_TIME if done_at <= due_at else LATER


TABLES: tuple[Table, ...] = (
    received, protection, decided, decisions, time_to_open, time_to_not_open,
    feedback_given, talks, rounds, talks_by_round,
)  # fmt: skip
