"""The caseworker's record: contacts, consent, and entries that are locked."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cases.models import ContactMade, RecordEntry, Referral, Rule, WorkingNote
from cases.workflow import MissingFacts, perform
from kronoberg import casebook
from tests import cast, households
from tests.arrivals import arrived, assessed, custodian
from tests.factories import make_referral
from tests.posting import form, local, page, take

DAY = timedelta(days=1)


def same_person(at=None, **columns: Any) -> Referral:
    """A notice about the person of every other `arrived(15)` of the day: the number is the same."""
    return arrived(15, at=at or timezone.now() - 30 * DAY, **columns)


def shown(case: Referral) -> str:
    """What the page draws of the casebook."""
    book = casebook.of(case, by=cast.person("sara"))
    return render_to_string("_casebook.html", {"book": book})


# Contacts ----------------------------------------------------------------------------------------


def test_a_contact_is_kept_with_whom_how_and_what_came_of_it():
    case = assessed(arrived())
    mother = custodian(case, relation="mother")

    posted = {"kind": "phone", "at": local(), "result": "not_reached", "who": str(mother.pk)}
    take(case, "record_contact", **posted, note="Ringde två nummer.")

    [made] = ContactMade.objects.filter(referral=case)
    assert (made.who, made.custodian, made.result) == ("custodian", mother, "not_reached")
    assert made.note == "Ringde två nummer."


def test_no_custodian_is_contacted_before_the_protection_assessment():
    case = arrived()
    mother = custodian(case)
    posted = {"kind": "phone", "at": local(), "result": "reached"}

    assert "who" in form(case, "record_contact", **posted, who=str(mother.pk)).errors
    assert take(case, "record_contact", **posted, who="notifier").version == case.version + 1


@pytest.mark.parametrize(
    ("age", "answers"),
    [
        (14, {"custodians"}),
        (15, {"custodians", "youth"}),
        (17, {"custodians", "youth"}),
        (18, {"youth"}),
        (None, {"custodians"}),
    ],
)
def test_consent_in_a_contact_is_asked_of_whoever_can_give_it(age: int | None, answers: set[str]):
    case = assessed(arrived(age))

    offered = dict(page(case, "record_contact").fields["consented_by"].choices)

    assert set(offered) == {"", *answers}


@pytest.mark.parametrize(("age", "by", "passes"), [
    (14, "youth", False), (14, "custodians", True), (15, "youth", True),
    (17, "custodians", True), (18, "custodians", False), (18, "youth", True),
])  # fmt: skip
def test_the_door_takes_consent_of_nobody_else(age: int, by: str, passes: bool):
    case, sara = assessed(arrived(age)), cast.person("sara")
    made = ContactMade(
        referral=case, who="youth", kind="phone", at=timezone.now(), result="reached",
        consent="given", consented_by=by, made_by=sara,
    )  # fmt: skip

    if passes:
        assert perform(case, "record_contact", by=sara, records=[made]).version
    else:
        with pytest.raises(MissingFacts, match="samtycke av den som kan ge det"):
            perform(case, "record_contact", by=sara, records=[made])


def test_the_age_of_consent_is_a_rule_of_the_day():
    case = assessed(arrived(15))
    Rule.objects.filter(key="age_criminal_responsibility").update(value=16)

    offered = dict(page(case, "record_contact").fields["consented_by"].choices)

    assert set(offered) == {"", "custodians"}


def test_consent_and_interpreter_stand_in_the_record_and_neither_is_half_an_answer():
    case = assessed(arrived())
    case.person.language, case.person.needs_interpreter = "so", True
    case.person.save()
    posted = {"kind": "phone", "at": local(), "result": "reached", "who": "youth"}

    assert page(case, "record_contact").initial["interpreter"] == "somaliska"
    assert "consented_by" in form(case, "record_contact", **posted, consent="given").errors
    assert "consent" in form(case, "record_contact", **posted, consented_by="youth").errors
    answered = {"consent": "refused", "consented_by": "youth", "interpreter": "somaliska"}
    take(case, "record_contact", **posted, **answered)

    assert "samtycker inte: ungdomen" in shown(case)
    assert "tolk: somaliska" in shown(case)


def test_nobody_but_the_four_can_be_named_as_asked():
    case = assessed(arrived())
    barred = custodian(case, is_barred=True)

    offered = {key for key, _ in page(case, "record_contact").fields["who"].choices}

    assert offered == {"youth", "notifier", "own_files"}
    assert str(barred.pk) not in offered


# The record --------------------------------------------------------------------------------------


def written(case: Referral, text: str = "Modern ringde.") -> RecordEntry:
    take(case, "write_entry", text=text, at=local())
    return RecordEntry.objects.get(referral=case)


def writing(case: Referral) -> str:
    return reverse("step", kwargs={"pk": case.pk, "action": "write_entry"})


def test_a_working_note_is_ones_own_until_it_is_written_into_the_record(client):
    case = assessed(arrived())
    client.force_login(cast.person("sara"))

    client.post(writing(case), {"text": "Ring skolan?", "keep": "note"})

    assert RecordEntry.objects.count() == 0
    assert page(case, "write_entry").initial["text"] == "Ring skolan?"
    assert page(case, "write_entry", by="hanna").initial["text"] == ""
    take(case, "write_entry", text="Ringde modern.", at=local())
    assert page(case, "write_entry").initial["text"] == ""
    assert WorkingNote.objects.get().text == ""


@pytest.mark.parametrize("who", ["alva", "ines", "omar"])
def test_whoever_may_not_write_keeps_no_working_note(client, who):
    case = assessed(arrived())
    client.force_login(cast.person(who))

    answer = client.post(writing(case), {"text": "x", "keep": "note"})

    assert answer.status_code in (403, 404)
    assert not WorkingNote.objects.exists()


@pytest.mark.usefixtures("owner")
def test_an_entry_of_the_record_cannot_be_changed_by_anything():
    entry = written(assessed(arrived()))

    entry.text = "Något annat."
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError, match="locked"), transaction.atomic():
        RecordEntry.objects.update(kind="note")

    assert RecordEntry.objects.get().text == "Modern ringde."


@pytest.mark.parametrize(
    ("action", "kind"), [("correct_entry", "correction"), ("note_dispute", "dispute")]
)
def test_a_correction_and_an_objection_stand_beside_what_they_are_about(action, kind):
    case = assessed(arrived())
    entry = written(case)

    take(case, action, about=str(entry.pk), text="Det var fadern.")

    added = RecordEntry.objects.get(kind=kind)
    assert (added.about, added.text, added.author) == (
        entry,
        "Det var fadern.",
        cast.person("sara"),
    )
    text = shown(case)
    assert text.index("Modern ringde.") < text.index("Det var fadern.")


def test_words_about_a_hidden_family_are_masked_for_whoever_is_not_named():
    case = assessed(arrived())
    written(case, "Kanariefågel bor på Kanariegatan.")
    case.person.protection = "protected"
    case.person.save()

    assert "Kanarie" not in shown(case)
    assert "Skyddade uppgifter" in shown(case)


def test_of_a_hidden_custodian_the_casebook_tells_only_that_there_was_a_contact():
    case = assessed(arrived())
    mother = custodian(case, relation="mother")
    posted = {"kind": "phone", "at": local(), "result": "reached", "interpreter": "arabiska"}
    case = take(case, "record_contact", **posted, who=str(mother.pk))
    assert "arabiska" in shown(case)

    case.person.custodians.update(protection="protected")

    assert "arabiska" not in shown(Referral.objects.get(pk=case.pk))


def test_an_addition_is_about_an_entry_of_its_own_case():
    other = written(assessed(arrived()))
    case = assessed(arrived())

    assert "about" in form(case, "correct_entry", about=str(other.pk), text="x").errors


@pytest.mark.parametrize("what", [code for code, _ in RecordEntry.What.choices])
def test_whatever_is_wrong_in_a_matter_can_be_disputed_without_any_entry(what: str):
    case = assessed(arrived())

    take(case, "note_dispute", about=what, text="Modern: det var inte hon.")

    [entry] = case.entries.all()
    assert (entry.kind, entry.about, entry.about_what) == ("dispute", None, what)
    assert f"mot: {entry.get_about_what_display().lower()}" in shown(case).lower()


@pytest.mark.parametrize("state", ["closed", "transferred"])
@pytest.mark.parametrize("action", ["note_dispute", "correct_entry"])
def test_a_matter_that_has_ended_can_still_be_disputed_and_corrected(state: str, action: str):
    case = make_referral(state)

    after = take(case, action, about="decision", text="Beslutet bygger på fel person.")

    assert (after.state, after.due_at) == (state, None)
    assert "Beslutet bygger på fel person." in shown(after)


def test_an_addition_is_about_something(client):
    _, case = households.notified()

    assert "about" in form(case, "note_dispute", text="x").errors
    client.force_login(cast.person("sara"))
    page_text = client.get(reverse("case", kwargs={"pk": case.pk})).content.decode()
    assert reverse("step", kwargs={"pk": case.pk, "action": "note_dispute"}) in page_text
