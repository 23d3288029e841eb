"""26: what a medborgarlöfte has come to: the target, the ticks, quarter by quarter. No persons."""

from collections.abc import Iterable, Sequence
from datetime import date

from kronoberg.measures.models import CitizenPromise, PromiseActivity
from kronoberg.statistics import charts
from kronoberg.statistics.figures import percent
from kronoberg.statistics.findings import Entry, Finding
from kronoberg.statistics.periods import MONTH, QUARTERS, Period, Span, period_of

TITLE = "Medborgarlöftet"


def quarters_of(promise: CitizenPromise) -> list[Period]:
    """The quarters in which the promise holds, oldest first."""
    found = [period_of(promise.starts_on, Span.QUARTER)]
    while found[-1].last < promise.ends_on:
        found.append(Period(found[-1].first + 3 * MONTH, Span.QUARTER))
    return found


def promise_kept(
    promise: CitizenPromise, activities: Sequence[PromiseActivity], until: date
) -> Finding:
    """26: what has been done by the end of a day, of the target."""
    done = sum(each.n_times for each in activities if _is_done(each, until))
    late = [each for each in activities if not _is_done(each, until) and each.due_on <= until]
    sentence = _sentence(promise, done, len(late))
    rows, bars, so_far = [], [], 0
    for quarter in quarters_of(promise):
        if quarter.first > until:
            break
        last = min(quarter.last, until)
        n = done_between(activities, quarter.first, last)
        so_far += n
        rows.append((Entry(_short(quarter)), Entry(str(n), n), Entry(str(so_far), so_far)))
        whole = promise.target_number or done
        bars.append(charts.Bar(
            _short(quarter), f"{so_far} av {promise.target_number}" if promise.target_number
            else str(so_far), min(so_far / whole, 1) if whole else None,
        ))  # fmt: skip
    return Finding(
        key="promise-kept",
        number=26,
        title=TITLE,
        sentence=sentence,
        columns=("Kvartal", "Gjort", "Gjort hittills"),
        rows=tuple(rows),
        definition=(
            "Aktiviteter som är avprickade som gjorda, av löftets mål. Det är vad de ansvariga har "
            "gjort, inte vad det har lett till. Referensdatum: dagen då aktiviteten gjordes."
        ),
        notes=(),
        chart=charts.Bars(sentence, tuple(bars)) if bars else None,
    )


def done_between(activities: Iterable[PromiseActivity], first: date, last: date) -> int:
    return sum(
        each.n_times for each in activities if each.done_on and first <= each.done_on <= last
    )


def _sentence(promise: CitizenPromise, done: int, n_late: int) -> str:
    target = promise.target_number
    if target:
        said = f"{done} av {target} är gjorda ({percent(done, target)})."
    else:
        said = f"{done} aktiviteter är gjorda." if done != 1 else "En aktivitet är gjord."
    if n_late:
        said += f" {n_late} har passerat sin dag." if n_late > 1 else " En har passerat sin dag."
    return said


def _is_done(activity: PromiseActivity, until: date) -> bool:
    return activity.done_on is not None and activity.done_on <= until


def _short(quarter: Period) -> str:
    word = QUARTERS[(quarter.first.month - 1) // 3]
    return f"{word.capitalize()} kvartalet {quarter.first.year}"
