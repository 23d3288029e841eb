"""Files for somebody at a screen: ordered by a page, made by a worker, opened, thrown away.

A page fills a template, which is quick, and orders; the HTML lies sealed until a worker has made it
(`leases`), so no web process ever loads WeasyPrint. Tables for a spreadsheet lie as their rows and
are made in the same way. The one who ordered it sees how far it has come
and opens it (`views_handouts`); nobody else learns that it exists.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cases.models import User
from notices import leases, rendering, sheets
from notices.models import Handout

# What nobody opens is not kept, and what was opened is kept for the paper jam only.
KEPT = timedelta(days=1)
KEPT_OPENED = timedelta(minutes=10)


def order(
    html: str, *, title: str, file_name: str, style: str, by: User, case_id: UUID | None = None
) -> Handout:
    """Freeze `html`, a whole page without references, as a PDF that a worker will make for `by`.

    `style` is one of `rendering.STYLES`. `title` and `file_name` name nobody. With `case_id`, it
    opens only for who may see that case and whom it is about. Wake with `tasks.wake_for_handouts`.
    """
    return Handout.objects.create(
        made_by=by, case_id=case_id, title=title, file_name=file_name, style=style, html=html
    )


def order_tables(
    tables: Iterable[sheets.Sheet], *, title: str, file_name: str, form: str, by: User
) -> Handout:
    """Freeze tables as a file that a worker will make for `by`; `form` is one of `sheets.FORMATS`.

    They are about no case. `title` and `file_name` name nobody.
    """
    rows = sheets.frozen(tables)
    return order(rows, title=title, file_name=file_name, style=form, by=by)


def make_waiting() -> int:
    """Make the handouts that wait; returns how many became ready. Safe to run twice."""
    sweep(timezone.now())
    return leases.work(Handout.objects.order_by("made_at"), _make)


def _make(handout: Handout) -> None:
    if handout.is_tables:
        made = sheets.FORMATS[handout.style].write(sheets.thawed(handout.html))
    else:
        made = rendering.page(handout.html, style=handout.style)
    with transaction.atomic():
        fresh = Handout.objects.select_for_update().filter(pk=handout.pk, state="queued").first()
        if fresh is not None:  # neither made by another worker nor erased meanwhile
            fresh.html, fresh.content, fresh.failure = "", made, ""
            fresh.state, fresh.leased_until = Handout.State.READY, None
            fresh.save()


def retry(handout: Handout) -> None:
    """Let a failed handout, or one that nobody makes, wait again from its first attempt."""
    leases.wait_again(Handout.objects.filter(pk=handout.pk))


def opened(handout: Handout, *, at: datetime) -> bytes:
    """What a ready handout holds; from now on it is kept for a while only."""
    Handout.objects.filter(pk=handout.pk, opened_at=None).update(opened_at=at)
    return bytes(handout.content)


def sweep(at: datetime) -> None:
    """Throw away what has had its time, made or not."""
    old = Q(made_at__lt=at - KEPT) | Q(opened_at__lt=at - KEPT_OPENED)
    Handout.objects.filter(old).delete()
