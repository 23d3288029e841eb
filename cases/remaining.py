"""What is still to be done about a youth before the shift ends, each thing with the way there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from cases.models import YouthCase
from cases.models.case import Condition
from cases.models.moves import moves_of
from cases.workflow import Action

# The steps whose conditions make up what is left before the officer is done.
LEFT_TO_DO = ("hand_over", "report")
USUAL_CUSTODIANS = 2


@dataclass(frozen=True)
class Left:
    """One thing that is not on record yet; `url` leads to its field, empty when nobody can now."""

    what: str
    url: str


def left_to_do(case: YouthCase, actions: list[Action]) -> list[Left]:
    """What is missing, once for each thing to write; `actions` are the reader's own, now."""
    ready = {action.name for action in actions if action.is_ready}
    return [Left(each.what, _way_to(case, each, ready)) for each in _unmet(case)]


def useful(case: YouthCase, actions: list[Action], *, on: date) -> Iterator[Left]:
    """Custodians and their numbers: not demanded, but the calls and the letters rest on them."""
    ready = {action.name for action in actions if action.is_ready}
    if not case.is_minor or not {"add_custodian", "correct_custodian"} <= ready:
        return
    custodians = case.person.custodians_on(on)
    for custodian in custodians:
        if not custodian.phone and not custodian.is_barred:
            where = {"pk": case.pk, "action": "correct_custodian", "about": custodian.pk}
            what = f"telefonnummer till {custodian.get_relation_display().lower()}"
            yield Left(what, reverse("step-about", kwargs=where))
    if len(custodians) < USUAL_CUSTODIANS:
        what = "en vårdnadshavare till" if custodians else "vårdnadshavare"
        yield Left(what, reverse("step", args=[case.pk, "add_custodian"]))


def _unmet(case: YouthCase) -> list[Condition]:
    unmet = [
        (condition, move.name)
        for move in moves_of(YouthCase)
        if move.name in LEFT_TO_DO and case.is_open
        for condition in move.conditions
        if not condition(case)
    ]
    # What a step asks for in its own form is one thing to do.
    once = {
        step if condition.remedy == step else condition.what: condition
        for condition, step in reversed(unmet)
    }
    return list(once.values())[::-1]


def _way_to(case: YouthCase, condition: Condition, ready: set[str]) -> str:
    mends = next((step for step in condition.remedy.split() if step in ready), None)
    if mends is None:
        return ""
    step = reverse("step", args=[case.pk, mends])
    return f"{step}#id_{condition.field}" if condition.field else step
