"""The facts of a case as headed lists of term and text, in the words of the screens."""

from collections.abc import Iterable, Iterator

from django.db.models import Sum
from django.utils import timezone

from cases import access, identity, merged, retention, rules
from cases.forms.people import LANGUAGES
from cases.models import AlcoholSeizure, CustodianContact, Referral, User, YouthCase
from cases.models.codes import Custody
from cases.models.moves import AnyCase
from kronoberg import case_follow_ups, case_messages
from kronoberg.case_parts import Call
from notices import exchange, letters

Pair = tuple[str, str]
Section = tuple[str, list[Pair]]


MASK = "Skyddade uppgifter"


class Written(str):
    """Words that somebody wrote: anybody can be named in them."""

    __slots__ = ()


def sections(case: AnyCase, *, shows_words: bool) -> list[Section]:
    """Every section that has something in it; without free text for who may not read names."""
    made = [
        *(_police(case) if isinstance(case, YouthCase) else _social(case)),
        _told("Uppföljningar", case_follow_ups.of(case)),
        _told("Meddelanden", case_messages.of(case)),
    ]
    filled = ((heading, [pair for pair in pairs if pair[1]]) for heading, pairs in made)
    return [
        (heading, pairs if shows_words else [_masked(pair) for pair in pairs])
        for heading, pairs in filled
        if pairs
    ]


def _told(heading: str, rows: Iterable[tuple[str, str, bool]]) -> Section:
    return heading, [(head, Written(text) if is_words else text) for head, text, is_words in rows]


def _masked(pair: Pair) -> Pair:
    term, text = pair
    return (term, MASK) if isinstance(text, Written) else pair


def retention_of(case: AnyCase) -> Section:
    """When the case is erased, by which rule: the youth can be told."""
    found = retention.of_case(case)
    when = f"{found.due_on:%Y-%m-%d}" if found.due_on else "Inte nu"
    pairs = [("Gallras", when), ("Därför att", found.why), ("Lagrum", found.paragraph)]
    return "Gallring", [pair for pair in pairs if pair[1]]


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
            ("Typ av plats", incident.get_place_type_display()),
            ("Plats", Written(_place(case))),
            ("Kommun", incident.municipality.name),
            ("Kategori", case.get_category_display()),
            ("Påverkan", case.get_intoxication_display()),
            ("Skador och sjukdom", Written(case.injuries)),
            ("Bedömning av vårdbehov", case.get_medical_check_display()),
            ("Utandningsprov", _breath(case)),
            ("Andra droger", Written(case.other_drugs)),
            ("Brottsanmälan", case.crime_report),
            ("Deltog", Written(incident.participants)),
            ("Också på plats", incident.others_present),
            ("Vad som hände", Written(incident.circumstances)),
        ],
    )
    yield "Omhändertagande", _custody(case)
    yield (
        "Alkohol",
        [
            *((row.get_drink_display(), _alcohol(case, row)) for row in case.seizures.all()),
            *_alcohol_of_merged(case),
            ("I sällskapet", _of_company(case)),
            ("Varifrån", case.get_supply_answer_display()),
        ],
    )
    yield "Oron", _concern(case)
    yield "Överlämning", _hand_over(case)
    yield "Anmälan och kommunens svar", _answers(case)


def _breath(case: YouthCase) -> str:
    return "" if case.breath_mg is None else f"{case.breath_mg} mg/l".replace(".", ",")


def _place(case: YouthCase) -> str:
    """Where it was, but for a home that several youths were met in: it is one of theirs."""
    incident = case.incident
    is_shared = incident.is_in_a_home and incident.youth_cases.exclude(pk=case.pk).exists()
    return "" if is_shared else incident.place


def _alcohol(case: YouthCase, row: AlcoholSeizure) -> str:
    """What it was, what was done on which ground, and until when that can be objected to."""
    strength = f"{row.strength:n} %".replace(".", ",") if row.strength is not None else ""
    value = f"{row.value_sek} kr" if row.value_sek is not None else ""
    opened = "öppnad" if row.is_opened else ""
    until = rules.objection_until(row, on=case.day)
    parts = [f"{row.volume_cl} cl", strength, opened, value, row.get_measure_display().lower()]
    if row.measure != row.Measure.NONE:
        parts.append(row.get_ground_display())
    if row.objected_on:
        parts.append(f"missnöje {row.objected_on}: åklagaren avgör")
    elif until:
        parts.append(f"missnöje senast {timezone.localdate(until)}")
    elif row.measure == row.Measure.FORFEITED:
        parts.append("beslutet är inte överlämnat")
    return ", ".join(filter(None, parts))


