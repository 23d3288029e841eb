"""The look keeps its own rules: one place for colour, one order of layers, ink that can be read."""

from __future__ import annotations

import math
import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django import forms
from django.template.loader import render_to_string
from django.utils import timezone

from kronoberg.statistics import charts
from kronoberg.templatetags import ui

ROOT = Path(__file__).parent.parent
CSS = ROOT / "kronoberg/static/css"
TEMPLATES = [p for p in (ROOT / "templates").rglob("*.html") if "letters" not in p.parts]
# What is on paper is measured in millimetres for WeasyPrint and has its own tests.
SHEETS = [p for p in CSS.glob("*.css") if p.name != "report.css"]
COLOUR_SHEETS = {"tokens.css", "themes.css"}

RAW_COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b(?!\w)|\b(?:rgb|hsl|oklch|oklab|lab|lch)a?\(|:\s*(?:white|black|red|grey)\b",
    re.IGNORECASE,
)
TOKEN = re.compile(r"(--color-[\w-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)")

# Ink on ground: everything a person must be able to read, 4.5 to 1 (WCAG 1.4.3).
READ = [
    *((f"--color-{ink}", f"--color-{ground}")
      for ink in ("ink", "ink-quiet", "accent", "accent-strong", "overdue", "today", "done")
      for ground in ("paper", "raised", "sunk", "accent-soft")),
    *((ink, f"--color-{state}-soft")
      for state in ("overdue", "today", "done")
      for ink in ("--color-ink", f"--color-{state}", "--color-accent")),
    ("--color-on-accent", "--color-accent"),
    ("--color-on-accent", "--color-accent-strong"),
    ("--color-on-demo", "--color-demo"),
]  # fmt: skip
# Edges and the focus ring: 3 to 1 (WCAG 1.4.11).
SEE = [
    (f"--color-{edge}", f"--color-{ground}")
    for edge in ("line-strong", "focus")
    for ground in ("paper", "raised")
] + [("--color-accent", f"--color-{ground}") for ground in ("paper", "sunk")]  # bars of a chart


def text(name: str) -> str:
    return re.sub(r"/\*.*?\*/", "", (CSS / name).read_text(), flags=re.DOTALL)


def tokens(source: str, selector: str) -> dict[str, tuple[float, ...]]:
    """Read the colours bound under a selector's first block."""
    block = source.split(f"{selector} {{\n      --", 1)[1].split("}", 1)[0]
    found = TOKEN.findall(f"--{block}")
    return {name: tuple(map(float, values)) for name, *values in found}


def theme_colours() -> dict[str, dict[str, tuple[float, ...]]]:
    light = {name: tuple(map(float, values)) for name, *values in TOKEN.findall(text("tokens.css"))}
    dark = text("themes.css")
    return {
        "light": light,
        "dark": light | tokens(dark, '[data-theme="dark"]'),
        "natt": light | tokens(dark, '[data-theme="natt"]'),
    }


def linear(colour: tuple[float, ...]) -> list[float]:
    """Turn OKLCH into linear red, green and blue (Ottosson's matrices)."""
    lightness, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    return [min(max(part, 0.0), 1.0) for part in (red, green, blue)]


def luminance(light: list[float]) -> float:
    """Of linear red, green and blue, by WCAG's weights."""
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def laid_over(top: tuple[float, ...], ground: tuple[float, ...], share: float) -> list[float]:
    """A colour that is not quite opaque, as a screen mixes it (by sRGB's curve, here a power)."""
    mixed = (
        share * a ** (1 / 2.2) + (1 - share) * b ** (1 / 2.2)
        for a, b in zip(linear(top), linear(ground), strict=True)
    )
    return [float(part**2.2) for part in mixed]


def ratio(one: list[float], other: list[float]) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    return ratio(linear(one), linear(other))


def test_black_on_white_measures_twenty_one() -> None:
    assert contrast((0, 0, 0), (1, 0, 0)) == pytest.approx(21, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark", "natt"])
def test_every_pair_of_ink_and_ground_can_be_read(theme: str) -> None:
    colours = theme_colours()[theme]

    faint = {
        pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2)
        for pairs, least in ((READ, 4.5), (SEE, 3.0))
        for pair in pairs
        if contrast(colours[pair[0]], colours[pair[1]]) < least
    }

    assert faint == {}


@pytest.mark.parametrize("theme", ["light", "dark", "natt"])
def test_the_number_in_every_square_of_a_chart_can_be_read(theme: str) -> None:
    colour = {name.removeprefix("--color-"): it for name, it in theme_colours()[theme].items()}

    faint = {}
    for share in charts.SHADES:
        ink = colour["on-accent" if share > charts.DARK else "ink"]
        square = laid_over(colour["accent"], colour["sunk"], share)
        if (found := ratio(linear(ink), square)) < 4.5:
            faint[share] = round(found, 2)

    assert faint == {}


def test_system_dark_is_the_same_dark() -> None:
    source = text("themes.css")

    assert tokens(source, '[data-theme="dark"]') == tokens(
        source.split("prefers-color-scheme", 1)[1], '[data-theme="system"]'
    )


def test_raw_colours_stand_only_with_the_tokens() -> None:
    raw = {p.name for p in SHEETS if RAW_COLOUR.search(text(p.name))}

    assert raw <= COLOUR_SHEETS


def test_every_token_used_is_bound() -> None:
    sources = "\n".join(text(p.name) for p in SHEETS)

    assert set(re.findall(r"var\((--[\w-]+)", sources)) <= set(re.findall(r"(--[\w-]+):", sources))


