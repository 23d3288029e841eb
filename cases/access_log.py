"""One row in the access log for each look and each refusal, before the answer leaves.

`cases.access` gives these on: whoever fetches a case needs no other module.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest

from cases.models import AccessEntry, User


class LogUnwritable(Exception):
    """The row of the log could not be written, so nothing is shown (reliability before service)."""


def signed_in(request: HttpRequest) -> User:
    """The user of a request that has passed `guard_pages`."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def log_access(
    request: HttpRequest,
    kind: str,
    subject: UUID | None,
    *,
    purpose: str = "",
    words: str = "",
) -> None:
    """Write one row to the reader's own unit's access log; the address itself is never stored.

    Raises:
        LogUnwritable: it could not be written; what it was about may not be shown.
    """
    user = signed_in(request)
    match = request.resolver_match
    try:
        entry = AccessEntry.append(
            user.organisation,
            by=user,
            words=words,
            kind=kind,
            subject_id=subject,
            page=match.view_name if match else "",
            purpose=purpose or request.__dict__.get("_purpose", ""),
        )
    except DatabaseError as fault:
        raise LogUnwritable from fault
    if kind == AccessEntry.Kind.REFUSED:
        request.__dict__["_refusal"] = (entry.pk, entry.mac)


def log_refusal(request: HttpRequest, subject: UUID | None) -> None:
    """Log that whoever is logged in was refused, or found nothing, once a request."""
    key, mac = request.__dict__.get("_refusal", (None, ""))
    # A row that was written in a transaction which the refusal undid is not there.
    if isinstance(request.user, User) and not AccessEntry.objects.filter(pk=key, mac=mac).exists():
        log_access(request, AccessEntry.Kind.REFUSED, subject)
