"""One invented family, and the notice about its child; the other letters are in `samples`.

Elsa's custodians live apart: Anna's address and phone may stand in nothing that Jonas gets, and
the other way round.
"""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from notices import letters

STOCKHOLM = ZoneInfo("Europe/Stockholm")

ANNAS_SECRETS = ("Anna Lind", "Ängsvägen 4", "352 45", "070-174 06 34")
JONAS_SECRETS = ("Jonas Lind", "Kvarngatan 19", "341 32", "070-174 06 35")

POLICE = letters.Sender(
    name="Polismyndigheten",
    unit="Lokalpolisområde Växjö",
    street="Sandgärdsgatan 31",
    postal_line="352 30 VÄXJÖ",
    phone="070-174 06 90",
    email="vaxjo@example.org",
    website="example.org/polisen",
    org_number="202100-0000",
)
MUNICIPALITY = letters.Sender(
    name="Växjö kommun",
    unit="Mottagning barn och unga",
    street="Västra Esplanaden 18",
    postal_line="351 12 VÄXJÖ",
    phone="070-174 06 91",
    email="mottagning@example.org",
    website="example.org/vaxjo",
    org_number="212000-0000",
)
OMAR = letters.Contact(
    name="Omar Lind", title="Ungdomspolis", phone="070-174 06 05", email="omar@example.org"
)
SARA = letters.Contact(
    name="Sara Nord", title="Socialsekreterare", phone="070-174 06 21", email="sara@example.org"
)
ANNA = letters.Recipient(
    name="Anna Lind", street="Ängsvägen 4 lgh 1102", postal_line="352 45 VÄXJÖ", is_person=True
)
JONAS = letters.Recipient(
    name="Jonas Lind",
    care_of="Bengtsson",
    street="Kvarngatan 19",
    postal_line="341 32 LJUNGBY",
    is_person=True,
)
TO_POLICE = letters.Recipient(
    name="Polismyndigheten", street="Sandgärdsgatan 31", postal_line="352 30 VÄXJÖ", is_person=False
)
KARIN = letters.Reporter(
    name="Karin Ek",
    title="Polisassistent",
    unit="Lokalpolisområde Växjö",
    phone="070-174 06 07",
    case_reference="K-2026-004213",
    attends_meeting=True,
)
BEER = letters.Alcohol(
    kind="Starköl", amount="3 × 50 cl", measure=letters.AlcoholMeasure.POURED_OUT
)
HEARD = letters.Statement(
    who="Ordningsvakt",
    said_at=datetime(2026, 11, 20, 22, 35, tzinfo=STOCKHOLM),
    text="Hon grät nyss.",
)
LAW = (
    letters.LawReference(about="Anmälan", paragraph="19 kap. 1 § socialtjänstlagen (2025:400)"),
    letters.LawReference(about="Bedömning", paragraph="20 kap. 2 § socialtjänstlagen (2025:400)"),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def child() -> letters.Child:
    return letters.Child(
        name="Elsa Lind",
        personal_number="20110304-2384",
        estimated_age=None,
        is_protected=False,
        street="Ängsvägen 4 lgh 1102",
        postal_code="352 45",
        locality="Växjö",
        phone="070-174 06 33",
        language="svenska",
        needs_interpreter=False,
        whereabouts="Hemma hos Anna Lind",
        school="Norra skolan",
    )


def custodian() -> letters.NoticeCustodian:
    return letters.NoticeCustodian(
        name="Anna Lind",
        personal_number="19820214-2389",
        is_protected=False,
        street="Ängsvägen 4 lgh 1102",
        postal_code="352 45",
        locality="Växjö",
        phone="070-174 06 34",
        lives_with_child=True,
        language="somaliska",
        needs_interpreter=True,
        reached_at=at("2026-11-20 22:52"),
        collected=True,
        reaction="Kom genast.",
        relation="Mamma",
    )


def hidden_custodian() -> letters.NoticeCustodian:
    return replace(
        custodian(),
        name="Jonas Lind",
        relation="Pappa",
        personal_number=None,
        is_protected=True,
        street=None,
        postal_code=None,
        locality=None,
        phone=None,
        lives_with_child=False,
        reached_at=None,
        collected=False,
        reaction="",
    )


CONCERN = letters.ConcernNotice(
    sender=POLICE,
    recipient=replace(TO_POLICE, name="Växjö kommun", street="Box 1222"),
    handler=OMAR,
    written_on=date(2026, 11, 21),
    reference="K-2026-004213",
    law=LAW,
    is_demo=True,
    notice_id="7d0f2c1e-4c7b-4a53-9f0b-2a2f6f3f9a10",
    made_at=at("2026-11-21 01:20"),
    municipality="Växjö kommun",
    receiving_function="Mottagning barn och unga",
    legal_ground="19 kap. 1 § socialtjänstlagen (2025:400)",
    is_urgent=True,
    oral_notice_at=at("2026-11-20 23:05"),
    oral_notice_to="socialjouren",
    child=child(),
    custodians=(custodian(), hidden_custodian()),
    other_children=(letters.OtherChild(name="Olle Lind", age=9, has_own_notice=False),),
    reporter=KARIN,
    happened_at=at("2026-11-20 22:40"),
    place="Stortorget, Växjö",
    category=letters.Category.INTOXICATED,
    what_happened="Elsa satt vid fontänen.\nHon hade svårt att stå.",
    intoxication="Tydligt påverkad (3 av 4)",
    alcohol=(BEER,),
    injuries="",
    other_drugs="",
    company="Fyra jämnåriga.",
    own_observations="Elsa luktade alkohol och frös.",
    statements=(HEARD,),
    child_words="”Det är skönt att slippa tänka.”",
    effect_on_child="Nedkyld och ledsen.",
    concern="Hon var mycket berusad.",
    why_now="Andra gången på två månader.",
    concern_since="September 2026",
    if_nothing_is_done="Hon kan fara illa när ingen ser det.",
    acute_danger=True,
    acute_danger_how="Hon var nedkyld och mycket berusad.",
    earlier_count=1,
    earlier_on=(date(2026, 9, 25),),
    handed_over_to="Anna Lind, vårdnadshavare",
    handed_over_at=at("2026-11-20 23:25"),
    supplier_is_custodian=False,
    child_told=True,
    child_not_told_because="",
    custodians_told=False,
    custodians_not_told_because="Jonas Lind är inte nådd.",
    may_be_harmed_if_told=False,
    special_to_consider="Föräldrarna bor isär.",
    attachments=("Protokoll enligt 27 § polislagen",),
)


def concern() -> letters.ConcernNotice:
    return CONCERN
