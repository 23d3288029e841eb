"""Every letter to a family × every gate × every language, from one table.

`MATRIX` (tests/test_gates.py) says which gate a situation closes for whom, `GOES_TO` for whom a
letter is, `SPOKEN` in which words it goes. Their product is asked of the gates and the editions,
which decide before a word is drawn; then each step that makes letters is taken in each situation,
and each letter is sent, or on record as held with the reason and the other way. The PDFs are
opened in tests/test_letter_pdfs.py.
"""

from typing import Any

import pytest
from django.db import connection
from django.db.models import prefetch_related_objects
from django.utils import timezone

from cases.models import AlcoholSeizure, guards
from notices import editions, gates, letters, outbox, rendering, resending
from notices.catalogue import CATALOGUE, Audience
from notices.gates import GateClosed
from notices.languages import LANGUAGES
from notices.models import Edition, HeldLetter, Letter
from tests import cast, households, server, tables
from tests.factories import make_check
from tests.households import police, social
from tests.test_gates import MATRIX, SITUATIONS, Family, gate

GATES = tables.read(MATRIX)

# Made from the police's case (p) or from the referral (s).
GOES_TO = tables.read("""
      mother  father  youth
L1    p       p       -
L3    -       -       p
L9    p       p       p
L2    s       s       s
L6    s       s       s
L7a   s       s       s
L7b   s       s       s
L12   s       s       s
L12b  s       s       s
""")

# What goes to whoever reads the language, as the product comes, and once each draft is reviewed.
SPOKEN = tables.read("""
      as_it_comes  reviewed  reviewed_youth
sv    sv           sv        sv+lattlast
en    sv+en        sv+en     sv+en
ar    sv           sv+ar     sv+ar
so    sv           sv+so     sv+so
fa    sv           sv+fa     sv+fa
prs   sv           sv+prs    sv+prs
ti    sv           sv+ti     sv+ti
pl    sv           sv+pl     sv+pl
uk    sv           sv+uk     sv+uk
ckb   sv           sv+ckb    sv+ckb
kmr   sv           sv+kmr    sv+kmr
fi    sv           sv+fi     sv+fi
""")

LETTERS = [(code, who) for code, to in GOES_TO.items() for who in to if to[who] != "-"]
# Tomorrow of a day that has passed: the product below asks about the day itself.
CASES = [name for name in SITUATIONS if name != "father_loses_it_soon"]
HOME = {
    "mother": "vårdnadshavare 1",
    "father": "vårdnadshavare 2",
    "youth": "ungdomen",
}
TO_A_FAMILY = {
    code
    for code, kind in CATALOGUE.items()
    if kind.audience in (Audience.CUSTODIANS, Audience.YOUTH, Audience.FAMILY)
}
Cell = tuple[str, str, str, str]


def test_the_table_holds_every_letter_to_a_family_every_situation_and_every_language():
    assert set(GOES_TO) == TO_A_FAMILY == set(resending.FAMILY)
    assert set(GATES) == set(SITUATIONS)
    # Easy-to-read Swedish is nobody's language: it follows for a youth who reads Swedish.
    assert set(SPOKEN) == set(LANGUAGES) - {"lattlast"}


def wanted(column: str) -> dict[Cell, str]:
    """What the tables say of every combination: the gate that holds the letter, or its words."""
    found = {}
    for situation, closed in GATES.items():
        for code, who in LETTERS:
            held = closed[f"{GOES_TO[code][who]}_{who}"]
            for language, words in SPOKEN.items():
                youths = f"{column}_youth"
                sent = words[youths if who == "youth" and youths in words else column]
                found[situation, code, who, language] = sent if held == "open" else held
    return found


def closed_gates() -> dict[Cell, str]:
    """What the gates answer for every combination, whichever language the family speaks."""
    found = {}
    for situation in SITUATIONS:
        family = Family(situation)
        prefetch_related_objects([family.youth], "custodians")
        for language in SPOKEN:
            for who in HOME:
                getattr(family, who).language = language
            stopped = family.obstacles()
            for code, who in LETTERS:
                obstacles = stopped[f"{GOES_TO[code][who]}_{who}"]
                found[situation, code, who, language] = "+".join(map(gate, obstacles))
    return found


def decided(gates_closed: dict[Cell, str]) -> dict[Cell, str]:
    """What is held by which gate, and what is sent in which words."""
    family, words = Family(), {}
    for code, who in LETTERS:
        for language in SPOKEN:
            reader = getattr(family, who)
            reader.language = language
            translation = outbox.translation(code, reader)
            words[code, who, language] = f"sv+{translation.language}" if translation else "sv"
    return {cell: held or words[cell[1:]] for cell, held in gates_closed.items()}


def review_all_drafts() -> None:
    for code in GOES_TO:
        for language in LANGUAGES:
            editions.latest(code, language)
    Edition.objects.filter(status=Edition.Status.DRAFT).update(
        status=Edition.Status.REVIEWED, reviewed_by="Ylva Berg", reviewed_on=timezone.localdate()
    )


def test_every_letter_in_every_situation_and_language_is_held_or_sent_as_the_tables_say():
    held = closed_gates()

    as_it_comes = decided(held)
    review_all_drafts()
    reviewed = decided(held)

    assert len(held) == len(SITUATIONS) * len(LETTERS) * len(SPOKEN) > 5000
    for column, found in (("as_it_comes", as_it_comes), ("reviewed", reviewed)):
        table = wanted(column)
        assert {cell: (says, found[cell]) for cell, says in table.items()
                if found[cell] != says} == {}  # fmt: skip


# By the steps themselves ----------------------------------------------------------------------


