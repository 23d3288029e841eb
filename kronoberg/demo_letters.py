"""The letters home of the demo's past: their rows, so that the figures hold, and one sheet that
stands for them all. To make each would keep the worker busy for minutes.
"""

import hashlib
from functools import cache
from io import BytesIO

from notices import letters
from notices.models import Document, Letter

HOME = "L1"
SAYS = "Påhittat ärende ur demons historia: brevet gjordes aldrig."
A4 = (595, 842)


def made(letter: Letter) -> Document:
    """The copied letter as one that left long ago, and what is opened in its place."""
    letter.facts_sha256 = letters.sha256(letter.facts)
    letter.state, letter.rendered_at = Letter.State.READY, letter.made_at
    letter.queued_at = letter.made_at
    letter.pdf_sha256 = hashlib.sha256(sheet()).hexdigest()
    return Document(letter=letter, content=sheet())


@cache
def sheet() -> bytes:
    """One page that says that it is none of the letters."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    font = {"Type": "Font", "Subtype": "Type1", "BaseFont": "Helvetica",
            "Encoding": "WinAnsiEncoding"}  # fmt: skip
    named = {NameObject(f"/{key}"): NameObject(f"/{value}") for key, value in font.items()}
    fonts = DictionaryObject({NameObject("/F"): DictionaryObject(named)})
    text = DecodedStreamObject()
    text.set_data(f"BT /F 12 Tf 72 740 Td ({SAYS}) Tj ET".encode("cp1252"))
    writer, file = PdfWriter(), BytesIO()
    page = writer.add_blank_page(*A4)
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    page[NameObject("/Contents")] = writer._add_object(text)
    writer.write(file)
    return file.getvalue()
