"""A house for proving things in: every state of both machines, every role twice, every exception.

`seed_demo --canaries` adds it to the demo: a third municipality, somebody inactive, somebody who
was moved yesterday, somebody protected, and a case that was erased. Each case is walked there.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from cases import access, workflow
from cases.models import (
    Kind,
    Municipality,
    Organisation,
    Protection,
    Referral,
    Role,
    User,
    YouthCase,
)
from cases.models.codes import Feedback, Outcome
from cases.models.referral import State as SocialState
from cases.models.youth_case import State as PoliceState
from kronoberg import demo_life, erasure
from kronoberg.demo_fate import Call, Fate, Result, draw, hour_of
from kronoberg.demo_town import Town, fresh, unit
from notices import dispatch

LONG_AGO = timedelta(days=500)
OF_POLICE = (Role.PATROL_OFFICER, Role.YOUTH_OFFICER, Role.SUPERIOR, Role.POLICE_MANAGER)
OF_SOCIAL = (Role.INTAKE, Role.SOCIAL_WORKER, Role.HEAD_OF_UNIT, Role.COORDINATOR)
OF_EITHER = (Role.LOG_REVIEWER, Role.ADMINISTRATOR)


def fill(town: Town) -> None:
    """Add it to the town, which has been seeded before."""
    units = _units(town)
    _hire(town, units)
    for state in PoliceState.values:
        _police_case(town, state)
    for state in SocialState.values:
        _referral(town, state)
    _protected(town, Protection.PROTECTED)
    _protected(town, Protection.UNKNOWN)
    _move_somebody(town, units)


def _units(town: Town) -> dict[str, Organisation]:
    names = ("karin", "per", "sara")
    units = {name: town.staff[name].organisation for name in names}
    units["third"] = unit(
        authority="Ljungby kommun",
        name="Mottagning barn och unga",
        kind=Kind.SOCIAL,
        municipality_id="0781",
        street="Olofsgatan 9",
        postal_line="341 83 LJUNGBY",
        phone="070-174 06 10",
    )
    access.service_account(units["third"])
    return units


def _hire(town: Town, units: dict[str, Organisation]) -> None:
    """A second of each role where the demo has one, and one of each in the other places."""
    places = (
        ("karin", "vaxjo", (*OF_POLICE, *OF_EITHER)),
        ("per", "alvesta", (*OF_POLICE, *OF_EITHER)),
        ("sara", "kommun", (*OF_SOCIAL, *OF_EITHER)),
        ("third", "ljungby", OF_SOCIAL),
    )
    for place, mark, roles in places:
        for role in roles:
            _enrol(town, f"{mark}-{role}", role, units[place])
    left = _enrol(town, "slutat", Role.YOUTH_OFFICER, units["karin"])
    left.is_active = False
    left.save(update_fields=["is_active"])


def _enrol(town: Town, username: str, role: Role, organisation: Organisation) -> User:
    like = town.staff["karin"]
    user = User.objects.create(
        username=username, name=f"{role.label} {username}", role=role, title=role.label,
        organisation=organisation, password=like.password, phone=like.phone,
    )  # fmt: skip
    town.staff[username] = access.enrol(user)
    return user


def _fate(town: Town, **chosen: Any) -> Fate:
    """A life in which nothing goes wrong unless it is chosen: met three weeks ago, aged 15."""
    when = hour_of(town.random, timezone.localdate() - timedelta(days=21))
    calm: dict[str, Any] = {
        "age": 15, "is_unknown": False, "is_repeated": False, "is_mistake": False,
        "category": "A", "custody": "none", "notifies": True, "drink": "strong_beer",
        "calls": (Call(5, Result.WILL_COLLECT, to_first=True),), "outcome": Outcome.COLLECTED,
    }  # fmt: skip
    return replace(draw(town.random, when), **calm | chosen)


def _until(life: Iterator[YouthCase], holds: Callable[[YouthCase], bool]) -> YouthCase:
    """Live on until it holds.

    Raises:
        LookupError: the life ended before.
    """
    for case in life:
        now: YouthCase = fresh(case)
        if holds(now):
            return now
    raise LookupError("a life that never came there")


def _police_case(town: Town, state: str) -> YouthCase:
    if state == PoliceState.DRAFT:
        return _drafted(town)
    if state == PoliceState.ANNULLED:
        return _until(
            demo_life.police_life(town, _fate(town, is_mistake=True)), lambda case: not case.is_open
        )
    if state == PoliceState.MERGED:
        survivor, twin = (_police_case(town, PoliceState.PICKED_UP) for _ in range(2))
        return workflow.perform(
            twin,
            "merge",
            by=town.staff["lena"],
            merged_into=survivor,
            reason="Samma ingripande två gånger.",
        )
    life = demo_life.police_life(town, _fate(town))
    return _until(life, lambda case: case.state == state)


def _drafted(town: Town, protection: Protection = Protection.NOT_PROTECTED) -> YouthCase:
    fate = _fate(town)
    youth, _ = town.person(fate)
    youth.protection = protection
    incident, draft = demo_life.incident_of(town, fate), demo_life.draft_of(town, fate)
    [case] = workflow.open_incident(incident, [(youth, draft)], by=town.staff["karin"])
    return case


def _referral(town: Town, state: str) -> Referral:
    if state == SocialState.TRANSFERRED:
        return _transferred(town)
    feedback = {
        SocialState.OPENED: Feedback.OPENED,
        SocialState.ONGOING: Feedback.ONGOING,
    }.get(SocialState(state), Feedback.NOT_OPENED)
    life = demo_life.police_life(town, _fate(town, feedback=feedback, support="custodians"))
    there = Referral.objects.filter(state=state)
    case = _until(life, lambda case: there.filter(notice_id__in=[case.notice_id]).exists())
    return there.get(notice_id__in=[case.notice_id])


def _transferred(town: Town) -> Referral:
    sara = town.staff["sara"]
    referral = _referral(town, SocialState.PROTECTION_ASSESSED)
    workflow.perform(
        fresh(referral), "request_transfer", by=sara, reason="Familjen har flyttat.",
        transfer_to=Municipality.objects.get(pk="0764"),
    )  # fmt: skip
    return dispatch.take(fresh(referral), "transfer", by=sara).case  # type: ignore[return-value]


def _protected(town: Town, protection: Protection) -> None:
    """A stop of somebody who is hidden, with one colleague named as reader."""
    access.name_reader(town.staff["omar"], _drafted(town, protection).person)


def _move_somebody(town: Town, units: dict[str, Organisation]) -> None:
    """Yesterday's colleague wrote a case here, and works elsewhere now."""
    moved = _enrol(town, "flyttad", Role.PATROL_OFFICER, units["karin"])
    town.staff["karin"], karin = moved, town.staff["karin"]
    _drafted(town)
    town.staff["karin"] = karin
    moved.organisation = units["per"]
    moved.save(update_fields=["organisation"])
    access.enrol(moved)


def erase_one(town: Town) -> None:
    """A case that ended long ago, and that was erased by rule: outside every transaction."""
    when = hour_of(town.random, timezone.localdate() - LONG_AGO)
    adult = _fate(town, age=18, calls=(), outcome=Outcome.RELEASED, notifies=False, category="B")
    for _ in demo_life.police_life(town, replace(adult, met_at=when)):
        pass
    for batch in erasure.propose(timezone.localdate()):
        erasure.approve(batch, by=town.staff["lena" if batch.organisation.is_police else "hanna"])
        batch.refresh_from_db()
        erasure.carry_out(batch)
