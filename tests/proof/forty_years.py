"""Forty years go by: what is due is erased, nothing before its time, and the figures stay.

When something is due stands here a second time, apart from `retention`: from the law's own words.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import time_machine
from dateutil.relativedelta import relativedelta
from django.utils import timezone

from cases.models import ErasureItem, JournalEntry, Person, Referral, YouthCase
from kronoberg import erasure
from kronoberg.statistics.models import FrozenTable
from tests import cast, factories, test_erasure
from tests.proof import PARTS
from tests.proof.house import in_memory
from tests.proof.outcome import Outcome

AIM = PARTS["forty_years"]
BEGINS = date(2026, 1, 15)
LIVES_A_YEAR = 6
# People are met for so long; then only time passes.
YEARS_OF_LIVES = 10
RESEARCH_DAYS = (5, 15, 25)


def prove(*, seed: int, share: float) -> Outcome:
    found, random = Outcome(), Random(seed)
    years = max(2, int(AIM["years"] * share))
    with in_memory(), time_machine.travel(_noon(BEGINS), tick=True) as clock:
        known: dict[Any, dict[str, Any]] = {}
        for year in range(years):
            today = BEGINS + relativedelta(years=year)
            if year < YEARS_OF_LIVES:
                for _ in range(LIVES_A_YEAR):
                    clock.move_to(_noon(today + timedelta(days=random.randint(0, 150))))
                    _live(random, known)
            for month in (7, 11):
                clock.move_to(_noon(today + relativedelta(months=month)))
                _sweep(known, found)
            found.count("years")
        _ask_the_end(known, found)
    return found


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _live(random: Random, known: dict[Any, dict[str, Any]]) -> None:
    """One police case and one referral, left where chance leaves them."""
    age, day = random.randint(13, 17), random.choice((4, 5, 12, 15, 25, 27))
    born = timezone.localdate().replace(day=day) - relativedelta(years=age, months=3)
    told = {"day": day, "thirty": born + relativedelta(years=30)}
    state = random.choice(("closed", "closed", "annulled", "follow_up"))
    case = factories.make_case(state, age=age, person=_born(born))
    known[case.pk] = {"kind": "youth_case"} | told
    state = random.choice(("closed", "transferred", "not_opened", "investigation_opened"))
    referral = factories.make_referral(state, person=_born(born))
    known[referral.pk] = {"kind": "referral"} | told


def _born(on: date) -> Person:
    return factories.make_person(birth_date=on.isoformat(), personal_number="")


def _sweep(known: dict[Any, dict[str, Any]], found: Outcome) -> None:
    """Propose, approve and carry out, as the nights and two managers do."""
    today = timezone.localdate()
    figures = _figures()
    due = {pk for pk in known if _is_due(pk, known[pk], today)}
    for batch in erasure.propose(today):
        by = cast.person("lena" if batch.organisation.is_police else "hanna")
        erasure.approve(batch, by=by)
        batch.refresh_from_db()
        erasure.carry_out(batch)
        for pk in batch.items.exclude(erased_at=None).values_list("object_id", flat=True):
            found.count("erased")
            found.claim(pk in due, f"{today}: {known[pk]['kind']} erased before its time")
            left = test_erasure.places_of(pk)
            found.claim(left == [], f"{today}: {known[pk]['kind']} is still in {left}")
    now = _figures()
    for table, cells in figures.items():
        found.claim(now[table] == cells, f"{today}: the figures of {table} have changed")
    # What waits for the figures of its year waits a month at most.
    late = {pk for pk in known if _is_due(pk, known[pk], today - timedelta(days=400))}
    gone = set(ErasureItem.objects.exclude(erased_at=None).values_list("object_id", flat=True))
    for pk in late - gone:
        found.failures.append(f"{today}: {known[pk]['kind']} is kept more than a year too long")


def _is_due(pk: Any, what: dict[str, Any], today: date) -> bool:
    """The law's words: 2018:1693 4:2; SoL 16:1, 16:2; SoF 2025:468 13:1."""
    last = JournalEntry.objects.filter(case_id=pk).order_by("-id").first()
    assert last is not None
    ended = timezone.localdate(last.recorded_at)
    if what["kind"] == "youth_case":
        is_over = last.to_state in ("closed", "annulled", "merged")
        return is_over and ended + relativedelta(years=1) <= today
    if last.to_state not in ("closed", "transferred") or what["day"] in RESEARCH_DAYS:
        return False
    opened = JournalEntry.objects.filter(case_id=pk, to_state="investigation_opened").exists()
    earliest = ended + relativedelta(years=5)
    return max(earliest, what["thirty"] if opened else earliest) <= today


def _figures() -> dict[str, Any]:
    return {str(row): dict(row.cells) for row in FrozenTable.objects.all()}


def _ask_the_end(known: dict[Any, dict[str, Any]], found: Outcome) -> None:
    """What is left is what the law keeps: open cases, and what research needs."""
    left = {*YouthCase.objects.values_list("pk", flat=True)}
    left |= {*Referral.objects.values_list("pk", flat=True)}
    today = timezone.localdate() - timedelta(days=400)
    found.count("kept by rule", len(left))
    for pk in left:
        found.claim(not _is_due(pk, known[pk], today), f"{known[pk]['kind']} was never erased")
    for unit in {cast.person(name).organisation for name in ("karin", "sara")}:
        for fault in JournalEntry.faults(unit):
            found.failures.append(fault)
