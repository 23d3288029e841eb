"""Signing in: the login, the second factor, the fresh login, the workplace's own provider."""

import re
import shutil
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from cases import factors, sealing
from kronoberg import sign_in
from tests import cast
from tests.factories import make_case
from tests.logins import PASSWORD, SECRET, add_code_app, code, log_in

# The login --------------------------------------------------------------------------------------


def test_name_and_password_let_in_who_has_no_second_factor_where_none_is_asked(client) -> None:
    assert log_in(client, "asta").url == reverse("start")


@pytest.mark.parametrize("username", sorted(cast.PEOPLE))
def test_the_front_page_goes_on_to_a_page_that_the_role_has(client, username) -> None:
    client.force_login(cast.person(username))

    front = client.get("/").content.decode()
    [goes_on] = re.findall(r'button--primary button--large" href="([^"]+)"', front)

    assert client.get(goes_on).status_code == 200


@pytest.mark.parametrize(("username", "password"), [("asta", "fel"), ("ingen", PASSWORD)])
def test_a_wrong_login_says_the_same_whoever_it_is(client, username, password) -> None:
    answer = log_in(client, username, password)

    assert answer.status_code == 200
    assert "Logga in" in answer.content.decode()
    assert (
        answer.context["form"].non_field_errors()
        == log_in(client, "nobody-at-all", "x").context["form"].non_field_errors()
    )


def test_guessing_is_stopped(client) -> None:
    answers = [log_in(client, "asta", f"gissning-{n}") for n in range(12)]

    assert answers[0].status_code == 200
    last = log_in(client, "asta")
    assert not (last.status_code == 302 and last.url == reverse("start"))


def test_nobody_signs_up_or_connects_an_account(client) -> None:
    for name in ("account_signup", "socialaccount_signup", "socialaccount_connections"):
        assert client.get(reverse(name)).status_code == 404
        assert client.post(reverse(name), {"username": "ny"}).status_code == 404


# The second factor ------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["karin", "omar", "lena", "magnus", "ines", "sara", "nils"])
def test_whoever_sees_cases_adds_a_factor_first(client, earnest, username: str) -> None:
    case = make_case("draft")
    client.force_login(cast.person(username))

    for page in (reverse("start"), reverse("case", kwargs={"pk": case.pk})):
        assert client.get(page).url == reverse("mfa_index")
    assert client.get(reverse("mfa_index")).status_code == 200


@pytest.mark.parametrize("username", ["klara", "asta"])
def test_whoever_sees_no_case_may_go_without(client, earnest, username: str) -> None:
    client.force_login(cast.person(username))

    assert client.get(reverse("security")).status_code == 200
    assert client.get(reverse("start")).url != reverse("mfa_index")


def test_with_a_factor_the_password_alone_opens_nothing(client, earnest) -> None:
    add_code_app("karin")

    answer = log_in(client, "karin")

    assert answer.url == reverse("mfa_authenticate")
    assert client.get(reverse("worklist")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert client.get(reverse("worklist")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert client.get(reverse("worklist")).status_code == 200


def test_the_secret_of_a_code_app_lies_sealed() -> None:
    add_code_app("karin")

    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        [[row]] = cursor.fetchall()
    assert SECRET not in str(row)
    stored, owner = Authenticator.objects.get().data["secret"], str(cast.person("karin").pk)
    assert factors.opened(stored, owner=owner) == SECRET
    changed = stored[:-8] + ("A" if stored[-8] != "A" else "B") + stored[-7:]
    with pytest.raises(sealing.SealBroken):
        factors.opened(changed, owner=owner)


def test_a_code_app_moved_to_another_row_opens_nothing(client, earnest) -> None:
    add_code_app("karin")
    add_code_app("omar")
    Authenticator.objects.filter(user=cast.person("karin")).update(
        data=Authenticator.objects.get(user=cast.person("omar")).data
    )
    log_in(client, "karin")

    with pytest.raises(sealing.SealBroken):
        client.post(reverse("mfa_authenticate"), {"code": code()})

    assert client.get(reverse("worklist")).status_code == 302


def test_a_code_app_works_through_a_change_of_keys(client, earnest, settings, tmp_path) -> None:
    settings.KEYS_DIR = shutil.copytree(settings.KEYS_DIR, tmp_path / "keys")
    add_code_app("karin")
    old = Authenticator.objects.get().data["secret"]

    call_command("rotate_keys", stdout=StringIO())

    assert Authenticator.objects.get().data["secret"] != old
    call_command("rotate_keys", "--retire", wait=0, stdout=StringIO())
    log_in(client, "karin")
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert client.get(reverse("worklist")).status_code == 200


def test_a_passkey_is_offered_without_any_inline_script(client) -> None:
    page = client.get(reverse("login")).content.decode()

    assert 'id="passkey_login"' in page
    scripts = re.findall(r"<script\b[^>]*>", page)
    assert all("src=" in tag or "application/json" in tag for tag in scripts)


# Fresh ------------------------------------------------------------------------------------------


GRAVE = {"emergency": "lena", "erasure": "lena", "rule": "asta"}


@pytest.mark.parametrize("route", GRAVE)
def test_what_is_grave_asks_who_it_is_again(client, settings, route: str) -> None:
    settings.FRESH_MINUTES = 5
    log_in(client, GRAVE[route])
    page = reverse(route, args=["retention_police"] if route == "rule" else [])
    assert client.get(page).status_code == 200

    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 600
    session.save()
    asked = client.get(page)

    assert asked.url == f"{reverse('account_reauthenticate')}?{urlencode({'next': page})}"
    client.post(asked.url, {"password": PASSWORD})
    assert client.get(page).status_code == 200


# The organisation's own identity provider -------------------------------------------------------


class Arriving:
    """What the library hands over when somebody comes back from the identity provider."""

    is_existing = False

    def __init__(self, **claims: Any) -> None:
        self.account = type("Account", (), {"extra_data": {"userinfo": claims}})()
        self.connected: Any = None

    def connect(self, request: Any, user: Any) -> None:
        self.connected = user


def test_the_identity_provider_lets_in_only_who_is_here_already() -> None:
    adapter = sign_in.KnownPeopleOnly()
    known = Arriving(preferred_username="karin")

    adapter.pre_social_login(None, known)

    assert known.connected == cast.person("karin")
    for stranger in (Arriving(preferred_username="ingen"), Arriving(), Arriving(email="karin")):
        with pytest.raises(PermissionDenied):
            adapter.pre_social_login(None, stranger)


def test_where_the_workplace_has_its_own_login_no_other_opens(client, settings) -> None:
    settings.LOCAL_LOGIN = False

    assert 'type="password"' not in client.get(reverse("login")).content.decode()
    assert log_in(client, "asta").status_code == 403
    assert client.get(reverse("security")).status_code == 302


def test_the_identity_provider_has_its_button_where_there_is_one(client, settings) -> None:
    assert "/sso/" not in client.get(reverse("login")).content.decode()
    app = {
        "provider_id": "arbetsplatsen",
        "name": "Logga in med arbetsplatsen",
        "client_id": "kronoberg",
        "secret": "x",
        "settings": {"server_url": "https://idp.example.org"},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}

    page = client.get(reverse("login")).content.decode()

    assert "Logga in med arbetsplatsen" in page
    assert reverse("openid_connect_login", kwargs={"provider_id": "arbetsplatsen"}) in page