def make_special(situation: str, case: Any, **spoken: str) -> None:
    """Change the rows of a family in two homes as the table says; `spoken`: who -> language."""
    person = case.person
    rows = {
        "youth": person,
        "mother": households.mother(person),
        "father": households.father(person),
        "case": case,
        "referral": case,
    }
    other = "referral" if case.organisation.is_police else "case"
    changes = [*SITUATIONS[situation], *((who, {"language": code}) for who, code in spoken.items())]
    with (
        server.owning(),
        guards.lifted(connection),
    ):  # how the case came to be so is not what is asked
        for name, columns in changes:
            if name != other:
                for column, value in columns.items():
                    setattr(rows[name], column, value)
                rows[name].save()


def by_the_police(situation: str, **spoken: str) -> Any:
    """The letters after a stop, with the decision on what was forfeited, or the waiver."""
    case = households.reviewed()
    case.seizures.all().delete()
    AlcoholSeizure.objects.create(
        youth_case=case, drink="strong_beer", volume_cl=150, decided_at=case.opened_at,
        decided_by=cast.person("karin"),
    )  # fmt: skip
    police(case, "notify")
    case = households.fresh(case)
    make_special(situation, case, **spoken)
    try:
        police(case, "send_letters")
    except GateClosed:
        police(case, "waive_letters", reason="Ingen får skrivas till.")
    return case


def special_referral(situation: str, **spoken: str) -> Any:
    _, referral = households.notified()
    households.assessed(referral)
    referral = households.fresh(referral)
    make_special(situation, referral, **spoken)
    return referral


def called_and_investigated(situation: str, **spoken: str) -> Any:
    """A talk, a meeting and an investigation."""
    referral = special_referral(situation, **spoken)
    social(referral, "call_to_talk", records=households.called(referral))
    meeting, *whom = households.called(referral)
    meeting.kind = "information_meeting"
    social(referral, "call_to_talk", records=[meeting, *whom])
    social(referral, "open_investigation", delegation="4.2", decision_reasons="Stöd behövs.")
    return referral


def followed_up(situation: str, **spoken: str) -> Any:
    """No investigation, a follow-up and its end."""
    referral = special_referral(situation, **spoken)
    is_adult = situation in ("turned_18", "looks_18")
    yes, no = ("youth", "no_youth") if is_adult else ("custodians", "no_custodians")
    social(referral, "decide_not_to_open", delegation="4.2", decision_reasons="Stöd finns.")
    social(referral, "give_feedback")
    social(referral, "decline_support", support_answer=no)
    check = make_check(referral)
    social(referral, "start_follow_up", follow_up_answer=yes, records=[check])
    check.skipped_at = timezone.now()
    social(referral, "skip_check", records=[check], reason="Det går bra.")
    social(referral, "close", end="talked")
    return referral


LIVES = (by_the_police, called_and_investigated, followed_up)


def sent_in(case: Any) -> dict[str, str]:
    """Letter and addressee -> the language that follows the Swedish pages."""
    who = {label: name for name, label in HOME.items()}
    made = Letter.objects.filter(case_id=case.pk, addressee__in=who)
    return {f"{letter.code}_{who[letter.addressee]}": letter.language for letter in made}


def cells(case: Any) -> dict[str, str]:
    """Letter and addressee -> "open", or the gates that held it, each with its other way."""
    found = dict.fromkeys(sent_in(case), "open")
    who = {label: name for name, label in HOME.items()}
    for held in HeldLetter.objects.filter(case_id=case.pk):
        cell = f"{held.code}_{who[held.addressee]}"
        assert cell not in found, "sent and held at once"
        assert held.other_way
        assert len(held.reason) > len("Adressen saknas") - 1
        found[cell] = gate(gates.Obstacle(held.reason, held.other_way))
    return found


def expected(situation: str, side: str) -> dict[str, str]:
    letters_of = [(code, who) for code, who in LETTERS if GOES_TO[code][who] == side]
    if situation == "nobody_knows_the_age":
        # No party of their own (SoL 3:4): told by word of mouth, so nothing is held back.
        letters_of = [(code, who) for code, who in letters_of if who != "youth"]
    return {f"{code}_{who}": GATES[situation][f"{side}_{who}"] for code, who in letters_of}


@pytest.mark.parametrize("situation", CASES)
def test_each_letter_of_the_police_is_sent_or_held_as_the_table_says(situation):
    assert cells(by_the_police(situation)) == expected(situation, "p")


@pytest.mark.parametrize("situation", CASES)
def test_each_letter_of_the_social_services_is_sent_or_held_as_the_table_says(situation):
    found = cells(called_and_investigated(situation)) | cells(followed_up(situation))

    assert found == expected(situation, "s")


def test_each_in_a_family_of_three_languages_gets_each_letter_in_their_own():
    review_all_drafts()
    spoken = {"mother": "ar", "father": "ti", "youth": "sv"}

    found: dict[str, str] = {}
    for life in LIVES:
        found |= sent_in(life("nothing_special", **spoken))

    own = spoken | {"youth": "lattlast"}
    assert found == {f"{code}_{who}": own[who] for code, who in LETTERS}


def test_each_letter_that_a_step_makes_has_every_fact_that_its_words_name():
    for life in LIVES:
        life("nothing_special")

    made = list(Letter.objects.select_related("edition"))

    assert {letter.code for letter in made} >= TO_A_FAMILY
    for letter in made:
        facts = letters.from_json(letter.code, letter.facts)
        assert letter.edition
        rendering.html_of(
            letter.code, facts, letter.edition.texts, window=letter.window, watermark=""
        )
