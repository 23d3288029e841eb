"""Personal numbers, ages, phone numbers and postal codes, as pure functions.

Text from a form goes in and one canonical spelling comes out; nothing is looked up and nothing is
stored. No error raised here contains what was typed, so a number never reaches a log.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import phonenumbers
from django.db import models
from personnummer import personnummer

# The age limits in force. They are rule data: the seeded rules are the truth, and callers with a
# rule for the day pass its limits; these defaults only spare the tests and the phone form.
# 15: own party (SoL 3:4); 18: child (SoL 3:1); 20: buying alcohol (alkohollagen 3:7).
AGE_LIMITS = (15, 18, 20)

OLDEST_AGE = 120  # an assumption: above this a wrong century is likelier than the age
CENTURIES = (
    "18",
    "19",
    "20",
)  # the twelve-digit form has never been given out with another
COORDINATION_DAY_OFFSET = 60  # folkbokföringslagen/Skatteverket: day of birth + 60

MASK = "••••"

# Unicode categories of spaces, line ends, dashes, and of marks that are not seen at all.
SEPARATORS = frozenset({"Zs", "Zl", "Zp", "Pd", "Cf", "Cc"})
MINUS_SIGN = "\N{MINUS SIGN}"  # the one dash that Unicode counts as a mathematical symbol


class InvalidNumber(ValueError):
    """A number, phone or postal code that cannot be right; the message is a Swedish sentence."""


class NumberKind(models.TextChoices):
    """Which of the two Swedish series a number belongs to."""

    PERSONAL = "personal", "personnummer"
    COORDINATION = "coordination", "samordningsnummer"


@dataclass(frozen=True)
class PersonalNumber:
    """A checked number. Its repr and str are masked, so that it can be logged by mistake."""

    digits: str  # twelve
    birth_date: date
    kind: NumberKind

    @property
    def is_coordination_number(self) -> bool:
        return self.kind is NumberKind.COORDINATION

    def __str__(self) -> str:
        return masked(self.digits)

    def __repr__(self) -> str:
        return "PersonalNumber(…)"


def parse_personal_number(text: str, *, on: date) -> PersonalNumber:
    """Read a personnummer or samordningsnummer as it was typed, pasted or dictated.

    Ten digits are read as the latest century that does not lie in the future on the day `on`; a
    plus sign means a hundred years further back (folkbokföringslagen 18 §). The check digit does
    not cover the century, so show the age back to whoever typed it. Raises InvalidNumber.
    """
    typed = _plain_digits(text)
    match = re.fullmatch(r"(\d\d)?(\d\d)(\d{4})(\+?)(\d{4})", typed, re.ASCII)
    if match is None:
        raise InvalidNumber("Skriv numret med tio eller tolv siffror, som ÅÅÅÅMMDD-NNNN.")

    century, year, month_day, plus, last_four = match.groups()
    if century is None:
        century = _century(year, month_day, plus=bool(plus), on=on)
    digits = century + year + month_day + last_four
    # valid() swallows the library's exceptions, whose text contains the number.
    if century not in CENTURIES or not personnummer.valid(digits):
        raise InvalidNumber("Numret stämmer inte. Jämför varje siffra med legitimationen.")

    birth_date = _birth_date(digits)
    if birth_date > on:
        raise InvalidNumber("Födelsedatumet ligger i framtiden. Kontrollera årtalet.")
    if age_on(birth_date, on) > OLDEST_AGE:
        raise InvalidNumber("Åldern kan inte stämma. Kontrollera århundradet.")
    is_coordination = int(digits[6:8]) > COORDINATION_DAY_OFFSET
    kind = NumberKind.COORDINATION if is_coordination else NumberKind.PERSONAL
    return PersonalNumber(digits=digits, birth_date=birth_date, kind=kind)


def shown(digits: str) -> str:
    """Write twelve digits the way people read them: 20110412-2385."""
    return f"{digits[:8]}-{digits[8:]}"


def masked(digits: str) -> str:
    """Hide the last four: 20110412-••••. A protected person is not shown even this way."""
    return f"{digits[:8]}-{MASK}"


def turns_on(birth_date: date, years: int) -> date:
    """Return the day somebody reaches an age.

    Born on 29 February, the day is 1 March in a year without one. No Swedish statute was found
    that says so; the later day is chosen because it keeps the protection of a child a day longer.
    """
    year = birth_date.year + years
    try:
        return birth_date.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def age_on(birth_date: date, day: date) -> int:
    """Return the age in whole years on a day; negative before birth."""
    years = day.year - birth_date.year
    return years if turns_on(birth_date, years) <= day else years - 1


class AgeClass(models.TextChoices):
    """The age classes that law and statistics speak of."""

    UNDER_15 = "under_15", "under 15 år"
    FROM_15_TO_17 = "15_17", "15–17 år"
    FROM_18_TO_19 = "18_19", "18–19 år"
    FROM_20 = "20_plus", "20 år eller äldre"
    UNKNOWN = "unknown", "okänd ålder"


def age_class(age: int | None, *, limits: tuple[int, int, int] = AGE_LIMITS) -> AgeClass:
    """Place an age in its class; an unknown age has a class of its own."""
    if age is None:
        return AgeClass.UNKNOWN

    own_party, adult, alcohol = limits
    if age < own_party:
        return AgeClass.UNDER_15
    if age < adult:
        return AgeClass.FROM_15_TO_17
    if age < alcohol:
        return AgeClass.FROM_18_TO_19
    return AgeClass.FROM_20


def normal_phone(text: str) -> str:
    """Read a Swedish or foreign phone number and return it as E.164, +46701740605.

    Only numbers that reach a person pass: 112, 1177 and the like are refused. Raises InvalidNumber.
    """
    # The library would read letters as keypad digits and swallow an extension ("ankn 12").
    if any(character.isalpha() for character in text):
        raise InvalidNumber("Skriv telefonnumret med bara siffror; anknytning hör till noteringen.")

    parsed = None
    # Refused below, outside the handler, so that no exception context holds what was typed.
    with suppress(phonenumbers.NumberParseException):
        parsed = phonenumbers.parse(text, "SE")
    if parsed is None or parsed.extension or not phonenumbers.is_valid_number(parsed):
        raise InvalidNumber(
            "Telefonnumret går inte att ringa. Skriv riktnumret först, "
            "eller + och landsnumret för ett utländskt nummer."
        )
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def shown_phone(e164: str) -> str:
    """Write an E.164 number as people do: 070-174 06 05, abroad +47 22 12 34 56."""
    parsed = phonenumbers.parse(e164)
    if phonenumbers.region_code_for_number(parsed) == "SE":
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def normal_postal_code(text: str) -> str:
    """Read a Swedish postal code, with or without space and "SE-", as five digits.

    Whether the code exists is for the table of postal codes to say. Raises InvalidNumber.
    """
    match = re.fullmatch(r"(?:SE?)?([1-9]\d{4})", _without_separators(text).upper(), re.ASCII)
    if match is None:
        raise InvalidNumber("Skriv postnumret med fem siffror, till exempel 352 30.")
    return match[1]


def display_postal_line(postal_code: str, locality: str) -> str:
    """Write the last line of an address as on an envelope: 352 30 VÄXJÖ."""
    return f"{postal_code[:3]} {postal_code[3:]} {locality.upper()}".strip()


def name_parts(name: str) -> tuple[str, ...]:
    """The parts of a name as a search compares them: small letters, no accents but å, ä and ö.

    "Anna-Lisa D'Älv" is anna, lisa, d, älv. A letter too few is another name.
    """
    parts = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", name).casefold())
    return tuple(dict.fromkeys("".join(_plain_letter(letter) for letter in part) for part in parts))


def _plain_letter(letter: str) -> str:
    if letter in "åäö":
        return letter
    return "".join(
        mark for mark in unicodedata.normalize("NFD", letter) if not unicodedata.combining(mark)
    )


def _without_separators(text: str) -> str:
    """Drop spaces, dashes and invisible marks of every kind, as Word and dictation leave them."""
    return "".join(c for c in text if unicodedata.category(c) not in SEPARATORS and c != MINUS_SIGN)


def _plain_digits(text: str) -> str:
    """Return the ASCII digits and plus signs of a typed number, or refuse it."""
    typed = _without_separators(text)
    # Arabic-Indic and other digits are refused rather than translated: the officer compares what
    # is on the screen with an identity card, and the two must look alike.
    if any(c.isnumeric() and not c.isascii() for c in typed):
        raise InvalidNumber("Skriv numret med siffrorna 0–9.")
    return typed


def _century(year: str, month_day: str, *, plus: bool, on: date) -> str:
    """Return the century of a ten-digit number, never in the future on the day."""
    full_year = on.year - (on.year - int(year)) % 100
    month, day = int(month_day[:2]), int(month_day[2:])
    if day > COORDINATION_DAY_OFFSET:
        day -= COORDINATION_DAY_OFFSET
    if full_year == on.year and (month, day) > (on.month, on.day):
        full_year -= 100
    if plus and on.year - full_year < 100:
        full_year -= 100
    return f"{full_year // 100:02}"


def _birth_date(digits: str) -> date:
    day = int(digits[6:8])
    if day > COORDINATION_DAY_OFFSET:
        day -= COORDINATION_DAY_OFFSET
    return date(int(digits[:4]), int(digits[4:6]), day)
