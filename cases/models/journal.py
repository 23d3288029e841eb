"""What happened and who looked: two append-only logs, hash-chained per organisation.

Each row carries an HMAC over itself and the row before (key outside the database), so a change, a
removal in the middle or a swap shows at the exact row. Triggers refuse UPDATE and DELETE
(`cases.models.guards`). Free text lies beside the chain, sealed, with only a digest inside it:
it can be erased by retention and the chain still verifies.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

from django.db import models, transaction
from django.utils import timezone

from cases.models.fields import SealedTextField
from cases.models.staff import Organisation, User
from cases.sealing import chain_mac


class Remark(models.Model):
    """The words that belong to a log row: a reason, a purpose. Sealed and erasable."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    text = SealedTextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"Remark {self.pk}"

    def digest(self) -> str:
        return chain_mac(f"{self.pk}:{self.text}".encode())


class ChainHead(models.Model):
    """The last link of one organisation's log; its lock puts the links in order."""

    chain = models.CharField(max_length=80, primary_key=True)
    sequence = models.PositiveBigIntegerField(default=0)
    mac = models.CharField(max_length=64, default="")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence}"


def _by_remark(name: str) -> models.Index:
    """To whom words belong is asked from the words: whose are they? (`kronoberg.borders`)"""
    return models.Index(
        fields=["remark_id"], condition=models.Q(remark_id__isnull=False), name=name
    )


class ChainedEntry(models.Model):
    """A row of a log: written once, through `append`, never changed."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    sequence = models.PositiveBigIntegerField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The role at that moment: people change roles, the log does not.
    role = models.CharField(max_length=20)
    remark_id = models.UUIDField(null=True)
    remark_digest = models.CharField(max_length=64, blank=True)
    previous_mac = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    class Meta:
        abstract = True
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.sequence} {self.recorded_at:%Y-%m-%d %H:%M:%S}"

    @classmethod
    def append(
        cls, organisation: Organisation, *, by: User, words: str = "", **fields: Any
    ) -> Self:
        """Write the next link, in the transaction of what it records.

        `words` is free text: it goes to a sealed `Remark`, only its digest into the chain.
        """
        # No savepoint of its own: a link that fails takes what it records with it.
        with transaction.atomic(savepoint=False):
            entry = cls(organisation=organisation, actor=by, role=by.role, **fields)
            entry.recorded_at = timezone.now()
            if words:
                remark = Remark.objects.create(text=words)
                entry.remark_id, entry.remark_digest = remark.pk, remark.digest()
            name = f"{cls._meta.model_name}:{organisation.pk}"
            head, _ = ChainHead.objects.select_for_update().get_or_create(chain=name)
            entry.sequence, entry.previous_mac = head.sequence + 1, head.mac
            entry.mac = entry.computed_mac()
            entry.save(force_insert=True)
            head.sequence, head.mac = entry.sequence, entry.mac
            head.save(update_fields=["sequence", "mac"])
        return entry

    @classmethod
    def append_all(cls, organisation: Organisation, entries: "list[Self]") -> None:
        """Write many links at once, in the order given; each is filled in but for its link.

        For a page that reads several cases, and for an invented history; a step is written by
        `append`, with its words.
        """
        with transaction.atomic():
            name = f"{cls._meta.model_name}:{organisation.pk}"
            head, _ = ChainHead.objects.select_for_update().get_or_create(chain=name)
            for entry in entries:
                entry.organisation, entry.recorded_at = organisation, timezone.now()
                entry.sequence, entry.previous_mac = head.sequence + 1, head.mac
                entry.mac = entry.computed_mac()
                head.sequence, head.mac = entry.sequence, entry.mac
            cls._default_manager.bulk_create(entries, batch_size=500)
            head.save(update_fields=["sequence", "mac"])

    def computed_mac(self) -> str:
        """The HMAC this row should carry, over every column but the key and the MAC itself."""
        content = {
            field.attname: canonical(getattr(self, field.attname))
            for field in self._meta.concrete_fields
            if field.attname not in ("id", "mac")
        }
        return chain_mac(json.dumps(content, sort_keys=True, separators=(",", ":")).encode())

    @classmethod
    def faults(cls, organisation: Organisation) -> Iterator[str]:
        """Walk the chain; yields one Swedish sentence per fault, the first broken row first."""
        expected, mac = 1, ""
        entries = cls._default_manager.filter(organisation=organisation).order_by("sequence")
        for entry in entries.iterator(chunk_size=2000):
            if entry.sequence != expected or entry.previous_mac != mac:
                yield f"{cls.__name__} {entry.sequence}: en rad saknas eller är flyttad före den."
            if entry.mac != entry.computed_mac():
                yield f"{cls.__name__} {entry.sequence}: raden är ändrad."
            expected, mac = entry.sequence + 1, entry.mac
        head = ChainHead.objects.filter(chain=f"{cls._meta.model_name}:{organisation.pk}").first()
        written = (head.sequence, head.mac) if head else (0, "")
        if written != (expected - 1, mac):
            yield f"{cls.__name__} {expected}: slutet saknas ({written[0]} rader skrevs)."


def canonical(value: Any) -> Any:
    """The form in which a value enters the chain: the same on SQLite and PostgreSQL."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    return value


