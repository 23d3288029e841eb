"""Who is called to a talk, who came, who said yes: what the forms ask and refuse."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from cases.models import Appointment, Attendee, FollowUp, Protection, Referral
from kronoberg import casebook
from tests import cast
from tests.arrivals import arrived, assessed, custodian, decided
from tests.posting import form, local, page, take

# Talks ----------------------------------------------------------------------------------------


def call(case: Referral, **changes: Any) -> dict[str, Any]:
    shown = page(case, "call_to_talk")
    return {
        "kind": "talk",
        "starts_at": local(days=3),
        "place": "Rum 2",
        "called": shown.fields["called"].initial,
    } | changes


def test_each_custodian_and_the_youth_from_fifteen_are_called():
    case = assessed(arrived(15))
    mother, father = custodian(case, relation="mother"), custodian(case, relation="father")

    take(case, "call_to_talk", **call(case))

    appointment = Appointment.objects.get(referral=case)
    called = {attendee.custodian for attendee in appointment.attendees.all()}
    assert called == {mother, father, None}
    assert appointment.caseworker == cast.person("sara")


@pytest.mark.parametrize(("age", "offered"), [(14, ["c"]), (None, ["c"]), (16, ["c", "y"])])
def test_youth_is_called_only_from_fifteen(age: int | None, offered: list[str]):
    case = assessed(arrived(age))
    custodian(case)

    choices = page(case, "call_to_talk").fields["called"].choices

    assert ["y" if key == "youth" else "c" for key, _ in choices] == offered


def test_custodians_are_not_called_once_the_youth_is_an_adult():
    case = assessed(arrived(18))
    custodian(case)

    assert [key for key, _ in page(case, "call_to_talk").fields["called"].choices] == ["youth"]


def test_barred_custodian_cannot_be_called():
    case = assessed(arrived(14))
    barred = custodian(case, is_barred=True)

    refused = form(case, "call_to_talk", **call(case, called=[str(barred.pk)]))

    assert "called" in refused.errors


def test_nobody_who_may_harm_is_chosen_beforehand():
    case = assessed(arrived(15, may_be_harmed_if_told=True))
    custodian(case)

    shown = page(case, "call_to_talk")

    assert shown.fields["called"].initial == ["youth"]
    assert "risk" in shown.intro


def test_protected_custodian_stands_without_name_among_the_called():
    case = assessed(arrived(14))
    custodian(case, protection=Protection.UNKNOWN, relation="mother")

    [(_, label)] = page(case, "call_to_talk").fields["called"].choices

    assert label == "Mamma (skyddade uppgifter)"


@pytest.mark.parametrize("ahead", [{"hours": -1}, {"days": 300}])
def test_talk_lies_in_the_near_future(ahead: dict[str, int]):
    case = assessed(arrived())

    assert "starts_at" in form(case, "call_to_talk", **call(case, starts_at=local(**ahead))).errors


def test_interpreter_is_proposed_in_the_language_of_the_family():
    case = assessed(arrived())
    custodian(case, language="ti", needs_interpreter=True)

    assert page(case, "call_to_talk").initial["interpreter"] == "tigrinska"


def talked(case: Referral) -> Appointment:
    """A talk that was called to, and whose hour has come."""
    take(case, "call_to_talk", **call(case))
    talk = Appointment.objects.get(referral=case)
    talk.at = timezone.now() - timedelta(hours=1)
    talk.save()
    return talk


def test_talk_that_was_held_says_who_came():
    case = assessed(arrived())
    custodian(case)
    talk = talked(case)
    posted = {"appointment": str(talk.pk), "result": "held"}
    came = {f"came_{attendee.pk}": "attended" for attendee in talk.attendees.all()}

    assert len(form(case, "record_talk", **posted).errors) == 2

    take(case, "record_talk", **posted, **came, happened="Ett bra samtal.", concern="Sover lite.")
    assert set(Attendee.objects.values_list("attendance", flat=True)) == {"attended"}
    entries = [(entry.kind, entry.text, entry.author.username) for entry in case.entries.all()]
    assert entries == [("happened", "Ett bra samtal.", "sara"), ("concern", "Sover lite.", "sara")]


def test_talk_ahead_can_be_moved_but_not_held():
    case = assessed(arrived())
    take(case, "call_to_talk", **call(case))
    talk = Appointment.objects.get(referral=case)
    posted = {"appointment": str(talk.pk)}

    assert "result" in form(case, "record_talk", **posted, result="held").errors
    take(
        case, "reschedule_talk", **posted, starts_at=local(days=5), place="R 3", moved_for="family"
    )

    old, new = Appointment.objects.get(pk=talk.pk), Appointment.objects.exclude(pk=talk.pk).get()
    assert (old.result, old.superseded_by, old.moved_for) == ("moved", new, "family")
    assert (new.result, new.place) == ("", "R 3")
    called = [set(one.attendees.values_list("custodian", flat=True)) for one in (old, new)]
    assert called[0] == called[1] == {None}


def test_nobody_s_answer_is_waited_for_once_the_talk_has_been():
    case = assessed(arrived())
    talk = talked(case)

    def shown() -> tuple[str, ...]:
        [line] = casebook.of(case, by=cast.person("sara")).talks
        return line.details

    assert shown()[-1] == "Ungdomen: inget svar än"
    posted = {"appointment": str(talk.pk), "result": "not_held"}
    take(case, "record_talk", **posted, not_held_because="nobody_came")
    assert shown()[-1] == "Ungdomen: inget svar"


def test_a_talk_that_was_not_held_says_why():
    case = assessed(arrived())
    talk = talked(case)
    posted = {"appointment": str(talk.pk), "result": "not_held"}

    unanswered = form(case, "record_talk", appointment=str(talk.pk))
    assert unanswered.errors["result"] == ["Ange om samtalet blev av."]
    assert "not_held_because" in form(case, "record_talk", **posted).errors
    take(case, "record_talk", **posted, not_held_because="no_interpreter")

    assert Appointment.objects.get(pk=talk.pk).not_held_because == "no_interpreter"


def test_each_answer_to_a_call_is_kept_with_its_time():
    case = assessed(arrived())
    mother = custodian(case, relation="mother")
    take(case, "call_to_talk", **call(case))
    talk = Appointment.objects.get(referral=case)
    hers = talk.attendees.get(custodian=mother)

    posted = {"appointment": str(talk.pk), f"reply_{hers.pk}": "other_time"}
    take(case, "record_reply", **posted)

    hers.refresh_from_db()
    assert (hers.reply, hers.replied_at is not None) == ("other_time", True)
    assert talk.attendees.get(custodian=None).replied_at is None


def test_talk_is_recorded_once():
    case = assessed(arrived())
    talk = talked(case)
    posted = {"appointment": str(talk.pk), "result": "not_held"}
    posted["not_held_because"] = "nobody_came"
    take(case, "record_talk", **posted)

    again = form(case, "record_talk", **posted)

    assert again.non_field_errors() == ["Samtalet är redan antecknat. Läs om ärendet."]


# Support, follow-up, the end ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "answers"),
    [
        (14, {"custodians"}),
        (None, {"custodians"}),
        (15, {"custodians", "youth"}),
        (18, {"youth"}),
    ],
)
def test_consent_to_support_is_asked_of_whoever_can_give_it(age: int | None, answers: set[str]):
    shown = page(arrived(age), "start_support")

    assert {value for value, _ in shown.fields["support_answer"].choices} == answers


def test_youth_who_turned_fifteen_since_the_notice_may_consent():
    case = decided(arrived(14))
    case.person.birth_date = arrived(15).person.birth_date
    case.person.save()

    assert case.age_class == "under_15"
    assert take(case, "start_support", support_answer="youth").state == "support"


def test_follow_up_leaves_a_row_of_its_own():
    case = decided(arrived())
    case = take(case, "start_follow_up", follow_up_answer="custodians", months=["3"])
    posted = {"kind": "phone", "youth": "attended", "custodians": "not_invited"}
    posted["outcome"] = "better"

    assert "at" in form(case, "record_follow_up", **posted, at=local(days=1)).errors
    case = take(case, "record_follow_up", **posted, at=local(), note="Det går bra.")

    assert FollowUp.objects.get(case_id=case.pk).note == "Det går bra."
    assert case.followed_up_at
