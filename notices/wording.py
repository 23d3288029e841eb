"""What the letters say, as data: sentences with placeholders, kept apart from layout and code.

A text is never compiled as a template. ``{name}`` stands for one fact of the letter's dataclass,
from a fixed list; ``[what stands here]`` is left out when a fact in it is missing. Several lines
are a list. A section may hold one text for each value of a fact: ``outcome.hospital``.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from difflib import SequenceMatcher
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from django.utils import dateformat, timezone, translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from notices import letters
from notices.languages import LANGUAGES, Language

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

FOLDER = Path(__file__).parent / "data" / "wording"
# The second sheet, the same for every family: what it is good to know.
SHEETS = {"L1": "police", "L6": "social", "L7a": "social", "L7b": "social"}
# Letters to a family without a sheet: the way to the unit's public page stands in the letter.
WITH_CODE = ("L2", "L3", "L9", "L12", "L12b")
# Languages whose names of days and months Django knows and we have read; the others get ISO dates.
WITH_NAMES = {"sv": r"l\e\n \d\e\n j F", "lattlast": r"l\e\n \d\e\n j F", "en": "l j F"}
# Whatever stands in another direction than the text around it: first strong isolate, and its end.
NO_BREAK = "\u00a0"
ISOLATE, END = "\u2068", "\u2069"

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
# A number and its groups: "114 14", "020-84 44 48", "22:40".
_NUMBER = re.compile(r"\+?\d+(?:[ \u00a0\-–:./]\d+)*")


class MissingWording(Exception):
    """A template asks for a text, or a text for a fact, that is not there."""


class Say:
    """The texts of one letter, filled with its facts when a template asks for them."""

    def __init__(
        self, texts: Mapping[str, str], letter: "DataclassInstance", language: Language
    ) -> None:
        self.texts, self.letter, self.language = texts, letter, language
        self.facts = self._told(letter)
        # What the letter has several of, each with its own facts: the drinks of a decision.
        self.rows = {
            field.name: [
                self._told(row, f"{field.name}_")
                for row in rows
                if is_dataclass(row) and not isinstance(row, type)
            ]
            for field in fields(letter)
            if isinstance(rows := getattr(letter, field.name), tuple)
        }

    def __getitem__(self, key: str) -> SafeString | list[SafeString]:
        text = self.texts.get(key)
        for fact in (key, "audience"):
            if text is None:
                text = self.texts.get(f"{key}.{getattr(self.letter, fact, '')}")
        if text is None:
            raise MissingWording(key)
        if "\n" in text:
            return [self._filled(line) for line in text.splitlines()]
        return self._filled(text)

    def _told(self, of: "DataclassInstance", at: str = "") -> dict[str, str]:
        """The facts in words; one of a few values has a text for each: the name of a language."""
        return {
            name: self._isolated(self.texts.get(f"{at}{name}.{words}", words))
            for name, words in facts(of, self.language).items()
        }

    def _isolated(self, words: str) -> str:
        """In a text from right to left, a fact keeps the direction it is written in."""
        return f"{ISOLATE}{words}{END}" if words and self.language.is_right_to_left else words

    def _filled(self, text: str) -> SafeString:
        def optional(match: re.Match[str]) -> str:
            names = _PLACEHOLDER.findall(match[1])
            return match[1] if all(self.facts.get(name) for name in names) else ""

        def fact(match: re.Match[str]) -> str:
            value = self.facts.get(match[1])
            if not value:
                raise MissingWording(match[0])
            return value

        text = _OPTIONAL.sub(optional, text)
        if self.language.is_right_to_left:
            # After an Arabic letter the groups of a number change places: "14 114" for 114 14.
            text = _NUMBER.sub(rf"{ISOLATE}\g<0>{END}", text)
        plain = _PLACEHOLDER.sub(fact, text)
        return mark_safe(escape(plain))  # noqa: S308  escaped just here


def facts(letter: "DataclassInstance", language: Language) -> dict[str, str]:
    """Return every fact that a text may name, as words in that language."""
    found: dict[str, str] = {}
    for field in fields(letter):
        value = getattr(letter, field.name)
        if is_dataclass(value) and not isinstance(value, type):
            inner = facts(value, language)
            found |= {f"{field.name}_{name}": words for name, words in inner.items()}
        elif isinstance(value, date):  # a datetime is one too
            found |= _moment(field.name, value, language)
        elif isinstance(value, str | int) and not isinstance(value, bool | StrEnum):
            # A number to call stands on one line, to be read and dialled as one.
            is_phone = field.name == "phone"
            found[field.name] = str(value).replace(" ", NO_BREAK) if is_phone else str(value)
    return found


def _moment(name: str, value: date, language: Language) -> dict[str, str]:
    words = {}
    if isinstance(value, datetime):
        value = timezone.localtime(value)
        words[f"{name}_time"] = f"{value:%H:%M}"
    words[f"{name}_date"] = words[f"{name}_day"] = f"{value:%Y-%m-%d}"
    if pattern := WITH_NAMES.get(language.code):
        with translation.override(language.tag):
            words[f"{name}_day"] = dateformat.format(value, pattern)
    return words


def placeholders(code: str) -> frozenset[str]:
    """Return the fixed list of what the texts of a letter may name."""
    return frozenset(_names(letters.LETTERS[code]))


@lru_cache
def optional_facts(code: str) -> frozenset[str]:
    """Return those of the placeholders that a letter may lack."""
    return frozenset(_optional(letters.LETTERS[code]))


def _optional(kind: Any) -> set[str]:
    found: set[str] = set()
    hints = get_type_hints(kind)
    for field in fields(kind):
        hint = hints[field.name]
        if is_dataclass(hint):
            found |= {f"{field.name}_{inner}" for inner in _optional(hint)}
        elif type(None) in get_args(hint) or field.default == "":
            found |= {field.name, *(f"{field.name}_{part}" for part in ("day", "date", "time"))}
    return found


def _names(kind: Any) -> set[str]:
    found: set[str] = set()
    for name, hint in get_type_hints(kind).items():
        if is_dataclass(hint):
            found |= {f"{name}_{inner}" for inner in _names(hint)}
        elif hint in (datetime, datetime | None):
            found |= {f"{name}_day", f"{name}_date", f"{name}_time"}
        elif hint in (date, date | None):
            found |= {f"{name}_day", f"{name}_date"}
        elif hint in (str, int, str | None):
            found.add(name)
    return found


def faults(code: str, texts: Mapping[str, str]) -> list[str]:
    """Return, in Swedish, why these texts cannot be this letter's; an empty list when they can."""
    wanted, found = shipped(code, "sv"), []
    for key in sorted(wanted.keys() - texts.keys()):
        found.append(f"Texten ”{key}” saknas.")
    for key in sorted(texts.keys() - wanted.keys()):
        found.append(f"Det finns ingen text som heter ”{key}”.")
    for key, text in texts.items():
        found += faults_of(code, key, text)
    return found


