"""Numbers, ages, phones, postal codes; the invented people; the municipalities."""

from __future__ import annotations

import traceback
from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases import fictive, identity, municipalities
from cases.identity import AgeClass, InvalidNumber, parse_personal_number

TODAY = date(2026, 11, 24)
ANNA = "201104122385"

birth_dates = st.dates(min_value=date(1930, 1, 1), max_value=TODAY)
numbers = st.builds(fictive.fictive_number, birth_dates, st.sampled_from([0, 1]))
SPACES = ("", " ", "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}", "\t", "\N{ZERO WIDTH SPACE}")
DASHES = ("", "-", "\N{EN DASH}", "\N{EM DASH}", "\N{NON-BREAKING HYPHEN}", "\N{MINUS SIGN}")


def coordinated(number: str) -> str:
    """The same day of birth as a coordination number."""
    nine = number[2:6] + f"{int(number[6:8]) + 60}" + number[8:11]
    return number[:2] + nine + fictive._check_digit(nine)


# Personal numbers


@given(numbers, st.sampled_from(SPACES), st.sampled_from(DASHES), st.sampled_from([2, 4]))
@settings(deadline=None)  # a busy machine is no failure
def test_every_spelling_gives_the_same_digits(
    number: str, space: str, dash: str, year_digits: int
) -> None:
    start = number[4 - year_digits : 8]

    parsed = parse_personal_number(f" {start}{space}{dash}{space}{number[8:]}{space}", on=TODAY)

    assert parsed.digits == number


@given(numbers)
@settings(deadline=None)  # a busy machine is no failure
def test_what_is_shown_can_be_read_back(number: str) -> None:
    parsed = parse_personal_number(number, on=TODAY)

    assert parse_personal_number(identity.shown(parsed.digits), on=TODAY) == parsed


@given(numbers, st.integers(0, 9), st.integers(1, 9))
@settings(deadline=None)  # a busy machine is no failure
def test_one_wrong_digit_is_refused(number: str, place: int, step: int) -> None:
    short = number[2:]
    wrong = short[:place] + str((int(short[place]) + step) % 10) + short[place + 1 :]

    with pytest.raises(InvalidNumber):
        parse_personal_number(wrong, on=TODAY)


@given(numbers)
@settings(deadline=None)  # a busy machine is no failure
def test_coordination_number_is_accepted_with_its_real_birth_date(number: str) -> None:
    parsed = parse_personal_number(coordinated(number), on=TODAY)

    assert parsed.is_coordination_number
    assert f"{parsed.birth_date:%Y%m%d}" == number[:8]
    assert parse_personal_number(coordinated(number)[2:], on=TODAY) == parsed


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("261124-{}", date(2026, 11, 24)),
        ("261125-{}", date(1926, 11, 25)),
        ("261124+{}", date(1926, 11, 24)),
        ("261125+{}", date(1926, 11, 25)),
        ("110412-{}", date(2011, 4, 12)),
        ("110412+{}", date(1911, 4, 12)),
        ("080229-{}", date(2008, 2, 29)),
    ],
)
def test_century_of_ten_digits_follows_the_day_and_the_plus_sign(text: str, born: date) -> None:
    last_four = fictive.fictive_number(born, 0)[8:]

    assert parse_personal_number(text.format(last_four), on=TODAY).birth_date == born


def test_century_of_ten_digits_is_that_of_the_given_day() -> None:
    assert parse_personal_number("110412-2385", on=date(2011, 4, 11)).birth_date.year == 1911
    assert parse_personal_number("110412-2385", on=date(2011, 4, 12)).birth_date.year == 2011


@pytest.mark.parametrize(
    "text",
    [
        "",
        "okänt",
        "110412",
        "20110412-238",
        "20110412-23859",
        "20110412-T389",
        "20110412+-+2385",
        "2011+04122385",
        "20110412-2388",
        "201102302385",
        "20111360-2385",
        "111104122385",
        "211104122385",
        "189804122381",
        "٢٠١١٠٤١٢٢٣٨٥",
        "2011041²2385",
        "20110412/2385",
        "20110412-2385 eller 20110412-2393",
    ],
)
def test_bad_number_gets_a_swedish_sentence_and_nothing_of_it_leaks(text: str) -> None:
    with pytest.raises(InvalidNumber) as caught:
        parse_personal_number(text, on=TODAY)

    everything = "".join(traceback.format_exception_only(caught.value)) + repr(caught.value)
    assert str(caught.value).endswith(".")
    assert text == "" or text not in everything
    assert caught.value.__context__ is None  # the library's own exception holds the number


def test_number_in_the_future_is_refused() -> None:
    tomorrow = fictive.fictive_number(TODAY + timedelta(days=1), 0)

    with pytest.raises(InvalidNumber, match="framtiden"):
        parse_personal_number(tomorrow, on=TODAY)


def test_number_prints_itself_masked() -> None:
    parsed = parse_personal_number(ANNA, on=TODAY)

    assert identity.shown(parsed.digits) == "20110412-2385"
    assert identity.masked(parsed.digits) == "20110412-••••"
    assert "2385" not in f"{parsed} {parsed!r} {[parsed]}"


# Ages


@given(birth_dates, st.integers(0, 40_000))
@settings(deadline=None)  # a busy machine is no failure
def test_age_never_falls_and_steps_on_the_birthday(born: date, days: int) -> None:
    day = date.fromordinal(min(born.toordinal() + days, date.max.toordinal()))
    age = identity.age_on(born, day)

    assert identity.turns_on(born, age) <= day < identity.turns_on(born, age + 1)
    assert identity.age_on(born, day - timedelta(days=1)) in {age, age - 1}


