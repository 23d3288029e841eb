"""May this letter go to this person? Every gate, closed and open, for everybody it could go to."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cases.models import Custodian, Person, Protection, Referral, YouthCase
from notices import gates
from notices.gates import GateClosed, Obstacle
from tests import cast, tables

TODAY = date(2026, 11, 24)
BIRTHDAY = date(2009, 3, 14)  # of a youth of seventeen
EIGHTEEN_ON = date(2027, 3, 14)

MOTHER = {"name": "Ylva Ekgren", "street": "Björkvägen 7", "postal_code": "35236"}
FATHER = {"name": "Tage Ekgren", "street": "Fyrgatan 12", "postal_code": "34132"}
YOUTH = {"name": "Moa Ekgren", "street": "Björkvägen 7", "postal_code": "35236"}

# What is different from an ordinary case, as (whose row, columns); "case" is the police's.
SITUATIONS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "nothing_special": [],
    "turned_18": [("youth", {"birth_date": "2008-11-24"})],
    "looks_18": [("youth", {"birth_date": "", "estimated_age": 18})],
    "nobody_knows_the_age": [("youth", {"birth_date": "", "estimated_age": None})],
    "harm": [("case", {"harm_if_told": "yes"}), ("referral", {"may_be_harmed_if_told": True})],
    "harm_cannot_be_judged": [("case", {"harm_if_told": "unknown"})],
    "harm_is_unanswered": [("case", {"harm_if_told": ""})],
    "father_lost_custody": [("father", {"custody_ended_on": TODAY})],
    "father_loses_it_soon": [("father", {"custody_ended_on": TODAY + timedelta(days=1)})],
    "father_is_barred": [("father", {"is_barred": True})],
    "youth_is_suspected": [("case", {"is_suspect": True})],
    "mother_is_protected": [("mother", {"protection": Protection.PROTECTED})],
    "mother_is_not_checked": [("mother", {"protection": Protection.UNKNOWN})],
    "father_is_protected": [("father", {"protection": Protection.PROTECTED})],
    "youth_is_protected": [("youth", {"protection": Protection.PROTECTED})],
    "youth_is_not_checked": [("youth", {"protection": Protection.UNKNOWN})],
    "mother_has_no_name": [("mother", {"name": ""})],
    "mother_has_no_street": [("mother", {"street": ""})],
    "father_has_no_postal_code": [("father", {"postal_code": ""})],
    "youth_has_no_street": [("youth", {"street": ""})],
}

# Mother lives with the youth, father does not; p_ is the police's case, s_ the referral.
MATRIX = """
                          p_mother  p_father  p_youth   s_mother  s_father  s_youth
nothing_special           open      open      open      open      open      open
turned_18                 custody   custody   open      custody   custody   open
looks_18                  custody   custody   open      custody   custody   open
nobody_knows_the_age      open      open      open      open      open      open
harm                      harm      harm      home      harm      harm      home
harm_cannot_be_judged     harm      harm      home      open      open      open
harm_is_unanswered        harm      harm      home      open      open      open
father_lost_custody       open      ended     open      open      ended     open
father_loses_it_soon      open      open      open      open      open      open
father_is_barred          open      barred    open      open      barred    open
youth_is_suspected        suspect   suspect   suspect     open      open      open
mother_is_protected       protected secret    secret    protected secret    secret
mother_is_not_checked     protected secret    secret    protected secret    secret
father_is_protected       open      protected open      open      protected open
youth_is_protected        hidden    hidden    protected hidden    hidden    protected
youth_is_not_checked      hidden    hidden    protected hidden    hidden    protected
mother_has_no_name        address   open      open      address   open      open
mother_has_no_street      address   open      open      address   open      open
father_has_no_postal_code open      address   open      open      address   open
youth_has_no_street       open      open      address   open      open      address
"""

# Part of each reason -> what the table calls the gate.
GATES = {
    "fyllt 18": "custody",
    "fara illa om någon hemma": "home",
    "fara illa": "harm",
    "inte längre vårdnadshavare": "ended",
    "får inte kontaktas": "barred",
    "brottsutredning": "suspect",
    "Ungdomen har skyddade": "hidden",
    "ungdomens hem": "secret",
    "Skyddade personuppgifter": "protected",
    "Adressen saknas": "address",
}


class Family:
    """A youth, a mother in the same home, a father in another, and the two authorities' records."""

    def __init__(self, situation: str = "nothing_special") -> None:
        changed: dict[str, dict[str, Any]] = dict(SITUATIONS[situation])
        rows: dict[str, dict[str, Any]] = {
            "youth": YOUTH | {"birth_date": BIRTHDAY.isoformat()},
            "mother": MOTHER,
        }
        rows |= {"father": FATHER | {"lives_with_youth": False}}
        open_rows = {
            name: {"protection": Protection.NOT_PROTECTED} | row | changed.get(name, {})
            for name, row in rows.items()
        }
        unit = cast.person("omar").organisation
        self.youth = Person.objects.create(organisation=unit, **open_rows["youth"])
        custodians = Custodian.objects.filter(person=self.youth)
        self.mother = custodians.create(person=self.youth, **open_rows["mother"])
        self.father = custodians.create(person=self.youth, **open_rows["father"])
        told = {"harm_if_told": "no"} | changed.get("case", {})
        self.case = YouthCase(person=self.youth, **told)
        self.referral = Referral(person=self.youth, **changed.get("referral", {}))

    def obstacles(self, *, on: date = TODAY) -> dict[str, list[Obstacle]]:
        """Addressee of the table -> what stops a letter to them."""
        found = {}
        for side, case in (("p", self.case), ("s", self.referral)):
            found[f"{side}_mother"] = gates.to_custodian(case, self.mother, on=on)
            found[f"{side}_father"] = gates.to_custodian(case, self.father, on=on)
            found[f"{side}_youth"] = gates.to_youth(case, on=on)
        return found