def _alcohol_of_merged(case: YouthCase) -> Iterator[Pair]:
    """What is on record in the cases that have gone into this one, each with its number."""
    cases = merged.cases_in(case)
    counted = set(merged.alcohol_of([case.pk])[case.pk]) if cases else set()
    for other in cases:
        for row in other.seizures.all():
            twice = "" if row in counted else ": samma dryck i båda ärendena, räknas en gång"
            yield f"{row.get_drink_display()} ({other.reference})", _alcohol(other, row) + twice
        if other.supply_answer:
            yield f"Varifrån ({other.reference})", other.get_supply_answer_display()


def _of_company(case: YouthCase) -> str:
    """The alcohol of the stop that others carried: how much, never who."""
    others = AlcoholSeizure.objects.filter(youth_case__incident=case.incident_id)
    others = others.exclude(youth_case__state="annulled")
    own = [case.pk, *merged.into([case.pk])]
    volume = others.exclude(youth_case__in=own).aggregate(volume=Sum("volume_cl"))["volume"]
    return f"{volume} cl hos andra i händelsen" if volume else ""


def _concern(case: YouthCase) -> list[Pair]:
    return [
        ("Egna iakttagelser", Written(case.observations)),
        ("Beskrivning", Written(case.description)),
        ("Vad andra sagt", Written(case.hearsay)),
        ("Vem som sade det", Written(case.hearsay_by)),
        ("När det sades", moment(case.hearsay_at)),
        ("Vad ungdomen sagt", Written(case.child_words)),
        ("Vad oron gäller", Written(case.concern)),
        ("Varför nu", Written(case.why_now)),
        ("Hur ungdomen påverkas", Written(case.effect_on_child)),
        ("Hur länge", Written(case.concern_since)),
        ("Om inget görs", Written(case.if_nothing_is_done)),
        ("Att tänka på", Written(case.special_considerations)),
        ("Fara för barnet nu", yes(answer=case.is_in_danger)),
        ("Vilken fara", Written(case.danger_how)),
        ("Var ungdomen är", Written(case.whereabouts)),
        ("Andra vuxna", Written(case.other_adults)),
        ("Andra barn", Written(case.other_children)),
        ("Vårdnadshavarens reaktion", Written(case.custodian_reaction)),
        ("Bilagor till anmälan", Written(case.attachments)),
        ("Vet om anmälan", case.get_told_of_notice_display()),
        ("Varför inte", Written(case.why_not_told)),
        ("Kan fara illa av att vårdnadshavare får veta", case.get_harm_if_told_display()),
    ]


def _hand_over(case: YouthCase) -> list[Pair]:
    return [
        ("Hur", case.get_outcome_display()),
        ("Till", Written(case.handed_over_to)),
        ("Identitet kontrollerad", yes(answer=case.id_checked)),
        ("När", moment(case.handed_over_at)),
    ]


def _answers(case: YouthCase) -> list[Pair]:
    channel = case.get_receipt_channel_display() if case.receipt_channel else ""
    receipt = (case.receipt_number, moment(case.acknowledged_at), channel)
    feedback = (case.get_feedback_display(), str(case.feedback_on or ""))
    return [
        ("Beslut", case.get_decision_display()),
        ("Skäl", Written(case.decision_reason)),
        ("Skickad", moment(case.notified_at)),
        ("Kvittens", " ".join(filter(None, receipt))),
        ("Kommunens fråga", Written(case.supplement_question)),
        ("Återkoppling", " ".join(filter(None, feedback))),
    ]


def _custody(case: YouthCase) -> list[Pair]:
    if case.custody == Custody.NONE:
        return []
    looks = case.custody_checks.select_related("made_by")
    return [
        ("Grund", case.get_custody_display()),
        ("Beslutat", moment(case.custody_at)),
        ("Av", Written(case.custody_decided_by)),
        ("Vad som talade för", Written(case.custody_criteria)),
        ("Skälet berättat", moment(case.reason_told_at)),
        ("Förmannens prövning", moment(case.superior_reviewed_at)),
        *((f"Tillsyn {moment(look.at)}", Written(look.in_words())) for look in looks),
        ("Upphörde", moment(case.custody_ended_at)),
    ]


