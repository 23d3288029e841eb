"""Rows as statistics read them, drawn by chance: stops and arrivals of one month, without cases."""

from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from cases.models.codes import Category, Custody, Feedback, Occasion, Outcome, SupplyAnswer
from cases.models.incidents import PlaceType
from kronoberg.statistics.arrivals import TALKS, Arrival
from kronoberg.statistics.stops import Stop
from kronoberg.statistics.tables import Row

BEGINS = datetime(2025, 7, 1, tzinfo=UTC)
MEETINGS = (None, ("attended", "attended"), ("absent", "attended"), ("absent", "absent"))


def some_rows(random: Random, n: int) -> dict[str, list[Row]]:
    """So many stops, and the notices that they led to as they arrived."""
    stops = [_stop(random, number) for number in range(n)]
    arrivals = [_arrival(random, stop.notified_at) for stop in stops if stop.notified_at]
    return {"stops": stops, "arrivals": arrivals}


def _stop(random: Random, number: int) -> Stop:
    at = BEGINS + timedelta(minutes=random.randrange(28 * 24 * 60))
    age = random.choices(("under_15", "15_17", "unknown", "18_19"), (15, 60, 3, 22))[0]
    is_reported = random.random() < 0.95
    is_reviewed = is_reported and random.random() < 0.95
    is_notified = is_reviewed and age != "18_19" and random.random() < 0.9
    notified_at = at + timedelta(hours=random.choice((3, 10, 30))) if is_notified else None
    tried_at = at + timedelta(minutes=random.choice((2, 7, 18, 50, 300)))
    after = Random(number)
    return Stop(
        pk=UUID(int=random.getrandbits(96) + number),
        began_at=at,
        state=random.choices(("closed", "picked_up", "annulled"), (90, 7, 3))[0],
        category=random.choice(("A", "B") if age == "18_19" else Category.values),
        age_class=age,
        sex=random.choices(("girl", "boy", ""), (45, 52, 3))[0],
        place_type=random.choice(PlaceType.values),
        occasion=random.choices(Occasion.values, (10, 30, 3, 3, 2, 2, 1, 1, 1))[0],
        is_in_pass=random.random() < 0.7,
        custody=random.choices(Custody.values, (80, 8, 4, 6, 2))[0],
        outcome=random.choice(Outcome.values) if is_reported else "",
        tried_at=tried_at if random.random() < 0.9 else None,
        answered_at=tried_at + timedelta(minutes=9) if random.random() < 0.7 else None,
        has_seizure=random.random() < 0.7,
        supply_answer=random.choice((*SupplyAnswer.values, "")),
        supply_relation=random.choice(("friend", "sibling", "adult", "online", "unknown")),
        has_crime_report=random.random() < 0.15,
        reported_at=at if is_reported else None,
        reviewed_at=at if is_reviewed else None,
        decision="notify" if is_notified else random.choice(("not_notify", "")),
        notified_at=notified_at,
        acknowledged_at=notified_at and notified_at + timedelta(hours=random.choice((5, 200))),
        receipt_due_at=notified_at and notified_at + timedelta(hours=40),
        feedback=random.choice((*Feedback.values, "")) if is_notified else "",
        letters_sent_at=notified_at and notified_at + timedelta(days=random.choice((1, 9))),
        letters_waived_at=None,
        followed_up_at=notified_at if random.random() < 0.7 else None,
        meeting=random.choice(MEETINGS),
        poured_out=(("cider", 50),),
        n_poured_out=(("cider", 1),),
        shift_ends_at=at + timedelta(hours=after.choice((2, 8))),
        custody_copied_at=after.choice((None, at, at + timedelta(days=9))),
        custody_copy_due_at=at + timedelta(days=3),
        letter_language=after.choice(("sv", "sv", "so", "")),
        has_returned_letter=after.random() < 0.1,
        nth=random.choices((0, 1, 2, 3), (3, 70, 20, 7))[0],
    )


def _arrival(random: Random, at: datetime) -> Arrival:
    decision = random.choice((*Feedback.values, ""))
    decided_at = at + timedelta(days=random.choice((3, 16))) if decision else None
    after = Random(at.isoformat())
    return Arrival(
        protection_due_at=at + timedelta(hours=20),
        protection_assessed_at=at + timedelta(hours=random.choice((3, 30))),
        decide_before=at + timedelta(days=14),
        decision=decision,
        decided_at=decided_at,
        feedback_due_at=decided_at and decided_at + timedelta(days=7),
        feedback_at=decided_at and decided_at + timedelta(days=random.choice((2, 9))),
        feedback_withheld=random.random() < 0.05,
        is_overrun=False,
        talk=random.choice(TALKS),
        is_feedback_asked=after.random() < 0.95,
        is_again=after.choice((True, False, False, None)),
    )
