"""Somebody signs in: the password that every test has, and a code app."""

import time
from typing import Any

from allauth.core import context
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.urls import reverse

from tests import cast
from tests.factories import request_of

PASSWORD = "hemligt-men-kort"
SECRET = "JBSWY3DPEHPK3PXP"


def log_in(client: Any, username: str, password: str = PASSWORD) -> Any:
    return client.post(reverse("login"), {"login": username, "password": password})


def code() -> str:
    return str(format_hotp_value(hotp_value(SECRET, int(time.time()) // 30)))


def add_code_app(username: str) -> None:
    """As on the page: whose it is the library does not say, the request does."""
    user = cast.person(username)
    with context.request_context(request_of(username)):
        TOTP.activate(user, SECRET)
