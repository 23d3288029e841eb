"""Model fidelity, worked out by hand: at which of the nine links a chain breaks, or none."""

from datetime import date

import pytest

from cases.models import (
    FollowUp,
    YouthCase,
)
from kronoberg.statistics import afterwards as a
from kronoberg.statistics import indicators_afterwards
from tests.figures import lines, true_cells
from tests.stops import (
    DAY,
    EVENING,
    call,
    end,
    meet,
    notify,
    report,
    review,
    seize,
    step,
)
from tests.stops import (
    a_day_in_november as a_day_in_november,
)

LINKS = ("alcohol", "called", "collected", "asked", "notified", "letter", "meeting", "feedback",
         "followed_up")  # fmt: skip


def chain_of(broken: str = "") -> YouthCase:
    """A stop whose chain is whole but for one link."""
    case = meet(category="B")
    if broken != "alcohol":
        seize(case)
    if broken == "asked":
        # The machine lets no report through without an answer: this one is not reported yet.
        return end(call(case, 5))
    if broken == "called":
        case = call(end(case, "hospital"), 13 * 60)
    else:
        case = end(call(case, 5), "driven_home" if broken == "collected" else "collected")
    case = review(report(case, hours=14))
    case = notify(case, hours=25 if broken == "notified" else 15)
    case = step(case, "acknowledge", after=2 * DAY, receipt_number="R-1")
    if broken != "feedback":
        case = step(case, "receive_feedback", after=9 * DAY, feedback="opened",
                    feedback_on=date(2026, 5, 24))  # fmt: skip
    if broken == "letter":
        return case
    case = step(step(case, "send_letters", after=3 * DAY), "start_follow_up", after=10 * DAY)
    if broken != "meeting":
        invite(case)
    if broken != "followed_up":
        case = step(case, "record_follow_up", after=20 * DAY)
    return case


def invite(case: YouthCase) -> None:
    FollowUp.objects.create(
        case_id=case.pk, kind="information_meeting", at=EVENING + 20 * DAY,
        youth="absent", custodians="absent", made_by=case.author,
    )  # fmt: skip


@pytest.mark.parametrize("broken", LINKS)
def test_a_chain_that_breaks_at_one_link_is_counted_at_that_link(broken):
    chain_of(broken)

    cells = true_cells()

    [at] = [link for link in a.LINKS if link.code == broken]
    assert lines(indicators_afterwards.chain(cells)) == {at.broken: 1}
    assert cells[a.links[broken].key] == {at.kept: 0, at.broken: 1}
    # Whatever came before it was kept.
    for earlier in a.LINKS[: LINKS.index(broken)]:
        assert cells[a.links[earlier.code].key][earlier.kept] == 1


def test_a_chain_with_all_nine_links_is_whole():
    chain_of()
    # Nobody owes an answer about somebody who with a reason is not notified.
    case = review(report(end(call(meet(category="A"), 5))), "not_notify")
    invite(step(case, "waive_letters", after=DAY, reason="Okänd adress."))
    meet(age=18)

    found = indicators_afterwards.chain(true_cells())

    assert [link.code for link in a.LINKS] == list(LINKS)
    assert (found.numerator, found.denominator) == (1, 2)
    assert lines(found) == {a.WHOLE: 1, "Inte uppföljd när talen frystes": 1}
