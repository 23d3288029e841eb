"""What the processes of `rotation` do in its installation: fill it, write in it, read all of it.

Each writer writes rows of its own alone, so that it knows what they say last; it reads anybody's.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import django
from django.conf import settings

django.setup()

from allauth.mfa.models import Authenticator  # noqa: E402
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.utils import timezone  # noqa: E402

from cases import factors, resealing, workflow  # noqa: E402
from cases.models import (  # noqa: E402
    HeldForm,
    Person,
    RecordEntry,
    Referral,
    User,
    WorkingNote,
    YouthCase,
)
from cases.sealing import SealBroken  # noqa: E402
from kronoberg import held  # noqa: E402
from notices import outbox, samples  # noqa: E402
from notices.models import Letter  # noqa: E402
from tests import cast, factories  # noqa: E402

WORDS = ("ensam", "gick", "hem", "lugn", "parken", "ringde", "sent", "ström", "väntade", "åkte")
MOST_ROWS = 400  # of a writer, so that rows are changed again and again


def digest(value: Any) -> str:
    """What stands in a field, in a form that can be compared and tells nothing."""
    plain = value if isinstance(value, bytes) else str(value).encode()
    return hashlib.sha256(plain).hexdigest()[:16]


def name_of(row: models.Model) -> str:
    return f"{row._meta.label}:{row.pk}"


def fill(seed: str, cases: str) -> None:
    """Invented people in every state, secrets of second factors, and what all of it says."""
    call_command("seed_demo", cases=int(cases), seed=int(seed), verbosity=0)
    cast.hire()
    for user in User.objects.filter(is_active=True):
        seed_of_codes = factors.close(RecoveryCodes.generate_seed(), owner=str(user.pk))
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.RECOVERY_CODES,
            data={"seed": seed_of_codes, "used_mask": 0},
        )  # fmt: skip
    rows = {where: fields for where, fields, _ in everything()}
    Path(settings.DATA_DIR, "before.json").write_text(json.dumps(rows))


def everything() -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Each row with sealed fields: which it is, what they say, and which do not open."""
    for model, columns in resealing.sealed_columns():
        for row in model._base_manager.all().iterator(chunk_size=200):
            yield name_of(row), *opened(row, [column.attname for column in columns])
    for row in Authenticator.objects.all():
        yield name_of(row), *codes_of(row)


def opened(row: models.Model, names: list[str]) -> tuple[dict[str, str], list[str]]:
    said, broken = {}, []
    for name in names:
        try:
            said[name] = digest(getattr(row, name))
        except SealBroken:
            broken.append(name)
    return said, broken


def codes_of(row: Any) -> tuple[dict[str, str], list[str]]:
    try:
        seed = factors.opened(row.data["seed"], owner=str(row.user_id))
    except SealBroken:
        return {}, ["seed"]
    return {"seed": digest(seed), "used": digest(row.data["used_mask"])}, []


def read() -> None:
    rows, unreadable = {}, []
    for where, fields, broken in everything():
        rows[where] = fields
        unreadable += [f"{where} {name}" for name in broken]
    sys.stdout.write(json.dumps({"rows": rows, "unreadable": unreadable}) + "\n")


def count() -> None:
    """How many rows hold something sealed: all are to be sealed anew."""
    n = Authenticator.objects.count()
    with connection.cursor() as cursor:
        for model, columns in resealing.sealed_columns():
            where = " OR ".join(f"length({column.column}) > 0" for column in columns)
            cursor.execute(f"SELECT COUNT(*) FROM {model._meta.db_table} WHERE {where}")
            n += int(cursor.fetchone()[0])
    sys.stdout.write(f"{n}\n")


