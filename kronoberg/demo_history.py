"""The demo's past: lives that were walked step by step, repeated on other nights by other people,
in other towns too.

Rows are copied in bulk, but not past the guards: each case begins as a draft, the journal is
written first with its chain, and the case then follows it one version at a time. Of the letters
only those home are copied, and none is made (`demo_letters`).
"""

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import models
from django.db.models import Max, OuterRef, Subquery
from django.utils import timezone

from cases.models import (
    AlcoholSeizure,
    Appointment,
    Attendee,
    Custodian,
    CustodianContact,
    FollowUp,
    FollowUpCheck,
    Incident,
    JournalEntry,
    Organisation,
    Person,
    RecordEntry,
    Referral,
    SupplyTip,
    YouthCase,
)
from cases.models.case import ReferenceCounter
from cases.models.guards import FIRST_STATE
from cases.models.journal import Remark
from kronoberg import demo_country, demo_letters
from kronoberg.demo_fate import draw, hour_of, occasion_of, some_night
from kronoberg.demo_town import Identity, Town
from notices import snapshots
from notices.models import Document, Letter, Message

M = TypeVar("M", bound=models.Model)
AT_ONCE = 500
# Parents before children. The journal is written by itself.
ORDER = (Person, Custodian, Incident, YouthCase, Referral, CustodianContact, AlcoholSeizure,
         SupplyTip, FollowUp, Appointment, Attendee, FollowUpCheck, RecordEntry,
         Message, Letter, Document)  # fmt: skip


@dataclass
class Life:
    """Everything that one life left behind, in both authorities."""

    rows: list[models.Model] = field(default_factory=list)
    journal: list[JournalEntry] = field(default_factory=list)
    # What was written beside a step, by its key.
    remarks: dict[UUID, Remark] = field(default_factory=dict)

    def of(self, model: type[M]) -> list[M]:
        return [row for row in self.rows if isinstance(row, model)]

    def lasts(self) -> timedelta:
        """From the stop to the last that anybody wrote."""
        [incident] = self.of(Incident)
        return self.journal[-1].happened_at - incident.started_at


def repeat(towns: Sequence[Town], cases: list[UUID], n: int, *, days: tuple[date, date]) -> None:
    """Let `n` lives like those of the cases, which were lived in the first of the towns, be lived
    in all of them between two days, as often as each is large; open cases are left out.

    On late nights only those that are over by now.
    """
    ended = YouthCase.objects.filter(pk__in=cases, closed_at__isnull=False)
    lives = sorted((_life(case) for case in ended.order_by("reference")), key=Life.lasts)
    if not lives or n <= 0:
        return
    home, random = towns[0], towns[0].random
    last = min(days[1], timezone.localdate(timezone.now() - lives[0].lasts()) - timedelta(days=2))
    nights = sorted(hour_of(random, some_night(random, days[0], last)) for _ in range(n))
    where = random.choices(range(len(towns)), [town.where.size for town in towns], k=n)
    numbers = _Numbers()
    # Town after town and night after night, so that however many there are they are never all in
    # memory at once.
    stays = sorted(zip(where, nights, strict=True))
    lengths = [life.lasts() for life in lives]
    for start in range(0, n, AT_ONCE):
        copies = []
        for at, night in stays[start : start + AT_ONCE]:
            n_over = bisect_right(lengths, timezone.now() - night)
            life = lives[random.randrange(n_over)]
            copies.append(_Copier((home, towns[at]), life, night, numbers).copy())
        _insert(copies)
    numbers.store()


