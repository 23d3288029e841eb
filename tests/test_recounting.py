"""A special day that is entered or ended moves the deadlines that wait in the work list."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cases import rules
from cases.models import JournalEntry, Remark, SpecialDay
from cases.workflow import perform
from kronoberg.statistics import stops
from tests import cast
from tests.factories import make_case, make_person, make_referral

FRIDAY, MONDAY, TUESDAY = date(2026, 11, 27), date(2026, 11, 30), date(2026, 12, 1)
ASSESSED = {
    "needs_protection": False,
    "protection_reasons": "Hämtad av en nykter förälder.",
    "protection_source": "Anmälan.",
}


@pytest.fixture(autouse=True)
def friday():
    with time_machine.travel("2026-11-27 11:00+01:00", tick=False):
        yield


@pytest.fixture
def asta(client):
    client.force_login(cast.person("asta"))
    return client


def assessed():
    """A notice that waits for its receipt, and for nothing sooner."""
    case = make_referral("received", arrived_at=timezone.now())
    return perform(case, "assess_protection", by=cast.person("sara"), **ASSESSED)


def notified(home="0780"):
    return make_case("notified", person=make_person(15, municipality=home))


def closes(asta, municipality="0780", day=MONDAY):
    sent = {"municipality": municipality, "day": f"{day}", "label": "Klämdag", "office": "closed",
            "duty": "usual"}  # fmt: skip
    answer = asta.post(reverse("special-days"), sent)
    assert answer.status_code == 302, answer.content.decode()


def waits_for(case):
    case.refresh_from_db()
    return case.due_step, timezone.localdate(case.due_at)


def recounted(case):
    return JournalEntry.objects.filter(case_id=case.pk, action="recount_deadline")


@pytest.mark.parametrize(("make", "step"), [(assessed, "acknowledgement"), (notified, "receipt")])
def test_a_day_entered_today_moves_the_deadline_and_the_journal_says_why(asta, make, step):
    case = make()
    assert waits_for(case) == (step, MONDAY)

    closes(asta)

    assert waits_for(case) == (step, TUESDAY)
    [entry] = recounted(case)
    assert entry.actor == cast.person(f"system-{case.organisation_id}")
    assert "Klämdag" in Remark.objects.get(pk=entry.remark_id).text
    clock = rules.next_clock(case)
    assert clock and clock.due_at == case.due_at


@pytest.mark.parametrize("make", [assessed, notified])
def test_a_day_that_is_ended_moves_it_back(asta, make):
    case = make()
    closes(asta)

    asta.post(reverse("special-day-end", args=[SpecialDay.objects.get().pk]))

    assert waits_for(case)[1] == MONDAY
    assert recounted(case).count() == 2


def test_what_no_weekday_counts_and_what_is_elsewhere_stays_as_it_was(asta):
    received, elsewhere = make_referral("received"), notified(home="0764")
    answered = perform(notified(), "acknowledge", by=cast.person("omar"), receipt_number="R-1")
    before = [waits_for(case) for case in (received, elsewhere, answered)]

    closes(asta)

    assert [waits_for(case) for case in (received, elsewhere, answered)] == before
    assert not JournalEntry.objects.filter(action="recount_deadline").exists()


def test_figures_count_a_receipt_by_the_days_of_the_office_that_gave_it(asta):
    closes(asta)
    case = notified()

    [stop] = stops.stops(type(case).objects.filter(pk=case.pk))

    assert timezone.localdate(stop.receipt_due_at) == TUESDAY
