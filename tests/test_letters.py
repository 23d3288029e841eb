"""What each letter may say, and the JSON that is its proof."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, get_args, get_type_hints

import pytest
from django.template.loader import get_template
from hypothesis import given, settings
from hypothesis import strategies as st

from notices import letters, wording
from notices import samples as sample
from notices.languages import LANGUAGES
from notices.snapshots import SnapshotError

SUMMER = timezone(timedelta(hours=2))


@pytest.fixture(autouse=True)
def _everything_uses_the_database():
    """Not here: facts and text only."""


def text_of(code: str, letter: letters.Letter) -> str:
    return written(code, letter)


def written(code: str, letter: letters.Letter, language: str = "sv") -> str:
    """The HTML of the letter's own part, without its sheet."""
    texts, spoken = wording.shipped(code, language), LANGUAGES[language]
    say = wording.Say(texts, letter, spoken)
    shown = {"letter": letter, "say": say, "texts": texts, "facts": say.facts, "rows": say.rows}
    shown["language"] = spoken
    return get_template(f"letters/{code}.html").render(shown | {"window": "H2"})


def names_in(kind: Any) -> set[str]:
    """Every field that a template can reach from a letter, however deep."""
    found = set()
    for name, hint in get_type_hints(kind).items():
        found.add(name)
        for part in (hint, *get_args(hint)):
            if is_dataclass(part):
                found |= {f"{name}.{inner}" for inner in names_in(part)}
    return found


@pytest.mark.parametrize("code", letters.LETTERS)
def test_a_snapshot_reads_back_as_the_same_letter_and_the_same_text(code):
    letter = sample.one_of_each()[code]

    text = letters.to_json(letter)

    assert letters.from_json(code, text) == letter
    assert letters.to_json(letters.from_json(code, text)) == text


@settings(max_examples=30, deadline=None)
@given(
    words=st.text(max_size=40),
    seconds=st.integers(min_value=-(10**9), max_value=10**10),
    zone=st.sampled_from([UTC, SUMMER]),
    day=st.dates(),
    count=st.integers(min_value=0, max_value=10**6),
    told=st.booleans(),
)
def test_any_facts_survive_the_snapshot(words, seconds, zone, day, count, told):
    letter = replace(
        sample.concern(),
        what_happened=words,
        made_at=datetime.fromtimestamp(seconds, zone),
        earlier_on=(day, day),
        earlier_count=count,
        child_told=told,
    )

    text = letters.to_json(letter)

    assert letters.from_json("L4", text) == letter
    assert letters.to_json(letters.from_json("L4", text)) == text


def test_the_same_moment_in_another_zone_has_the_same_fingerprint():
    here = replace(sample.concern(), made_at=sample.at("2026-11-21 01:20"))
    there = replace(here, made_at=datetime(2026, 11, 21, 0, 20, tzinfo=UTC))

    assert letters.sha256(letters.to_json(here)) == letters.sha256(letters.to_json(there))
    assert len(letters.sha256(letters.to_json(here))) == 64


def test_a_time_without_zone_cannot_enter_a_snapshot():
    naive = replace(sample.concern(), made_at=datetime(2026, 11, 21, 1, 20))  # noqa: DTZ001

    with pytest.raises(ValueError, match="without zone"):
        letters.to_json(naive)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda facts: facts.update(note="fri text"), "note"),
        (lambda facts: facts.pop("answer"), "missing answer"),
        (lambda facts: facts["sender"].update(secret="x"), "secret"),
        (lambda facts: facts.update(answer="told_everything"), "not a FeedbackAnswer"),
        (lambda facts: facts.update(decided_on="1 december"), "decided_on"),
        (lambda facts: facts.update(is_demo=1), "is_demo"),
        (lambda facts: facts.update(law="19 kap. 1 §"), "law"),
        (lambda facts: facts.update(recipient=None), "recipient"),
    ],
)
def test_a_snapshot_with_another_shape_is_refused_by_the_name_of_the_field(spoil, complaint):
    facts = json.loads(letters.to_json(sample.feedback()))
    spoil(facts)

    with pytest.raises(SnapshotError, match=complaint):
        letters.from_json("L8", json.dumps(facts))


@pytest.mark.parametrize(("code", "text"), [("L8", "not json"), ("L99", "{}"), ("L8", "[]")])
def test_what_is_no_snapshot_is_refused(code, text):
    with pytest.raises(SnapshotError):
        letters.from_json(code, text)


