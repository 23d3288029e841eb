"""From a letter's facts to a tagged PDF: with `engine`, the sole door to WeasyPrint.

The same letter gives the same bytes. Nothing is fetched, neither from the network nor from the
disk, and what cannot be drawn properly is refused with a sentence instead of being drawn badly.

Many letters in one process are made faster than one by one, for four reasons that need no trick:
fonts and styles are kept (`engine`), what is the same in many letters, letterhead and sheet, is
laid out once (`_kept`), the browser's default rules, of which a letter uses few, are ours
(`STYLESHEETS`), and each PDF's font is cut out of a small one (`fonts.small_faces`).
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone

from notices import fonts, letters, wording
from notices.engine import (
    STYLESHEETS,
    collecting_garbage_later,
    nobody_asked,
    nothing_left_out,
    written,
)
from notices.engine import engine as _engine
from notices.envelopes import WINDOWS as WINDOWS
from notices.fonts import CannotRender as CannotRender
from notices.fonts import Unprintable as Unprintable
from notices.languages import LANGUAGES, SWEDISH, Language

# What a page that is no letter is set in: as a letter's sheet, or as a report with drawings.
STYLES = {"letter": STYLESHEETS, "report": (Path("kronoberg/static/css/report.css"),)}
# 1 MB of words takes WeasyPrint 12 s and 100 000 line breaks 30 s: no true letter is near these.
MAX_FIELD_CHARACTERS = 20_000
MAX_FIELD_LINES = 400
MAX_LETTER_CHARACTERS = 60_000
MAX_PAGES = 30
KEPT_PAGES = 128

# To send: PDF/UA-1. To the archive: PDF/A-2a. No file can claim both (ISO 14289-1, 19005-2).
TO_SEND: dict[str, Any] = {"pdf_variant": "pdf/ua-1"}
TO_ARCHIVE: dict[str, Any] = {"pdf_variant": "pdf/a-2a", "uncompressed_pdf": True}


def render(
    code: str,
    letter: letters.Letter,
    *,
    texts: Mapping[str, Mapping[str, str]] | None = None,
    window: str = "H2",
    watermark: str = "",
    variant: Mapping[str, Any] = TO_SEND,
) -> bytes:
    """Return the letter as PDF, one part after the other for each language in ``texts``.

    ``texts`` is language -> wording; without it, Swedish as it comes with the product.

    Raises:
        CannotRender: this machine lacks a library or a font.
        Unprintable: the letter is too long or holds a character that no font here can draw.
    """
    texts = texts or {"sv": wording.shipped(code, "sv")}
    languages = [LANGUAGES[each] for each in texts]
    engine = _engine()
    if reasons := unprintable(letter, *languages) + _undrawable(texts):
        raise Unprintable(" ".join(reasons))
    # What day it was must not depend on who happens to ask for the letter.
    with (
        engine.lock,
        nobody_asked(),
        timezone.override(settings.TIME_ZONE),
        collecting_garbage_later(),
    ):
        try:
            parts = [
                _part(code, letter, texts[each.code], each, window=window, watermark=watermark)
                for each in languages
            ]
            return _write(parts, languages, variant)
        except engine.fetching_error as error:
            # A BaseException: unhandled it would stop the whole worker.
            raise Unprintable("Brevet hänvisar till något utanför sig självt.") from error


def _part(
    code: str,
    letter: letters.Letter,
    texts: Mapping[str, str],
    language: Language,
    *,
    window: str,
    watermark: str,
) -> list[Any]:
    """Lay out the letter in one language; return its first document and, if any, its sheet's."""
    shown = _shown(code, letter, texts, language) | {"window": window, "watermark": watermark}
    template, own_pages, sheets = f"letters/{code}.html", 1, shown["sheets"]
    letterhead = _kept(_html(template, shown | {"part": "letterhead"}))
    while True:
        pages = own_pages + sheets
        document = _engine().lay_out(_html(template, shown | {"part": "own", "pages": pages}))
        if len(document.pages) > MAX_PAGES:
            raise Unprintable(f"Brevet blir längre än {MAX_PAGES} sidor.")
        if not sheets or len(document.pages) == own_pages:
            break
        own_pages = len(document.pages)  # the total that stands on each page was a guess
    _lay_on(document.pages[0], letterhead.pages[0])
    if not sheets:
        return [document]
    number = {"number": pages, "pages": pages}
    return [document, _kept(_html(f"letters/sheet-{wording.SHEETS[code]}.html", shown | number))]


def _shown(
    code: str, letter: letters.Letter, texts: Mapping[str, str], language: Language
) -> dict[str, Any]:
    """What the layout of a letter may see."""
    say = wording.Say(texts, letter, language)
    address = f"https://{letter.sender.website}"
    # An edition from before there was a code has no words for it.
    has_code = code in wording.WITH_CODE and "sheet_more" in texts
    return {
        "address": address,
        "code": _code(address) if code in wording.SHEETS or has_code else "",
        "has_code": has_code,
        "letter": letter,
        "say": say,
        "texts": texts,
        "facts": say.facts,
        "rows": say.rows,
        "language": language,
        "sheets": 1 if code in wording.SHEETS else 0,
    }


def html_of(
    code: str, letter: letters.Letter, texts: Mapping[str, str], *, window: str, watermark: str
) -> str:
    """Return a Swedish letter without a sheet as the page that `page` makes a PDF of.

    For a web process, which never loads WeasyPrint: the layout is the letter's own.
    """
    shown = _shown(code, letter, texts, SWEDISH)
    with timezone.override(settings.TIME_ZONE):
        return _html(
            f"letters/{code}.html",
            shown | {"window": window, "watermark": watermark, "pages": 1},
        )