def gate(obstacle: Obstacle) -> str:
    return next(name for part, name in GATES.items() if part in obstacle.reason)


def cells(situation: str) -> dict[str, str]:
    stopped = Family(situation).obstacles()
    return {who: "+".join(map(gate, obstacles)) or "open" for who, obstacles in stopped.items()}


def every_obstacle() -> list[Obstacle]:
    stopped = [
        obstacle
        for situation in SITUATIONS
        for obstacles in Family(situation).obstacles().values()
        for obstacle in obstacles
    ]
    return [*stopped, gates.NOBODY_ON_RECORD, gates.HAS_HAD_IT, gates.ON_PAPER]


def test_each_gate_closes_for_whom_it_must_and_for_nobody_else():
    found = {situation: cells(situation) for situation in SITUATIONS}

    assert tables.differences(tables.read(MATRIX), found) == []


def test_the_table_closes_every_gate_that_there_is():
    assert {gate(obstacle) for obstacle in every_obstacle()[:-3]} == set(GATES.values())


def test_an_obstacle_gives_a_reason_and_another_way_and_names_nobody():
    rows = (MOTHER, FATHER, YOUTH)
    facts = [fact for row in rows for fact in (*row.values(), *row["name"].split())]
    for obstacle in set(every_obstacle()):
        words = f"{obstacle.reason} {obstacle.other_way}"
        assert obstacle.reason.endswith("."), words
        assert obstacle.other_way.endswith("."), words
        assert [fact for fact in facts if fact in words] == [], words


def test_all_that_stops_a_letter_is_told_at_once():
    family = Family("harm")
    family.father.is_barred, family.father.street = True, ""

    stopped = gates.to_custodian(family.case, family.father, on=TODAY)

    assert [gate(obstacle) for obstacle in stopped] == ["harm", "barred", "address"]


@pytest.mark.parametrize(
    ("day", "stopped"),
    [(EIGHTEEN_ON - timedelta(days=1), []), (EIGHTEEN_ON, ["custody"]), (TODAY, [])],
)
def test_custody_ends_on_the_very_birthday_also_during_the_case(day, stopped):
    family = Family()

    found = family.obstacles(on=day)

    for who in ("p_mother", "p_father", "s_mother", "s_father"):
        assert [gate(obstacle) for obstacle in found[who]] == stopped
    assert found["p_youth"] == found["s_youth"] == []


@pytest.mark.parametrize(
    ("day", "stopped"), [(date(2026, 2, 28), []), (date(2026, 3, 1), ["custody"])]
)
def test_a_child_of_a_leap_day_is_a_child_until_march(day, stopped):
    family = Family()
    family.youth.birth_date = "2008-02-29"

    found = gates.to_custodian(family.case, family.mother, on=day)

    assert [gate(obstacle) for obstacle in found] == stopped


@pytest.mark.parametrize("situation", [name for name in SITUATIONS if name != "turned_18"])
def test_a_gate_opens_again_when_what_closed_it_is_mended(situation):
    family, whole = Family(situation), Family()
    for row, columns in SITUATIONS[situation]:
        for name in columns:
            setattr(getattr(family, row), name, getattr(getattr(whole, row), name))
    for person in (family.mother, family.father):
        person.save()

    assert family.obstacles() == whole.obstacles()


def test_consent_to_contact_does_not_give_custody_back_to_the_parents_of_an_adult():
    family = Family("turned_18")
    family.case.consents_to_contact = True

    stopped = gates.to_custodian(family.case, family.mother, on=TODAY)

    assert [gate(obstacle) for obstacle in stopped] == ["custody"]


def test_closed_gates_are_told_once_however_many_they_stopped():
    [obstacle] = Family("harm").obstacles()["p_mother"]
    other = replace(obstacle, reason="Något annat.")

    closed = GateClosed([obstacle, obstacle, other])

    assert str(closed).count(obstacle.reason) == 1
    assert "Något annat." in str(closed)
    assert obstacle.other_way in str(closed)
