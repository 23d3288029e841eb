"""WeasyPrint as the letters use it: loaded once, with its fonts and its stylesheet, and silent on
nothing. A process that makes no letter never gets here.
"""

import gc
import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from notices import fonts
from notices.fonts import CannotRender, Unprintable

# The letters' stylesheet, in the order in which its parts hold.
STYLESHEETS = tuple(
    Path(f"kronoberg/static/css/letter/{part}.css")
    for part in ("page", "letterhead", "text", "edge")
)
# What page.css asks for first.
FAMILY = "DejaVu Sans Letter"


@dataclass(frozen=True)
class Engine:
    """What is costly to make and the same for all letters."""

    html: Any
    fetching_error: type[BaseException]
    fetcher: Any
    fonts: Any
    stylesheet: Any
    # Pango's font map, kept inside ``fonts``, is not safe to share between threads.
    lock: threading.RLock

    def lay_out(self, html: str) -> Any:
        """Return the WeasyPrint document of one part of a letter."""
        with nothing_left_out():
            return self.html(string=html, url_fetcher=self.fetcher).render(
                font_config=self.fonts, stylesheets=[self.stylesheet]
            )


@contextmanager
def nothing_left_out() -> Iterator[None]:
    """Inside it, what WeasyPrint cannot read stops the page: it would leave it out and go on.

    Raises:
        Unprintable: an image, a font or a stylesheet is broken.
    """
    listener = _Listener(logging.ERROR)
    logger = logging.getLogger("weasyprint")
    logger.addHandler(listener)
    try:
        yield
    finally:
        logger.removeHandler(listener)
    if listener.has_heard:
        raise Unprintable("En bild eller ett typsnitt går inte att läsa. Säg till driften.")


@contextmanager
def nobody_asked() -> Iterator[None]:
    """Inside it this thread opens no connection and looks up no name, whatever a library tries.

    The fetcher refuses first; this is for the day when a page gets round it. It stops what Python
    does: a process that is to hold against its own machine code is cut off by the system.

    Raises:
        PermissionError: something tried.
    """
    _listen_to_the_network()
    before = _is_closed.set(True)
    try:
        yield
    finally:
        _is_closed.reset(before)


_is_closed: ContextVar[bool] = ContextVar("nobody is asked", default=False)
NETWORK = frozenset({
    "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo",
    "socket.gethostbyname", "socket.gethostbyaddr", "subprocess.Popen",
})  # fmt: skip


@cache
def _listen_to_the_network() -> None:
    """Once in a process: what is heard by an audit hook is heard for good.

    Also while the process ends, when the names of this module are gone: it keeps what it needs.
    """
    network, is_closed = NETWORK, _is_closed

    def refuse(event: str, _: object) -> None:
        if event in network and is_closed.get():
            raise PermissionError(f"{event} while a page was laid out")

    sys.addaudithook(refuse)


@contextmanager
def collecting_garbage_later() -> Iterator[None]:
    """A letter is thousands of objects that all live until it is written: none is garbage yet."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Listener(logging.Handler):
    has_heard = False

    def emit(self, record: logging.LogRecord) -> None:
        self.has_heard = True


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Load WeasyPrint, its fonts and our stylesheet, once; a failure is tried again next time."""
    fonts.drawable("Latn")
    try:
        # 0.7 s and 50 MB: only a process that makes a letter pays for it.
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher
    except (ImportError, OSError) as error:
        raise CannotRender(f"PDF kan inte skapas: {error}. {fonts.REMEDY}") from error

    class LetterHTML(HTML):  # type: ignore[misc]  # WeasyPrint has no types
        """HTML without the browser's rules: those that a letter needs stand in its stylesheet."""

        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:  # noqa: FBT001, FBT002
            return []

    # The default fetcher reads any file and follows any redirect, and hides its errors.
    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
    configuration = FontConfiguration()
    source = fonts.small_faces(FAMILY) + _without_variables(written(STYLESHEETS))
    return Engine(
        html=LetterHTML,
        fetching_error=FatalURLFetchingError,
        fetcher=fetcher,
        fonts=configuration,
        stylesheet=CSS(string=source, font_config=configuration, url_fetcher=fetcher),
        lock=threading.RLock(),
    )


def written(sheets: Iterable[Path]) -> str:
    """Return what stands in some stylesheets of the product, one after the other."""
    return "\n".join((settings.BASE_DIR / path).read_text("utf-8") for path in sheets)


def _without_variables(css: str) -> str:
    """Put in the sheet's own colours, which WeasyPrint would look up anew for each element."""
    colours = dict(re.findall(r"(--[\w-]+): (#\w+);", css))
    return re.sub(r"var\((--[\w-]+)\)", lambda named: colours[named[1]], css)