@lru_cache(maxsize=KEPT_PAGES)
def _kept(html: str) -> Any:
    """Lay out what holds nothing of the family, a letterhead or a sheet: the same words are the
    same page.
    """
    return _engine().lay_out(html)


def _lay_on(page: Any, letterhead: Any) -> None:
    """Draw and read the letterhead first, without its own margins, then what the page has."""
    [drawn, *_margins] = letterhead._page_box.children
    page._page_box.children = [drawn, *page._page_box.children]


@lru_cache
def _code(address: str) -> str:
    """Return the QR code of an address as an image in the letter itself."""
    import segno

    return str(segno.make(address, error="m").png_data_uri(border=0, scale=4, dark="#1c2529"))


def _write(parts: list[list[Any]], languages: list[Language], variant: Mapping[str, Any]) -> bytes:
    """Bind the pages of all parts into one file, each part marked with its language."""
    pages = [page for part in parts for document in part for page in document.pages]
    tags = [
        language.tag
        for part, language in zip(parts, languages, strict=True)
        for document in part
        for _ in document.pages
    ]

    def mark(document: Any, pdf: Any) -> None:
        # WeasyPrint writes one language for the whole file; a screen reader must change voice.
        by_page = dict(zip(pdf.page_references, tags, strict=True))
        for thing in pdf.objects:
            if isinstance(thing, dict) and thing.get("Type") == "/StructElem":
                tag = by_page.get(thing.get("Pg"), tags[0])
                if tag != tags[0]:
                    thing["Lang"] = f"({tag})"

    bound = parts[0][0].copy(pages)
    pdf: bytes = bound.write_pdf(finisher=mark if len(set(tags)) > 1 else None, **variant)
    return pdf


@lru_cache
def layout_of(code: str) -> str:
    """Return the digest of what gives the letter its looks: its templates and the stylesheet.

    Words have their edition, facts their hash; with this a PDF can be explained to the last line.
    """
    folder = settings.BASE_DIR / "templates" / "letters"
    shared = sorted(path for path in folder.glob("*.html") if not path.name.startswith("L"))
    styles = (settings.BASE_DIR / part for part in STYLESHEETS)
    digest = hashlib.sha256()
    for path in (folder / f"{code}.html", *shared, *styles):
        digest.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def page(html: str, *, style: str) -> bytes:
    """Return a whole page of the product's own, set in one of `STYLES`, as PDF/UA-1.

    Raises:
        CannotRender: this machine lacks a library or a font.
        Unprintable: the page refers to something outside itself.
    """
    engine = _engine()
    with engine.lock, nobody_asked():
        try:
            if STYLES[style] == STYLESHEETS:
                return bytes(engine.lay_out(html).write_pdf(**TO_SEND))
            return _report(html, STYLES[style])
        except engine.fetching_error as error:
            raise Unprintable("Sidan hänvisar till något utanför sig själv.") from error


def _report(html: str, sheets: tuple[Path, ...]) -> bytes:
    """A page with the browser's own rules, unlike a letter."""
    from weasyprint import CSS, HTML

    engine = _engine()
    css = CSS(string=written(sheets), font_config=engine.fonts, url_fetcher=engine.fetcher)
    document = HTML(string=html, url_fetcher=engine.fetcher)
    with nothing_left_out():
        pdf: bytes = document.write_pdf(font_config=engine.fonts, stylesheets=[css], **TO_SEND)
    return pdf


def unprintable(letter: letters.Letter, *languages: Language) -> list[str]:
    """Return, in Swedish, why this letter cannot be printed; an empty list when it can."""
    texts, reasons = list(_texts(asdict(letter))), []
    if any(len(text) > MAX_FIELD_CHARACTERS for text in texts):
        reasons.append(f"En text är längre än {MAX_FIELD_CHARACTERS} tecken.")
    if any(text.count("\n") >= MAX_FIELD_LINES for text in texts):
        reasons.append(f"En text har fler än {MAX_FIELD_LINES} rader.")
    if sum(map(len, texts)) > MAX_LETTER_CHARACTERS:
        reasons.append(f"Brevet är längre än {MAX_LETTER_CHARACTERS} tecken.")
    for script in {"Latn", *(language.script for language in languages)}:
        drawable = fonts.drawable(script)
        if strange := {sign for text in texts for sign in text if ord(sign) not in drawable}:
            reasons.append(f"Typsnittet saknar: {' '.join(sorted(strange)[:10])}")
    return list(dict.fromkeys(reasons))


def _undrawable(texts: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The same of the wording, which was tried when it was written, perhaps with other fonts."""
    strange: set[str] = set()
    for language, spoken in texts.items():
        drawable = fonts.drawable(LANGUAGES[language].script)
        strange |= {sign for text in spoken.values() for sign in text if ord(sign) not in drawable}
    return [f"Typsnittet saknar: {' '.join(sorted(strange)[:10])}"] if strange else []


def can_render(*scripts: str) -> bool:
    """Return whether PDFs in these scripts can be made here. ``render`` says what is missing."""
    try:
        _engine()
        for script in scripts:
            fonts.drawable(script)
    except CannotRender:
        return False
    return True


def _html(template: str, shown: dict[str, Any]) -> str:
    return get_template(template).render(shown)


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a letter's facts, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(tuple(value.values()))
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