def _life(case: YouthCase) -> Life:
    """Collect the rows of one police case and of the referral that it led to."""
    referrals = list(Referral.objects.filter(notice_id=case.notice_id)) if case.notice_id else []
    people = [case.person_id, *(referral.person_id for referral in referrals)]
    both = [case.pk, *(referral.pk for referral in referrals)]
    life = Life([case, *referrals])
    life.rows += Person.objects.filter(pk__in=people)
    life.rows += Custodian.objects.filter(person__in=people)
    life.rows += Incident.objects.filter(pk=case.incident_id)
    for model in (CustodianContact, AlcoholSeizure):
        life.rows += model._default_manager.filter(youth_case=case)
    life.rows += SupplyTip.objects.filter(incident=case.incident_id)
    life.rows += FollowUp.objects.filter(case_id__in=both)
    life.rows += Appointment.objects.filter(referral__in=referrals)
    life.rows += Attendee.objects.filter(appointment__referral__in=referrals)
    life.rows += FollowUpCheck.objects.filter(referral__in=referrals)
    life.rows += RecordEntry.objects.filter(referral__in=referrals)
    life.rows += Message.objects.filter(case_id__in=both)
    life.rows += Letter.objects.filter(case_id=case.pk, code=demo_letters.HOME)
    life.journal += JournalEntry.objects.filter(case_id__in=both).order_by("happened_at", "id")
    life.remarks = Remark.objects.in_bulk([e.remark_id for e in life.journal if e.remark_id])
    return life


class _Copier:
    """One life, moved in time, with new keys and new people."""

    def __init__(
        self, towns: tuple[Town, Town], life: Life, met_at: datetime, numbers: "_Numbers"
    ) -> None:
        home, self.town = towns
        self.life, self.met_at = life, met_at
        [self.incident] = life.of(Incident)
        self.moved = met_at - self.incident.started_at
        self.keys: dict[Any, Any] = {row.pk: uuid4() for row in life.rows}
        for row in life.rows:
            if isinstance(row, YouthCase | Referral) and row.notice_id:
                self.keys.setdefault(row.notice_id, uuid4())
            if isinstance(row, Message):
                self.keys.setdefault(row.message_id, uuid4())
            if isinstance(row, Incident | YouthCase | Referral | Letter):
                self.keys[row.reference] = numbers.after(row.reference, met_at)
        if self.town is not home:
            self.keys |= demo_country.moved(home, self.town)
        self.keys |= {str(old): str(new) for old, new in self.keys.items()}
        self.names = demo_country.renamed(home, self.town)
        self.words = self.names | self._words()

    def copy(self) -> Life:
        copied = Life([self._row(row) for row in self.life.rows])
        for entry in self.life.journal:
            copied.journal.append(self._entry(entry, copied))
        for incident in copied.of(Incident):
            incident.patrol_pass = self.town.pass_of(self.met_at)
            incident.occasion = occasion_of(timezone.localdate(self.met_at))
        copied.rows += [demo_letters.made(letter) for letter in copied.of(Letter)]
        for message in copied.of(Message):
            message.payload_sha256 = snapshots.sha256(message.payload)
            if message.kind == Message.Kind.NOTICE:
                for referral in copied.of(Referral):
                    referral.notice_sha256 = message.payload_sha256
        return copied

    def _words(self) -> dict[str, str]:
        """What the old people's names, numbers and homes become."""
        old = next(p for p in self.life.of(Person) if p.pk == self.life.of(YouthCase)[0].person_id)
        day = timezone.localdate(self.met_at)
        fate = draw(self.town.random, self.met_at)
        age = old.age_on(timezone.localdate(self.incident.started_at)) or fate.age
        new = self.town.identity(replace(fate, age=age), on=day)
        pairs = [
            (old.name, new.name),
            (old.name.split()[0], new.name.split()[0]),
            (old.personal_number, new.number),
            (old.birth_date, new.born.isoformat()),
            (old.phone, new.phone),
            (old.street, new.street),
            *self._parents(old, new),
        ]
        return {before: after for before, after in pairs if before}

    def _parents(self, old: Person, new: Identity) -> Iterable[tuple[str, str]]:
        custodians = [c for c in self.life.of(Custodian) if c.person_id == old.pk]
        for custodian, parent in zip(custodians, new.parents, strict=False):
            yield custodian.name, parent.name
            yield custodian.phone, parent.phone
            yield custodian.street, parent.street

    def _row(self, row: M) -> M:
        # A key that the database gives out is given out anew.
        columns = [c for c in row._meta.concrete_fields if not isinstance(c, models.AutoField)]
        return type(row)(**{c.attname: self._value(getattr(row, c.attname), c) for c in columns})

    def _value(self, value: Any, column: Any) -> Any:
        if column.attname in ("payload", "facts"):
            return demo_country.retold(_canonical(self._inside(json.loads(value))), self.names)
        return self._inside(value)

    def _inside(self, value: Any) -> Any:
        """Move times, change keys and names, however deep."""
        match value:
            case datetime():
                return value + self.moved
            case date():
                return value + timedelta(days=self.moved.days)
            case dict():
                return {name: self._inside(inner) for name, inner in value.items()}
            case list():
                return [self._inside(inner) for inner in value]
            case str() | UUID():
                return self.keys.get(value) or self.words.get(str(value)) or self._moved_text(value)
            case _:
                return value

    def _moved_text(self, value: Any) -> Any:
        """A day or a moment written as text in a snapshot."""
        if not isinstance(value, str) or not value[:4].isdecimal() or value[4:5] != "-":
            return value
        try:
            if len(value) == 10:
                return (date.fromisoformat(value) + timedelta(days=self.moved.days)).isoformat()
            return (datetime.fromisoformat(value) + self.moved).isoformat()
        except ValueError:
            return value

    def _entry(self, entry: JournalEntry, copied: Life) -> JournalEntry:
        new = JournalEntry(
            organisation_id=self._inside(entry.organisation_id),
            actor_id=self._inside(entry.actor_id),
            role=entry.role,
            happened_at=entry.happened_at + self.moved,
            case_id=self.keys[entry.case_id],
            case_version=entry.case_version,
            action=entry.action,
            from_state=entry.from_state,
            to_state=entry.to_state,
            facts=self._inside(entry.facts),
        )
        if entry.remark_id:
            remark = Remark(text=self.life.remarks[entry.remark_id].text)
            copied.remarks[remark.pk] = remark
            new.remark_id, new.remark_digest = remark.pk, remark.digest()
        return new


