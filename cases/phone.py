"""The officer's phone: whose drafts it holds, with which key, and what comes from its outbox.

What is written in the field lies sealed on the phone until it is received. The key is derived here
for each user and handed out to nobody else; the phone forgets it at logout, when somebody else logs
in, and when its hours are up. The sealed drafts stay. Nothing here knows what a draft says.
"""

from base64 import b64encode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare

from cases import sealing
from cases.models import User

# Sent with everything that leaves the phone's outbox: the holder whose draft it is.
HEADER = "X-Kronoberg-Phone"


def holder(user: User) -> str:
    """The name of the user's drafts on a phone: says nothing about who it is."""
    return sealing.phone_secret(user.pk, "holder").hex()[:32]


def key(user: User) -> str:
    """The key material of the user's drafts, the same on every phone and after every login."""
    return b64encode(sealing.phone_secret(user.pk, "key")).decode()


def is_sending(request: HttpRequest) -> bool:
    """Does the request come from the phone's outbox, not from somebody who looks at a page?"""
    return HEADER in request.headers


def is_for_somebody_else(request: HttpRequest) -> bool:
    """Is it a sending, but not of whoever is logged in now?"""
    if not is_sending(request):
        return False
    user = request.user
    return not isinstance(user, User) or not constant_time_compare(
        request.headers[HEADER], holder(user)
    )


def received(number: str, url: str, *, is_new: bool) -> HttpResponse:
    """The receipt that the outbox keeps; `is_new` is false when it had arrived before."""
    return JsonResponse({"number": number, "url": url, "is_new": is_new})
