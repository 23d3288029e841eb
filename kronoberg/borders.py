"""Which unit's every row is, and the policies by which PostgreSQL hands it out to no other (R06).

One table says it of each record; one without a line here is refused by the suite. The policies hold
for the role of `manage.py grant_role`, which puts them in place: the owner of the tables migrates,
rotates keys and takes dumps past them. Whose rows a process may reach is `cases.circle`.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, ForeignKey, Model

from cases.models import (
    Absence,
    AccessEntry,
    AccessibilityReport,
    AlcoholSeizure,
    Appointment,
    Attendee,
    CalendarAddress,
    ChainHead,
    ContactMade,
    Cover,
    Custodian,
    CustodianContact,
    CustodyCheck,
    DutyContact,
    DutyHours,
    EmergencyAccess,
    ErasureItem,
    EscalationStep,
    FollowUp,
    FollowUpCheck,
    FormerFacts,
    HeldForm,
    JournalEntry,
    Municipality,
    Organisation,
    OrganisationGroupPermission,
    OrganisationUserPermission,
    PersonGroupPermission,
    PersonUserPermission,
    PostalCode,
    RecordEntry,
    Recovery,
    ReferenceCounter,
    Referral,
    Remark,
    ResponsibleFunction,
    ReviewedEntry,
    RoleChange,
    Rule,
    SavedView,
    SpecialDay,
    User,
    WorkingNote,
    YouthCase,
)
from cases.models.journal import ChainedEntry
from kronoberg.models import (
    CitizenPromise,
    CohortTally,
    CountedPass,
    CountedStop,
    CountySum,
    FrozenTable,
    Measure,
    PromiseActivity,
    PromiseComment,
    RunningError,
)
from notices.models import Document, Edition, Handout
from notices.printing import RunFile, RunItem

OWN = "cases", "notices", "kronoberg"
# A record with a unit of its own is that unit's, and needs no line here. These are a part of
# something, or somebody's at work: the column that says of what, or whose.
PART_OF: dict[type[Model], str] = {
    **dict.fromkeys((Custodian, FormerFacts), "person"),
    **dict.fromkeys((PersonUserPermission, PersonGroupPermission), "content_object"),
    **dict.fromkeys((AlcoholSeizure, CustodianContact, CustodyCheck, DutyContact), "youth_case"),
    **dict.fromkeys(
        (Appointment, ContactMade, Cover, FollowUpCheck, RecordEntry, WorkingNote), "referral"
    ),
    Attendee: "appointment",
    FollowUp: "case_id",
    ErasureItem: "batch",
    ReviewedEntry: "review",
    Document: "letter",
    **dict.fromkeys((RunFile, RunItem), "run"),
    CountedPass: "patrol_pass",
    **dict.fromkeys((HeldForm, SavedView), "owner"),
    Handout: "made_by",
    Absence: "absent",
}
# Two units see it: whoever opened a case in an emergency, and whose case it was.
ALSO_BY: dict[type[Model], str] = {EmergencyAccess: "case_organisation"}
# About no youth and nobody near one: the country, the rules, the words of letters, published
# figures, what both authorities plan for a place, who works where and with which rights, and what
# is asked before it is known who asks.
COMMON: frozenset[type[Model]] = frozenset({
    Municipality, PostalCode, Organisation, User, OrganisationGroupPermission,
    OrganisationUserPermission, Rule, DutyHours, SpecialDay, ResponsibleFunction, EscalationStep,
    ReferenceCounter, RoleChange, Recovery, CalendarAddress, AccessibilityReport, Edition,
    FrozenTable, CountySum, Measure, CitizenPromise, PromiseActivity, PromiseComment,
})  # fmt: skip
# What figures are made of, before they are made safe to show: for no unit's eyes.
WORKERS: frozenset[type[Model]] = frozenset({CountedStop, CohortTally, RunningError})
# Whose it is stands in no column: in a chain's name, and in the log that the words belong to.
TOLD_APART: frozenset[type[Model]] = frozenset({ChainHead, Remark})

CIRCLE = """
    DECLARE told text := current_setting('kronoberg.circle', true);
    BEGIN
        IF told = 'every' THEN RETURN '{}'; END IF;
        IF COALESCE(told, '') = '' THEN
            RAISE EXCEPTION 'no circle has been entered' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN told::uuid[];
    END
