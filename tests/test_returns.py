"""A letter that came back: nothing more goes to that address, and the case asks for a new one."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import Custodian
from notices import gates, postroom
from notices.posting import Posting
from tests import cast, households
from tests.test_postroom import BACK, WHY, paper
from tests.test_postroom_pages import browser, text_of

TODAY = timezone.localdate()


def addressee(posting: Posting) -> Custodian:
    return Custodian.objects.get(pk=posting.letter.custodian_id)


def reasons(posting: Posting) -> list[str]:
    case, to = postroom.case_of(posting.letter), addressee(posting)
    return [obstacle.reason for obstacle in gates.to_custodian(case, to, on=TODAY)]


def test_a_letter_that_came_back_stops_the_next_to_the_same_address():
    assert reasons(paper("posted")) == []
    assert reasons(paper("returned")) == ["Ett brev till adressen har kommit i retur."]


def settle(posting: Posting) -> None:
    postroom.take(posting, "settle_return", by=cast.person("omar"), **WHY)


def move(posting: Posting) -> None:
    to = addressee(posting)
    to.street = "Nygatan 1"
    to.save()


@pytest.mark.parametrize("mend", [settle, move], ids=lambda mend: mend.__name__)
def test_a_new_address_or_a_settled_return_opens_the_way_again(mend):
    posting = paper("returned")

    mend(posting)

    assert reasons(posting) == []


def test_the_other_custodian_and_the_other_authority_are_not_stopped():
    posting = paper("returned")
    case = postroom.case_of(posting.letter)
    other = case.person.custodians.exclude(pk=posting.letter.custodian_id).get()
    there = households.referral_of(case)
    same: Any = households.mother(there.person)

    assert gates.to_custodian(case, other, on=TODAY) == []
    assert gates.to_custodian(there, same, on=TODAY) == []


def test_the_case_says_what_is_left_to_do_until_the_return_is_settled():
    posting = paper("posted")
    page = reverse("case", args=[posting.letter.case_id])
    assert "Kvar att göra" not in text_of(browser("omar").get(page))
    posting = postroom.take(posting, "return_letter", by=cast.person("omar"), **BACK)
    assert "kom i retur. Ta reda på adressen" in text_of(browser("omar").get(page))
    assert "Ett brev är i retur." in text_of(browser("omar").get(reverse("worklist")))

    settle(posting)

    assert "Kvar att göra" not in text_of(browser("omar").get(page))
