"""Binding a pile: its letters checked one by one, put in envelope order, merged into one PDF.

The rows are the progress: whoever comes after a dead worker goes on with what is not checked. The
letters' own bytes are read and never changed.
"""

import hashlib
import io
import logging
from dataclasses import dataclass
from datetime import date, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

from notices import leases, leaving, letters, postroom, rendering
from notices.catalogue import CATALOGUE
from notices.models import Letter, Posting, PrintRun, RunFile, RunItem
from notices.posting import State

if TYPE_CHECKING:
    from pypdf import PdfReader

KEPT = timedelta(days=7)
GONE = "Brevets PDF stämmer inte med sitt kontrolltal. Säg till driften."
NO_PDF = "Brevets PDF går inte att läsa. Säg till driften."
HIDDEN = "Skyddade personuppgifter: skrivs ut för sig, av den som är namngiven."
INTERRUPTED = "Arbetet avbröts varje gång högen skulle göras. Säg till driften."
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ListedLetter:
    """One row of the cover list. It names nobody: the window does."""

    envelope: int
    reference: str
    title: str
    addressee: str
    n_pages: int
    first_page: int


@dataclass(frozen=True)
class CoverList:
    """The first sheet of the pile: what lies in it, in envelope order."""

    unit: str
    made_on: date
    n_envelopes: int
    is_duplex: bool
    rows: tuple[ListedLetter, ...]


@dataclass(frozen=True)
class _Sheet:
    """A letter that has been checked: its item and its PDF, and where it goes in the order."""

    item: RunItem
    content: bytes
    order: tuple[str, ...]
    key: str


def make_waiting() -> int:
    """Make the piles that wait; returns how many became ready. Safe to run twice."""
    _give_up_on_fatal_runs()
    # A copy for the printer is not kept because somebody forgot to say that it was posted.
    RunFile.objects.filter(run__printed_at__lt=timezone.now() - KEPT).delete()
    done, until = 0, monotonic() + leases.ROUND.total_seconds()
    while monotonic() < until and (run := leases.claim(_unmade())) is not None:
        try:
            with leases.blaming_the_machine(run):
                done += make(run, until=until)
        except rendering.CannotRender:
            break
        except Exception:
            # Its lease holds back the next try a while; the log has the trace, the page the fact.
            log.exception("print run %s could not be made", run.pk)
            PrintRun.objects.filter(pk=run.pk).update(failure=leases.UNEXPECTED)
            break
    return done


def _unmade() -> QuerySet[PrintRun]:
    runs = PrintRun.objects.filter(state=PrintRun.State.MAKING, attempts__lt=leases.MAX_ATTEMPTS)
    return runs.order_by("made_at")


def make(run: PrintRun, *, until: float) -> bool:
    """Check each letter of a claimed pile and merge them; False when the round is over first.

    Raises:
        CannotRender: this machine cannot make the cover list. The pile waits.
    """
    for item in run.items.filter(n_pages__isnull=True, fault=""):
        if monotonic() > until:
            _put_back(run)
            return False
        _check(item)
    content, placed = _merged(run)
    return _store(run, content, placed)


def _put_back(run: PrintRun) -> None:
    """Let anybody go on with it at once: no fault of the pile's."""
    PrintRun.objects.filter(pk=run.pk).update(leased_until=None, attempts=0)


def obstacle(posting: Posting, *, on: date) -> str:
    """Why the letter may not lie in a pile on that day, or ""; asked anew, since things change."""
    case = postroom.case_of(posting.letter)
    return HIDDEN if case.person.home_is_secret else leaving.obstacle(posting, case, on=on)


def _check(item: RunItem) -> None:
    """Look at one letter, and write what was found at once: it is the progress."""
    try:
        item.fault = obstacle(item.posting, on=timezone.localdate())
        if not item.fault:
            item.n_pages = len(_reader(_content(item.posting.letter)).pages)
    except leases.FAULTS_OF_THE_MACHINE:
        raise
    except Exception as fault:  # whatever is wrong with one letter must not stop the pile
        log.exception("letter %s cannot be put in a pile", item.posting_id)
        item.fault = GONE if isinstance(fault, _Changed) else NO_PDF
    item.save(update_fields=["n_pages", "fault"])


class _Changed(Exception):
    """The stored bytes are not those that were made."""


