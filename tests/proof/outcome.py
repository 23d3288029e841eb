"""What a part of the proof has found."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Outcome:
    """Counts by name, and a sentence for each failure; a part without failures has held."""

    counts: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    # What a reader wants beside the counts: shares, medians, what was seen.
    notes: dict[str, Any] = field(default_factory=dict)

    def count(self, what: str, n: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + n

    def claim(self, holds: bool, sentence: str) -> None:
        if not holds:
            self.failures.append(sentence)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
