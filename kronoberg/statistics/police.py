"""How the interventions of a window are divided: every cell that is frozen about the police's side.

One tree: whoever is registered, those that are valid, those under 18, and so on. Each function
says on which line one intervention stands.
"""

from cases.identity import AgeClass
from cases.models.codes import (
    Category,
    Custody,
    Occasion,
    Outcome,
    SupplyAnswer,
)
from cases.models.incidents import PlaceType
from cases.models.youth_case import IN_THE_FIELD, State
from kronoberg.statistics.stops import Stop
from kronoberg.statistics.tables import Cross, Table, labelled, split

OF_AGE = (AgeClass.FROM_18_TO_19, AgeClass.FROM_20)

VALID, ANNULLED, MERGED = "Gäller", "Annullerade", "Sammanförda"
MINOR, ADULT = "Under 18 år", "18–19 år"


@split("registrering", labelled("valid annulled merged", (VALID, ANNULLED, MERGED)))
def registrations(stop: Stop) -> str:
    return {State.ANNULLED: ANNULLED, State.MERGED: MERGED}.get(State(stop.state), VALID)


@split("alder", labelled("minor adult", (MINOR, ADULT)), within=registrations.part(VALID))
def ages(stop: Stop) -> str:
    # An unknown age counts as a child, as in `YouthCase.is_minor`.
    return ADULT if stop.age_class in OF_AGE else MINOR


VALID_STOPS, MINORS, ADULTS = registrations.part(VALID), ages.part(MINOR), ages.part(ADULT)


@split("kategori-unga", {code: code for code in Category.values}, within=MINORS)
def categories_of_minors(stop: Stop) -> str:
    return stop.category


@split("kategori-18-19", {"A": "A", "B": "B"}, within=ADULTS)
def categories_of_adults(stop: Stop) -> str:
    return "A" if stop.category == "A" else "B"


IN_PASS, OUTSIDE = "I en insats", "Utanför insats"


@split("insats", labelled("in_pass outside", (IN_PASS, OUTSIDE)), within=VALID_STOPS)
def passes(stop: Stop) -> str:
    return IN_PASS if stop.is_in_pass else OUTSIDE


# When and where -------------------------------------------------------------------------------

WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
HOURS = ("06–15", "15–18", "18–20", "20–22", "22–24", "00–02", "02–06")
UNTIL = ((2, "00–02"), (6, "02–06"), (15, "06–15"), (18, "15–18"), (20, "18–20"), (22, "20–22"))
# Homes are not places to patrol: they are counted with the rest (domain 6, no. 19).
ELSEWHERE = "Annan plats"
NOT_SHOWN = (PlaceType.HOME, PlaceType.OTHER, PlaceType.VEHICLE)
PLACES = {place.value: place.label for place in PlaceType if place not in NOT_SHOWN} | {
    "elsewhere": ELSEWHERE
}


@split("veckodag", labelled("mon tue wed thu fri sat sun", WEEKDAYS), within=VALID_STOPS)
def weekdays(stop: Stop) -> str:
    return WEEKDAYS[stop.began_here.weekday()]


@split("klockslag", {hours: hours for hours in HOURS}, within=VALID_STOPS)
def hours(stop: Stop) -> str:
    return next((label for end, label in UNTIL if stop.began_here.hour < end), "22–24")


@split("plats", PLACES, within=VALID_STOPS)
def places(stop: Stop) -> str:
    place = PlaceType(stop.place_type)
    return ELSEWHERE if place in NOT_SHOWN else place.label


@split("tillfalle", dict(Occasion.choices), within=VALID_STOPS)
def occasions(stop: Stop) -> str:
    return Occasion(stop.occasion).label


weekday_by_hour = Cross(
    key="veckodag-klockslag", source="stops", rows=weekdays.parts, columns=hours.parts
)
place_by_hour = Cross(key="plats-klockslag", source="stops", rows=places.parts, columns=hours.parts)

# Who ------------------------------------------------------------------------------------------

UNDER_15, FROM_15, UNKNOWN_AGE = "Under 15 år", "15–17 år", "Okänd ålder, räknas som under 18"
GIRLS, BOYS, UNKNOWN_SEX = "Flickor", "Pojkar", "Okänt"


AGES = labelled("under_15 15_17 unknown", (UNDER_15, FROM_15, UNKNOWN_AGE))


@split("aldersklass", AGES, within=MINORS)
def age_classes(stop: Stop) -> str:
    known = {AgeClass.UNDER_15: UNDER_15, AgeClass.FROM_15_TO_17: FROM_15}
    return known.get(AgeClass(stop.age_class), UNKNOWN_AGE)


@split("kon", labelled("girl boy unknown", (GIRLS, BOYS, UNKNOWN_SEX)), within=VALID_STOPS)
def sexes(stop: Stop) -> str:
    return {"girl": GIRLS, "boy": BOYS}.get(stop.sex, UNKNOWN_SEX)


age_by_sex = Cross(
    key="alder-kon", source="stops", rows=(*age_classes.parts, ADULTS), columns=sexes.parts
)

NO_CUSTODY = Custody.NONE.label


@split("omhandertagande", dict(Custody.choices), within=VALID_STOPS)
def custodies(stop: Stop) -> str:
    return Custody(stop.custody).label


# The custodians -------------------------------------------------------------------------------

