"""The demo's invented people: names, numbers and homes that nobody has; and time as it passes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from cases import identity
from cases.fictive import fictive_name, fictive_number, fictive_phones, fictive_street_address
from cases.identity import age_class
from cases.models import Custodian, Organisation, PatrolPass, Person, Protection, User
from kronoberg.demo_fate import Fate, occasion_of

TRIES, A_FEW = 100, 20
OPENS, CLOSES = 8, 17
MOTHER, FATHER = Custodian.Relation.MOTHER, Custodian.Relation.FATHER


@dataclass(frozen=True)
class Parent:
    name: str
    relation: str
    phone: str
    street: str
    lives_with_youth: bool


@dataclass(frozen=True)
class Identity:
    """One invented young person and their parents."""

    name: str
    number: str
    born: date
    phone: str
    street: str
    # Always two; of some youths the first alone has custody.
    parents: tuple[Parent, Parent]
    have_both_custody: bool

    def age_on(self, day: date) -> int:
        return identity.age_on(self.born, day)


@dataclass(frozen=True)
class Where:
    """A municipality, and a postal code in it."""

    code: str
    postal_code: str
    locality: str
    # Against the others: how many postal codes there are in it.
    size: int = 1

    @property
    def postal_line(self) -> str:
        return f"{self.postal_code[:3]} {self.postal_code[3:]} {self.locality.upper()}"


VAXJO = Where("0780", "35230", "Växjö")


@dataclass
class Town:
    """Who works in the demo, who lives there, and the chance that decides what happens."""

    staff: dict[str, User]
    random: Random
    where: Where = VAXJO
    phones: Iterator[str] = field(default_factory=fictive_phones)
    used: set[str] = field(default_factory=set)
    known: list[Identity] = field(default_factory=list)
    passes: dict[date, PatrolPass | None] = field(default_factory=dict)

    def identity(self, fate: Fate, *, on: date) -> Identity:
        """Somebody new of that age, or somebody met with before."""
        if fate.is_repeated and self.known:
            # From anywhere, a few steps: to look through everybody would grow with the town.
            start = self.random.randrange(len(self.known))
            for at in range(start, start + A_FEW):
                met = self.known[at % len(self.known)]
                if age_class(met.age_on(on)) == age_class(fate.age):
                    return met
        first, last = fictive_name(self.random, is_male=fate.is_boy)
        born, number = self._number(fate.age, on, is_boy=fate.is_boy)
        home = fictive_street_address(self.random)
        together = self.random.random() < 0.4
        apart = home if together else fictive_street_address(self.random)
        parents = (
            self._parent(MOTHER, last, home, lives_with_youth=True),
            self._parent(FATHER, last, apart, lives_with_youth=together),
        )
        phone, both = next(self.phones), self.random.random() < 0.6
        new = Identity(f"{first} {last}", number, born, phone, home, parents, both)
        self.known.append(new)
        return new

    def person(self, fate: Fate) -> tuple[Person, list[Custodian]]:
        """A young person and the custodians, unsaved; nobody here exists."""
        on = timezone.localdate(fate.met_at)
        who = self.identity(fate, on=on)
        known = {
            "personal_number": who.number,
            "birth_date": who.born.isoformat(),
            "identified_by": "Legitimation",
        }
        unknown = {"estimated_age": fate.age}
        youth = Person(
            name=who.name,
            phone=who.phone,
            **self._home(who.street),
            municipality_id=self.where.code,
            **(unknown if fate.is_unknown else known),
        )
        if fate.age >= 18:
            return youth, []
        return youth, [
            Custodian(
                person=youth,
                name=parent.name,
                relation=parent.relation,
                phone=parent.phone,
                lives_with_youth=parent.lives_with_youth,
                **self._home(parent.street),
            )
            for parent in (who.parents if who.have_both_custody else who.parents[:1])
        ]

    def pass_of(self, at: datetime) -> PatrolPass | None:
        """The pass of that evening: most weekends and all great nights have one."""
        day = timezone.localdate(at - timedelta(hours=6))
        if day not in self.passes:
            self.passes[day] = self._pass(day)
        return self.passes[day]

    def _pass(self, day: date) -> PatrolPass | None:
        occasion = occasion_of(day)
        begins = timezone.make_aware(datetime.combine(day, time(17)))
        ends = begins + timedelta(hours=9)
        # On a great night always.
        often = {"weekday": 0.3, "weekend": 0.85}.get(occasion, 1.0)
        if ends > timezone.now() or self.random.random() > often:
            return None
        karin = self.staff["karin"]
        n_people = 2 if occasion in ("weekday", "weekend") else 6
        return PatrolPass.objects.create(
            organisation=karin.organisation,
            municipality_id=self.where.code,
            occasion=occasion,
            planned_from=begins,
            planned_to=ends,
            planned_by=karin,
            n_people=n_people,
            started_at=begins,
            ended_at=ends,
            places="Stortorget",
            effort_minutes=9 * 60 * n_people,
            n_talks=self.random.randint(5, 40),
            n_parents_called=self.random.randint(0, 9),
            closed_by=karin,
        )

    def _parent(self, relation: str, last: str, street: str, *, lives_with_youth: bool) -> Parent:
        first, _ = fictive_name(self.random, is_male=relation == FATHER)
        name = f"{first} {last}"
        return Parent(name, relation, next(self.phones), street, lives_with_youth)

    def _number(self, age: int, on: date, *, is_boy: bool) -> tuple[date, str]:
        # One number a day and sex is in the test series: look for a day that has it left. With
        # more youths than days, somebody is met with again under the number drawn last.
        for _ in range(TRIES):
            born = on - timedelta(days=int(age * 365.25) + self.random.randint(20, 340))
            number = fictive_number(born, int(is_boy))
            if number not in self.used:
                break
        self.used.add(number)
        return born, number

    def _home(self, street: str) -> dict[str, Any]:
        return {
            "street": street,
            "postal_code": self.where.postal_code,
            "locality": self.where.locality,
            "protection": Protection.NOT_PROTECTED,
        }


@dataclass
class Moment:
    """The time as it passes in one life; never later than now."""

    at: datetime

    def later(self, **passed: float) -> datetime:
        self.at = min(self.at + timedelta(**passed), timezone.now())
        return self.at

    def in_office(self, **passed: float) -> datetime:
        """As `later`, and on until the office is staffed: what can wait is not done at night."""
        at = timezone.localtime(self.at + timedelta(**passed))
        if not OPENS <= at.hour < CLOSES:
            at = (at + timedelta(days=at.hour >= CLOSES)).replace(hour=OPENS)
        while at.weekday() > 4:
            at = (at + timedelta(days=1)).replace(hour=OPENS)
        self.at = min(at, timezone.now())
        return self.at


def office_hour(random: Random, at: datetime) -> datetime:
    """A time from `at` on when the office is open: a weekday, on the hour or the half."""
    day = timezone.localdate(at) + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(random.randint(9, 15), 30)))


def fresh(case: Any) -> Any:
    """The case as it now is."""
    return type(case)._default_manager.get(pk=case.pk)


def unit(**columns: Any) -> Organisation:
    """One of the demo's units, made once."""
    return Organisation.objects.get_or_create(
        authority=columns.pop("authority"), name=columns.pop("name"), defaults=columns
    )[0]
