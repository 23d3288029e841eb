"""What the pages need to draw themselves: icons, clocks, Swedish dates, the list of faults.

No rules, no rights and no queries here: a page is given facts and this module only shows them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.timesince import timesince, timeuntil

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.utils.safestring import SafeString

register = template.Library()

UNBROKEN = re.compile(r"[A-Z]-\d{4}-\d{6}|\d{4}-\d\d-\d\d|\d+–\d+")
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
NEARBY_DAYS = {-1: "igår", 0: "idag", 1: "i morgon"}
CLOCK_ICONS = {"overdue": "alert", "today": "clock", "soon": "clock", "done": "check"}


class ClockLike(Protocol):
    """A deadline as the rules give it."""

    @property
    def status(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def done_at(self) -> datetime | None: ...


@dataclass(frozen=True)
class Fault:
    """One line of the error summary: what is wrong and the id of the field where it is mended."""

    text: str
    target: str


# Pictures ------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw a symbol of ``img/icons.svg``; always beside a word, so hidden from screen readers."""
    return format_html(
        '<svg class="icon" width="20" height="20" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def mark() -> SafeString:
    """Draw the product's mark."""
    return format_html(
        '<svg class="mark" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">'
        '<use href="{}#mark"/></svg>',
        static("img/mark.svg"),
    )


# Time ----------------------------------------------------------------------------------------


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a date: ``2026-11-23``. Nothing gives an empty string."""
    if value is None or value == "":
        return ""
    return f"{_local(value) if isinstance(value, datetime) else value:%Y-%m-%d}"


@register.filter
def unbroken(text: object) -> SafeString:
    """Text in which no number of a case, no date and no "0–4" is broken over two lines, as after
    any hyphen.
    """
    return mark_safe(UNBROKEN.sub(r'<span class="nowrap">\g<0></span>', escape(text)))  # noqa: S308


@register.filter
def hour(value: datetime | None) -> str:
    """Write a time of day: ``21:15``."""
    return f"{_local(value):%H:%M}" if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """Write date and time: ``2026-11-23 21:15``."""
    return f"{_local(value):%Y-%m-%d %H:%M}" if value else ""


@register.filter
def when(value: datetime | None) -> str:
    """Write a moment as it is said: ``idag 21:15``, else ``2026-11-23 21:15``."""
    if not value:
        return ""
    nearby = NEARBY_DAYS.get((_local(value).date() - timezone.localdate()).days)
    return f"{nearby} {hour(value)}" if nearby else moment(value)


@register.inclusion_tag("_clock.html")
def clock(reading: ClockLike) -> dict[str, object]:
    """Draw a clock as icon, word, absolute time and what is left."""
    at = reading.done_at if reading.status == "done" else reading.due_at
    return {
        "status": reading.status,
        "icon_name": CLOCK_ICONS.get(reading.status, "clock"),
        "word": _word(reading),
        "at": at,
        "time": _clock_time(reading.status, at),
        "left": _left(reading),
    }


def _word(reading: ClockLike) -> str:
    """Say the state in a word; further away than a week the date alone says it."""
    due = reading.due_at
    if reading.status == "soon" and due:
        tomorrow = timezone.localdate() + timedelta(days=1)
        at = _local(due)
        return NEARBY_DAYS[1] if at.date() == tomorrow else WEEKDAYS[at.weekday()]
    return {"overdue": "försenad", "today": "idag", "done": "klar"}.get(reading.status, "")


def _clock_time(status: str, at: datetime | None) -> str:
    """Write the hour where the word already names the day, the whole date elsewhere."""
    if at is None:
        return ""
    if status == "today" or (status == "done" and _local(at).date() == timezone.localdate()):
        return hour(at)
    return when(at) if status == "overdue" else moment(at)


def _left(reading: ClockLike) -> str:
    due = reading.due_at
    if due is None:
        return ""
    if reading.status == "overdue":
        return f"{timesince(due, depth=1)} sedan"
    return f"om {timeuntil(due, depth=1)}" if reading.status == "today" else ""


# Look ----------------------------------------------------------------------------------------


@register.filter
def color_scheme(theme: str) -> str:
    """Tell the browser which ground to paint before the first stylesheet has come."""
    return {"light": "light", "dark": "dark", "natt": "dark"}.get(theme, "light dark")


@register.filter
def pressed(theme: str, name: str) -> str:
    """Say for ``aria-pressed`` whether a theme is chosen; with no choice made the system's is."""
    return "true" if (theme or "system") == name else "false"


# Forms ---------------------------------------------------------------------------------------


@register.filter
def kind(field: BoundField) -> str:
    """Name how a field is drawn: ``check``, ``choices``, ``group`` or ``plain``."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "group" if field.use_fieldset else "plain"


@register.filter
def is_many(field: BoundField) -> bool:
    """Say whether several of the choices may be taken."""
    return isinstance(field.field.widget, forms.CheckboxSelectMultiple)


@register.simple_tag
def faults(*sources: object) -> list[Fault]:
    """Collect what is wrong in forms and formsets, in the order of the page.

    Undefined and unbound sources have no faults, so that any page may ask.
    """
    return [fault for source in sources for fault in _faults_in(source)]


def _faults_in(source: object) -> Iterator[Fault]:
    if isinstance(source, forms.BaseForm):
        yield from _faults_of_form(source)
    elif isinstance(source, forms.BaseFormSet):
        yield from (Fault(str(text), "") for text in source.non_form_errors())
        for number, form in enumerate(source.forms, start=1):
            yield from _faults_of_form(form, lead=f"Ungdom {number}: ")


def _faults_of_form(form: forms.BaseForm, lead: str = "") -> Iterator[Fault]:
    yield from (Fault(f"{lead}{text}", "") for text in form.non_field_errors())
    for field in form:
        target = f"{field.auto_id}_0" if kind(field) == "choices" else field.id_for_label
        asked = field.label if field.label.endswith("?") else f"{field.label}:"
        for text in field.errors:
            yield Fault(f"{lead}{asked} {text}", target)
