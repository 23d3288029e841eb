"""What an indicator says: lines of counts, which of them are the numerator, and the sentence.

Every count here is a frozen one, so everything worked out from it (a share, a rate, a median) is
known already to whoever reads the table: it can be shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SMALL_BELOW = 5  # domain 6.1: 1–4 are never shown as such
SMALLEST_BASE = 10  # of a share or a median
SMALL = "0–4"
HIDDEN = ".."
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
EVENT_START = "händelsens början"
ARRIVAL = "den dag anmälan kom in"

Lines = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One population in disjoint lines, and the share that some of them make of others.

    `counted` is the numerator, `among` the denominator (every line when it is empty). In `sentence`
    "{share}", "{count}" and "{n}" are filled in. `definition` is the sentence that explains both.
    """

    number: int
    title: str
    definition: str
    lines: Lines
    counted: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    sentence: str = ""
    reference_date: str = EVENT_START
    # Effort, litres and the like: no people, so no share and no hiding.
    beside: str = ""
    # Minutes at which each line ends, when the lines are a distribution of waiting.
    ends: tuple[int, ...] = ()

    @property
    def base(self) -> tuple[str, ...]:
        return self.among or tuple(self.lines)

    @property
    def numerator(self) -> int:
        return sum(self.lines[line] for line in self.counted)

    @property
    def denominator(self) -> int:
        return sum(self.lines[line] for line in self.base)


@dataclass(frozen=True)
class Figure:
    """A share, a median or a rate as it may be shown; `value` is None when it may not."""

    text: str
    value: float | None = None
    reason: str = ""
    # Between which percents a share lies, the same twice when it is shown as it is.
    bounds: tuple[float, float] | None = None

    @property
    def drawn(self) -> float | None:
        """How long its bar is (0 to 1): as far as is sure. None: nothing is to be drawn."""
        return self.bounds[0] / 100 if self.bounds and self.bounds[0] else None


TOO_FEW = Figure(HIDDEN, reason="Visas inte: underlaget är mindre än tio.")


def number(n: int) -> str:
    """A count as it is printed: what is small is never told apart."""
    return SMALL if n < SMALL_BELOW else f"{n:,}".replace(",", NO_BREAK_SPACE)


def share(numerator: int, denominator: int) -> Figure:
    """A share in whole percent; a bound where those in it, or those outside, are few."""
    if denominator < SMALLEST_BASE:
        return TOO_FEW
    few = SMALL_BELOW - 1
    if numerator < SMALL_BELOW:
        text, at_most = percent(few, denominator), 100 * few / denominator
        return Figure(f"högst {text}", reason=FEW_INSIDE, bounds=(0, at_most))
    if denominator - numerator < SMALL_BELOW:
        at_least = (100 * (denominator - few)) // denominator
        text = f"minst {at_least}{NO_BREAK_SPACE}%"
        return Figure(text, reason=FEW_OUTSIDE, bounds=(at_least, 100))
    value = round(100 * numerator / denominator, 1)
    return Figure(percent(numerator, denominator), value, bounds=(value, value))


def of(found: Figure, denominator: int) -> str:
    """A share as it stands at the end of a bar, beside what it is a share of."""
    return found.text if found.bounds is None else f"{found.text} av {number(denominator)}"


FEW_INSIDE = "En gräns i stället för andelen: täljaren är 0–4."
FEW_OUTSIDE = "En gräns i stället för andelen: alla utom 0–4."


def percent(numerator: int, denominator: int) -> str:
    return f"{int(100 * numerator / denominator + 0.5)}{NO_BREAK_SPACE}%"


def rate(events: int, hours: int, *, per: int = 100) -> Figure:
    """Events per hundred hours of effort, with one decimal."""
    if hours <= 0:
        return Figure(HIDDEN, reason="Visas inte: inga insatstimmar är antecknade.")
    if events < SMALL_BELOW:
        return Figure(HIDDEN, reason="Visas inte: antalet är 0–4.")
    value = round(events / hours * per, 1)
    return Figure(f"{value:.1f}".replace(".", ","), value)


def quantile(counts: Sequence[int], ends: Sequence[int], tenths: int) -> Figure:
    """The minutes within which `tenths` of ten lie, read off the distribution.

    Evenly spread inside each line; so it is known from the table beside it, and tells nothing more.
    Five must lie on either side.
    """
    n = sum(counts)
    if n < SMALLEST_BASE or n * min(tenths, 10 - tenths) < 10 * SMALL_BELOW:
        return TOO_FEW
    wanted, below, start = n * tenths / 10, 0, 0
    for count, end in zip(counts, ends, strict=True):
        if below + count >= wanted:
            value = start + (end - start) * (wanted - below) / count
            return Figure(f"{int(value + 0.5)}{NO_BREAK_SPACE}min", value)
        below, start = below + count, end
    raise AssertionError("unreachable")
