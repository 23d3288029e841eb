"""Who works here: hired, moved, gone and back, by an administrator, and some roles by two."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from cases import access, staffing
from cases.models import AccessEntry, Right, Role, RoleChange, User
from tests import cast

NEW = {"name": "Nils Ny", "username": "nils.ny", "role": "patrol_officer"}


def hired(client: Any, **changed: Any) -> Any:
    asta = cast.person("asta")
    client.force_login(asta)
    return client.post(reverse("users"), NEW | {"organisation": asta.organisation_id} | changed)


def test_an_administrator_adds_somebody_who_cannot_log_in_yet(client) -> None:
    assert hired(client).url == reverse("users")

    made = cast.person("nils.ny")
    assert made.is_active and not made.has_usable_password()
    assert access.may(made, Right.LOG_INCIDENT)
    row = AccessEntry.objects.get(kind="rights")
    assert (row.actor.username, row.subject_id) == ("asta", made.pk)
    assert "Nils Ny" in client.get(reverse("users")).content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"username": "karin"},
        {"username": "Två Ord"},
        {"role": "service"},
        {"role": "social_worker"},
    ],
)
def test_a_fault_in_the_form_is_said_and_what_was_typed_is_kept(client, changed) -> None:
    answer = hired(client, **changed)

    assert answer.status_code == 422 and "Nils Ny" in answer.content.decode()
    assert not User.objects.filter(name="Nils Ny").exists()


def test_nobody_is_added_to_another_authority(client) -> None:
    assert hired(client, organisation=cast.person("sara").organisation_id).status_code == 422


def test_another_role_holds_at_the_next_request_and_the_old_one_does_not(client) -> None:
    karin = cast.person("karin")
    client.force_login(cast.person("asta"))

    client.post(
        reverse("user", kwargs={"pk": karin.pk}),
        {"role": "coordinator", "organisation": karin.organisation_id},
    )

    karin = cast.person("karin")
    assert access.may(karin, Right.VIEW_STATISTICS) and not access.may(karin, Right.LOG_INCIDENT)


def test_whoever_leaves_is_out_at_once_and_may_come_back(client) -> None:
    karin, asta = cast.person("karin"), cast.person("asta")
    client.force_login(karin)
    assert client.get(reverse("worklist")).status_code == 200

    staffing.end(karin, by=asta)

    assert client.get(reverse("worklist")).status_code == 302
    gone = cast.person("karin")
    assert not gone.is_active and not gone.has_usable_password() and not gone.groups.exists()
    staffing.come_back(gone, by=asta)
    assert access.may(cast.person("karin"), Right.LOG_INCIDENT)
    assert AccessEntry.objects.filter(kind="rights", subject_id=karin.pk).count() == 2


def test_a_reviewer_of_the_log_is_made_by_two_and_never_by_one(client) -> None:
    omar, asta, lena = (cast.person(who) for who in ("omar", "asta", "lena"))
    assert not staffing.move(omar, Role.LOG_REVIEWER, omar.organisation, by=asta)
    assert cast.person("omar").role == "youth_officer"
    change = RoleChange.objects.get()
    for one in (asta, omar, cast.person("karin"), cast.person("hanna")):
        with pytest.raises(PermissionDenied):
            staffing.approve(change, by=one)

    client.force_login(lena)
    assert "Godkänn Omar" in client.get(reverse("security")).content.decode()
    client.post(reverse("role-approve", kwargs={"pk": change.pk}))

    omar = cast.person("omar")
    assert access.may(omar, Right.REVIEW_LOG) and not access.may(omar, Right.VIEW_YOUTHCASE)
    assert AccessEntry.objects.filter(kind="rights", actor=lena, subject_id=omar.pk).exists()


def test_a_new_reviewer_is_nobody_until_the_second_yes(client) -> None:
    hired(client, role="log_reviewer")
    assert not cast.person("nils.ny").is_active

    staffing.approve(RoleChange.objects.get(), by=cast.person("lena"))

    made = cast.person("nils.ny")
    assert made.is_active and access.may(made, Right.REVIEW_LOG)


def test_the_last_administrator_stays_and_nobody_changes_their_own_role() -> None:
    asta = cast.person("asta")
    with pytest.raises(PermissionDenied):
        staffing.end(asta, by=asta)
    lena = cast.person("lena")
    lena.role = Role.ADMINISTRATOR
    lena.save()
    access.enrol(lena)
    staffing.end(asta, by=lena)

    with pytest.raises(PermissionDenied):
        staffing.move(lena, Role.SUPERIOR, lena.organisation, by=lena)
    per = cast.person("per")
    with pytest.raises(PermissionDenied):
        staffing.end(per, by=cast.person("karin"))


def test_an_administrator_reaches_only_the_own_authority(client) -> None:
    client.force_login(cast.person("asta"))

    assert client.get(reverse("user", kwargs={"pk": cast.person("sara").pk})).status_code == 404
    with pytest.raises(PermissionDenied):
        staffing.end(cast.person("sara"), by=cast.person("asta"))