"""
# Policies add up: one that somebody else has made would open what these close.
NO_POLICY = """
    DECLARE found record;
    BEGIN
        FOR found IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
            EXECUTE format('DROP POLICY %I ON %I', found.policyname, found.tablename);
        END LOOP;
    END
"""
# Asked once a query, not once a row.
IS_EVERY = "(SELECT current_setting('kronoberg.circle', true) = 'every')"
IS_MINE = "{column} = ANY ((SELECT kronoberg_circle())::uuid[])"


def models() -> list[type[Model]]:
    """Every record of the product, by its table's name."""
    every = [model for app in OWN for model in apps.get_app_config(app).get_models()]
    return sorted(every, key=lambda model: model._meta.db_table)


def is_guarded(model: type[Model]) -> bool:
    return model not in COMMON


def policies() -> set[tuple[str, str]]:
    """Every policy there is to be, as (table, name)."""
    every = {(model._meta.db_table, "circle") for model in models() if is_guarded(model)}
    return every | {(Remark._meta.db_table, "added")}


def statements() -> Iterator[str]:
    """The SQL that puts every border in its place; safe to repeat. For the owner of the tables."""
    yield (
        "CREATE OR REPLACE FUNCTION kronoberg_circle() RETURNS uuid[] LANGUAGE plpgsql STABLE "
        f"PARALLEL SAFE AS $${CIRCLE}$$"
    )
    yield f"DO $${NO_POLICY}$$"
    for model in models():
        table = model._meta.db_table
        if not is_guarded(model):
            yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
            continue
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"CREATE POLICY circle ON {table} USING ({IS_EVERY} OR {_reached(model)})"
        if model is Remark:
            # Words are written before the row of the log that they belong to.
            yield f"CREATE POLICY added ON {table} FOR INSERT WITH CHECK (true)"


def _reached(model: type[Model]) -> str:
    """The SQL condition by which a row of `model` is within the circle."""
    table = model._meta.db_table
    if model in WORKERS:
        return "false"
    if model is ChainHead:
        return IS_MINE.format(column="split_part(chain, ':', 2)::uuid")
    if model is Remark:
        logs: tuple[type[ChainedEntry], ...] = (JournalEntry, AccessEntry)
        return _any_of(_exists(log, "remark_id", f"{table}.id") for log in logs)
    if model in PART_OF:
        return _of_its_whole(model, PART_OF[model])
    columns = ["organisation", *([ALSO_BY[model]] if model in ALSO_BY else [])]
    return _any_of(IS_MINE.format(column=f"{table}.{_column(model, name)}") for name in columns)


def _of_its_whole(model: type[Model], name: str) -> str:
    field, column = _field(model, name), f"{model._meta.db_table}.{_column(model, name)}"
    if not isinstance(field, ForeignKey):
        return _any_of(_exists(machine, "id", column) for machine in (YouthCase, Referral))
    whole = field.related_model
    key = str(whole._meta.pk.column)
    if whole is not User:
        return _exists(whole, key, column)
    # Who works where is no secret, so the border stands here.
    return _exists(whole, key, column, IS_MINE.format(column="whole.organisation_id"))


def _exists(whole: type[Model], key: str, column: str, *more: str) -> str:
    """Is there such a row, for whoever asks? Its own border decides."""
    holds = " AND ".join((f"whole.{key} = {column}", *more))
    return f"EXISTS (SELECT FROM {whole._meta.db_table} whole WHERE {holds})"


def _any_of(conditions: Iterator[str]) -> str:
    return f"({' OR '.join(conditions)})"


def _field(model: type[Model], name: str) -> "Field[object, object]":
    field: Field[object, object] = model._meta.get_field(name)  # type: ignore[assignment]
    return field


def _column(model: type[Model], name: str) -> str:
    return str(_field(model, name).column)
