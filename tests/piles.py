"""Today's pile as the tests make it: papers that are ready, a run, what its PDF holds, changes."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils import timezone
from pypdf import PdfReader, PdfWriter

from cases.models import Custodian, Protection
from notices import binding, leaving, pile, postroom
from notices.models import Document, Posting, PrintRun, RunFile
from tests import cast, households
from tests.households import police
from tests.test_letter_pages import ready

NOW = timezone.now
TODAY = timezone.localdate()


def pdf(n_pages: int = 1, width: int = 595) -> bytes:
    """A PDF whose pages can be told apart by their width."""
    writer = PdfWriter()
    for _ in range(n_pages):
        writer.add_blank_page(width, 842)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def papers(n_pages: tuple[int, int] = (1, 1), **record: Any) -> list[Posting]:
    """The papers to two custodians, in the order of their addresses: the father's comes first."""
    case, _ = households.notified(**record)
    sent = police(case, "send_letters").letters
    made = [letter for letter in sent if letter.custodian_id]  # the youth's own is not made yet
    for number, letter in enumerate(made):
        ready(letter, pdf(n_pages[number], width=500 + number))
    hers, his = (Posting.objects.get(pk=letter.pk) for letter in made)
    return [his, hers]


def unit() -> Any:
    return cast.person("omar").organisation


def started(**how: Any) -> PrintRun:
    run = pile.start(unit(), by=cast.person("omar"), at=NOW(), **how)
    assert run is not None
    return run


def made(**how: Any) -> PrintRun:
    run = started(**how)
    binding.make_waiting()
    return PrintRun.objects.get(pk=run.pk)


@contextmanager
def left_out(paper: Posting) -> Iterator[None]:
    """Within it the addressee has moved, and what was made meanwhile has left the letter out."""
    father = households.father(postroom.case_of(paper.letter).person)
    street = father.street
    move_the_addressee(father)
    binding.make_waiting()
    yield
    father.street = street
    father.save()


def file_of(run: PrintRun) -> PdfReader:
    return PdfReader(io.BytesIO(bytes(RunFile.objects.get(run=run).content)))


def widths(run: PrintRun) -> list[int]:
    return [int(page.mediabox.width) for page in file_of(run).pages][1:]


def state_of(run: PrintRun) -> str:
    return PrintRun.objects.get(pk=run.pk).state


def faults(run: PrintRun) -> list[str]:
    return [item.fault for item in run.items.all() if item.fault]


def withdraw(posting: Posting) -> None:
    postroom.take(posting, "withdraw_letter", by=cast.person("omar"), reason="Fel mottagare.")


# What can happen to an addressee after the letter was made ------------------------------------


def hide_the_home(custodian: Custodian) -> str:
    at_home = households.mother(custodian.person)
    at_home.protection = Protection.PROTECTED
    at_home.save()
    return binding.HIDDEN


def hide_the_youth(custodian: Custodian) -> str:
    custodian.person.protection = Protection.PROTECTED
    custodian.person.save()
    return binding.HIDDEN


def hide_the_addressee(custodian: Custodian) -> str:
    custodian.protection = Protection.UNKNOWN
    custodian.save()
    return "Skyddade personuppgifter"


def bar_the_addressee(custodian: Custodian) -> str:
    custodian.is_barred = True
    custodian.save()
    return "får inte kontaktas"


def move_the_addressee(custodian: Custodian) -> str:
    custodian.street = "Nygatan 1"
    custodian.save()
    return leaving.MOVED


def turn_eighteen(custodian: Custodian) -> str:
    custodian.person.birth_date = (TODAY - relativedelta(years=18)).isoformat()
    custodian.person.save()
    return "fyllt 18"


def harm(custodian: Custodian) -> str:
    document = Document.objects.get(letter__custodian_id=custodian.pk)
    document.content = pdf(3)
    document.save()
    return binding.GONE


CHANGES = (
    hide_the_addressee, bar_the_addressee, move_the_addressee, harm,
)  # fmt: skip
