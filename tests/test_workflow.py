"""The one door: what a step writes, refuses and leaves untouched, alone and in a crowd."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone

from cases import rules, workflow
from cases.models import (
    CustodianContact,
    Incident,
    JournalEntry,
    Person,
    Referral,
    Remark,
    YouthCase,
)
from cases.models.fields import SealedField
from cases.models.journal import coded
from cases.models.moves import AnyCase, moves_of
from cases.workflow import MissingFacts, NotAllowedNow, StepRepeated, perform
from tests import cast
from tests.factories import call, contact, make_case, make_incident, make_person, make_referral

CANARY = "Kanariefågeln sjunger"


def journal(case: AnyCase) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(case_id=case.pk).order_by("id"))


# What a step writes ----------------------------------------------------------------------------


def test_each_step_leaves_one_row_with_who_what_and_when() -> None:
    case, before = make_case("draft"), timezone.now()

    case = perform(case, "pick_up", by=case.author)

    opened, picked_up = journal(case)
    assert (opened.action, opened.from_state, opened.to_state) == ("open", "", "draft")
    assert (picked_up.action, picked_up.from_state, picked_up.to_state) == (
        "pick_up",
        "draft",
        "picked_up",
    )
    assert (picked_up.actor, picked_up.role) == (case.author, "patrol_officer")
    assert picked_up.organisation == case.organisation
    assert before <= picked_up.happened_at <= picked_up.recorded_at <= timezone.now()


def test_the_returned_case_is_new_and_the_given_one_unchanged() -> None:
    case = make_case("draft")

    after = perform(case, "pick_up", by=case.author)

    assert (case.state, after.state, after.pk) == ("draft", "picked_up", case.pk)


def test_coded_facts_stand_in_the_journal_and_rows_by_their_id() -> None:
    case = make_case("picked_up")
    row = contact(case)

    case = perform(case, "record_contact", by=case.author, records=[row])
    case = perform(
        case, "complete_record", by=case.author,
        category="B", is_suspect=True, told_of_notice="", observations="Sluddrade.", hearsay="",
    )  # fmt: skip

    *_, called, completed = journal(case)
    assert called.facts == {"custodiancontact": str(row.pk)}
    assert completed.facts == {
        "category": "B",
        "is_suspect": True,
        "told_of_notice": "",
        "observations": "text",
        "hearsay": "",
    }


@pytest.mark.parametrize("model", [YouthCase, Referral])
def test_no_free_text_of_any_step_lands_in_the_journal(model: Any) -> None:
    texts = {
        (move.name, name)
        for move in moves_of(model)
        for name in move.facts
        if model._meta.get_field(name).get_internal_type() in ("CharField", "BinaryField")
    }

    for _, name in texts:
        assert CANARY not in str(coded({name: CANARY}, of=model))
    sealed = [name for _, name in texts if isinstance(model._meta.get_field(name), SealedField)]
    assert len(sealed) >= 5


def test_the_reason_is_sealed_beside_the_journal_with_its_digest_in_it() -> None:
    case = make_case("reported")

    case = perform(case, "send_back", by=cast.person("omar"), reason=CANARY)

    entry = journal(case)[-1]
    remark = Remark.objects.get(pk=entry.remark_id)
    assert (remark.text, remark.digest()) == (CANARY, entry.remark_digest)
    assert CANARY not in str(vars(entry))


def test_the_next_deadline_follows_the_clocks_at_every_step() -> None:
    case = make_case("picked_up")
    assert case.due_step == "first_attempt"

    case = call(case)

    clock = rules.next_clock(case)
    assert clock is not None
    assert (case.due_step, case.due_at) == (clock.step, clock.due_at)
    assert case.due_step == "report"


def test_a_step_may_have_happened_before_it_is_recorded_but_never_after() -> None:
    case = make_case("draft")
    earlier = timezone.now() - timedelta(minutes=40)

    case = perform(case, "pick_up", by=case.author, at=earlier)
    later = perform(case, "complete_record", by=case.author, at=earlier + timedelta(days=400))

    _, first, second = journal(later)
    assert (first.happened_at, first.recorded_at > earlier) == (earlier, True)
    assert second.happened_at <= second.recorded_at


def test_several_youths_of_one_stop_are_cases_of_their_own() -> None:
    karin, incident = cast.person("karin"), make_incident()

    cases = workflow.open_incident(
        incident, [(make_person(age), YouthCase(category="B")) for age in (14, 16, 18)], by=karin
    )

    assert len({case.reference for case in cases}) == 3
    assert {case.incident_id for case in cases} == {incident.pk}
    assert [case.age_class for case in cases] == ["under_15", "15_17", "18_19"]
    assert all(len(journal(case)) == 1 for case in cases)


def test_a_youth_is_added_later_to_a_stop_that_is_on_record() -> None:
    first = make_case("picked_up")

    second = make_case("draft", incident=first.incident)

    assert second.incident_id == first.incident_id
    assert Incident.objects.filter(pk=first.incident_id).count() == 1


# What a step refuses ---------------------------------------------------------------------------


def test_a_step_without_the_right_is_refused() -> None:
    case = make_case("reported")

    with pytest.raises(PermissionDenied):
        perform(case, "review", by=case.author, decision="notify")

    with pytest.raises(PermissionDenied):
        perform(case, "no_such_step", by=case.author)


def test_whoever_comes_second_is_told_who_was_first() -> None:
    case = make_case("reported")
    perform(case, "review", by=cast.person("lena"), decision="notify")

    with pytest.raises(NotAllowedNow) as stop:
        perform(case, "review", by=cast.person("omar"), decision="notify")

    assert str(stop.value).startswith("En kollega hann före: ärendet står nu som Granskad.")
    assert "Lena Strand granskade ärendet och beslutade om anmälan" in str(stop.value)


def test_whoever_comes_second_after_themself_is_not_told_of_a_colleague() -> None:
    case = make_case("picked_up")

    with pytest.raises(NotAllowedNow, match="^Steget kan inte tas nu"):
        perform(case, "pick_up", by=case.author)


def test_everything_that_is_missing_is_named_at_once() -> None:
    case = make_case("handed_over", observations="", concern="")

    with pytest.raises(MissingFacts) as stop:
        perform(case, "report", by=case.author)

    assert str(stop.value) == (
        "Saknas: svar på langningsfrågan; egna iakttagelser; vad oron gäller"
    )
    assert [condition.remedy.split()[0] for condition in stop.value.conditions] == [
        "answer_supply",
        "complete_record",
        "complete_record",
    ]


def test_a_fact_that_the_step_does_not_record_is_refused() -> None:
    case = make_case("draft")

    with pytest.raises(TypeError, match="decision"):
        perform(case, "pick_up", by=case.author, decision="not_notify")

    with pytest.raises(TypeError, match="state"):
        perform(case, "pick_up", by=case.author, state="closed")


def test_a_reason_of_spaces_is_no_reason() -> None:
    case = make_case("reported")

    with pytest.raises(MissingFacts, match="skälet"):
        perform(case, "send_back", by=cast.person("omar"), reason=" \n ")


def test_the_same_form_twice_is_one_step() -> None:
    case, request_id = make_case("picked_up"), uuid4()
    step = partial(perform, case, "record_contact", by=case.author, request_id=request_id)
    after = step(records=[contact(case)])

    with pytest.raises(StepRepeated) as repeated:
        step(records=[contact(case)])

    assert repeated.value.case.state == after.state == "contacting_custodians"
    assert after.contacts.count() == 1
    assert [entry.request_id for entry in journal(after)].count(request_id) == 1


def test_a_form_sent_again_by_somebody_without_the_right_is_refused() -> None:
    case, request_id = make_case("draft"), uuid4()
    perform(case, "pick_up", by=case.author, request_id=request_id)

    with pytest.raises(PermissionDenied):
        perform(case, "pick_up", by=cast.person("per"), request_id=request_id)


def test_a_step_that_stops_leaves_nothing_behind() -> None:
    case, rows = make_case("picked_up"), len(journal(make_case("picked_up")))
    row = contact(case)

    with pytest.raises(MissingFacts):
        perform(
            case, "hand_over", by=case.author, reason=CANARY, records=[row],
            outcome="released", handed_over_to="Bo",
        )  # fmt: skip

    fresh = YouthCase.objects.get(pk=case.pk)
    assert (fresh.outcome, fresh.handed_over_to, len(journal(case))) == ("", "", rows)
    assert not CustodianContact.objects.filter(pk=row.pk).exists()


def test_a_referral_that_fails_to_open_leaves_no_person() -> None:
    person, before = make_person(), Person.objects.count()
    make_referral(notice_id=(notice := uuid4()))
    known = Person.objects.count()

    with pytest.raises(DatabaseError), transaction.atomic():
        make_referral(person=person, notice_id=notice)

    assert Person.objects.count() == known == before + 1
