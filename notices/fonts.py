"""The fonts of the letters: which files each script needs, whether they are here, what they draw.

A letter never goes out with boxes for letters, so a font is looked for by its file, and a sign that
none of them has is a fault with a name.
"""

import base64
import io
from functools import lru_cache
from pathlib import Path

FONT_FILES = {
    "Latn": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    "Arab": ("NotoSansArabic-Regular.ttf", "NotoSansArabic-Bold.ttf"),
    "Ethi": ("NotoSansEthiopic-Regular.ttf", "NotoSansEthiopic-Bold.ttf"),
}
# Where fontconfig looks on Debian, and where a user may put a font of their own.
FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
)
REMEDY = (
    "Installera det som saknas: apt-get install libpango-1.0-0 libpangoft2-1.0-0 "
    "libharfbuzz-subset0 fonts-dejavu-core fonts-noto-core"
)
# What nearly every letter is written with; the rest is drawn from the font itself.
USUAL = (range(0x20, 0x180), range(0x2010, 0x2027), (0x20AC,))
# Drawn by no font: they only say in which direction to read.
INVISIBLE = frozenset(map(ord, "\n\r\t\u2068\u2069"))


class CannotRender(Exception):
    """No PDF can be made here now; the message says what is missing and how to mend it."""


class Unprintable(CannotRender):
    """This letter can never become a PDF as it is; the message says why."""


def missing_fonts(*scripts: str) -> list[str]:
    """Return the font files that these scripts (else all) need and this machine does not have."""
    names = [name for script in scripts or FONT_FILES for name in FONT_FILES[script]]
    return [name for name in names if find(name) is None]


@lru_cache
def drawable(script: str) -> frozenset[int]:
    """Return the characters that a letter in this script can draw; Latin ones are in each."""
    if missing := missing_fonts(script):
        raise CannotRender(f"PDF kan inte skapas: {', '.join(missing)} saknas. {REMEDY}")
    from fontTools.ttLib import TTFont

    covered = []
    for name in FONT_FILES[script]:
        with TTFont(find(name), lazy=True) as face:
            covered.append(set(face.getBestCmap()))
    own = frozenset(set.intersection(*covered)) | INVISIBLE
    return own if script == "Latn" else own | drawable("Latn")


def small_faces(family: str) -> str:
    """Return, as CSS, the usual signs of DejaVu as a family of their own, in both weights.

    Each PDF carries a part cut out of the font, and the whole font is twenty times as much to cut
    from. The rules of the script come along: a word looks the same.
    """
    weights = zip(FONT_FILES["Latn"], ("normal", "bold"), strict=True)
    return "".join(
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; '
        f"src: url(data:font/ttf;base64,{base64.b64encode(_usual_signs(name)).decode()}) }}"
        for name, weight in weights
    )


def _usual_signs(name: str) -> bytes:
    from fontTools import subset

    options = subset.Options(layout_features=["*"], notdef_outline=True)
    options.drop_tables += ["FFTM"]  # when the font was made; fontTools cannot read it
    chosen, out = subset.Subsetter(options), io.BytesIO()
    chosen.populate(unicodes=[sign for signs in USUAL for sign in signs])
    with subset.load_font(find(name), options) as face:
        chosen.subset(face)
        face.save(out)
    return out.getvalue()


@lru_cache
def find(name: str) -> Path | None:
    return next((found for folder in FONT_FOLDERS for found in folder.rglob(name)), None)
