"""The log comes first: without its row nothing is shown, and every refusal has one."""

from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from cases import access
from cases.models import AccessEntry, ChainHead
from tests import cast
from tests.factories import make_case, make_person

CANARY = "Kanariefågelström"


def break_the_log() -> None:
    """As after a fault in the database: the next link has a number that is taken."""
    assert ChainHead.objects.filter(chain__startswith="accessentry").update(sequence=0)


def asked(client, address: str, method: str = "get"):
    """The answer, and a broken transaction undone."""
    with transaction.atomic():
        answer = getattr(client, method)(address)
        transaction.set_rollback(True)
    return answer


def test_a_case_whose_reading_cannot_be_logged_is_not_shown(client) -> None:
    case = make_case("picked_up", by="karin", person=make_person(name=CANARY))
    client.force_login(cast.person("karin"))
    page = reverse("case", kwargs={"pk": case.pk})
    assert CANARY in client.get(page).content.decode()
    break_the_log()

    answer = asked(client, page)

    assert answer.status_code == 503 and answer["Retry-After"]
    assert CANARY not in answer.content.decode() and case.reference not in answer.content.decode()


@pytest.mark.parametrize("route", ["case", "log"])
def test_a_refusal_that_cannot_be_logged_says_no_more_than_that(client, route: str) -> None:
    client.force_login(cast.person("karin"))
    kwargs = {"pk": uuid4()} if route == "case" else {}
    assert client.get(reverse(route, kwargs=kwargs)).status_code in (403, 404)
    break_the_log()

    assert asked(client, reverse(route, kwargs=kwargs)).status_code == 503


@pytest.mark.parametrize(
    ("who", "route", "method"),
    [
        ("lena", "letter-retry", "post"),
        ("lena", "letter-alone", "post"),
        ("lena", "pass", "get"),
        ("asta", "recovery-approve", "post"),
        ("asta", "duty-end", "post"),
        ("nils", "review", "get"),
        ("omar", "tip", "get"),  # refused inside a transaction, which is undone
    ],
)
def test_whoever_asks_for_what_is_not_there_leaves_a_row(client, who, route, method) -> None:
    client.force_login(cast.person(who))
    key = uuid4()

    answer = getattr(client, method)(reverse(route, kwargs={"pk": key}))

    assert answer.status_code == 404
    [row] = AccessEntry.objects.filter(kind="refused", actor__username=who)
    assert (row.subject_id, row.page) == (key, route)


def test_what_somebody_does_to_anothers_rights_is_in_the_log() -> None:
    asta, karin = cast.person("asta"), cast.person("karin")
    access.enrol(karin, by=asta)
    assert not AccessEntry.objects.filter(kind="rights").exists(), "nothing changed"

    karin.role = "superior"
    karin.save()
    access.enrol(karin, by=asta)

    row = AccessEntry.objects.get(kind="rights")
    assert (row.actor, row.subject_id) == (asta, karin.pk)