def _social(case: Referral) -> Iterator[Section]:
    yield "Anmälan", _notice(case, exchange.facts_of(exchange.notice_of(case)))
    yield (
        "Bedömning",
        [
            ("Behöver skydd genast", {True: "Ja", False: "Nej", None: ""}[case.needs_protection]),
            ("Skäl", Written(case.protection_reasons)),
            ("Underlag", Written(case.protection_source)),
            ("Fråga till polisen", Written(case.supplement_question)),
            ("Besluta före", moment(case.decide_before)),
        ],
    )
    yield (
        "Beslut",
        [
            ("Beslut", case.get_decision_display()),
            ("Av", case.decided_by.name if case.decided_by else ""),
            ("När", moment(case.decided_at)),
            ("På delegation", case.delegation and f"punkt {case.delegation}"),
            ("Skäl", Written(case.decision_reasons)),
            ("Synnerliga skäl", Written(case.overrun_reasons)),
            ("Pågående utredning", case.ongoing_reference),
            ("Återkopplad", moment(case.feedback_at)),
        ],
    )
    yield (
        "Stöd och uppföljning",
        [
            ("Erbjudande om stöd", case.get_support_answer_display()),
            ("Uppföljning", case.get_follow_up_answer_display()),
            ("Slut", case.get_end_display()),
        ],
    )
    if case.transfer_to:
        yield (
            "Överflyttning",
            [
                ("Till", case.transfer_to.name),
                ("Begärd", moment(case.transfer_requested_at)),
                ("Nej", moment(case.transfer_refused_at)),
                ("Ansökan hos IVO", moment(case.brought_to_ivo_at)),
            ],
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
        ("Plats", Written(notice.place)),
        ("Kategori", case.get_category_display()),
        ("Vad som hände", Written(notice.what_happened)),
        ("Påverkan", notice.intoxication),
        ("Alkohol", alcohol),
        ("Skador och sjukdom", Written(notice.injuries)),
        ("Andra droger", Written(notice.other_drugs)),
        ("Beskrivning av barnet", Written(notice.child.description)),
        ("Barnet är nu", Written(notice.child.whereabouts)),
        ("Andra vuxna", Written(notice.other_adults)),
        ("Andra barn", Written("\n".join(child.name for child in notice.other_children))),
        ("Egna iakttagelser", Written(notice.own_observations)),
        ("Vad andra sagt", Written(statements)),
        ("Vad barnet sagt", Written(notice.child_words)),
        ("Vad oron gäller", Written(notice.concern)),
        ("Varför nu", Written(notice.why_now)),
        ("Hur barnet påverkas", Written(notice.effect_on_child)),
        ("Hur länge", Written(notice.concern_since)),
        ("Om inget görs", Written(notice.if_nothing_is_done)),
        ("Fara för barnet nu", yes(answer=notice.acute_danger)),
        ("Vilken fara", Written(notice.acute_danger_how)),
        ("Tidigare ingripanden", str(notice.earlier_count or "")),
        ("Vårdnadshavarnas svar", Written(custodians)),
        ("Vårdnadshavarens reaktion", Written(notice.custodian_reaction)),
        ("Överlämnad", Written(notice.handed_over_to)),
        ("Barnet vet om anmälan", "Ja" if notice.child_told else "Nej"),
        ("Vårdnadshavarna vet", {True: "Ja", False: "Nej", None: ""}[notice.custodians_told]),
        ("Att tänka på", Written(notice.special_to_consider)),
        ("Återkallad", moment(case.recalled_at)),
        ("SHA-256", case.notice_sha256),
    ]


def calls_of(case: AnyCase, *, by: User) -> list[Call]:
    """The calls in the case and in those that have gone into it, as far as the reader may see."""
    cases = [case, *merged.cases_in(case)] if isinstance(case, YouthCase) else []
    made = (calls(each, by=by) for each in cases if access.may_read_identity(by, each))
    return sorted((call for each in made for call in each), key=lambda call: call.at)


def calls(case: YouthCase, *, by: User) -> Iterator[Call]:
    """The calls from the spot; what somebody wrote about them only where it may be read, and of a
    hidden custodian only that there was one: that somebody is abroad tells where.
    """
    shows_words = access.may_read_words(by, case)
    for duty in case.duty_contacts.all():
        note = " ".join(filter(None, (duty.spoke_with, duty.decision)))
        yield Call(duty.at, "Socialjouren", duty.get_result_display(), _said(note, shows_words))
    for contact in case.contacts.all():
        if contact.custodian and not access.may_read_custodian(by, case, contact.custodian):
            yield Call(contact.at, "Vårdnadshavare", MASK, "")
            continue
        who = contact.custodian.get_relation_display() if contact.custodian else "Okänd"
        came = moment(contact.expected_at)
        result = contact.get_result_display() + (f", väntas {came}" if came else "")
        yield Call(
            contact.at, who, result, _said(contact.note, shows_words), _how(contact, shows_words)
        )


def _said(text: str, shows_words: bool) -> str:  # noqa: FBT001
    return text if shows_words or not text else MASK


def _how(contact: CustodianContact, shows_words: bool) -> str:  # noqa: FBT001
    """The number that was called and the language that was spoken."""
    phone = identity.shown_phone(contact.phone) if contact.phone else ""
    spoken = dict(LANGUAGES).get(contact.language, contact.language)
    spoken = f"{spoken} genom tolk" if spoken and contact.by_interpreter else spoken
    return ", ".join(filter(None, (phone if shows_words else MASK, spoken)))
