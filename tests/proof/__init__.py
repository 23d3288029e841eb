"""What is too long for the suite. `bin/proof` runs the parts and prints one page and one JSON.

Each part is a module whose `prove` counts what is aimed at here, and names what failed.
"""

PARTS: dict[str, dict[str, int]] = {
    "cells": {"cells": 100_000},
    "malformed": {"requests": 100_000},
    "moves": {"cells of the machines": 10_000},
    "histories": {"steps": 500_000},
    "tamperings": {"tamperings found": 500},
    "rotation": {"kills": 200},
    "fields": {"cases opened": 3_000},
    "forty_years": {"years": 40},
    "mutants": {"mutants killed": 40},
    "traces": {"bytes read": 1},
}
