"""The indicators of domain 6 about the municipality's work, and about persons: one function each.

The unit is one notice received, the reference date the day it arrived; for persons, one number in
one unit's register.
"""

from cases.models.codes import Feedback
from kronoberg.statistics import arrivals as a
from kronoberg.statistics import people
from kronoberg.statistics.figures import ARRIVAL, Indicator
from kronoberg.statistics.tables import Cells


def protection_assessed(cells: Cells) -> Indicator:
    """9: protection assessed the same day, or the next when the notice came late, of all."""
    return Indicator(
        number=9,
        title="Skyddsbedömning i tid",
        definition=(
            "Mottagna anmälningar där skyddsbedömningen gjordes samma dag, eller nästa dag när "
            "anmälan kom sent (SoL 20:1), av alla mottagna. Ej avslutade ingår i nämnaren."
        ),
        lines=cells[a.protection.key],
        counted=(a.ON_TIME,),
        sentence="I {share} av {n} anmälningar gjordes skyddsbedömningen i tid.",
        reference_date=ARRIVAL,
    )


def decided_in_time(cells: Cells) -> Indicator:
    """10: decided within 14 days, of those to decide; ongoing investigations are left out."""
    opened, not_opened = cells[a.time_to_open.key], cells[a.time_to_not_open.key]
    return Indicator(
        number=10,
        title="Förhandsbedömning inom 14 dagar",
        definition=(
            "Anmälningar där beslut att inleda eller inte inleda utredning fattades inom fristen "
            "(SoL 20:2), av alla som skulle beslutas. De där en utredning redan pågick ingår inte. "
            "Ej beslutade när talen frystes ingår i nämnaren."
        ),
        lines={
            "Beslutade i tid": opened[a.ON_TIME] + not_opened[a.ON_TIME],
            "Beslutade senare": opened[a.LATER] + not_opened[a.LATER],
            a.UNDECIDED: a.decided.part(a.UNDECIDED).read(cells),
        },
        counted=("Beslutade i tid",),
        sentence="{share} av {n} förhandsbedömningar blev klara i tid.",
        reference_date=ARRIVAL,
    )


def opened(cells: Cells) -> Indicator:
    """11: what was decided, of all decisions."""
    return Indicator(
        number=11,
        title="Beslut om utredning",
        definition=(
            "Mottagna anmälningar efter beslut, av alla beslutade. Riksgenomsnittet för inledda "
            "utredningar var 38 procent år 2018."
        ),
        lines=cells[a.decisions.key],
        counted=(Feedback.OPENED.label,),
        sentence="I {share} av {n} beslut inleddes en utredning.",
        reference_date=ARRIVAL,
    )


def feedback_in_time(cells: Cells) -> Indicator:
    """12: feedback to the notifier within a week of the decision, of all decided."""
    return Indicator(
        number=12,
        title="Återkoppling inom en vecka",
        definition=(
            "Beslutade anmälningar där den som anmälde fick återkoppling inom en vecka från "
            "beslutet (SoL 19:6), av dem där anmälaren ville ha återkoppling. Där den med skäl "
            "inte lämnas räknas ärendet inte; ej avslutade ingår i nämnaren."
        ),
        lines=cells[a.feedback_given.key],
        counted=(a.ON_TIME,),
        among=(a.ON_TIME, a.LATER, a.NOT_YET),
        sentence="I {share} av {n} beslutade anmälningar gick återkoppling inom en vecka.",
        reference_date=ARRIVAL,
    )


def talks_held(cells: Cells) -> Indicator:
    """13: talks held, of those to which somebody was called."""
    return Indicator(
        number=13,
        title="Samtal som hölls",
        definition=(
            "Anmälningar där minst ett samtal hölls, av dem där någon kallades. Den som avböjde, "
            "och de som väntar på sitt samtal, ingår i nämnaren."
        ),
        lines=cells[a.talks.key],
        counted=(a.HELD,),
        among=(a.HELD, a.DECLINED, a.NOT_HELD, a.CALLED),
        sentence="I {share} av {n} anmälningar där familjen kallades hölls ett samtal.",
        reference_date=ARRIVAL,
    )


def repeated(cells: Cells) -> Indicator:
    """15: met with again within 365 days of the first time, of all whose first time it was."""
    first = people.times_met.part(people.FIRST).read(cells)
    again = min(cells[people.COHORT.key][people.AGAIN], first)
    return Indicator(
        number=15,
        title="Anträffad igen inom tolv månader",
        definition=(
            "Ungdomar som anträffades för första gången på tolv månader, och igen inom 365 dagar, "
            "av alla som anträffades för första gången; alla har följts i tolv månader, så talet "
            "kommer ett år efter de andra. En ungdom är ett nummer i en enhets register. Den som "
            "saknar nummer kan inte följas."
        ),
        lines={people.AGAIN: again, people.NOT_AGAIN: first - again},
        counted=(people.AGAIN,),
        sentence="{share} av {n} ungdomar anträffades igen inom tolv månader.",
        reference_date="första gångens början",
    )


def times_met(cells: Cells) -> Indicator:
    """15, while a cohort is still being followed: which time it was."""
    return Indicator(
        number=15,
        title="Vilken gång i ordningen",
        definition=(
            "Ingripanden efter om ungdomen hade anträffats under de tolv månaderna före. Den som "
            "saknar nummer kan inte följas."
        ),
        lines=cells[people.times_met.key],
        counted=(people.SECOND, people.OFTEN),
        among=(people.FIRST, people.SECOND, people.OFTEN),
        sentence=(
            "I {share} av {n} ingripanden hade ungdomen anträffats under de tolv månaderna före."
        ),
    )


INDICATORS = (
    protection_assessed, decided_in_time, opened, feedback_in_time, talks_held, repeated, times_met,
)  # fmt: skip