def test_leap_day_child_turns_eighteen_on_the_first_of_march() -> None:
    born = date(2008, 2, 29)

    assert identity.age_on(born, date(2026, 2, 28)) == 17
    assert identity.turns_on(born, 18) == date(2026, 3, 1)
    assert identity.turns_on(born, 20) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, AgeClass.UNDER_15),
        (14, AgeClass.UNDER_15),
        (15, AgeClass.FROM_15_TO_17),
        (17, AgeClass.FROM_15_TO_17),
        (18, AgeClass.FROM_18_TO_19),
        (19, AgeClass.FROM_18_TO_19),
        (20, AgeClass.FROM_20),
        (None, AgeClass.UNKNOWN),
    ],
)
def test_age_class_changes_at_fifteen_eighteen_and_twenty(
    age: int | None, expected: AgeClass
) -> None:
    assert identity.age_class(age) == expected


def test_age_limits_can_come_from_the_rules() -> None:
    assert identity.age_class(14, limits=(14, 18, 20)) == AgeClass.FROM_15_TO_17


# Phones and postal codes


@pytest.mark.parametrize(
    ("text", "e164", "shown"),
    [
        ("070-174 06 05", "+46701740605", "070-174 06 05"),
        ("0701740605", "+46701740605", "070-174 06 05"),
        ("0046 70 174 06 05", "+46701740605", "070-174 06 05"),
        ("+46 (0)70\N{NO-BREAK SPACE}174\N{EN DASH}06 05", "+46701740605", "070-174 06 05"),
        ("0470-70 00 00", "+46470700000", "0470-70 00 00"),
        ("+47 22 12 34 56", "+4722123456", "+47 22 12 34 56"),
    ],
)
def test_phone_is_read_in_any_spelling(text: str, e164: str, shown: str) -> None:
    assert identity.normal_phone(text) == e164
    assert identity.shown_phone(e164) == shown


@pytest.mark.parametrize(
    "text",
    [
        *("", "0", "112", "+46112", "1177", "114 14", "123456", "+999 123 456", "hemligt"),
        *("070-174 06 05 ankn 12", "070-174 06 05;ext=12"),
    ],
)
def test_phone_that_reaches_nobody_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidNumber) as caught:
        identity.normal_phone(text)

    assert len(text) < 3 or text not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "text", ["35230", "352 30", "352\N{NO-BREAK SPACE}30", "SE-352 30", " s-35230"]
)
def test_postal_code_is_read_in_any_spelling(text: str) -> None:
    assert identity.normal_postal_code(text) == "35230"


@pytest.mark.parametrize("text", ["", "3523", "352300", "05230", "Växjö", "٣٥٢٣٠"])
def test_bad_postal_code_is_refused(text: str) -> None:
    with pytest.raises(InvalidNumber, match="fem siffror"):
        identity.normal_postal_code(text)


def test_postal_line_is_written_as_on_an_envelope() -> None:
    assert identity.display_postal_line("35230", "Växjö") == "352 30 VÄXJÖ"
    assert identity.display_postal_line("", "") == ""


# Invented people


def test_invented_number_is_in_the_test_series_with_a_right_check_digit() -> None:
    assert fictive.fictive_number(date(2011, 4, 12), 0) == ANNA
    assert fictive.fictive_number(date(2011, 4, 12), 1).startswith("20110412239")


def test_invented_phones_are_ninety_five_and_can_be_called() -> None:
    phones = fictive.fictive_phones()
    first_round = [next(phones) for _ in range(95)]

    assert len(set(first_round)) == 95
    assert {identity.normal_phone(phone) for phone in first_round} == set(first_round)
    assert identity.shown_phone(first_round[0]) == "070-174 06 05"
    assert identity.shown_phone(first_round[-1]) == "070-174 06 99"


def test_the_same_seed_invents_the_same_people() -> None:
    def people(seed: int) -> list[tuple[tuple[str, str], str]]:
        random = Random(seed)
        return [
            (fictive.fictive_name(random), fictive.fictive_street_address(random))
            for _ in range(50)
        ]

    assert people(1) == people(1) != people(2)


# Municipalities


def test_all_municipalities_and_counties_are_there() -> None:
    counties = {county.code for county in municipalities.counties()}
    rows = list(municipalities.municipalities())

    assert len(counties) == 21
    assert len(rows) == len({row.code for row in rows}) == 290
    assert {row.county_code for row in rows} == counties


def test_every_postal_code_leads_to_one_known_municipality() -> None:
    known = {row.code: row.short_name for row in municipalities.municipalities()}
    rows = list(municipalities.postal_codes())
    by_code = {row.postal_code: row for row in rows}

    assert {row.municipality_code for row in rows} <= set(known)
    assert by_code["35230"] == ("35230", "Växjö", "0780")
    assert known["0780"] == "Växjö"
    # A newer edition may name several municipalities for a code; the form must then offer them.
    assert [code for code, n in Counter(row.postal_code for row in rows).items() if n > 1] == []


@pytest.mark.parametrize("field", ["postal_code", "locality", "municipality_code"])
def test_no_postal_code_row_has_an_empty_field(field: str) -> None:
    assert all(getattr(row, field).strip() for row in municipalities.postal_codes())