class Writer:
    """One process of the product's: it takes steps, and remembers what it wrote last."""

    def __init__(self, number: int, seed: int) -> None:
        self.number, self.random = number, Random(seed)
        self.cases: list[YouthCase] = []
        self.referrals: list[Referral] = []
        self.told: dict[str, dict[str, str] | None] = {}
        self.counts = {"rows written under load": 0, "rows read under load": 0, "turned away": 0}
        self.failures: list[str] = []
        self.karin, self.sara = cast.person("karin"), cast.person("sara")
        users = User.objects.filter(is_active=True).order_by("username")
        self.owners = [user for n, user in enumerate(users) if n % 3 == number]

    def run(self) -> None:
        stop = Path(settings.DATA_DIR, "stop")
        ways: list[Callable[[], None]] = [
            self.meet, self.tell_more, self.correct, self.receive, self.note, self.enter,
            self.hold, self.order, self.use_a_code, self.look, self.look, self.look,
        ]  # fmt: skip
        while not stop.exists():
            way = self.random.choice(ways)
            try:
                way()
            except Exception as error:
                self.counts["turned away"] += 1
                self.failures.append(f"{way.__name__}: {type(error).__name__}: {error}")
        report = {"told": self.told, "counts": self.counts, "failures": self.failures}
        sys.stdout.write(json.dumps(report) + "\n")

    def words(self) -> str:
        return " ".join(self.random.choices(WORDS, k=self.random.randint(2, 60)))

    def wrote(self, row: models.Model, **fields: str) -> None:
        """Remember it: the step has been taken, and nobody else writes this row."""
        before = self.told.get(name_of(row)) or {}
        self.told[name_of(row)] = before | {name: digest(text) for name, text in fields.items()}
        self.counts["rows written under load"] += 1

    def meet(self) -> None:
        if len(self.told) > MOST_ROWS:
            return self.tell_more()
        said, street = self.words(), self.words()
        person = factories.make_person(street=street)
        case = factories.make_case("contacting_custodians", person=person, observations=said)
        self.wrote(case.person, street=street, name=person.name)
        self.wrote(case, observations=said)
        self.cases.append(case)
        return None

    def tell_more(self) -> None:
        if not self.cases:
            return self.meet()
        case, said = self.random.choice(self.cases), self.words()
        read = YouthCase.objects.get(pk=case.pk)
        workflow.perform(read, "complete_record", by=self.karin, observations=said, concern=said)
        self.wrote(read, observations=said, concern=said)
        return None

    def correct(self) -> None:
        if not self.cases:
            return self.meet()
        case, said = self.random.choice(self.cases), self.words()
        person = Person.objects.get(pk=case.person_id)
        person.street = said
        read = YouthCase.objects.get(pk=case.pk)
        workflow.perform(
            read, "correct_person", by=self.karin, records=[person], reason=self.words(),
            age_class=read.age_class,
        )  # fmt: skip
        self.wrote(person, street=said)
        return None

    def receive(self) -> None:
        if len(self.told) > MOST_ROWS:
            return self.note()
        name = f"Alva {self.words()[:40]}"
        referral = factories.make_referral(person=factories.make_person(name=name))
        self.wrote(referral.person, name=name)
        self.referrals.append(referral)
        return None

    def note(self) -> None:
        """A working note, kept again and again."""
        if not self.referrals:
            return self.receive()
        referral, said = self.random.choice(self.referrals), self.words()
        found = WorkingNote.objects.filter(referral=referral, author=self.sara).first()
        note = found or WorkingNote(referral=referral, author=self.sara)
        note.text = said
        note.save()
        self.wrote(note, text=said)
        return None

    def enter(self) -> None:
        if not self.referrals:
            return self.receive()
        referral, said = self.random.choice(self.referrals), self.words()
        now = timezone.now()
        entry = RecordEntry(
            referral=referral, kind="note", text=said, author=self.sara, happened_at=now
        )
        fresh = Referral.objects.get(pk=referral.pk)
        workflow.perform(fresh, "write_entry", by=self.sara, records=[entry])
        self.wrote(entry, text=said)
        return None

    def hold(self) -> None:
        """What somebody was typing is kept, and perhaps taken back."""
        owner, said = self.random.choice(self.owners), self.words()
        page = f"/{self.random.randrange(12)}"
        gone = HeldForm.objects.filter(owner=owner, page=held._mark(page)).first()
        key = held.keep(owner, page, said, is_sent=False, case=None)
        if gone:
            self.told[name_of(gone)] = None
        self.wrote(HeldForm.objects.get(pk=key), content=json.dumps(said))
        if self.random.random() < 0.3:
            if held.take(owner, page, is_sent=False) != said:
                self.failures.append("what was held is not what was typed")
            self.told[f"{HeldForm._meta.label}:{key}"] = None

    def order(self) -> None:
        """A letter: its facts are sealed and wait for a worker."""
        if len(self.told) > MOST_ROWS:
            return self.hold()
        letter: Letter = outbox.queue(
            "L4", samples.concern(), owner=self.sara.organisation, case_id=uuid4(),
            addressee="socialnämnden", by=self.sara, at=timezone.now(),
        )  # fmt: skip
        self.wrote(letter, facts=letter.facts)
        return None

    def use_a_code(self) -> None:
        """A reserve code is used up, and must stay so."""
        owner = self.random.choice(self.owners)
        row = Authenticator.objects.get(user=owner)
        codes = RecoveryCodes(row)
        with _asked_by(owner):
            unused = codes.get_unused_codes()
            if not unused:
                return
            if not codes.validate_code(unused[0]):
                self.failures.append("an unused code was not taken")
            used = codes.instance.data["used_mask"]
        self.wrote(row, used=used)

    def look(self) -> None:
        """Some row of anybody's, all that is sealed in it: it opens at any moment."""
        model, columns = self.random.choice(list(resealing.sealed_columns()))
        n = model._base_manager.count()
        if not n:
            return
        at = self.random.randrange(n)
        for row in model._base_manager.order_by("pk")[at : at + 1]:
            _, broken = opened(row, [column.attname for column in columns])
            self.counts["rows read under load"] += 1
            self.failures += [f"not opened under load: {name_of(row)} {name}" for name in broken]


def _asked_by(user: User) -> Any:
    from allauth.core import context

    return context.request_context(factories.request_of(user.username))


def write(number: str, seed: str) -> None:
    Writer(int(number), int(seed)).run()


if __name__ == "__main__":
    tasks: dict[str, Any] = {"fill": fill, "write": write, "read": read, "count": count}
    tasks[sys.argv[1]](*sys.argv[2:])
