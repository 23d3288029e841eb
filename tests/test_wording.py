"""What the letters say: complete in every language, filled with facts alone, never compiled."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from cases.forms.people import LANGUAGES as SPOKEN
from cases.models import AlcoholSeizure
from notices import letters, samples, wording
from notices.languages import LANGUAGES
from notices.wording import MissingWording, Say

FAMILY = ["L1", "L2", "L3", "L6", "L7a", "L7b", "L9", "L12", "L12b"]
CODES_AND_LABELS = [pair for pair in SPOKEN if pair[0] != "sv"]
TRANSLATIONS = [code for code in LANGUAGES if code not in ("sv", "lattlast")]
LAYOUTS = Path(__file__).resolve().parent.parent / "templates/letters"


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: facts and text only."""


def say(texts: dict[str, str], language: str = "sv", letter: letters.Letter | None = None) -> Say:
    return Say(texts, letter or samples.to_anna(), LANGUAGES[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_that_a_language_has_is_whole_and_names_known_facts(language):
    codes = wording.codes_of(language)

    faults = [wording.faults(code, wording.shipped(code, language)) for code in codes]

    assert codes
    assert sum(faults, []) == []


def test_swedish_has_every_letter_and_the_other_languages_what_a_family_gets():
    assert wording.codes_of("sv") == list(letters.LETTERS)
    for language in TRANSLATIONS:
        assert wording.codes_of(language) == FAMILY
    # A youth reads it, and what goes to custodians alone is not among it.
    assert wording.codes_of("lattlast") == [code for code in FAMILY if code != "L1"]


def test_every_text_that_a_layout_asks_for_is_there_and_none_is_left_over():
    everything = "".join(path.read_text() for path in LAYOUTS.glob("*.html"))
    asked = set(re.findall(r"\bsay\.(\w+)", everything))
    texts = [text for code in letters.LETTERS for text in wording.shipped(code, "sv").items()]
    written = {key.split(".")[0] for key, _ in texts}
    # Words for a fact's values are asked for by the text that names the fact.
    asked |= written & {name for _, text in texts for name in re.findall(r"\{(\w+)\}", text)}
    asked |= written & {
        f"{rows}_{fact}"
        for rows in re.findall(r"\brows\.(\w+)", everything)
        for fact in re.findall(r"\bitem\.(\w+)", everything)
    }

    assert asked == written


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"lead": "Hej {personal_number}!"}, "{personal_number} i ”lead” finns inte"),
        ({"lead": "Hej {handler.organisation}!"}, "finns inte bland brevets uppgifter"),
        ({"lead": "Hej {youth_name"}, "En klammer i ”lead” är inte stängd"),
        ({"lead": "Hej [klockan {met_at_time}"}, "En klammer i ”lead” är inte stängd"),
        ({"lead": " "}, "Texten ”lead” är tom"),
        ({"extra": "Hej"}, "ingen text som heter ”extra”"),
    ],
)
def test_a_text_with_an_unknown_fact_or_a_broken_bracket_is_refused_in_words(change, fault):
    faults = wording.faults("L1", wording.shipped("L1", "sv") | change)

    assert len(faults) >= 1
    assert fault in faults[0]


def test_a_missing_text_is_named():
    texts = dict(wording.shipped("L1", "sv"))
    del texts["no_crime"]

    assert wording.faults("L1", texts) == ["Texten ”no_crime” saknas."]


@pytest.mark.parametrize("code", ["{% load x %}{{ letter }}", "{{ youth_name }}", "${youth_name}"])
def test_a_text_is_never_run_as_a_template(code):
    spoken = str(say({"lead": code})["lead"]) if "{{" not in code else ""

    assert "Elsa" not in spoken or "$Elsa" in spoken
    if "{{" in code:
        assert wording.faults("L1", wording.shipped("L1", "sv") | {"lead": code})


def test_a_fact_is_text_and_so_is_the_wording():
    letter = replace(samples.to_anna(), youth_name="<b>Elsa</b>")

    spoken = say({"lead": "<i>{youth_name}</i>"}, letter=letter)["lead"]

    assert spoken == "&lt;i&gt;&lt;b&gt;Elsa&lt;/b&gt;&lt;/i&gt;"


