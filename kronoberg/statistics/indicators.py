"""The indicators of domain 6 about the interventions: one function each, from the frozen cells.

Each says its lines, its numerator and its denominator, and explains itself in a sentence. The unit
is one youth in one intervention; the reference date is when the event began.
"""

from cases.models.codes import Custody, Outcome, SupplyAnswer
from kronoberg.statistics import police as p
from kronoberg.statistics.figures import Indicator, rate
from kronoberg.statistics.freezing import EFFORT, HOURS, PASSES
from kronoberg.statistics.tables import Cells, Part

NO_EFFORT = "Inga insatstimmar är antecknade: antalet går inte att läsa mot dem."


def interventions(cells: Cells) -> Indicator:
    """1: interventions by category A, B and C."""
    minors, adults = cells[p.categories_of_minors.key], cells[p.categories_of_adults.key]
    lines = {f"{category}, under 18 år": n for category, n in minors.items()}
    lines |= {f"{category}, 18–19 år": n for category, n in adults.items()}
    return Indicator(
        number=1,
        title="Ingripanden",
        definition=(
            "Antal ungdomar i ingripanden som är registrerade, per kategori: A berusad, B bär "
            "alkohol, C (under 18 år) i sällskap med någon som bär alkohol. Fler ingripanden kan "
            "bero på mer arbete: läs antalet mot timmarna, aldrig för sig."
        ),
        lines=lines,
        sentence="{n} ingripanden registrerades.",
        beside=effort(cells),
    )


def effort(cells: Cells) -> str:
    """The hours that stand beside every count (domain 2.2)."""
    hours, n_passes = cells[EFFORT][HOURS], cells[EFFORT][PASSES]
    if not hours:
        return NO_EFFORT
    passes = "en insats" if n_passes == 1 else f"{n_passes:,} insatser"
    return f"Insatstimmar: {hours:,} i {passes}.".replace(",", "\u00a0")


def per_hundred_hours(cells: Cells) -> Indicator:
    """2: interventions made in passes, per hundred hours of those passes."""
    lines = cells[p.passes.key]
    found = rate(lines[p.IN_PASS], cells[EFFORT][HOURS])
    return Indicator(
        number=2,
        title="Ingripanden per 100 insatstimmar",
        definition=(
            "Ingripanden som gjordes i en insats, delat med insatsernas sammanlagda timmar för "
            "alla som deltog, gånger hundra. Ingripanden utanför insatser räknas inte i talet, "
            "eftersom ingen har antecknat tiden för dem."
        ),
        lines=lines,
        counted=(p.IN_PASS,),
        sentence=(
            NO_EFFORT if found.value is None else f"{found.text} ingripanden per 100 insatstimmar."
        ),
        beside=effort(cells),
    )


def wait_for_attempt(cells: Cells) -> Indicator:
    """3: minutes to the first attempt to reach a custodian."""
    return Indicator(
        number=3,
        title="Tid till första försöket att nå en vårdnadshavare",
        definition=(
            "Minuter från händelsens början till första antecknade försöket, för ungdomar under "
            "18 år i avrapporterade ärenden. Medianen är avläst ur fördelningen i tabellen."
        ),
        lines=cells[p.waits_for_attempt.key],
        among=p.WAITS,
        ends=p.WAIT_ENDS,
        sentence="Hälften av de första försöken gjordes inom {median}, nio av tio inom {most}.",
    )


def wait_for_answer(cells: Cells) -> Indicator:
    """3: minutes to the first answer, of those who were reached the same night."""
    unreached = {
        p.NOT_REACHED: p.reached.part(p.NOT_REACHED).read(cells),
        p.UNFINISHED: p.reports.part(p.UNFINISHED).read(cells),
    }
    return Indicator(
        number=3,
        title="Tid till vårdnadshavaren",
        definition=(
            "Minuter från händelsens början till det första svaret, för ungdomar under 18 år vars "
            "vårdnadshavare nåddes inom tolv timmar. De som inte nåddes står för sig och ingår "
            "inte i tiden. Medianen är avläst ur fördelningen i tabellen."
        ),
        lines=cells[p.waits_for_answer.key] | unreached,
        among=p.WAITS,
        ends=p.WAIT_ENDS,
        sentence="Hälften av dem som nåddes svarade inom {median}, nio av tio inom {most}.",
    )


def custodian_reached(cells: Cells) -> Indicator:
    """4: those under 18 for whom a custodian was reached the same night, of all under 18."""
    return Indicator(
        number=4,
        title="Vårdnadshavare nådd samma natt",
        definition=(
            "Ungdomar under 18 år där minst en vårdnadshavare svarade inom tolv timmar från "
            "händelsens början, av alla under 18. Ej avslutade: inte avrapporterade när talen "
            "frystes; de ingår i nämnaren."
        ),
        lines=cells[p.reached.key] | part_of(cells, p.reports.part(p.UNFINISHED)),
        counted=(p.REACHED,),
        sentence="I {share} av {n} ingripanden nåddes en vårdnadshavare samma natt.",
    )


def collected(cells: Cells) -> Indicator:
    """5: those under 18 whom a custodian came for, of all under 18, and how it ended otherwise."""
    return Indicator(
        number=5,
        title="Hämtad av vårdnadshavare",
        definition=(
            "Ungdomar under 18 år som hämtades av en vårdnadshavare, av alla under 18. Ej "
            "avslutade: inte avrapporterade när talen frystes; de ingår i nämnaren."
        ),
        lines=_endings(cells),
        counted=(Outcome.COLLECTED.label,),
        sentence="I {share} av {n} ingripanden hämtade en vårdnadshavare ungdomen.",
    )


