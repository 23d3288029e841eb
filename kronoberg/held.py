"""What somebody was sending or writing when the screen locked or the session ended.

Safety must not cost anybody the report: it lies sealed here, for its author alone and for a few
days, until the same person is back on the same page. The page itself keeps nothing.
"""

import json
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cases.models import HeldForm, User
from cases.sealing import blind_index

Pairs = list[tuple[str, str]]
# Over a long weekend; after that it is an old form about somebody.
KEPT = timedelta(days=4)
# The longest that a page may hand over.
MOST_LETTERS = 200_000


def keep(user: User, page: str, content: object, *, is_sent: bool, case: UUID | None) -> UUID:
    """Seal what `user` had on `page`; one thing a page, the last one."""
    with transaction.atomic():
        HeldForm.objects.filter(owner=user, page=_mark(page)).delete()
        row = HeldForm(owner=user, page=_mark(page), is_sent=is_sent, case_id=case)
        row.content, row.held_at = json.dumps(content), timezone.now()
        row.save(force_insert=True)
    return row.pk


def take(user: User, page: str, *, is_sent: bool, key: str = "") -> object:
    """Open what was kept of `page` and forget it; None when there is nothing of the user's own."""
    found = HeldForm.objects.filter(owner=user, page=_mark(page), is_sent=is_sent)
    with transaction.atomic():
        row = found.select_for_update().first()
        if row is None or (key and str(row.pk) != key):
            return None
        content: object = json.loads(row.content)
        row.delete()
    return content


def sent_from(user: User, page: str) -> UUID | None:
    """What was being sent from `page` and is still here."""
    found = HeldForm.objects.filter(owner=user, page=_mark(page), is_sent=True)
    return found.values_list("pk", flat=True).first()


def has_any(user: User) -> bool:
    return HeldForm.objects.filter(owner=user).exists()


def drop(user: User, page: str) -> None:
    HeldForm.objects.filter(owner=user, page=_mark(page)).delete()


def sweep(at: datetime) -> int:
    """Erase what nobody came back for."""
    return HeldForm.objects.filter(held_at__lt=at - KEPT).delete()[0]


def _mark(page: str) -> str:
    return blind_index(f"page:{page}")
