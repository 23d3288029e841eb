"""The facts of a case as headed lists of term and text, in the words of the screens."""

from collections.abc import Iterator

from django.utils import timezone

from cases.models import Referral, YouthCase
from cases.models.codes import Custody
from cases.models.moves import AnyCase
from notices import exchange, letters

Pair = tuple[str, str]
Section = tuple[str, list[Pair]]


# Where somebody stands by name among the facts.
NAMING = {("Överlämning", "Till"), ("Anmälan", "Överlämnad")}
MASK = "Skyddade uppgifter"


def sections(case: AnyCase, *, shows_names: bool) -> list[Section]:
    """Every section that has something in it; without names for who may not read them."""
    made = _police(case) if isinstance(case, YouthCase) else _social(case)
    filled = ((heading, [pair for pair in pairs if pair[1]]) for heading, pairs in made)
    return [
        (heading, pairs if shows_names else [_masked(heading, pair) for pair in pairs])
        for heading, pairs in filled
        if pairs
    ]


def _masked(heading: str, pair: Pair) -> Pair:
    return (pair[0], MASK) if (heading, pair[0]) in NAMING else pair


def moment(at: object) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""  # type: ignore[arg-type]


def yes(*, answer: bool) -> str:
    return "Ja" if answer else ""


def _police(case: YouthCase) -> Iterator[Section]:
    incident = case.incident
    yield (
        "Ingripandet",
        [
            ("Händelse", incident.reference),
            ("Tid", moment(incident.started_at)),
            ("Plats", f"{incident.place} ({incident.get_place_type_display()})".strip()),
            ("Kommun", incident.municipality.name),
            ("Kategori", case.get_category_display()),
            ("Påverkan", case.get_intoxication_display()),
            ("Skador och sjukdom", case.injuries),
            ("Deltog", incident.participants),
            ("Vad som hände", incident.circumstances),
        ],
    )
    yield "Omhändertagande", _custody(case)
    yield (
        "Alkohol",
        [
            (row.get_drink_display(), f"{row.volume_cl} cl, {row.get_measure_display().lower()}")
            for row in case.seizures.all()
        ]
        + [("Varifrån", case.get_supply_answer_display())],
    )
    yield "Oron", _concern(case)
    yield "Överlämning", _hand_over(case)
    yield "Anmälan och kommunens svar", _answers(case)


def _concern(case: YouthCase) -> list[Pair]:
    return [
        ("Egna iakttagelser", case.observations),
        ("Vad andra sagt", case.hearsay),
        ("Vad ungdomen sagt", case.child_words),
        ("Vad oron gäller", case.concern),
        ("Varför nu", case.why_now),
        ("Att tänka på", case.special_considerations),
        ("Fara för barnet nu", yes(answer=case.is_in_danger)),
        ("Vet om anmälan", case.get_told_of_notice_display()),
        ("Varför inte", case.why_not_told),
        ("Kan fara illa av att vårdnadshavare får veta", case.get_harm_if_told_display()),
    ]


def _hand_over(case: YouthCase) -> list[Pair]:
    return [
        ("Hur", case.get_outcome_display()),
        ("Till", case.handed_over_to),
        ("Identitet kontrollerad", yes(answer=case.id_checked)),
        ("När", moment(case.handed_over_at)),
    ]


def _answers(case: YouthCase) -> list[Pair]:
    receipt = (case.receipt_number, moment(case.acknowledged_at))
    feedback = (case.get_feedback_display(), str(case.feedback_on or ""))
    return [
        ("Beslut", case.get_decision_display()),
        ("Skäl", case.decision_reason),
        ("Skickad", moment(case.notified_at)),
        ("Kvittens", " ".join(filter(None, receipt))),
        ("Kommunens fråga", case.supplement_question),
        ("Återkoppling", " ".join(filter(None, feedback))),
    ]


