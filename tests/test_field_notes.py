"""What docs/field.md promises about faults, held to the tests that it names."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parent
NOTES = (TESTS.parent / "docs/field.md").read_text()
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| `(\w+\.py)::(\w+)` \| (\d+) \| (\d+) \|$", re.M)
# Rows of the table, whatever stands in them.
TABLE = NOTES.partition("## Faults tried")[2].partition("\n## ")[0]


def test_each_fault_in_the_table_is_a_test_that_exists():
    rows = ROW.findall(TABLE)

    missing = [name for _, file, name, *_ in rows
               if f"\ndef {name}(" not in (TESTS / file).read_text()]  # fmt: skip
    assert missing == []
    # Head and rule aside, no row escapes the pattern.
    assert len(rows) == TABLE.count("\n|") - 2 > 20


def test_every_fault_of_the_table_cost_nothing_and_made_nothing_twice():
    assert {(lost, twice) for *_, lost, twice in ROW.findall(TABLE)} == {("0", "0")}
