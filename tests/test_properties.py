"""Random lives of both machines: whatever anybody tries, the journal and the case agree."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases.models import AccessEntry, JournalEntry, Municipality, Referral, Role, User, YouthCase
from cases.models.moves import AnyCase, moves_of
from cases.workflow import MissingFacts, NotAllowedNow, available_actions, perform
from tests import cast, factories, machines

STEPS_IN_A_LIFE = 45
WORDS = "Ord som någon skrev"
# Columns that lie open take a number of some register and nothing else.
OPEN_NUMBERS = {
    "receipt_number": ("R-2026-000123", "R-2026-000123", WORDS),
    "ongoing_reference": ("R-2026-000123", "R-2026-000123", WORDS),
    "crime_report": ("5000-K123456-26", ""),
    "delegation": ("4.2", "4.2", ""),
}
PLAYERS = ("karin", "omar", "lena", "magnus", "per", "ines", "sara", "hanna", "alva", "klara")


def guess(random: Random, case: AnyCase, column: str) -> Any:
    """Something that somebody might fill in: right, wrong or nothing."""
    field: Any = type(case)._meta.get_field(column)
    match column:
        case "owner":
            return cast.person(random.choice(("sara", "hanna", "alva")))
        case "transfer_to":
            return Municipality.objects.get(pk=random.choice((factories.ALVESTA, factories.VAXJO)))
        case "merged_into":
            return case
        case "notice_id":
            return uuid4()
        case "age_class":
            return case.age_class
    if field.choices:
        return random.choice([value for value, _ in field.choices])
    if column in OPEN_NUMBERS:
        return random.choice(OPEN_NUMBERS[column])
    return guess_of(random, field)


def guess_of(random: Random, field: Any) -> Any:
    """Something of the field's own kind."""
    match field.get_internal_type():
        case "BooleanField":
            return random.random() < 0.7
        case "DateField":
            return timezone.localdate()
        case "DecimalField":
            return Decimal(random.randint(0, 90)) / 100
        case "DateTimeField":
            return timezone.now() - timedelta(minutes=random.randint(1, 60))
        case _:
            return random.choice(("Ord som någon skrev", "Ord som någon skrev", ""))


def try_something(random: Random, case: Any, crowd: list[User]) -> Any:
    """One step by anybody: mostly one that is drawn on their page, now and then any at all."""
    by = random.choice(crowd)
    drawn = [action.name for action in available_actions(case, by=by)]
    every = [move.name for move in moves_of(type(case))]
    action = random.choice(drawn if drawn and random.random() < 0.9 else every)
    if action in ("annul", "transfer", "merge", "send_back") and random.random() < 0.9:
        return case
    facts = next(move.facts for move in moves_of(type(case)) if move.name == action)
    records = []
    if action == "record_contact" and isinstance(case, YouthCase):
        records.append(factories.contact(case, random.choice(list(factories.Result))))
    before = (case.state, case.version)
    try:
        return perform(
            case, action, by=by, reason=random.choice(("Därför", "Därför", "")), records=records,
            **{name: guess(random, case, name) for name in facts},
        )  # fmt: skip
    except (PermissionDenied, NotAllowedNow, MissingFacts):
        fresh = type(case).objects.get(pk=case.pk)
        assert (fresh.state, fresh.version) == before, "a refused step leaves nothing"
        return case


def assert_sound(case: AnyCase, rights: dict[str, dict[str, str]]) -> None:
    """What holds for every case at every moment of its life."""
    legal = machines.steps_of(type(case))
    entries = list(JournalEntry.objects.filter(case_id=case.pk).order_by("id"))
    fresh = type(case)._default_manager.get(pk=case.pk)
    assert fresh.state == entries[-1].to_state
    assert [entry.case_version for entry in entries] == list(range(fresh.version + 1))
    assert entries[0].action == "open"
    for earlier, entry in zip(entries, entries[1:], strict=False):
        leads = legal[entry.action][entry.from_state]
        assert entry.from_state == earlier.to_state
        assert leads != "·", f"{entry.action} from {entry.from_state}"
        if leads != "back":
            assert entry.to_state == (entry.from_state if leads == "=" else leads)
        may = rights[entry.action][entry.role]
        # "own" is the author's and the owner's; who owned it then is for `proof.histories` to ask.
        assert may in ("all", "own") or (may == "other" and entry.actor_id != case.author_id)
        assert entry.organisation_id == case.organisation_id == entry.actor.organisation_id
        assert entry.happened_at <= entry.recorded_at
    assert fresh.is_open or fresh.due_at is None


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("model", [YouthCase, Referral])
def test_no_random_life_breaks_what_always_holds(model: Any, seed: int) -> None:
    random = Random(seed)
    age = random.choice((13, 15, 17, 18, 19))
    category = random.choice("AB")
    case: Any = (
        factories.make_case("draft", age=age, category=category)
        if model is YouthCase
        else factories.make_referral("received", age=age)
    )
    unit = case.organisation
    rights = machines.rights_in(model, unit)
    crowd = [cast.person(name) for name in PLAYERS] + [machines.player(Role.SERVICE, unit)]
    # Whoever works with the case turns up more often than a stranger does.
    crowd += [user for user in crowd if user.organisation_id == unit.pk] * 3

    for _ in range(STEPS_IN_A_LIFE):
        case = try_something(random, case, crowd)

    assert_sound(case, rights)
    assert list(JournalEntry.faults(unit)) == list(AccessEntry.faults(unit)) == []


def test_random_lives_come_far_enough_to_prove_anything() -> None:
    """A walk that never leaves the first state would keep every rule."""
    wanted, seen = {"notified", "acknowledged", "follow_up"}, set[str]()
    for seed in range(20):
        if wanted <= seen:
            break
        random, case = Random(seed), factories.make_case("reviewed")
        crowd = [cast.person(name) for name in ("omar", "lena")]
        for _ in range(2 * STEPS_IN_A_LIFE):
            case = try_something(random, case, crowd)
            seen.add(str(case.state))

    assert wanted <= seen
