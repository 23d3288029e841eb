"""A way in is made anew by two others, and neither can use it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases import access
from cases.models import AccessEntry, ChainHead, Recovery
from kronoberg import recovery
from tests import cast
from tests.logins import add_code_app, log_in

NEW = "mitt-alldeles-egna"


def ask_and_approve(client: Any) -> tuple[str, str]:
    """Lena asks for Karin, Asta approves: each reads half of the code on a page of their own."""
    halves = []
    for who, page, sent in (
        ("lena", lambda: reverse("security"), {"user": cast.person("karin").pk}),
        (
            "asta",
            lambda: reverse("recovery-approve", kwargs={"pk": Recovery.objects.get().pk}),
            {},
        ),
    ):
        client.force_login(cast.person(who))
        halves += re.findall(r"<code>([^<]+)</code>", client.post(page(), sent).content.decode())
        assert "<code>" not in client.get(reverse("security")).content.decode(), "shown once"
    first, second = halves
    return first, second


def choose(client: Any, first: str, second: str, username: str = "karin") -> Any:
    sent = {"username": username, "first": first, "second": second, "password": NEW}
    return client.post(reverse("recovery-finish"), sent)


def test_two_others_make_a_way_in_and_only_its_owner_chooses_the_password(client, earnest) -> None:
    add_code_app("karin")
    first, second = ask_and_approve(client)
    assert not cast.person("karin").has_usable_password()
    assert not Authenticator.objects.filter(user=cast.person("karin")).exists()
    client.logout()

    assert choose(client, second, first).status_code == 422
    answer = choose(client, first.replace("-", " "), second.upper())

    assert answer.url == reverse("login")
    assert cast.person("karin").check_password(NEW)
    assert choose(client, first, second).status_code == 422, "used up"
    assert log_in(client, "karin", NEW).status_code == 302
    assert client.get(reverse("worklist")).url == reverse("mfa_index")


@pytest.mark.parametrize("has", ["first", "second", "neither"])
def test_one_half_of_the_code_opens_nothing(client, has: str) -> None:
    first, second = ask_and_approve(client)

    answer = choose(
        client, first if has == "first" else first[::-1], second if has == "second" else "x"
    )

    assert answer.status_code == 422 and not cast.person("karin").has_usable_password()


def test_approving_asks_who_it_is_again(client, settings) -> None:
    """Somebody at an administrator's open screen makes nobody's way in."""
    settings.FRESH_MINUTES = 5
    recovery.ask(cast.person("karin"), by=cast.person("lena"))
    asked = Recovery.objects.get()
    client.force_login(cast.person("asta"))

    answer = client.post(reverse("recovery-approve", kwargs={"pk": asked.pk}))

    assert answer.url.startswith(reverse("account_reauthenticate"))
    asked.refresh_from_db()
    assert asked.approved_by is None


def test_a_code_that_nobody_used_for_two_days_opens_nothing(client, time_machine) -> None:
    first, second = ask_and_approve(client)
    time_machine.move_to(timezone.now() + timedelta(days=2, minutes=1))

    assert choose(client, first, second).status_code == 422


def test_trying_out_codes_is_stopped(client) -> None:
    first, second = ask_and_approve(client)
    for n in range(6):
        choose(client, f"{n}", "x")

    assert choose(client, first, second).status_code == 422


def test_each_step_of_a_recovery_leaves_a_row_with_it(client) -> None:
    first, second = ask_and_approve(client)
    choose(client, first, second)
    rows = AccessEntry.objects.filter(kind="recovery").order_by("id")
    karin = cast.person("karin")
    assert [(row.actor.username, row.subject_id) for row in rows] == [
        ("lena", karin.pk),
        ("asta", karin.pk),
        ("karin", karin.pk),
    ]

    recovery.ask(karin, by=cast.person("lena"))
    # As after a fault: the next link has a number that is taken.
    ChainHead.objects.filter(chain__startswith="accessentry").update(sequence=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        recovery.approve(Recovery.objects.get(approved_by=None), by=cast.person("asta"))

    assert cast.person("karin").check_password(NEW), "no way in without its row"


@pytest.mark.parametrize(
    ("user", "by"), [("lena", "lena"), ("karin", "omar"), ("per", "lena"), ("sara", "lena")]
)
def test_only_a_manager_of_the_unit_asks_and_never_for_oneself(user: str, by: str) -> None:
    with pytest.raises(PermissionDenied):
        recovery.ask(cast.person(user), by=cast.person(by))


def test_nobody_approves_what_they_asked_for_or_their_own() -> None:
    lena, asta = cast.person("lena"), cast.person("asta")
    recovery.ask(asta, by=lena)
    with pytest.raises(PermissionDenied):
        recovery.approve(Recovery.objects.get(user=asta), by=asta)

    recovery.ask(cast.person("karin"), by=lena)
    asked = Recovery.objects.get(user__username="karin")
    lena.role = "administrator"
    lena.save()
    access.enrol(lena)
    with pytest.raises(PermissionDenied):
        recovery.approve(asked, by=lena)
    for by in (lena, cast.person("karin")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Recovery.objects.filter(pk=asked.pk).update(
                approved_by=by, approved_at=timezone.now() + timedelta(0)
            )
