"""A correction hides no history, and what somebody objects to is noted, in both authorities."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from cases import access
from cases.models import Custodian, FormerFacts, JournalEntry, Remark
from cases.workflow import MissingFacts, perform
from kronoberg import faces
from tests import cast
from tests.factories import make_case, make_custodian, make_referral
from tests.filling import text_of

SIDES: dict[str, tuple[Any, str]] = {
    "police": (lambda: make_case("reported"), "omar"),
    "social": (lambda: make_referral("preliminary_assessment"), "sara"),
}
sides = pytest.mark.parametrize("side", SIDES)


def corrected(case: Any, by: str, **columns: Any) -> Any:
    person = type(case.person).objects.get(pk=case.person_id)
    for name, value in columns.items():
        setattr(person, name, value)
    return perform(case, "correct_person", by=cast.person(by), records=[person])


@sides
def test_what_stood_before_a_correction_is_kept_and_shown_to_whoever_may_read_it(side, client):
    make, by = SIDES[side]
    case = make()

    case = corrected(case, by, name="Alma Alvmarker")

    [row] = FormerFacts.objects.all()
    assert row.said == {"name": "Alva Alvmarker"}
    assert row.changed_by == cast.person(by)
    [(whose, [line])] = faces.history_of(case).items()
    assert whose == case.person
    assert "namn Alva Alvmarker" in line


def test_the_page_shows_the_history_and_masks_it_with_the_identity(client):
    case = corrected(make_case("reported", by="karin"), "omar", name="Alma Alvmarker")
    client.force_login(cast.person("omar"))
    address = reverse("case", args=[case.pk])

    assert "Alva Alvmarker" in text_of(client.get(address))

    case = corrected(case, "omar", protection="protected")
    assert "Alva Alvmarker" not in text_of(client.get(address))
    access.name_reader(cast.person("omar"), case.person)
    assert "Alva Alvmarker" in text_of(client.get(address))


@sides
def test_where_somebody_lived_or_was_reached_is_not_kept(side):
    make, by = SIDES[side]

    corrected(make(), by, street="Nygatan 1", phone="+46701740699", school="Nya skolan")

    assert not FormerFacts.objects.exists()


@sides
def test_a_custodian_s_row_has_a_history_of_its_own(side):
    make, by = SIDES[side]
    case = make()
    custodian = make_custodian(case.person, relation="father", name="Bo Fel")
    row = Custodian.objects.get(pk=custodian.pk)
    row.name, row.relation = "Bo Rätt", "mother"

    case = perform(case, "correct_custodian", by=cast.person(by), records=[row])

    [kept] = FormerFacts.objects.all()
    assert (kept.custodian_id, kept.person_id) == (row.pk, case.person_id)
    assert kept.said == {"name": "Bo Fel", "relation": "father"}
    assert "relation Pappa" in faces.history_of(case)[row][0]


def test_what_stood_before_is_never_changed():
    corrected(make_referral("received"), "ines", name="Alma Alvmarker")

    with pytest.raises(DatabaseError), transaction.atomic():
        FormerFacts.objects.update(changed_by=cast.person("hanna"))


@pytest.mark.parametrize("state", ["reported", "follow_up", "closed", "annulled", "merged"])
def test_an_objection_is_noted_in_a_police_case_also_when_it_has_ended(state: str):
    case, omar = make_case(state), cast.person("omar")
    with pytest.raises(MissingFacts, match="skälet"):
        perform(case, "note_dispute", by=omar)

    after = perform(case, "note_dispute", by=omar, reason="Ungdomen: jag hade inte druckit.")

    assert (after.state, after.due_at is None) == (state, not after.is_open)
    entry = JournalEntry.objects.filter(case_id=case.pk).latest("id")
    assert (entry.action, entry.facts) == ("note_dispute", {})
    assert Remark.objects.get(pk=entry.remark_id).text == "Ungdomen: jag hade inte druckit."