def _content(letter: Letter) -> bytes:
    content = bytes(letter.document.content)
    if hashlib.sha256(content).hexdigest() != letter.pdf_sha256:
        raise _Changed
    return content


def _merged(run: PrintRun) -> tuple[bytes, list[RunItem]]:
    """The pile as one PDF with its cover list first, and its items with envelope and page."""
    from pypdf import PdfWriter

    sheets = sorted(map(_sheet, sheets_of(run)), key=lambda sheet: sheet.order)
    writer = PdfWriter()
    placed, rows = [], _placed(run, sheets, n_cover=1)
    n_cover = len(_reader(cover := _cover(run, rows)).pages)
    n_cover += n_cover % 2 if run.is_duplex else 0
    if n_cover > 1:
        rows = _placed(run, sheets, n_cover=n_cover)
        cover = _cover(run, rows)
    for content in (cover, *(sheet.content for sheet in sheets)):
        writer.append(io.BytesIO(content), import_outline=False)
        if run.is_duplex and len(writer.pages) % 2:
            writer.add_blank_page()
    for sheet, row in zip(sheets, rows, strict=True):
        sheet.item.envelope, sheet.item.first_page = row.envelope, row.first_page
        placed.append(sheet.item)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue(), placed


def sheets_of(run: PrintRun) -> QuerySet[RunItem]:
    found = run.items.filter(n_pages__isnull=False, fault="", posting__state=State.WAITING)
    return found.select_related("posting__letter__document")


def _sheet(item: RunItem) -> _Sheet:
    letter = item.posting.letter
    to = letters.from_json(letter.code, letter.facts).recipient
    order = (to.postal_line or "", to.street or "", to.name, letter.reference)
    key = item.posting.address_key or letter.reference
    return _Sheet(item, _content(letter), order, key)


def _placed(run: PrintRun, sheets: list[_Sheet], *, n_cover: int) -> list[ListedLetter]:
    """Each letter's envelope and first page: letters to one address share an envelope."""
    rows: list[ListedLetter] = []
    page, envelope, key = n_cover + 1, 0, ""
    for sheet in sheets:
        envelope += sheet.key != key
        key, letter = sheet.key, sheet.item.posting.letter
        n_pages = sheet.item.n_pages or 0
        title = CATALOGUE[letter.code].title
        rows.append(
            ListedLetter(envelope, letter.reference, title, letter.addressee, n_pages, page)
        )
        page += n_pages + (n_pages % 2 if run.is_duplex else 0)
    return rows


def _cover(run: PrintRun, rows: list[ListedLetter]) -> bytes:
    facts = CoverList(
        unit=str(run.organisation),
        made_on=timezone.localdate(run.made_at),
        n_envelopes=rows[-1].envelope if rows else 0,
        is_duplex=run.is_duplex,
        rows=tuple(rows),
    )
    return rendering.page(render_to_string("print/pile.html", {"pile": facts}), style="letter")


def _reader(content: bytes) -> "PdfReader":
    from pypdf import PdfReader

    return PdfReader(io.BytesIO(content))


def _store(run: PrintRun, content: bytes, placed: list[RunItem]) -> bool:
    """Keep the file, unless a letter was withdrawn while it was made: then it is made anew."""
    with transaction.atomic():
        fresh = PrintRun.objects.select_for_update().get(pk=run.pk)
        if fresh.state != PrintRun.State.MAKING:
            return False  # another worker was first
        if {item.pk for item in placed} != set(sheets_of(fresh).values_list("pk", flat=True)):
            _put_back(run)
            return False
        fresh.items.exclude(posting__state=State.WAITING).delete()
        RunItem.objects.bulk_update(placed, ["envelope", "first_page"])
        RunFile.objects.filter(run=fresh).delete()
        if placed:
            RunFile.objects.create(run=fresh, content=content)
        # With every letter left out there is nothing to print: each says why on the page.
        fresh.state = PrintRun.State.READY if placed else PrintRun.State.DONE
        fresh.failure, fresh.leased_until, fresh.attempts = "", None, 0
        fresh.save()
    return True


def _give_up_on_fatal_runs() -> None:
    """A pile whose workers died every time says so; whoever presses tries it again."""
    PrintRun.objects.filter(
        state=PrintRun.State.MAKING,
        attempts__gte=leases.MAX_ATTEMPTS,
        leased_until__lt=timezone.now(),
    ).update(failure=INTERRUPTED)