class JournalEntry(ChainedEntry):
    """One step in one case. The case's state always equals the last entry's `to_state`."""

    happened_at = models.DateTimeField()
    case_id = models.UUIDField()
    # 0 when the case was opened, then one more for each step: as `Case.version`.
    case_version = models.PositiveIntegerField()
    action = models.CharField(max_length=40)
    from_state = models.CharField(max_length=50, blank=True)
    to_state = models.CharField(max_length=50)
    # Coded facts only; what somebody wrote is in the case's sealed columns or in the remark.
    facts = models.JSONField(default=dict)
    # Made by the form: a second click with the same id is the same step.
    request_id = models.UUIDField(null=True)

    class Meta(ChainedEntry.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "sequence"], name="journal_sequence"),
            models.UniqueConstraint(fields=["case_id", "request_id"], name="step_sent_once"),
            models.UniqueConstraint(fields=["case_id", "case_version"], name="step_taken_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case_id", "id"], name="journal_by_case"),
            models.Index(
                fields=["organisation", "action", "happened_at"],
                name="journal_by_action",
            ),
            _by_remark("journal_by_remark"),
        ]


class AccessEntry(ChainedEntry):
    """Somebody read, printed or was refused. Written before the answer leaves."""

    class Kind(models.TextChoices):
        READ = "read", "Läste"
        PRINT = "print", "Öppnade brev"
        SEARCH = "search", "Sökte"
        STATISTICS = "statistics", "Såg statistik"
        LOG = "log", "Granskade loggen"
        EXPORT = "export", "Tog ut uppgifter"
        EMERGENCY = "emergency", "Öppnade i nödläge"
        RECOVERY = "recovery", "Återställde inloggning"
        ERASE = "erase", "Godkände gallring"
        WORDING = "wording", "Skrev eller granskade brevtext"
        RIGHTS = "rights", "Ändrade rättigheter"
        REFUSED = "refused", "Nekades"

    class Purpose(models.TextChoices):
        DUTY = "duty", "Ärendet väntar på mig"
        OWN = "own", "Eget ärende"
        MATCH = "match", "Ser om ungdomen är känd i enheten"
        EMERGENCY = "emergency", "Nödläge"
        COVER = "cover", "Vikarierar för en kollega"
        SUPERVISION = "supervision", "Tillsyn eller kvalitetskontroll"
        REPORTING = "reporting", "Lägesbild eller redovisning"
        REQUEST = "request", "Den enskilde har bett om det"
        OTHER = "other", "Annat skäl"

    # Purposes that no reader states: they follow from the case, or belong to a search.
    GIVEN_BY_NOBODY = (Purpose.DUTY, Purpose.OWN, Purpose.MATCH, Purpose.EMERGENCY)

    kind = models.CharField(max_length=10, choices=Kind.choices)
    # A case, a colleague whose rows were looked at, or the fingerprint of what was searched for.
    subject_id = models.UUIDField(null=True)
    page = models.CharField(max_length=60)
    purpose = models.CharField(max_length=11, choices=Purpose.choices, blank=True)

    class Meta(ChainedEntry.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "sequence"], name="access_sequence"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "recorded_at"], name="access_by_subject"),
            models.Index(fields=["actor", "subject_id", "recorded_at"], name="access_by_actor"),
            _by_remark("access_by_remark"),
        ]


def coded(facts: dict[str, Any], *, of: type[models.Model]) -> dict[str, Any]:
    """The part of `facts` that may stand in the journal: codes, numbers, times – never text.

    `of` is the record whose columns they are: a string is a code where the column has choices.
    A fact written in words is named, so that the journal shows that it was recorded.
    """
    return {name: code(value, of._meta.get_field(name)) for name, value in facts.items()}


def code(value: Any, column: Any) -> Any:
    match value:
        case str() if value in dict(column.choices or ()):
            return str(value)
        case bool() | int() | None:
            return value
        case datetime():
            return canonical(value)
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case models.Model():
            return str(value.pk)
        case _:
            return "text" if value else ""
