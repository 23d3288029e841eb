"""The demo's invented people: names, numbers and homes that nobody has; and time as it passes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from cases.fictive import fictive_name, fictive_number, fictive_phones, fictive_street_address
from cases.models import Custodian, Organisation, Person, Protection, User

MOTHER, FATHER = Custodian.Relation.MOTHER, Custodian.Relation.FATHER


@dataclass
class Town:
    """Who works in the demo, and the chance that decides what happens."""

    staff: dict[str, User]
    random: Random
    phones: Iterator[str] = field(default_factory=fictive_phones)
    used: set[str] = field(default_factory=set)

    def person(self, age: int, on: date) -> tuple[Person, list[Custodian]]:
        """A young person of `age` and the custodians; nobody here exists."""
        first, last = fictive_name(self.random)
        home = {"street": fictive_street_address(self.random), "postal_code": "35230"}
        address = home | {"locality": "Växjö", "protection": Protection.NOT_PROTECTED}
        born, number = self._number(age, on)
        youth = Person(
            name=f"{first} {last}",
            personal_number=number,
            birth_date=born.isoformat(),
            phone=next(self.phones),
            municipality_id="0780",
            identified_by="Legitimation",
            **address,
        )
        if age >= 18:
            return youth, []
        parents = [self._custodian(youth, last, MOTHER, **address)]
        if self.random.random() < 0.6:
            apart = address | {
                "street": fictive_street_address(self.random),
                "postal_code": "35246",
            }
            parents.append(self._custodian(youth, last, FATHER, lives_with_youth=False, **apart))
        return youth, parents

    def _number(self, age: int, on: date) -> tuple[date, str]:
        # Two numbers a day are in the test series: look for a day that has one left.
        while True:
            born = on - timedelta(days=int(age * 365.25) + self.random.randint(20, 340))
            for serial in (0, 1):
                number = fictive_number(born, serial)
                if number not in self.used:
                    self.used.add(number)
                    return born, number

    def _custodian(self, youth: Person, last: str, relation: str, **columns: Any) -> Custodian:
        first, _ = fictive_name(self.random)
        return Custodian(
            person=youth,
            name=f"{first} {last}",
            relation=relation,
            phone=next(self.phones),
            **columns,
        )


@dataclass
class Moment:
    """The time as it passes in one life; never later than now."""

    at: datetime

    def later(self, **passed: float) -> datetime:
        self.at = min(self.at + timedelta(**passed), timezone.now())
        return self.at


def fresh(case: Any) -> Any:
    """The case as it now is."""
    return type(case)._default_manager.get(pk=case.pk)


def unit(**columns: Any) -> Organisation:
    """One of the demo's units, made once."""
    return Organisation.objects.get_or_create(
        authority=columns.pop("authority"), name=columns.pop("name"), defaults=columns
    )[0]