class _Numbers:
    """The numbers of new records, given out in order without asking the database for each."""

    def __init__(self) -> None:
        self.last = {(c.prefix, c.year): c.last for c in ReferenceCounter.objects.all()}

    def after(self, reference: str, at: datetime) -> str:
        prefix, year = reference.split("-")[0], timezone.localtime(at).year
        self.last[prefix, year] = self.last.get((prefix, year), 0) + 1
        return f"{prefix}-{year}-{self.last[prefix, year]:06d}"

    def store(self) -> None:
        for (prefix, year), last in self.last.items():
            ReferenceCounter.objects.update_or_create(
                prefix=prefix, year=year, defaults={"last": last}
            )


def _insert(copies: list[Life]) -> None:
    """Write everything: drafts, the journal with its chain, and then the cases step by step."""
    for model in ORDER:
        rows: list[Any] = [row for life in copies for row in life.of(model)]
        for row in rows:
            if isinstance(row, YouthCase | Referral):
                row.__dict__["state"], row.version = FIRST_STATE[row._meta.db_table], 0
        model._default_manager.bulk_create(rows, batch_size=200)
    remarks = [remark for life in copies for remark in life.remarks.values()]
    Remark.objects.bulk_create(remarks, batch_size=200)
    chains: dict[UUID, list[JournalEntry]] = defaultdict(list)
    for entry in sorted((e for life in copies for e in life.journal), key=_when):
        chains[entry.organisation_id].append(entry)
    for organisation in Organisation.objects.filter(pk__in=chains):
        JournalEntry.append_all(organisation, chains[organisation.pk])
    for model in (YouthCase, Referral):
        _follow_the_journal(model, [row.pk for life in copies for row in life.of(model)])


def _follow_the_journal(model: type[models.Model], cases: list[UUID]) -> None:
    step = JournalEntry.objects.filter(case_id=OuterRef("pk"))
    last = JournalEntry.objects.filter(case_id__in=cases).aggregate(n=Max("case_version"))["n"]
    for version in range(1, (last or 0) + 1):
        taken = step.filter(case_version=version).values("to_state")
        found = JournalEntry.objects.filter(case_id__in=cases, case_version=version)
        model._default_manager.filter(pk__in=found.values("case_id")).update(
            version=version, state=Subquery(taken)
        )


def _when(entry: JournalEntry) -> tuple[datetime, UUID, int]:
    return entry.happened_at, entry.case_id, entry.case_version


def _canonical(value: Any) -> str:
    """As `snapshots.to_json` writes it."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
