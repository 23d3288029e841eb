"""Random lives of both machines: whatever anybody tries, the journal and the case agree."""

from datetime import timedelta
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
    match field.get_internal_type():
        case "BooleanField":
            return random.random() < 0.7
        case "DateField":
            return timezone.localdate()
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
    if action in ("annul", "transfer", "merge") and random.random() < 0.9:
        return case
    facts = next(move.facts for move in moves_of(type(case)) if move.name == action)
    records = []
    if action == "record_contact":
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
        whose = "own" if entry.actor_id == case.author_id else "other"
        assert rights[entry.action][entry.role] in ("all", whose)
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
    seen: set[str] = set()
    for seed in range(3):
        random, case = Random(seed), factories.make_case("reviewed")
        crowd = [cast.person(name) for name in ("omar", "lena")]
        for _ in range(25):
            case = try_something(random, case, crowd)
            seen.add(str(case.state))

    assert {"notified", "acknowledged", "follow_up"} <= seen