def _custody(case: YouthCase) -> list[Pair]:
    if case.custody == Custody.NONE:
        return []
    return [
        ("Grund", case.get_custody_display()),
        ("Beslutat", moment(case.custody_at)),
        ("Av", case.custody_decided_by),
        ("Vad som talade för", case.custody_criteria),
        ("Skälet berättat", moment(case.reason_told_at)),
        ("Förmannens prövning", moment(case.superior_reviewed_at)),
    ]


def _social(case: Referral) -> Iterator[Section]:
    message = exchange.notice_of(case)
    notice = letters.from_json("L4", message.payload)
    if isinstance(notice, letters.ConcernNotice):
        yield "Anmälan", _notice(case, notice)
    yield (
        "Bedömning",
        [
            ("Behöver skydd genast", {True: "Ja", False: "Nej", None: ""}[case.needs_protection]),
            ("Skäl", case.protection_reasons),
            ("Underlag", case.protection_source),
            ("Fråga till polisen", case.supplement_question),
            ("Besluta före", moment(case.decide_before)),
        ],
    )
    yield (
        "Beslut",
        [
            ("Beslut", case.get_decision_display()),
            ("Av", case.decided_by.name if case.decided_by else ""),
            ("När", moment(case.decided_at)),
            ("Skäl", case.decision_reasons),
            ("Synnerliga skäl", case.overrun_reasons),
            ("Pågående utredning", case.ongoing_reference),
            ("Återkopplad", moment(case.feedback_at)),
        ],
    )
    yield (
        "Samtal och stöd",
        [
            (
                f"{talk.get_kind_display()} {moment(talk.at)}",
                talk.get_result_display() or "Planerat",
            )
            for talk in case.appointments.all()
        ]
        + [
            ("Erbjudande om stöd", case.get_support_answer_display()),
            ("Slut", case.get_end_display()),
        ],
    )
    if case.transfer_to:
        yield (
            "Överflyttning",
            [("Till", case.transfer_to.name), ("Begärd", moment(case.transfer_requested_at))],
        )


def _notice(case: Referral, notice: letters.ConcernNotice) -> list[Pair]:
    """The snapshot as it was received; later police edits never show here."""
    alcohol = ", ".join(f"{row.kind} {row.amount}" for row in notice.alcohol)
    statements = "\n".join(f"{said.who}: {said.text}" for said in notice.statements)
    custodians = "\n".join(
        f"Vårdnadshavare {number}: {row.reaction}"
        for number, row in enumerate(notice.custodians, start=1)
        if row.reaction
    )
    return [
        ("Från", f"{notice.reporter.unit}, {notice.reporter.case_reference}"),
        ("Anmälare", f"{notice.reporter.name}, {notice.reporter.title}, {notice.reporter.phone}"),
        ("Hände", moment(notice.happened_at)),
        ("Plats", notice.place),
        ("Kategori", case.get_category_display()),
        ("Vad som hände", notice.what_happened),
        ("Påverkan", notice.intoxication),
        ("Alkohol", alcohol),
        ("Skador och sjukdom", notice.injuries),
        ("Egna iakttagelser", notice.own_observations),
        ("Vad andra sagt", statements),
        ("Vad barnet sagt", notice.child_words),
        ("Vad oron gäller", notice.concern),
        ("Varför nu", notice.why_now),
        ("Fara för barnet nu", yes(answer=notice.acute_danger)),
        ("Tidigare ingripanden", str(notice.earlier_count or "")),
        ("Vårdnadshavarnas svar", custodians),
        ("Överlämnad", notice.handed_over_to),
        ("Barnet vet om anmälan", "Ja" if notice.child_told else "Nej"),
        ("Vårdnadshavarna vet", "Ja" if notice.custodians_told else "Nej"),
        ("Att tänka på", notice.special_to_consider),
        ("Återkallad", moment(case.recalled_at)),
        ("SHA-256", case.notice_sha256),
    ]
