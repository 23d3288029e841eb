"""Known here: what the office knows of the same person when a notice comes, and of nobody else."""

from datetime import timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from cases import access
from cases.known import known_here
from cases.models import Referral
from kronoberg import casebook
from tests import cast
from tests.arrivals import arrived, decided
from tests.factories import make_referral

DAY = timedelta(days=1)


def same_person(at=None, **columns: Any) -> Referral:
    """A notice about the person of every other `arrived(15)` of the day: the number is the same."""
    return arrived(15, at=at or timezone.now() - 30 * DAY, **columns)


def shown(case: Referral) -> str:
    """What the page draws of the casebook."""
    book = casebook.of(case, by=cast.person("sara"))
    return render_to_string("_casebook.html", {"book": book})


# Known here --------------------------------------------------------------------------------------


def test_an_earlier_matter_about_the_same_person_is_shown():
    earlier, case = same_person(), arrived(15)

    assert known_here(case, by=cast.person("sara")).earlier == (earlier,)
    assert known_here(case, by=cast.person("sara")).same_evening_as(case) == ()
    assert earlier.reference in shown(case)


def test_the_same_evening_twice_is_pointed_out_and_an_open_investigation_too():
    ongoing = decided(same_person(), "open_investigation", decision_reasons="x",
                      overrun_reasons="x")  # fmt: skip
    twin, case = arrived(15, at=timezone.now() - 5 * timedelta(hours=1)), arrived(15)

    known = known_here(case, by=cast.person("sara"))

    assert known.ongoing == (ongoing,)
    assert known.same_evening_as(case) == (twin,)
    text = shown(case)
    assert "utredning pågår: anmälan kan föras dit" in text
    assert "kan vara samma händelse" in text


def test_another_municipality_s_matters_are_unknown_here():
    foreign = same_person()
    case = make_referral("received", by="alva", person=None)
    case.person.personal_number = foreign.person.personal_number
    case.person.save()

    assert known_here(case, by=cast.person("sara")).earlier == ()


def nameless(name: str, born: str = "", **columns: Any) -> Referral:
    """A notice about somebody whose number nobody knows."""
    case = arrived(None, **columns)
    case.person.name, case.person.birth_date = name, born
    case.person.save()
    return case


def test_without_a_number_the_same_name_within_a_day_is_pointed_out():
    now = timezone.now()
    hour, day = timedelta(hours=1), timedelta(hours=25)
    same = nameless("Tuva Exempel", "2010-05-01", at=now - hour)
    nameless("Tuva Exempel", "2010-05-02", at=now - hour)
    nameless("Tuva Annanstans", "2010-05-01", at=now - hour)
    nameless("Tuva Exempel", "2010-05-01", at=now - day)
    case = nameless("tuva  exempel", "2010-05-01", at=now)

    assert known_here(case, by=cast.person("sara")).earlier == (same,)
    assert "samma dygn" in shown(case)


def test_an_older_matter_does_not_tell_whom_a_protected_one_is_about():
    earlier = same_person()
    case = arrived(15)
    case.person.protection = "protected"
    case.person.save()

    assert earlier.reference not in shown(case)
    assert "bara en utsedd läsare" in shown(case)

    access.name_reader(cast.person("sara"), case.person)
    assert earlier.reference in shown(case)


def test_a_protected_older_matter_is_not_found_from_an_open_one():
    earlier, case = same_person(), arrived(15)
    earlier.person.protection = "protected"
    earlier.person.save()

    assert earlier.reference not in shown(case)


def test_without_a_number_the_page_says_that_nobody_can_be_recognised():
    assert "går inte att se" in shown(arrived(None))