def test_the_letter_to_a_custodian_has_no_field_for_the_other_one():
    people = {name for name in names_in(letters.CustodianLetter) if name.endswith("name")}

    assert people == {
        "sender.name",
        "recipient.name",
        "handler.name",
        "youth_name",
        "youth_first_name",
    }


def test_feedback_has_room_for_one_of_three_answers_and_its_day_alone():
    own = {field.name for field in fields(letters.Feedback)} - {
        field.name for field in fields(letters.Letter)
    }

    assert own == {"answer", "decided_on"}
    assert len(letters.FeedbackAnswer) == 3


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (letters.FeedbackAnswer.INVESTIGATION_OPENED, "Socialnämnden har inlett en utredning."),
        (
            letters.FeedbackAnswer.NOT_OPENED,
            "Socialnämnden har beslutat att inte inleda en utredning.",
        ),
        (letters.FeedbackAnswer.ALREADY_ONGOING, "En utredning pågår redan."),
    ],
)
def test_feedback_says_exactly_one_sentence(answer, sentence):
    text = text_of("L8", sample.feedback(answer))

    assert f'<p class="answer">{sentence}</p>' in text
    assert text.count('class="answer"') == 1


@pytest.mark.parametrize("place", ["street", "postal_code", "locality", "phone", "school"])
def test_a_notice_cannot_hold_the_place_of_a_protected_child(place):
    protected = replace(
        sample.child(),
        is_protected=True,
        street=None,
        postal_code=None,
        locality=None,
        phone=None,
        school="",
    )

    told: dict[str, Any] = {place: "Ängsvägen 4"}

    with pytest.raises(ValueError, match="protected"):
        replace(protected, **told)


def test_a_child_without_number_needs_an_estimated_age():
    with pytest.raises(ValueError, match="estimated age"):
        replace(sample.child(), personal_number=None)


def test_the_notice_of_an_unknown_child_tells_the_estimated_age():
    unknown = replace(
        sample.child(),
        name="Okänd",
        personal_number=None,
        estimated_age=15,
        description="Röd jacka",
    )

    text = text_of("L4", replace(sample.concern(), child=unknown))

    assert "Okänt, uppskattad ålder 15 år" in text
    assert "Röd jacka" in text


def test_the_notice_of_a_nineteen_year_old_does_not_say_child():
    grown = replace(sample.child(), estimated_age=19)

    text = text_of("L4", replace(sample.concern(), child=grown))

    assert "Anmälan om oro för en ung person" in text
    assert "barn" not in text.replace("Andra barn i familjen", "").replace("barn och unga", "")


@pytest.mark.parametrize(
    ("category", "words"),
    [
        (letters.Category.INTOXICATED, "Elsa var påverkad av alkohol."),
        (letters.Category.CARRYING, "Elsa hade alkohol med sig."),
        (letters.Category.IN_COMPANY, "Elsa var tillsammans med någon som hade alkohol med sig."),
    ],
)
def test_a_custodian_reads_how_alcohol_was_involved(category, words):
    assert words in text_of("L1", replace(sample.to_anna(), category=category))


@pytest.mark.parametrize("outcome", letters.Outcome)
def test_every_end_of_the_evening_has_its_own_sentence(outcome):
    others = {
        text_of("L1", replace(sample.to_anna(), outcome=other))
        for other in letters.Outcome
        if other != outcome
    }

    assert text_of("L1", replace(sample.to_anna(), outcome=outcome)) not in others


def test_a_letter_after_a_decision_not_to_notify_says_nothing_of_a_notice():
    text = text_of("L1", replace(sample.to_anna(), notice_sent_on=None))

    assert "gjort en anmälan" not in text
    assert "Vad en anmälan betyder" not in text
    assert "Socialnämnden tar" not in text


def test_the_youth_is_spoken_to_as_you():
    text = text_of("L6", sample.talk(letters.Audience.YOUTH))

    assert "en anmälan som gäller dig" in text
    assert "vårdnadshavare" not in text


def test_whoever_has_no_interpreter_is_told_how_to_get_one():
    text = text_of("L6", replace(sample.talk(), interpreter_language=""))

    assert "Ring oss om du vill ha tolk." in text
    assert "Ring oss om du vill ha tolk." not in text_of("L6", sample.talk())


def test_a_name_is_text_and_never_markup():
    text = text_of("L1", replace(sample.to_anna(), youth_name='<img src="x">'))

    assert "&lt;img" in text
    assert "<img" not in text


def test_the_fourteen_groups_of_a_notice_are_all_there():
    text = text_of("L4", sample.concern())

    assert [n for n in range(1, 15) if f"<h2>{n}. " not in text] == []
    assert date(2026, 9, 25).isoformat() in text
