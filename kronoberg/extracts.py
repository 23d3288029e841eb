"""The register extract: what one unit has on record about a person, and who has looked at it.

For the person who asks (dataskyddsförordningen art. 15; brottsdatalagen 4 kap.). Who has looked is
told by unit and role, not by name; what secrecy forbids is withheld by the one who has tested it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cases import access, circle, identity, search
from cases.models import (
    AccessEntry,
    CustodianContact,
    JournalEntry,
    RecordEntry,
    Referral,
    Remark,
    Role,
    User,
    YouthCase,
)
from cases.models.moves import AnyCase
from kronoberg import case_facts, casebook, faces
from notices.catalogue import CATALOGUE
from notices.models import Letter

Kind = AccessEntry.Kind
LOOKS = (Kind.READ, Kind.PRINT, Kind.EXPORT, Kind.EMERGENCY)
WHO = "Vem som har läst"
LETTERS = "Brev"


@dataclass(frozen=True)
class Look:
    """One look: when, in which unit and role, and why. Never by name."""

    at: datetime
    unit: str
    role: str
    what: str
    why: str


def cases_of(case: AnyCase, *, by: User) -> list[AnyCase]:
    """The case, and the other visible ones of the own unit about the same number."""
    index = case.person.number_index
    if not index:
        return [case]
    same = access.findable_cases(by).filter(
        organisation=case.organisation, person__number_index=index
    )
    found = list(same.select_related("person", "organisation").order_by("opened_at"))
    return found or [case]


def told(cases: list[AnyCase], *, by: User) -> list[list[case_facts.Section]]:
    """What each case tells `by`: read once, for the choice of headings and for the paper."""
    return [_sections(case, by=by) for case in cases]


def headings(of_cases: list[list[case_facts.Section]]) -> list[str]:
    """What can be withheld, by its heading."""
    found = [title for sections in of_cases for title, _ in sections]
    return [*dict.fromkeys(found), LETTERS, WHO]


def content(
    cases: list[AnyCase],
    of_cases: list[list[case_facts.Section]],
    *,
    by: User,
    withheld: Collection[str],
) -> dict[str, Any]:
    """What the extract shows of what the cases tell, without the headings that are withheld."""
    person = cases[0].person
    # An extract about a child goes to a parent: it must not tell where the other one hides.
    home = () if person.home_is_secret else (person.street, person.postal_line)
    return {
        "unit": cases[0].organisation,
        "made_at": timezone.now(),
        "title": "Registerutdrag",
        "person": [
            ("Namn", person.name),
            ("Personnummer", identity.shown(person.personal_number)),
            ("Adress", ", ".join(filter(None, home))),
            ("Telefon", identity.shown_phone(person.phone) if person.phone else ""),
            ("Skola", person.school),
        ],
        "cases": [
            {
                "reference": case.reference,
                "state": case.get_state_display(),
                "opened_at": case.opened_at,
                "sections": [each for each in sections if each[0] not in withheld],
            }
            for case, sections in zip(cases, of_cases, strict=True)
        ],
        "letters": [] if LETTERS in withheld else _letters(cases),
        "looks": [] if WHO in withheld else looks(cases),
        "withheld": [name for name in headings(of_cases) if name in withheld],
        "handler": by.get_role_display(),
    }


def looks(cases: list[AnyCase]) -> list[Look]:
    """Who has looked at these cases, in any unit, and who in the own unit has searched for whom
    they are about: time, unit, role and purpose. A namesake's search looks the same.
    """
    unit = cases[0].organisation_id
    traces = search.traces_of(cases[0].person, [case.reference for case in cases], unit)
    entries = AccessEntry.objects.filter(
        Q(subject_id__in=[case.pk for case in cases], kind__in=LOOKS)
        | Q(subject_id__in=traces, kind=Kind.SEARCH, organisation=unit)
    )
    with circle.every():  # each unit logs its own people's looks
        found = list(entries.select_related("organisation").order_by("recorded_at"))
    return [
        Look(
            entry.recorded_at,
            str(entry.organisation),
            Role(entry.role).label,
            entry.get_kind_display(),
            entry.get_purpose_display(),
        )
        for entry in found
    ]


def _sections(case: AnyCase, *, by: User) -> list[case_facts.Section]:
    """What the case page tells `by`, and what was written, disputed and corrected since.

    Words can name a custodian who is hidden, also from the youth: only named readers lift them out.
    """
    shows_words = access.may_read_words(by, case)
    written = _journal(case) if isinstance(case, Referral) else _objections(case)
    if not shows_words:
        written = written[0], [(title, case_facts.MASK) for title, _ in written[1]]
    talks = _calls(case, by=by) if isinstance(case, YouthCase) else _meetings(case, by=by)
    since = [each for each in (*talks, written, _corrections(case)) if each[1]]
    facts = case_facts.sections(case, shows_words=shows_words)
    return [*facts, *since, case_facts.retention_of(case)]


def _calls(case: YouthCase, *, by: User) -> list[case_facts.Section]:
    """The calls home and to the duty team, without what is somebody else's: the number, the
    language, who answered at the duty team.
    """
    shows_words = access.may_read_words(by, case)
    home = [_call_home(call, case, by=by) for call in case.contacts.all()]
    team = [
        (call.at, "Socialjouren", [call.get_result_display()], call.decision)
        for call in case.duty_contacts.all()
    ]
    pairs = []
    for at, who, told, words in sorted(home + team, key=lambda call: call[0]):
        said = words if shows_words or not words else case_facts.MASK
        pairs.append((f"{case_facts.moment(at)} {who}", ", ".join(filter(None, (*told, said)))))
    return [("Samtal", pairs)]


def _call_home(
    call: CustodianContact, case: YouthCase, *, by: User
) -> tuple[datetime, str, list[str], str]:
    """When, whom, what came of it and the words; of a hidden custodian only that there was a call:
    that somebody is abroad tells where.
    """
    custodian = call.custodian
    if custodian and not access.may_read_custodian(by, case, custodian):
        return call.at, "Vårdnadshavare", [case_facts.MASK], ""
    came = f"väntas {case_facts.moment(call.expected_at)}" if call.expected_at else ""
    leave = f"får hämtas av: {call.leave_for_other_adult}" if call.leave_for_other_adult else ""
    words = ", ".join(filter(None, (leave, call.note)))
    who = custodian.get_relation_display() if custodian else "Okänd"
    return call.at, who, [call.get_result_display(), came], words


def _meetings(case: Referral, *, by: User) -> list[case_facts.Section]:
    """With whom the caseworker has been in touch, who was called to a talk, and who came."""
    book = casebook.of(case, by=by)
    return [
        (heading, [(f"{_day(line.at)} {line.title}", "\n".join(line.details)) for line in lines])
        for heading, lines in (("Kontakter", book.contacts), ("Samtal", book.talks))
    ]


def _journal(case: Referral) -> case_facts.Section:
    """Every entry; a correction or an objection says of what, and leaves what it is about there."""
    entries = case.entries.select_related("about")
    return "Journal", [(_title(entry), entry.text) for entry in entries]


def _title(entry: RecordEntry) -> str:
    title = f"{entry.get_kind_display()} {_day(entry.written_at)}"
    if entry.about:
        return f"{title}, om {_title(entry.about).lower()}"
    return f"{title}, om {entry.get_about_what_display().lower()}" if entry.about_what else title


def _objections(case: AnyCase) -> case_facts.Section:
    """What somebody has disputed in the police's case, in the words beside the journal."""
    noted = JournalEntry.objects.filter(case_id=case.pk, action="note_dispute").order_by("id")
    words = Remark.objects.in_bulk([entry.remark_id for entry in noted if entry.remark_id])
    return "Invändningar", [
        (_day(entry.recorded_at), words[entry.remark_id].text)
        for entry in noted
        if entry.remark_id in words
    ]


def _corrections(case: AnyCase) -> case_facts.Section:
    """What the youth's own row said before; what a custodian's said is the custodian's to ask."""
    former = case.person.former_facts.filter(custodian=None).select_related("person")
    return "Rättade personuppgifter", [
        (f"Före rättelsen {_day(each.changed_at)}", faces.said_before(each)) for each in former
    ]


def _day(at: datetime) -> str:
    return f"{timezone.localdate(at)}"


def _letters(cases: list[AnyCase]) -> list[dict[str, Any]]:
    letters = Letter.objects.filter(case_id__in=[case.pk for case in cases]).defer("facts")
    return [
        {
            "at": letter.made_at,
            "title": CATALOGUE[letter.code].title,
            "addressee": letter.addressee,
        }
        for letter in letters
    ]
