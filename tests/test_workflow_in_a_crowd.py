"""The one door in a crowd: two at once, and who may open a record."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cases import workflow
from cases.models import (
    CustodianContact,
    Incident,
    JournalEntry,
    Organisation,
    Person,
    Referral,
    YouthCase,
)
from cases.models.moves import AnyCase
from cases.workflow import MissingFacts, NotAllowedNow, perform
from tests import cast, races
from tests.factories import call, contact, make_case, make_incident, make_person


def journal(case: AnyCase) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(case_id=case.pk).order_by("id"))


# In a crowd ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def track(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[races.Track]:
    with (
        django_db_blocker.unblock(),
        races.copied_database(tmp_path_factory.mktemp("races")) as name,
    ):
        yield races.Track(name)


def test_of_ten_equal_steps_exactly_one_wins(track: races.Track) -> None:
    case = track.alone(partial(make_case, "reported"))

    def review() -> YouthCase:
        return perform(case, "review", by=cast.person("lena"), decision="notify")

    outcome = track.race([review] * 10)

    won = [one for one in outcome if isinstance(one, YouthCase)]
    assert len(won) == 1
    assert all(isinstance(one, NotAllowedNow) for one in outcome if one is not won[0]), outcome
    reviews = track.alone(lambda: [entry.action for entry in journal(case)].count("review"))
    assert reviews == 1


def test_appends_that_keep_the_state_are_never_lost(track: races.Track) -> None:
    case = track.alone(partial(make_case, "contacting_custodians"))

    outcome = track.race([partial(call, case, "no_answer")] * 10)

    assert all(isinstance(one, YouthCase) for one in outcome), outcome
    assert track.alone(lambda: case.contacts.count()) == 11
    assert track.alone(lambda: len(journal(case))) == 3 + 10


def test_the_same_form_sent_ten_times_at_once_is_one_step(track: races.Track) -> None:
    case, request_id = track.alone(partial(make_case, "contacting_custodians")), uuid4()

    def send() -> YouthCase:
        rows = [contact(case)]
        return perform(case, "record_contact", by=case.author, records=rows, request_id=request_id)

    outcome = track.race([send] * 10)

    assert sorted(type(one).__name__ for one in outcome) == ["StepRepeated"] * 9 + ["YouthCase"]
    assert track.alone(lambda: case.contacts.count()) == 2


def test_units_that_write_at_once_keep_their_chains_whole(track: races.Track) -> None:
    authors = ("karin", "omar", "lena", "per", "pia")

    outcome = track.race([partial(make_case, "picked_up", by=author) for author in authors])

    assert all(isinstance(one, YouthCase) for one in outcome), outcome
    assert len({one.reference for one in outcome}) == len(authors)
    faults = track.alone(
        lambda: [
            fault for unit in Organisation.objects.all() for fault in JournalEntry.faults(unit)
        ]
    )
    assert faults == []


def test_nothing_happens_in_a_case_before_it_was_opened() -> None:
    case = make_case("picked_up")

    workflow.perform(
        case, "complete_record", by=case.author, at=case.opened_at - timedelta(days=2), why_now="x"
    )

    last = JournalEntry.objects.filter(case_id=case.pk, action="complete_record").get()
    assert last.happened_at == case.opened_at


def test_the_case_that_comes_back_knows_the_person_that_was_just_corrected() -> None:
    case = make_case("picked_up")
    copy = Person.objects.get(pk=case.person_id)
    copy.name = "Rättad Provperson"

    corrected = perform(case, "correct_person", by=case.author, records=[copy])

    assert corrected.person.name == "Rättad Provperson"


# Who may open a record --------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["magnus", "sara", "asta"])
def test_only_who_logs_stops_opens_a_stop(username: str) -> None:
    youth = (make_person(), YouthCase(category="A"))

    with pytest.raises(PermissionDenied):
        workflow.open_incident(make_incident(), [youth], by=cast.person(username))

    assert not Incident.objects.exists()


def test_a_youth_is_not_added_to_another_units_stop() -> None:
    incident = make_case("draft").incident
    youth = (make_person(), YouthCase(category="A"))

    with pytest.raises(PermissionDenied):
        workflow.open_incident(incident, [youth], by=cast.person("per"))


@pytest.mark.parametrize("username", ["klara", "nora", "karin", "lena"])
def test_only_who_receives_notices_opens_a_referral(username: str) -> None:
    came = Referral(notice_id=uuid4(), notice_sha256="0" * 64, sender="Polisen")

    with pytest.raises(PermissionDenied):
        workflow.open_referral(came, make_person(), by=cast.person(username), at=timezone.now())


def test_whoever_answered_is_reached_also_when_it_is_the_other_one_who_comes() -> None:
    case = call(make_case("picked_up"), CustodianContact.Result.CANNOT_COLLECT)
    came = {"outcome": "collected", "handed_over_to": "Eva", "id_checked": True}

    assert perform(case, "hand_over", by=case.author, **came).state == "handed_over"


def test_nobody_is_collected_before_a_custodian_has_answered() -> None:
    case = call(make_case("picked_up"), CustodianContact.Result.NO_ANSWER)
    came = {"outcome": "collected", "handed_over_to": "Bo", "id_checked": True}

    with pytest.raises(MissingFacts, match="ett samtal där en vårdnadshavare svarade"):
        perform(case, "hand_over", by=case.author, **came)