def handed_to_duty_team(cells: Cells) -> Indicator:
    """6: those under 18 left to the duty team, and those for whom there was none."""
    duty, no_duty = Outcome.DUTY_TEAM.label, Outcome.NO_DUTY_TEAM.label
    endings = _endings(cells)
    others = sum(n for line, n in endings.items() if line not in (duty, no_duty))
    return Indicator(
        number=6,
        title="Överlämnad till socialjouren",
        definition=(
            "Ungdomar under 18 år som överlämnades till socialjouren, av alla under 18. De fall "
            "där ingen socialjour var tillgänglig står för sig: de är ett mått på behovet."
        ),
        lines={duty: endings[duty], no_duty: endings[no_duty], "Slutade på annat sätt": others},
        counted=(duty,),
        sentence="I {share} av {n} ingripanden fick socialjouren ta över.",
    )


def crime_reported(cells: Cells) -> Indicator:
    """16: reports of supplying, of all forfeitures."""
    return Indicator(
        number=16,
        title="Brottsanmälan om langning",
        definition=(
            "Ingripanden där alkohol togs och händelsen ledde till en brottsanmälan om langning "
            "(K-nummer), av alla ingripanden där alkohol togs."
        ),
        lines=cells[p.crime_reports.key],
        counted=(p.CRIME_REPORT,),
        sentence="{share} av {n} beslag ledde till en brottsanmälan om langning.",
    )


def supplier_told(cells: Cells) -> Indicator:
    """16: those who told where the alcohol came from, of all who were asked."""
    return Indicator(
        number=16,
        title="Svar på langningsfrågan",
        definition=(
            "Ungdomar som berättade varifrån alkoholen kom, av alla som tillfrågades när alkohol "
            "togs. Vet ej och vill ej är svar; ej besvarad är frågan inte ställd, och ingår inte."
        ),
        lines=cells[p.supply_answers.key],
        counted=(SupplyAnswer.TOLD.label,),
        among=tuple(SupplyAnswer.labels),
        sentence="{share} av {n} tillfrågade berättade varifrån alkoholen kom.",
    )


def supplier_relation(cells: Cells) -> Indicator:
    """17: who supplied the alcohol, of those who told."""
    return Indicator(
        number=17,
        title="Vem alkoholen kom från",
        definition=(
            "Den första uppgiften i händelsen om vem som lämnade ut alkoholen, för dem som "
            "berättade."
        ),
        lines=cells[p.supply_relations.key],
        sentence="Av {n} som berättade: {top}.",
    )


def place(cells: Cells) -> Indicator:
    """19: where; homes are not shown."""
    return Indicator(
        number=19,
        title="Platser",
        definition="Ingripanden per slag av plats. Bostäder och fordon ingår i annan plats.",
        lines=cells[p.places.key],
        sentence="Flest ingripanden: {top}.",
        beside=effort(cells),
    )


def sex(cells: Cells) -> Indicator:
    """20: girls and boys, by the personal number or what was written down."""
    return Indicator(
        number=20,
        title="Flickor och pojkar",
        definition="Juridiskt kön enligt personnumret, annars som det antecknats.",
        lines=cells[p.sexes.key],
        counted=(p.GIRLS,),
        sentence="{share} av {n} ingripanden gällde flickor.",
    )


def age(cells: Cells) -> Indicator:
    """20: age in the classes of the law."""
    adults = {p.ADULT: p.ADULTS.read(cells)}
    return Indicator(
        number=20,
        title="Ålder",
        definition="Ålder den dag händelsen började, i lagens åldersgrupper.",
        lines=cells[p.age_classes.key] | adults,
        counted=(p.UNDER_15,),
        sentence="{share} av {n} ingripanden gällde barn under 15 år.",
    )


def custody(cells: Cells) -> Indicator:
    """24: taken into custody, by ground."""
    return Indicator(
        number=24,
        title="Omhändertagna",
        definition="Ingripanden där ungdomen omhändertogs, per grund, av alla.",
        lines=cells[p.custodies.key],
        counted=tuple(line for line in p.custodies.lines if line != Custody.NONE.label),
        sentence="I {share} av {n} ingripanden omhändertogs ungdomen.",
    )


def corrected(cells: Cells) -> Indicator:
    """25: annulled and merged, of all that were ever registered."""
    return Indicator(
        number=25,
        title="Annullerat och sammanfört",
        definition="Registreringar som annullerades eller fördes samman, av alla registreringar.",
        lines=cells[p.registrations.key],
        counted=(p.ANNULLED,),
        sentence="{share} av {n} registreringar annullerades.",
    )


# Parts ----------------------------------------------------------------------------------------


def part_of(cells: Cells, part: Part) -> dict[str, int]:
    return {part.line: part.read(cells)}


def _endings(cells: Cells) -> dict[str, int]:
    """How it ended, reached or not: the two tables added line by line."""
    with_, without = cells[p.endings_when_reached.key], cells[p.endings_when_not_reached.key]
    lines = {line: with_[line] + without[line] for line in with_}
    return lines | part_of(cells, p.reports.part(p.UNFINISHED))


INDICATORS = (
    interventions, per_hundred_hours, wait_for_attempt, wait_for_answer, custodian_reached,
    collected, handed_to_duty_team, crime_reported, supplier_told, supplier_relation, place,
    sex, age, custody, corrected,
)  # fmt: skip
