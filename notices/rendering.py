"""From a letter's facts to a tagged PDF: the sole door to WeasyPrint.

The same letter gives the same bytes. Nothing is fetched, neither from the network nor from the
disk, and what cannot be drawn properly is refused with a sentence instead of being drawn badly.
"""

import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone, translation

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# Envelope C5, 229 × 162 mm, holding an A4 folded once to 210 × 148.5 mm: the paper slides.
SLIDE_ACROSS_MM = 229 - 210
SLIDE_DOWN_MM = 162 - 148.5


@dataclass(frozen=True)
class Window:
    """A window, in millimetres from the top left corner of the C5 envelope.

    Sweden has two positions, V2 and H2, but no open source gives their exact millimetres. These
    are the Norwegian ones (44 mm down, 35 × 105 mm, 15 mm from the side): try a real envelope.
    """

    left: float
    top: float = 44
    width: float = 105
    height: float = 35

    @property
    def address_mm(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom on the paper of what shows however the paper has slid."""
        right = self.left + self.width - SLIDE_ACROSS_MM
        return self.left, self.top, right, self.top + self.height - SLIDE_DOWN_MM

    @property
    def exposed_mm(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom on the paper of what may ever show: only the address is here."""
        left, top = self.left - SLIDE_ACROSS_MM, self.top - SLIDE_DOWN_MM
        return left, top, self.left + self.width, self.top + self.height


WINDOWS = {"H2": Window(left=229 - 15 - 105), "V2": Window(left=15)}

STYLESHEET = Path("kronoberg/static/css/letter.css")
FONT_FILES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
# Where fontconfig looks on Debian, and where a user may put a font of their own.
FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
)
REMEDY = (
    "Installera det som saknas: apt-get install "
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
)

# 1 MB of words takes WeasyPrint 12 s and 100 000 line breaks 30 s: no true letter is near these.
MAX_FIELD_CHARACTERS = 20_000
MAX_FIELD_LINES = 400
MAX_LETTER_CHARACTERS = 60_000
MAX_PAGES = 30


class CannotRender(Exception):
    """No PDF can be made here now; the message says what is missing and how to mend it."""


class Unprintable(CannotRender):
    """This letter can never become a PDF as it is; the message says why."""


@dataclass(frozen=True)
class _Engine:
    """What is costly to make and the same for all letters."""

    html: Any
    fetching_error: type[BaseException]
    fetcher: Any
    fonts: Any
    stylesheet: Any
    drawable: frozenset[int]
    # Pango's font map, kept inside ``fonts``, is not safe to share between threads.
    lock: threading.Lock


def render(
    code: str, letter: "DataclassInstance", *, language: str = "sv", window: str = "H2"
) -> bytes:
    """Return the letter as PDF/UA-1.

    Raise CannotRender when this machine lacks a library or a font, and its subclass Unprintable
    when the letter is too long or holds a character that the font cannot draw.
    """
    engine = _engine()
    if reasons := unprintable(letter):
        raise Unprintable(" ".join(reasons))
    html = _html(code, letter, language=language, window=window)
    with engine.lock:
        try:
            document = engine.html(string=html, url_fetcher=engine.fetcher).render(
                font_config=engine.fonts, stylesheets=[engine.stylesheet]
            )
            if len(document.pages) > MAX_PAGES:
                raise Unprintable(f"Brevet blir längre än {MAX_PAGES} sidor.")
            # Attachments are fetched only here. A BaseException, it would stop the whole worker.
            pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
        except engine.fetching_error as error:
            raise Unprintable("Brevet hänvisar till något utanför sig självt.") from error
    return pdf


def unprintable(letter: "DataclassInstance") -> list[str]:
    """Return, in Swedish, why this letter cannot be printed; an empty list when it can."""
    texts, reasons = list(_texts(asdict(letter))), []
    if any(len(text) > MAX_FIELD_CHARACTERS for text in texts):
        reasons.append(f"En text är längre än {MAX_FIELD_CHARACTERS} tecken.")
    if any(text.count("\n") >= MAX_FIELD_LINES for text in texts):
        reasons.append(f"En text har fler än {MAX_FIELD_LINES} rader.")
    if sum(map(len, texts)) > MAX_LETTER_CHARACTERS:
        reasons.append(f"Brevet är längre än {MAX_LETTER_CHARACTERS} tecken.")
    drawable = _engine().drawable
    if strange := {sign for text in texts for sign in text if ord(sign) not in drawable}:
        reasons.append(f"Typsnittet saknar: {' '.join(sorted(strange)[:10])}")
    return reasons


def missing_fonts() -> list[str]:
    """Return the font files that letters need and this machine does not have."""
    return [name for name in FONT_FILES if _font(name) is None]


def can_render() -> bool:
    """Return whether PDFs can be made here. ``render`` says what is missing."""
    try:
        _engine()
    except CannotRender:
        return False
    return True


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    """Load WeasyPrint, its fonts and our stylesheet, once; a failure is tried again next time."""
    if missing := missing_fonts():
        raise CannotRender(f"PDF kan inte skapas: {', '.join(missing)} saknas. {REMEDY}")
    try:
        # 0.7 s and 50 MB: only a process that makes a letter pays for it.
        from fontTools.ttLib import TTFont
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import FatalURLFetchingError, URLFetcher
    except (ImportError, OSError) as error:
        raise CannotRender(f"PDF kan inte skapas: {error}. {REMEDY}") from error
    # The default fetcher reads any file and follows any redirect, and hides its errors.
    fetcher = URLFetcher(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
    fonts = FontConfiguration()
    source = (settings.BASE_DIR / STYLESHEET).read_text(encoding="utf-8")
    covered = []
    for name in FONT_FILES:
        with TTFont(_font(name), lazy=True) as face:
            covered.append(set(face.getBestCmap()))
    return _Engine(
        html=HTML,
        fetching_error=FatalURLFetchingError,
        fetcher=fetcher,
        fonts=fonts,
        stylesheet=CSS(string=source, font_config=fonts, url_fetcher=fetcher),
        drawable=frozenset(set.intersection(*covered) | {ord("\n"), ord("\r"), ord("\t")}),
        lock=threading.Lock(),
    )


def _html(code: str, letter: "DataclassInstance", *, language: str, window: str) -> str:
    # Month names and clock times must not depend on who happens to ask for the letter.
    with translation.override(language), timezone.override(settings.TIME_ZONE):
        return get_template(f"letters/{language}/{code}.html").render(
            {"letter": letter, "language": language, "window": window}
        )


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a letter's facts, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(tuple(value.values()))
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)


def _font(name: str) -> Path | None:
    return next((found for folder in FONT_FOLDERS for found in folder.rglob(name)), None)
