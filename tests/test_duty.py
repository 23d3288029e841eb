"""The municipality's own calendar: hours, special days and functions, kept with their history."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import duty
from cases.models import DutyHours, ResponsibleFunction, SpecialDay
from notices import routing
from tests.cast import person
from tests.factories import ALVESTA, VAXJO
from tests.test_rules import at

OUTSIDE = "0760"  # Uppvidinge: no office of it works here


@pytest.fixture
def asta(client):
    client.force_login(person("asta"))
    return client


def today(ahead=0):
    return timezone.localdate() + timedelta(days=ahead)


def hours(**changed):
    return {
        "municipality": VAXJO,
        "weekdays": ["4", "5"],
        "opens": "18:00",
        "closes": "02:00",
        "team": "Socialjouren",
        "phone": "070-174 06 08",
        "valid_from": f"{today()}",
    } | changed


def special(**changed):
    return {
        "municipality": VAXJO,
        "day": f"{today(3)}",
        "label": "Klämdag",
        "office": "closed",
        "duty": "usual",
    } | changed


def function(**changed):
    return {
        "municipality": VAXJO,
        "task": "children",
        "name": "Mottagningen",
        "street": "Box 1222",
        "postal_line": "351 12 VÄXJÖ",
        "valid_from": f"{today()}",
    } | changed


def row_of(kind, **columns):
    """A row that holds since last year, written past the pages."""
    known = {
        "duty": (DutyHours, {"weekday": 6, "opens": time(15), "closes": time(22), "team": "Jouren",
                             "phone": "112", "valid_from": date(2026, 1, 1)}),
        "special-day": (SpecialDay, {"day": date(2026, 1, 5), "label": "Dag", "office": "closed",
                                     "duty": "usual"}),
        "function": (ResponsibleFunction, {"task": "children", "name": "Mottagningen",
                                           "street": "Box 1", "postal_line": "352 30 VÄXJÖ",
                                           "valid_from": date(2026, 1, 1)}),
    }  # fmt: skip
    model: Any
    model, usual = known[kind]
    return model.objects.create(**{"municipality_id": VAXJO} | usual | columns)


# The pages ---------------------------------------------------------------------------------------


def test_the_same_hours_can_be_given_for_several_days(asta):
    asta.post(reverse("duty"), hours())

    made = DutyHours.objects.all()
    assert [(row.weekday, row.opens, row.passes_midnight) for row in made] == [
        (4, time(18), True),
        (5, time(18), True),
    ]
    assert {row.changed_by for row in made} == {person("asta")}


@pytest.mark.parametrize(
    ("page", "posted"),
    [
        ("duty", hours(weekdays=[])),
        ("duty", hours(valid_from="2026-01-01")),
        ("duty", hours(opens="")),
        ("duty", hours(municipality="")),
        ("duty", hours(municipality=ALVESTA)),
        ("special-days", special(day="2026-01-05")),
        ("special-days", special(office="usual")),
        ("special-days", special(duty="hours", opens="12:00")),
        ("special-days", special(municipality=ALVESTA)),
        ("functions", function(street="")),
        ("functions", function(valid_from="2026-01-01")),
        ("functions", function(municipality=ALVESTA)),
    ],
)
def test_what_is_wrong_or_another_municipalitys_is_refused(asta, page, posted):
    answer = asta.post(reverse(page), posted)

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not any(m.objects.exists() for m in (DutyHours, SpecialDay, ResponsibleFunction))


@pytest.mark.parametrize(
    ("page", "posted"),
    [("duty", hours()), ("special-days", special()), ("functions", function())],
)
def test_the_same_twice_is_refused_and_shown_once(asta, page, posted):
    asta.post(reverse(page), posted)
    n_rows = len(asta.get(reverse(page)).context["rows"])

    assert asta.post(reverse(page), posted).status_code == 422
    assert len(asta.get(reverse(page)).context["rows"]) == n_rows > 0


def test_a_function_routes_to_an_office_of_its_own_municipality_alone(asta):
    alvesta, vaxjo = person("alva").organisation, person("sara").organisation

    wrong = asta.post(reverse("functions"), function(office=alvesta.pk))
    asta.post(reverse("functions"), function(office=vaxjo.pk))

    assert wrong.status_code == 422
    assert ResponsibleFunction.objects.get().office == vaxjo


def test_the_police_keep_the_functions_of_those_who_have_nobody_here(asta):
    asta.post(reverse("functions"), function(municipality=OUTSIDE))

    assert ResponsibleFunction.objects.get().municipality_id == OUTSIDE
    assert ALVESTA not in {town.pk for town in duty.kept_by(person("asta"))}
    assert {town.pk for town in duty.kept_by(person("sara"))} == {VAXJO}


# History -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["duty", "function"])
def test_what_is_ended_stays_with_who_made_and_who_ended_it(asta, kind):
    old = row_of(kind, changed_by=person("lena"))

    asta.post(reverse(f"{kind}-end", args=[old.pk]))

    old.refresh_from_db()
    assert old.valid_to == today(-1)
    assert (old.changed_by, old.ended_by) == (person("lena"), person("asta"))


@pytest.mark.parametrize(
    ("kind", "first"), [("duty", "valid_from"), ("special-day", "day"), ("function", "valid_from")]
)
def test_what_never_began_is_withdrawn_and_stays_too(asta, kind, first):
    unbegun = row_of(kind, changed_by=person("lena"), **{first: today(2)})
    pages = {"duty": "duty", "special-day": "special-days", "function": "functions"}

    asta.post(reverse(f"{kind}-end", args=[unbegun.pk]))
    shown = asta.get(reverse(pages[kind])).content.decode()

    unbegun.refresh_from_db()
    assert unbegun.withdrawn_at and unbegun.ended_by == person("asta")
    assert "Togs tillbaka av Asta Hed innan det började gälla" in shown


def test_a_day_that_has_been_is_never_taken_back(asta):
    passed = row_of("special-day")

    asta.post(reverse("special-day-end", args=[passed.pk]))

    passed.refresh_from_db()
    assert passed.withdrawn_at is None and passed.ended_by is None


@pytest.mark.parametrize("kind", ["duty", "special-day", "function"])
def test_another_municipalitys_row_does_not_exist_here(asta, kind):
    foreign = row_of(kind, municipality_id=ALVESTA)

    answer = asta.post(reverse(f"{kind}-end", args=[foreign.pk]))

    foreign.refresh_from_db()
    assert answer.status_code == 404
    assert foreign.ended_by is None


def test_a_new_function_ends_the_old_and_withdrawn_lets_it_go_on(asta):
    old = row_of("function")
    asta.post(reverse("functions"), function(valid_from=f"{today(10)}", name="Nya mottagningen"))
    old.refresh_from_db()
    assert old.valid_to == today(9)

    new = ResponsibleFunction.objects.get(name="Nya mottagningen")
    asta.post(reverse("function-end", args=[new.pk]))

    old.refresh_from_db()
    assert old.valid_to is None and old.ended_by is None


def takes(task, on=None) -> str:
    town = person("sara").organisation.municipality
    return routing.office_of(town, task=task, on=on or today()).name


CHILDREN_TO_OFFICE = (
    "Anmälningar om den som är under 18 går sedan till: enheten Mottagning barn och unga."
)


@pytest.mark.parametrize(
    ("functions", "said"),
    [
        ([{}], [CHILDREN_TO_OFFICE]),
        # The default takes both: so it does of what it hands on.
        ([{"is_default": True}, {"name": "Vuxna", "task": "adults"}],
         [CHILDREN_TO_OFFICE]),
        ([{"is_default": True}],
         ["Alla anmälningar går sedan till: enheten Mottagning barn och unga."]),
        ([{}, {"name": "Vuxna", "task": "adults", "is_default": True}],
         ["Anmälningar om den som är under 18 går sedan till: Vuxna, på papper."]),
        ([{"task": "duty_team"}], []),
    ],
)  # fmt: skip
def test_who_ends_a_function_is_told_before_and_after_where_its_notices_go(asta, functions, said):
    ending, *_ = [row_of("function", **columns) for columns in functions]

    [then] = [then for row, _, _, then in asta.get(reverse("functions")).context["rows"]
              if row == ending]  # fmt: skip
    after = asta.post(reverse("function-end", args=[ending.pk]), follow=True).content.decode()

    assert then == said
    assert all(line in after for line in said)
    going = {"under 18": takes("children"), "fyllt 18": takes("adults"), "Alla": takes("adults")}
    for line in said:
        assert any(whose in line and name in line for whose, name in going.items()), line


def test_taking_back_a_function_that_has_not_begun_tells_that_the_one_before_goes_on(asta):
    row_of("function")
    asta.post(reverse("functions"), function(valid_from=f"{today(10)}", name="Nya mottagningen"))
    new = ResponsibleFunction.objects.get(name="Nya mottagningen")

    after = asta.post(reverse("function-end", args=[new.pk]), follow=True).content.decode()

    assert "under 18 går sedan till: Mottagningen, på papper." in after
    assert takes("children", today(10)) == "Mottagningen"


# The duty team on a special day ------------------------------------------------------------------

FRIDAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("day", "moment", "is_open"),
    [
        ({}, "2026-11-27T19:00", True),
        ({"duty": "closed"}, "2026-11-27T19:00", False),
        # The night before goes on into a closed day.
        ({"duty": "closed", "day": FRIDAY + timedelta(days=1)}, "2026-11-28T01:30", True),
        ({"duty": "hours", "opens": time(8), "closes": time(12)}, "2026-11-27T09:00", True),
        ({"duty": "hours", "opens": time(8), "closes": time(12)}, "2026-11-27T19:00", False),
        ({"duty": "hours", "opens": time(8), "closes": time(3)}, "2026-11-28T02:30", True),
    ],
)
def test_the_duty_team_keeps_the_hours_of_a_special_day(day, moment, is_open):
    row_of("duty", weekday=4, opens=time(18), closes=time(2))
    if day:
        row_of("special-day", **{"day": FRIDAY} | day)

    assert (duty.open_team(VAXJO, at(moment)) is not None) == is_open


def test_a_withdrawn_day_is_as_any_other():
    row_of("duty", weekday=4, opens=time(18), closes=time(2))
    row_of("special-day", day=FRIDAY, duty="closed", withdrawn_at=timezone.now())
    row_of("special-day", day=FRIDAY, duty="closed", municipality_id=ALVESTA)

    assert duty.open_team(VAXJO, at("2026-11-27T19:00"))


def test_the_next_opening_passes_over_a_closed_day():
    row_of("duty", weekday=4, opens=time(18), closes=time(2))
    row_of("special-day", day=FRIDAY, duty="closed")

    found = duty.next_open(VAXJO, at("2026-11-26T19:00"))

    assert found and found[0] == at("2026-12-04T18:00")


def test_a_night_belongs_to_the_calendar_of_the_evening_it_began_on():
    row_of("duty", weekday=4, opens=time(18), closes=time(2), valid_to=FRIDAY)

    assert duty.open_team(VAXJO, at("2026-11-28T01:30"))


@pytest.mark.parametrize("tab", ["duty", "special-days", "functions"])
def test_the_menu_shows_where_one_is_behind_every_tab(asta, tab):
    context = asta.get(reverse(tab)).context

    current = [each.label for each in [*context["nav"], *context["nav_more"]] if each.is_current]
    assert current == ["Kommunens kalender"]