def test_what_stands_in_brackets_goes_when_its_fact_is_missing():
    texts = {"call": "Vi ringde[ klockan {called_at_time}]."}
    unknown = replace(samples.to_anna(), called_at=None)

    assert say(texts)["call"] == "Vi ringde klockan 22:52."
    assert say(texts, letter=unknown)["call"] == "Vi ringde."


def test_a_text_that_needs_a_missing_fact_stops_the_letter():
    letter = replace(samples.to_anna(), notice_sent_on=None)

    with pytest.raises(MissingWording, match="notice_sent_on_date"):
        say({"notice_sent": "Anmält {notice_sent_on_date}"}, letter=letter)["notice_sent"]
    with pytest.raises(MissingWording, match="nothing"):
        say({})["nothing"]


def test_days_have_names_where_we_know_them_and_are_iso_dates_elsewhere():
    texts = {"when": "{met_at_day} {met_at_time}"}

    assert say(texts)["when"] == "fredagen den 20 november 22:40"
    assert say(texts, "en")["when"] == "Friday 20 November 22:40"
    assert say(texts, "so")["when"] == "2026-11-20 22:40"


@pytest.mark.parametrize("language", wording.languages_of("L6"))
def test_a_call_names_the_interpreter_s_language_in_the_language_of_the_letter(language):
    texts, booked = wording.shipped("L6", language), {}
    for code, label in CODES_AND_LABELS:
        letter = replace(samples.talk(), interpreter_language=label.lower())
        booked[code] = str(say(texts, language, letter=letter)["interpreter_booked"])

    names = {
        code: texts[f"interpreter_language.{label.lower()}"] for code, label in CODES_AND_LABELS
    }
    # The form knows no more languages than the letters do, and no two have the same name.
    assert set(booked) == set(TRANSLATIONS)
    assert len(set(names.values())) == len(TRANSLATIONS)
    assert all(names[code] in booked[code] for code in names)
    if language in TRANSLATIONS:
        assert names[language].casefold() == LANGUAGES[language].own_name.casefold()
        assert "somaliska" not in booked["so"]


@pytest.mark.parametrize("language", wording.languages_of("L9"))
def test_a_decision_names_each_kind_of_drink_in_the_language_of_the_letter(language):
    kinds = [label for _, label in AlcoholSeizure.Drink.choices]
    items = tuple(replace(samples.forfeiture().items[0], kind=kind) for kind in kinds)
    letter = replace(samples.forfeiture(), items=items)

    named = [
        row["kind"] for row in say(wording.shipped("L9", language), language, letter).rows["items"]
    ]

    assert len(set(named)) == len(kinds)
    if language in TRANSLATIONS:
        assert set(named).isdisjoint(kinds)


def test_a_language_that_the_words_lack_is_named_as_it_was_written():
    letter = replace(samples.talk(), interpreter_language="meänkieli")

    spoken = say(wording.shipped("L6", "en"), "en", letter=letter)["interpreter_booked"]

    assert spoken == "Booked (meänkieli)"


def test_a_number_to_call_stays_on_one_line_and_in_its_own_direction_from_right_to_left():
    assert say({"talk": "{handler_phone}"}, "ar")["talk"] == "\u2068070-174\u00a006\u00a005\u2069"
    assert say({"talk": "{handler_phone}"}, "pl")["talk"] == "070-174\u00a006\u00a005"


def test_the_sheet_that_everybody_gets_can_name_nobody():
    for code, sheet in wording.SHEETS.items():
        for language in wording.languages_of(code):
            texts = wording.shipped(code, language)
            named = {
                name
                for key, text in texts.items()
                if key.startswith("sheet_")
                for name in re.findall(r"\{(\w+)\}", text)
            }
            assert named <= {"sender_name"}, (code, sheet, language)


def test_no_letter_to_a_family_speaks_of_a_crime_of_the_youth():
    said = "".join(text for code in ("L1", "L3") for text in wording.shipped(code, "sv").values())

    assert "inget brott" in said
    assert not re.search(r"misstänkt för brott|gärning", said)
