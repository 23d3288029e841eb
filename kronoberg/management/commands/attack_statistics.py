"""Attack the published figures with a solver, and say what it could tell."""

from argparse import ArgumentParser
from collections.abc import Sequence
from random import Random
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.models import Municipality
from kronoberg.statistics import attack, freezing, published
from kronoberg.statistics.areas import area_of
from kronoberg.statistics.attack import Place, Puzzle, Verdict
from kronoberg.statistics.periods import Month, Span
from kronoberg.statistics.tables import Cells

# So many values cannot all lie within one of each other.
NOT_WITHIN_ONE = 4


class Command(BaseCommand):
    help = (
        "Try to tell counts of 1–4 from what is published: all tables of the frozen months of the "
        "newest quarter, of every area of the county at once, with the sums of every period and "
        "area and the links between both authorities' registers (and with --occasions all tables "
        "by occasion); and a month before and after one case more. The adversary is given every "
        "cell of these tables, also what pages print as 0–4. Not given: hours, litres and "
        "containers, which count no people, and who was met with again, which is moved by itself. "
        "Ends with 1 if a count is told. Takes minutes: --area and --sample make it shorter."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--area", help="municipality code; every area with figures if left out")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--sample", type=int, help="so many counts of each, drawn by chance")
        parser.add_argument(
            "--occasions", action="store_true", help="also every table by occasion: hours of work"
        )
        parser.add_argument("--more", type=int, default=1, help="how many cases to add, one a time")

    def handle(self, *args: Any, **options: Any) -> None:
        self.n_sample = options["sample"]
        self.tables = freezing.TABLES if options["occasions"] else freezing.PLAIN
        began_at, random = monotonic(), Random(options["seed"])  # noqa: S311  (no secret here)
        areas = Municipality.objects.filter(organisations__isnull=False).distinct()
        if options["area"]:
            areas = areas.filter(pk=options["area"])
        n_told, n_attacked = 0, 0
        for area in areas:
            months = published.frozen_months(area_of(area))
            if not months:
                continue
            verdicts = [self._everything(area, months, random)]
            verdicts += self._one_more(area, months[0], options["more"], random)
            n_told += sum(verdict.exact for verdict in verdicts)
            n_attacked += sum(verdict.n for verdict in verdicts)
        seconds = monotonic() - began_at
        self.stdout.write(
            f"Seed {options['seed']}: {n_attacked} counts attacked, {n_told} told, {seconds:.1f} s."
        )
        if n_told:
            raise CommandError("Some counts can be told.")

    def _everything(self, area: Municipality, months: Sequence[Month], random: Random) -> Verdict:
        """Every table of the newest quarter, of the area and its neighbours, together."""
        [quarter, *_] = published.periods(months, Span.QUARTER)
        inside = Municipality.objects.filter(county_code=area.county_code)
        read = {each.pk: published.read(area_of(each), quarter) for each in inside}
        by_month = [
            (code, month, counts) for code, frozen in read.items() if frozen
            for month, counts in frozen.by_month.items()
        ]  # fmt: skip
        # A month that was frozen before a table was there has not published it.
        tables = [t for t in self.tables if all(t.key in counts for *_, counts in by_month)]
        cells: dict[tuple[str, str], Cells] = {
            (code, month.name): {t.key: counts[t.key] for t in tables}
            for code, month, counts in by_month
        }
        puzzle = attack.everything(cells, tables, freezing.LINKS)
        targets = [
            place for (code, name), counts in cells.items() if code == area.pk
            for place in attack.perhaps_small_in(f"{code} {name}", counts)
        ]  # fmt: skip
        verdict = self._attack(puzzle, targets, random)
        n_months = len({name for _, name in cells})
        self._say(f"{area}, {n_months} months, {len(puzzle.low)} cells", verdict)
        return verdict

    def _one_more(
        self, area: Municipality, month: Month, n_times: int, random: Random
    ) -> list[Verdict]:
        """The same month as it would be frozen now, and with one case more: both at once."""
        rows = freezing.population(month, area)
        if not rows["stops"]:
            return []
        verdicts = []
        true = freezing.cells_of(rows)
        before = freezing.cells_of(freezing.protected(month, area, rows))
        self._error(true, before)
        for _ in range(n_times):
            more = {**rows, "stops": [*rows["stops"], random.choice(rows["stops"])]}
            after = freezing.cells_of(freezing.protected(month, area, more))
            puzzle = Puzzle()
            puzzle.publish("before", self.tables, before)
            puzzle.publish("after", self.tables, after)
            attack.one_more(puzzle, "before", "after")
            verdict = self._attack(puzzle, attack.small_in("before", true), random)
            self._say(f"{area}, before and after one case more", verdict)
            verdicts.append(verdict)
        naive = Puzzle()
        naive.add("", self.tables, attack.limits_if_small_are_hidden(true))
        told = self._attack(naive, attack.small_in("", true), random)
        self._say(f"{area}, for comparison: true counts with 1–4 hidden", told)
        return verdicts

    def _attack(self, puzzle: Puzzle, targets: list[Place], random: Random) -> Verdict:
        targets = [place for place in targets if place in puzzle.low]
        if self.n_sample is not None and len(targets) > self.n_sample:
            targets = random.sample(targets, self.n_sample)
        return attack.attack(puzzle, targets, random=random, enough=NOT_WITHIN_ONE)

    def _say(self, what: str, verdict: Verdict) -> None:
        self.stdout.write(
            f"{what}: {verdict.n} counts attacked, {verdict.exact} told exactly, "
            f"{verdict.within_one} within one, at least {verdict.fewest} possible values each."
        )

    def _error(self, true: Cells, moved: Cells) -> None:
        errors = [
            abs(n - moved[key][line])
            for key, lines in true.items()
            for line, n in lines.items()
            if moved[key][line] >= attack.SMALL[-1] + 1
        ]
        if errors:
            mean = sum(errors) / len(errors)
            self.stdout.write(f"Mean error of the {len(errors)} counts that are shown: {mean:.2f}.")
