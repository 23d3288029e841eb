"""Where Django looks for this app's models; they live with what they are for."""

from kronoberg.measures.models import (
    CitizenPromise,
    Measure,
    PromiseActivity,
    PromiseComment,
)
from kronoberg.statistics.models import (
    CohortTally,
    CountedPass,
    CountedStop,
    CountySum,
    FiguresMail,
    FiguresWish,
    FrozenTable,
    RunningError,
)

__all__ = [
    "CitizenPromise",
    "CohortTally",
    "CountedPass",
    "CountedStop",
    "CountySum",
    "FiguresMail",
    "FiguresWish",
    "FrozenTable",
    "Measure",
    "PromiseActivity",
    "PromiseComment",
    "RunningError",
]
