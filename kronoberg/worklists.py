"""The work list as a question: which of the visible cases, by view, filter and saved view.

A view is a name and a condition; a filter is a form of codes. What comes out is one query, sorted
by the next deadline, so that what is overdue stands first.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases import rules
from cases.models import Organisation, Referral, Reminder, Role, User, YouthCase
from cases.models import referral as social
from cases.models import youth_case as police
from cases.models.moves import AnyCase

ENDED: dict[type[AnyCase], tuple[str, ...]] = {YouthCase: police.ENDED, Referral: social.ENDED}
OPEN: dict[type[AnyCase], tuple[str, ...]] = {YouthCase: police.OPEN, Referral: social.OPEN}
NOBODY = "ingen"
LEADERS = (Role.HEAD_OF_UNIT, Role.SUPERIOR)
# Deadlines that are an agreed date and no rule.
DATES = {"talk": "Samtal", "follow_up_check": "Planerad uppföljning"}
# The deadlines that a list can be narrowed to, by the key of their rule.
STEPS: dict[type[AnyCase], tuple[str, ...]] = {
    YouthCase: ("report", "review", "notice", "receipt", "letters", "expected_feedback"),
    Referral: (
        "acknowledgement",
        "protection_assessment",
        "preliminary_assessment",
        "open_at_once",
        "talk",
        "feedback",
        "feedback_ongoing",
        "investigation",
        "first_talk",
        "follow_up",
        "follow_up_check",
        "transfer_silence",
    ),
}


@dataclass(frozen=True)
class View:
    """A list that everybody of an authority has; `wants` says which cases, for whom, at when."""

    key: str
    label: str
    wants: Callable[[User, datetime], Q]


def _all(user: User, at: datetime) -> Q:
    return Q()


def _mine(user: User, at: datetime) -> Q:
    return Q(owner=user) | Q(author=user)


def _owned(user: User, at: datetime) -> Q:
    return Q(owner=user)


def _is_unowned() -> Q:
    """Nobody has it, or somebody who has left and whom no head of unit has followed."""
    # Asked first: under an OR the database would look each row's owner up in a subquery.
    left = list(User.objects.filter(is_active=False).values_list("pk", flat=True))
    return Q(owner=None) | Q(owner__in=left)


def _unowned(user: User, at: datetime) -> Q:
    return _is_unowned()


def _overdue(user: User, at: datetime) -> Q:
    return Q(due_at__lt=at)


def _to_review(user: User, at: datetime) -> Q:
    # Two persons: one's own report is for somebody else.
    return Q(state=police.State.REPORTED) & ~Q(author=user)


def _without_receipt(user: User, at: datetime) -> Q:
    home = "person__municipality"
    return Q(acknowledged_at=None) & rules.late("receipt", since="notified_at", at=at, place=home)


def _late_feedback(user: User, at: datetime) -> Q:
    return Q(feedback="") & rules.late("expected_feedback", since="notified_at", at=at)


def has_leader(unit: Organisation) -> bool:
    """Is there anybody to whom a deadline that nobody met can be brought?"""
    leaders = User.objects.filter(organisation=unit, role__in=LEADERS, is_active=True)
    return leaders.exists()


def _reminded(user: User, at: datetime) -> Q:
    # The owner's go to whoever owns the case, or to the unit while nobody does; the rest are
    # before whoever leads the unit.
    open_ones = Reminder.objects.filter(
        organisation=user.organisation_id, state=Reminder.State.OPEN
    )
    to_owner = open_ones.filter(level=Reminder.Level.OWNER).values("case_id")
    wanted = Q(pk__in=to_owner) & (Q(owner=user) | _is_unowned())
    if user.role in LEADERS or not has_leader(user.organisation):
        to_head = open_ones.filter(level=Reminder.Level.HEAD).values("case_id")
        wanted |= Q(pk__in=to_head)
    return wanted


UNIT, MINE = View("", "Hela enheten", _all), View("mina", "Mina", _mine)
OVERDUE = View("sena", "Försenade", _overdue)
REMINDED = View("paminda", "Påminnelser", _reminded)
VIEWS: dict[type[AnyCase], tuple[View, ...]] = {
    YouthCase: (
        UNIT,
        MINE,
        OVERDUE,
        REMINDED,
        View("granska", "Att granska", _to_review),
        View("utan-kvittens", "Utan kvittens", _without_receipt),
        View("sen-aterkoppling", "Sen återkoppling", _late_feedback),
    ),
    Referral: (
        UNIT,
        View("mina", "Mina", _owned),
        View("utan-handlaggare", "Utan handläggare", _unowned),
        OVERDUE,
        REMINDED,
    ),
}


class Filter(forms.Form):
    """Which state, which step next, whose. Codes only: what is chosen may stand in an address."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        model: type[AnyCase] = YouthCase if user.organisation.is_police else Referral
        labels = police.State if model is YouthCase else social.State
        staff = User.objects.filter(organisation=user.organisation, is_active=True)
        people = [(str(pk), name) for pk, name in staff.values_list("pk", "name")]
        states = [(code, str(labels(code).label)) for code in OPEN[model]]
        self._ask("tillstand", "Läge", states)
        self._ask("steg", "Nästa frist", _steps(model))
        self._ask("handlaggare", "Handläggare", [(NOBODY, "Ingen"), *people])

    def _ask(self, name: str, label: str, choices: list[tuple[str, str]]) -> None:
        every = [("", "Alla"), *choices]
        self.fields[name] = forms.ChoiceField(label=label, required=False, choices=every)

    @cached_property
    def chosen(self) -> dict[str, str]:
        """What was asked for and is among the choices; anything else is as if not asked."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def condition(self) -> Q:
        chosen = self.chosen
        wanted = Q()
        if "tillstand" in chosen:
            wanted &= Q(state=chosen["tillstand"])
        if "steg" in chosen:
            wanted &= Q(due_step=chosen["steg"])
        if "handlaggare" in chosen:
            who = chosen["handlaggare"]
            wanted &= _is_unowned() if who == NOBODY else Q(owner=who)
        return wanted


def _steps(model: type[AnyCase]) -> list[tuple[str, str]]:
    """The deadlines there are, in the words of the rules in force."""
    book = rules.rulebook(timezone.localdate())
    found = [(key, book[key].label if key in book else DATES[key]) for key in STEPS[model]]
    return sorted(found, key=lambda pair: pair[1])


@dataclass(frozen=True)
class Question:
    """What a reader asks of the list: which view, narrowed how."""

    view: View
    filter: Filter

    @property
    def query(self) -> str:
        """The address of the same list, as a query string of codes."""
        asked = {"vy": self.view.key} | self.filter.chosen
        return urlencode({name: value for name, value in asked.items() if value})


def views_of(user: User) -> tuple[View, ...]:
    return VIEWS[YouthCase if user.organisation.is_police else Referral]


def question(user: User, asked: Any) -> Question:
    """Read the address of a list; what it does not know it leaves out."""
    views = views_of(user)
    view = next((each for each in views if each.key == asked.get("vy", "")), views[0])
    return Question(view, Filter(asked, user=user))


def listed(cases: "QuerySet[Any]", asked: Question, *, user: User, at: datetime) -> "QuerySet[Any]":
    """The open cases among `cases` that are asked for, in no order: to count."""
    # Written as in the partial indexes, so that they are found.
    found = cases.exclude(state__in=ENDED[cases.model])
    return found.filter(asked.view.wants(user, at), asked.filter.condition())


def in_order(found: "QuerySet[Any]") -> "QuerySet[Any]":
    """The keys of `found`: overdue first, then by deadline; what waits for nothing last.

    Keys only: sorting ten thousand narrow rows costs a fraction of sorting whole cases.
    """
    by_deadline = found.order_by(F("due_at").asc(nulls_last=True), "reference")
    return by_deadline.values_list("pk", flat=True)


def cases_of(cases: "QuerySet[Any]", keys: Iterable[UUID]) -> list[Any]:
    """The cases of one page, in the order of their keys, with what a row shows."""
    related = ["person", "owner", "organisation"] + (
        ["incident"] if cases.model is YouthCase else []
    )
    ordered = list(keys)
    found = cases.select_related(*related).in_bulk(ordered)
    return [found[key] for key in ordered if key in found]


def counts(found: "QuerySet[Any]", *, at: datetime) -> dict[str, Any]:
    """How many in all, overdue, today and within the week; and what changes when the list does."""
    today = rules.end_of(timezone.localdate(at))
    return found.aggregate(
        n_all=Count("*"),
        n_overdue=Count("due_at", filter=Q(due_at__lt=at)),
        n_today=Count("due_at", filter=Q(due_at__gte=at, due_at__lte=today)),
        n_week=Count("due_at", filter=Q(due_at__gt=today, due_at__lte=today + timedelta(days=7))),
        newest=Max("opened_at"),
        # Every step is a version: whoever takes a case or moves it changes the sum.
        n_steps=Coalesce(Sum("version"), 0),
    )