def faults_of(code: str, key: str, text: str) -> list[str]:
    """Return, in Swedish, why this cannot be the letter's text of that name."""
    if not text.strip():
        return [f"Texten ”{key}” är tom."]
    known, bare = placeholders(code), _OPTIONAL.sub("", text)
    before = shipped(code, "sv").get(key, "")
    found = [
        f"{{{name}}} i ”{key}” finns inte bland brevets uppgifter."
        for name in _PLACEHOLDER.findall(text)
        if name not in known
    ]
    # A letter that lacks the fact could not be made: only what is in brackets is left out.
    found += [
        f"{{{name}}} i ”{key}” kan saknas: sätt [hakar] om det som då ska utelämnas."
        for name in _PLACEHOLDER.findall(bare)
        if name in optional_facts(code) and f"{{{name}}}" not in before
    ]
    if re.search(r"[{}\[\]]", _PLACEHOLDER.sub("", _OPTIONAL.sub(r"\1", text))):
        found.append(f"En klammer i ”{key}” är inte stängd.")
    # The layout draws some texts as a list and the others as one paragraph.
    if "\n" in before and "\n" not in text.strip():
        found.append(f"”{key}” är en lista: skriv minst två rader, en för varje sak.")
    elif before and "\n" not in before and "\n" in text.strip():
        found.append(f"”{key}” ska stå på en enda rad.")
    return found


@dataclass(frozen=True)
class Change:
    """How one text differs: its pieces in order, each "same", "gone" or "new"."""

    key: str
    pieces: tuple[tuple[str, str], ...]


def difference(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """Return the texts that differ, word by word."""
    keys = [key for key in {**new, **old} if old.get(key) != new.get(key)]
    return [Change(key, tuple(_pieces(old.get(key, ""), new.get(key, "")))) for key in keys]


def _pieces(old: str, new: str) -> Iterator[tuple[str, str]]:
    before, after = re.split(r"(\s+)", old), re.split(r"(\s+)", new)
    for _, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, came = "".join(before[i:j]), "".join(after[k:m])
        if gone == came:
            yield "same", gone
        else:
            yield from ((kind, text) for kind, text in (("gone", gone), ("new", came)) if text)


@lru_cache
def shipped(code: str, language: str) -> dict[str, str]:
    """Return the texts that come with the product: common ones, the letter's and its sheet's.

    Raises:
        KeyError: the letter is not written in that language.
    """
    sections = _read(language)
    sheet = sections[SHEETS[code]] if code in SHEETS else {}
    if code in WITH_CODE:
        sheet = {"more": sections["social"]["more"]}
    texts = _flat(sections["all"]) | _flat({f"sheet_{key}": text for key, text in sheet.items()})
    return texts | _flat(sections[code])


def codes_of(language: str) -> list[str]:
    """Return the letters that come with the product in that language."""
    return [code for code in letters.LETTERS if code in _read(language)]


def languages_of(code: str) -> list[str]:
    """Return the languages in which the letter comes with the product, Swedish first."""
    return [language for language in LANGUAGES if code in _read(language)]


@lru_cache
def _read(language: str) -> dict[str, dict[str, Any]]:
    path = FOLDER / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _flat(section: Mapping[str, Any]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for key, value in section.items():
        if isinstance(value, dict):
            texts |= {f"{key}.{inner}": text for inner, text in value.items()}
        else:
            texts[key] = "\n".join(value) if isinstance(value, list) else value
    return texts
