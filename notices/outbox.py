"""Letters as rows that wait: queued with the decision, rendered by whoever comes, kept for ever.

A worker claims a letter with a lease; if it dies, the lease runs out and the next one takes over.
Rendering the same facts gives the same bytes, so twice does no harm and is stored once.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from cases.models import Custodian, Organisation, User
from cases.models.case import next_reference
from notices import letters, rendering
from notices.models import Document, Letter

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 5
# Shorter than the workers' soft time limit, so that no innocent letter is cut off by it.
ROUND = timedelta(seconds=40)
INTERRUPTED = "Arbetet avbröts varje gång brevet skulle göras. Säg till driften."
log = logging.getLogger(__name__)


def queue(
    code: str,
    facts: letters.Letter,
    *,
    owner: Organisation,
    case_id: UUID,
    addressee: str,
    by: User,
    at: datetime,
    custodian: Custodian | None = None,
) -> Letter:
    """Freeze `facts` as a letter of `owner` that waits for a worker. Call it in the step's own
    transaction: there is no letter without its decision, and no decision without its letter.
    """
    text = letters.to_json(facts)
    return Letter.objects.create(
        organisation=owner,
        case_id=case_id,
        reference=next_reference("B", timezone.localtime(at)),
        code=code,
        addressee=addressee,
        custodian_id=custodian.pk if custodian else None,
        template_version=letters.TEMPLATE_VERSIONS[code],
        window=settings.LETTER_WINDOW,
        facts=text,
        facts_sha256=letters.sha256(text),
        made_by=by,
        made_at=at,
    )


def render_waiting(limit: int = 200) -> int:
    """Render up to `limit` letters that wait; returns how many became ready. Safe to run twice."""
    _give_up_on_fatal_letters()
    done, until = 0, monotonic() + ROUND.total_seconds()
    for _ in range(limit):
        letter = claim() if monotonic() < until else None
        if letter is None:
            break
        try:
            done += render(letter)
        except rendering.CannotRender:
            break  # nor could this machine make the next one
    return done


def claim() -> Letter | None:
    """Take the letter that has waited longest, or None. The lease is in the database."""
    now = timezone.now()
    free = Q(leased_until__isnull=True) | Q(leased_until__lt=now)
    with transaction.atomic():
        waiting = Letter.objects.filter(free, state=Letter.State.QUEUED).order_by("made_at")
        letter = waiting.select_for_update(skip_locked=True).first()
        if letter is None:
            return None
        letter.leased_until, letter.attempts = now + LEASE, letter.attempts + 1
        letter.save(update_fields=["leased_until", "attempts"])
    return letter


def render(letter: Letter) -> bool:
    """Make the PDF of a claimed letter and store it; False when it failed, now or for good.

    Raises:
        CannotRender: this machine lacks a library. The letter waits, the page says what to install.
    """
    try:
        facts = letters.from_json(letter.code, letter.facts)
        pdf = rendering.render(letter.code, facts, language=letter.language, window=letter.window)
    except rendering.Unprintable as fault:
        _set_aside(letter, str(fault), for_good=True)
        return False
    except rendering.CannotRender as fault:
        _put_back(letter, str(fault))
        raise
    except Exception:
        # Whatever it was must not stop the queue; the log has the trace, the page the fact.
        log.exception("letter %s could not be rendered", letter.pk)
        last = letter.attempts >= MAX_ATTEMPTS
        _set_aside(letter, "Ett oväntat fel. Driften är underrättad genom loggen.", for_good=last)
        return False
    return _store(letter, pdf)


def _store(letter: Letter, pdf: bytes) -> bool:
    with transaction.atomic():
        fresh = Letter.objects.select_for_update().get(pk=letter.pk)
        if fresh.state == Letter.State.READY:
            return True  # another worker was first; its bytes are the same
        Document.objects.create(letter=fresh, content=pdf)
        fresh.state, fresh.failure, fresh.leased_until = Letter.State.READY, "", None
        fresh.rendered_at = timezone.now()
        fresh.pdf_sha256 = hashlib.sha256(pdf).hexdigest()
        fresh.save()
    return True


def _put_back(letter: Letter, failure: str) -> None:
    """Let another machine take the letter at once: it was no fault of the letter's."""
    Letter.objects.filter(pk=letter.pk, state=Letter.State.QUEUED).update(
        leased_until=None, attempts=F("attempts") - 1, failure=failure[:300]
    )


def _give_up_on_fatal_letters() -> None:
    """A letter whose workers died every time would stop the queue for ever: it fails instead."""
    Letter.objects.filter(
        state=Letter.State.QUEUED,
        attempts__gte=MAX_ATTEMPTS,
        leased_until__lt=timezone.now(),
    ).update(state=Letter.State.FAILED, failure=INTERRUPTED)


def _set_aside(letter: Letter, failure: str, *, for_good: bool) -> None:
    Letter.objects.filter(pk=letter.pk, state=Letter.State.QUEUED).update(
        state=Letter.State.FAILED if for_good else Letter.State.QUEUED, failure=failure[:300]
    )