def test_important_is_for_print_alone() -> None:
    assert {p.name for p in SHEETS if "!important" in text(p.name)} <= {"print.css"}


def test_nothing_is_a_gradient() -> None:
    assert {p.name for p in SHEETS if "gradient(" in text(p.name)} == set()


def test_one_file_orders_the_layers_and_all_others_use_them() -> None:
    order = re.findall(r"[\w-]+", text("order.css").strip().removeprefix("@layer"))
    used = {p.name: set(re.findall(r"@layer ([\w-]+) \{", text(p.name))) for p in SHEETS}
    used.pop("order.css")

    assert order == ["tokens", "reset", "base", "layout", "components", "utilities", "print"]
    assert all(len(layers) == 1 and layers <= set(order) for layers in used.values()), used


def test_pages_link_every_sheet_in_the_order_of_the_layers() -> None:
    linked = re.findall(r"css/(\w+\.css)", (ROOT / "templates/_styles.html").read_text())
    order = re.findall(r"[\w-]+", text("order.css").strip().removeprefix("@layer"))
    layers = [order.index(re.findall(r"@layer ([\w-]+) \{", text(n))[0]) for n in linked[1:]]

    assert linked[0] == "order.css"
    assert set(linked) == {p.name for p in SHEETS}
    assert all(one <= other for one, other in pairwise(layers))


def test_every_icon_drawn_is_in_the_sprite() -> None:
    sprite = (ROOT / "kronoberg/static/img/icons.svg").read_text()
    drawn = {
        name for p in TEMPLATES for name in re.findall(r'\{% icon "([\w-]+)"', p.read_text())
    } | set(ui.CLOCK_ICONS.values())

    assert drawn <= set(re.findall(r'<symbol id="([\w-]+)"', sprite))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT)))
def test_template_has_no_inline_style_or_script_and_fits_a_page(path: Path) -> None:
    source = path.read_text()

    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", source)
    assert source.count("\n") <= 120


class Answers(forms.Form):
    place = forms.CharField(label="Var", help_text="Torg eller gata")
    supply = forms.ChoiceField(
        label="Varifrån?", widget=forms.RadioSelect, choices=[("f", "Kompis"), ("a", "App")]
    )


def test_fault_leads_to_the_first_choice_and_says_the_question() -> None:
    found = ui.faults(Answers({"place": "Stortorget"}), "", None)

    assert [(fault.target, fault.text) for fault in found] == [
        ("id_supply_0", "Varifrån? Detta fält måste fyllas i.")
    ]


def test_field_ties_hint_and_fault_to_the_answer() -> None:
    html = render_to_string("_field.html", {"field": Answers({"supply": "f"})["place"]})

    assert 'aria-describedby="id_place_helptext id_place_error"' in html
    assert 'id="id_place_helptext"' in html
    assert 'id="id_place_error"' in html
    assert 'aria-invalid="true"' in html


@pytest.mark.parametrize(
    ("status", "hours", "word", "time"),
    [
        ("overdue", -24, "försenad", "igår 12:00"),
        ("today", 3, "idag", "15:00"),
        ("soon", 48, "onsdag", "2026-11-25 12:00"),
        ("later", 24 * 30, "", "2026-12-23 12:00"),
    ],
)
@time_machine.travel("2026-11-23 12:00+01:00", tick=False)
def test_clock_says_word_and_absolute_time(status: str, hours: int, word: str, time: str) -> None:
    due = timezone.now() + timedelta(hours=hours)

    drawn = ui.clock(SimpleNamespace(status=status, due_at=due, done_at=None))

    assert (drawn["word"], drawn["time"]) == (word, time)


@pytest.mark.parametrize("one", ["K-2026-000361", "H-2026-000001", "2026-12-21"])
def test_a_number_and_a_date_are_never_broken_over_two_lines(one: str) -> None:
    drawn = ui.unbroken(f"<b>: {one}.")

    assert drawn == f'&lt;b&gt;: <span class="nowrap">{one}</span>.'


# Neither hovering nor colour alone --------------------------------------------------------------


def test_nothing_is_revealed_by_hovering() -> None:
    for sheet in SHEETS:
        for rule in re.findall(r":hover[^{]*\{([^{}]*)\}", text(sheet.name)):
            assert not re.search(r"\b(display|visibility|opacity|content)\s*:", rule), sheet.name


def test_every_state_of_what_lies_on_the_phone_is_an_icon_and_words() -> None:
    rows = render_to_string("_phone_rows.html")
    line = render_to_string("_phone_line.html")
    states = re.findall(r"<template data-state-of=.*?</template>", rows, re.DOTALL)
    counts = re.findall(r"<span data-count=.*?</span>", line, re.DOTALL)

    assert (len(states), len(counts)) == (10, 5)
    for shown in (*states, *counts):
        words = re.sub(r"<[^>]*>", "", shown).strip()
        assert "<svg" in shown, shown
        assert len(words) > 5, shown


def test_what_is_cut_with_an_ellipsis_stands_on_one_line() -> None:
    rules = [rule for sheet in SHEETS for rule in re.findall(r"{([^{}]*)}", text(sheet.name))]
    cut = [rule for rule in rules if "text-overflow: ellipsis" in rule]

    assert cut, "the unit's name beside the menu of a phone"
    assert [rule for rule in cut if "white-space: nowrap" not in rule] == []
