"""Invented people for the demo and the tests: nobody here can exist.

Numbers are from the test series that Skatteverket never gives to anybody (birth numbers 238 and
239), phones from the series that PTS keeps free for fiction (070-174 06 05 to 99). Everything drawn
depends on the given random.Random alone, so the same seed gives the same people.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import cycle
from random import Random

TEST_BIRTH_NUMBERS = (
    "238",
    "239",
)  # even and odd: two invented people for each day of birth

FIRST_FICTION_PHONE = 605
LAST_FICTION_PHONE = 699

FIRST_NAMES = (
    *("Alva", "Amina", "Astrid", "Bilal", "Cornelia", "Dawit", "Ebba", "Elias", "Elif", "Emil"),
    *("Farah", "Filip", "Freja", "Hedda", "Hugo", "Idris", "Ines", "Isak", "Jamila", "Joel"),
    *("Kian", "Klara", "Leo", "Linnea", "Maja", "Malik", "Melker", "Mira", "Nadja", "Nils"),
    *("Nour", "Olle", "Rahel", "Samir", "Selma", "Sixten", "Tilde", "Tove", "Viggo", "Yasmin"),
)
MEN = (
    *("Bilal", "Dawit", "Elias", "Emil", "Filip", "Hugo", "Idris", "Isak", "Joel", "Kian"),
    *("Leo", "Malik", "Melker", "Nils", "Olle", "Samir", "Sixten", "Viggo"),
)
WOMEN = tuple(name for name in FIRST_NAMES if name not in MEN)

# Put together for this product, so that no combination is a name that anybody knows.
SURNAMES = (
    *(
        "Alvmarker",
        "Askbrinker",
        "Bergvadet",
        "Björkslingan",
        "Bokhammare",
        "Dalvreten",
    ),
    *(
        "Ekskärva",
        "Fjällbrygge",
        "Flodkvarn",
        "Furuklinta",
        "Granvinge",
        "Gårdsvik-Ahl",
    ),
    *(
        "Hagstenar",
        "Havreglänt",
        "Hedvattnet",
        "Hällskogh",
        "Klövermo",
        "Kvarnskymning",
    ),
    *("Lindvret", "Ljungviken-Ros", "Lönnhake", "Myrstrimma", "Norrglänta", "Nävertak"),
    *("Ollonkvist", "Pilbrygga", "Rallarvik", "Rönnskärva", "Silverhage", "Skogsträng"),
    *("Slånbacken", "Stenfåra", "Sälgvåg", "Tallskymmer", "Tjärndala", "Torpvreten"),
    *(
        "Ugglebäcken",
        "Videglänt",
        "Vinterlid",
        "Åkerstrimma",
        "Älvhammare",
        "Öringsbro",
    ),
)

STREETS = (
    *("Exempelgatan", "Provvägen", "Påhittsgränd", "Övningsstigen", "Lärospåret"),
    *("Skissgatan", "Utkastvägen", "Modellgränd", "Repetitionsgatan", "Förlageväg"),
    *(
        "Fantasistigen",
        "Mönstergatan",
        "Kulissvägen",
        "Attrappgränd",
        "Generalrepsgatan",
    ),
    *("Sagospelsvägen", "Låtsasgatan", "Manusvägen", "Prototypgränd", "Rekvisitagatan"),
)


def fictive_number(birth_date: date, serial: int) -> str:
    """Return the twelve digits of test number 0 or 1 for a day of birth."""
    digits = f"{birth_date:%Y%m%d}{TEST_BIRTH_NUMBERS[serial]}"
    return digits + _check_digit(digits[2:])


def fictive_phones() -> Iterator[str]:
    """Yield the phones of the fiction series as E.164, over and over: there are only 95."""
    return cycle(f"+46701740{n}" for n in range(FIRST_FICTION_PHONE, LAST_FICTION_PHONE + 1))


def fictive_name(random: Random, *, is_male: bool | None = None) -> tuple[str, str]:
    """Draw a first name and a surname; of a man or of a woman, if that is said."""
    first, last = random.choice(FIRST_NAMES), random.choice(SURNAMES)
    fitting = FIRST_NAMES if is_male is None else MEN if is_male else WOMEN
    if first not in fitting:
        # Not drawn anew: whatever is asked, what is drawn after it stays the same.
        first = fitting[FIRST_NAMES.index(first) % len(fitting)]
    return first, last


def fictive_street_address(random: Random) -> str:
    """Draw a street and a house number."""
    return f"{random.choice(STREETS)} {random.randint(1, 60)}"


def _check_digit(nine_digits: str) -> str:
    """Return the check digit (modulus 10) of a number without century."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine_digits))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)