REPORTED, UNFINISHED = "Avrapporterade", "Ej avslutade på plats"
REACHED, NOT_REACHED = "Nådd samma natt", "Inte nådd samma natt"
NO_ATTEMPT = "Inget försök antecknat"
# Minutes from the event's beginning; the last is open, up to twelve hours for an answer.
WAITS = ("0–4 min", "5–9 min", "10–14 min", "15–19 min", "20–29 min", "30–44 min",
         "45–59 min", "60–119 min", "120 min eller mer")  # fmt: skip
WAIT_ENDS = (5, 10, 15, 20, 30, 45, 60, 120, 720)
WAIT_LINES = {f"under_{end}": label for end, label in zip(WAIT_ENDS, WAITS, strict=True)}


@split("avrapporterade", labelled("reported unfinished", (REPORTED, UNFINISHED)), within=MINORS)
def reports(stop: Stop) -> str:
    return UNFINISHED if stop.state in IN_THE_FIELD else REPORTED


@split(
    "nadd",
    labelled("reached not_reached", (REACHED, NOT_REACHED)),
    within=reports.part(REPORTED),
)
def reached(stop: Stop) -> str:
    return REACHED if stop.is_reached else NOT_REACHED


def _wait(minutes: float) -> str:
    return next((w for w, end in zip(WAITS, WAIT_ENDS, strict=True) if minutes < end), WAITS[-1])


@split("vantan-svar", WAIT_LINES, within=reached.part(REACHED))
def waits_for_answer(stop: Stop) -> str:
    assert stop.answered_at is not None  # noqa: S101  (that is what reached means)
    return _wait((stop.answered_at - stop.began_at).total_seconds() / 60)


@split("vantan-forsok", WAIT_LINES | {"none": NO_ATTEMPT}, within=reports.part(REPORTED))
def waits_for_attempt(stop: Stop) -> str:
    if stop.tried_at is None:
        return NO_ATTEMPT
    return _wait((stop.tried_at - stop.began_at).total_seconds() / 60)


NO_ENDING = "Annat"
ENDINGS = {o.value: o.label for o in Outcome if o != Outcome.RELEASED} | {"other": NO_ENDING}


@split("utfall-nadd", ENDINGS, within=reached.part(REACHED))
def endings_when_reached(stop: Stop) -> str:
    return _ending(stop)


@split("utfall-inte-nadd", ENDINGS, within=reached.part(NOT_REACHED))
def endings_when_not_reached(stop: Stop) -> str:
    return _ending(stop)


def _ending(stop: Stop) -> str:
    label = Outcome(stop.outcome).label if stop.outcome else NO_ENDING
    return label if label in ENDINGS.values() else NO_ENDING


# The alcohol and where it came from -----------------------------------------------------------

TAKEN, NOT_TAKEN = "Alkohol förverkad eller i beslag", "Ingen alkohol togs"
NOT_ASKED = "Ej besvarad"
CRIME_REPORT, NO_CRIME_REPORT = "Brottsanmälan om langning", "Ingen brottsanmälan"
RELATIONS = {
    "Kompis": ("friend",),
    "Syskon, eget eller kompis": ("sibling", "friends_sibling"),
    "Pojk- eller flickvän": ("partner",),
    "Förälder gav": ("parent_gave",),
    "Taget hemma utan lov": ("parent_taken",),
    "Annan vuxen köpte ut": ("adult",),
    "Langare via app, sociala medier eller bil": ("online", "car"),
    "Servering eller butik": ("restaurant", "shop"),
    "Stulet": ("stolen",),
    "Okänd": ("unknown", ""),
}


@split("alkohol", labelled("taken not_taken", (TAKEN, NOT_TAKEN)), within=VALID_STOPS)
def forfeitures(stop: Stop) -> str:
    return TAKEN if stop.has_seizure else NOT_TAKEN


@split(
    "langningsfraga",
    dict(SupplyAnswer.choices) | {"not_asked": NOT_ASKED},
    within=forfeitures.part(TAKEN),
)
def supply_answers(stop: Stop) -> str:
    return SupplyAnswer(stop.supply_answer).label if stop.supply_answer else NOT_ASKED


@split(
    "langningsanmalan",
    labelled("reported not_reported", (CRIME_REPORT, NO_CRIME_REPORT)),
    within=forfeitures.part(TAKEN),
)
def crime_reports(stop: Stop) -> str:
    return CRIME_REPORT if stop.has_crime_report else NO_CRIME_REPORT


@split(
    "langare",
    {codes[0]: label for label, codes in RELATIONS.items()},
    within=supply_answers.part(SupplyAnswer.TOLD.label),
)
def supply_relations(stop: Stop) -> str:
    return next(
        (label for label, codes in RELATIONS.items() if stop.supply_relation in codes), "Okänd"
    )


# Everybody stands in a row, also who did not tell and who had nothing: so places and hours add up.
_SOURCES = (
    *supply_relations.parts,
    *(part for part in supply_answers.parts if part != supply_relations.within),
    forfeitures.part(NOT_TAKEN),
)
supply_by_place = Cross(key="langare-plats", source="stops", rows=_SOURCES, columns=places.parts)
supply_by_hour = Cross(key="langare-klockslag", source="stops", rows=_SOURCES, columns=hours.parts)

TABLES: tuple[Table, ...] = (
    registrations, ages, categories_of_minors, categories_of_adults, passes,
    weekdays, hours, places, occasions, weekday_by_hour, place_by_hour, age_classes, sexes,
    age_by_sex, custodies, reports, reached, waits_for_answer, waits_for_attempt,
    endings_when_reached, endings_when_not_reached, forfeitures, supply_answers, crime_reports,
    supply_relations, supply_by_place, supply_by_hour,
)  # fmt: skip
