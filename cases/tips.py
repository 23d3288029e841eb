"""The tips about who supplies the alcohol: listed, followed to a crime report, linked by a person.

Equal phones, plates and nicks meet by their blind index and are suggested as one source. Nothing
is ever linked by itself, and nothing here leads to a youth.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from cases.models import SupplySource, SupplyTip, User

# What a shared clue is called on the page.
CLUES = {
    "phone_index": "telefon",
    "plate_index": "registreringsnummer",
    "nick_index": "användarnamn",
}


@dataclass(frozen=True)
class Likeness:
    """Another tip that shares a clue: a suggestion to somebody, no more."""

    tip: SupplyTip
    clues: tuple[str, ...]


def of_unit(user: User) -> "QuerySet[SupplyTip]":
    """The tips of the reader's own unit. Who may read them is `Right.VIEW_SUPPLY_TIPS`."""
    tips = SupplyTip.objects.filter(organisation=user.organisation_id)
    return tips.select_related("incident__municipality", "registered_by", "source")


def alike(tip: SupplyTip) -> list[Likeness]:
    """Tips of the same unit that share a phone, a plate or a nick and are not linked to it yet."""
    shared: dict[UUID, list[str]] = defaultdict(list)
    found: dict[UUID, SupplyTip] = {}
    for index, word in CLUES.items():
        value = getattr(tip, index)
        if not value:
            continue
        for other in _others(tip).filter(**{index: value}):
            shared[other.pk].append(word)
            found[other.pk] = other
    return [Likeness(found[key], tuple(words)) for key, words in shared.items()]


def n_alike(tips: Iterable[SupplyTip]) -> dict[UUID, int]:
    """How many tips share a clue with each of these, linked or not; one query for all of them."""
    tips = list(tips)
    clues = Q()
    for index in CLUES:
        values = {getattr(tip, index) for tip in tips} - {""}
        clues |= Q(**{f"{index}__in": values})
    if not tips:
        return {}
    rows = SupplyTip.objects.filter(clues, organisation=tips[0].organisation_id)
    known = list(rows.values_list("pk", *CLUES))
    return {
        tip.pk: sum(
            key != tip.pk
            and any(mine and mine == theirs for mine, theirs in zip(_own(tip), values, strict=True))
            for key, *values in known
        )
        for tip in tips
    }


def _own(tip: SupplyTip) -> list[str]:
    return [getattr(tip, index) for index in CLUES]


def linked(tip: SupplyTip) -> list[SupplyTip]:
    """The other tips about the same source."""
    if tip.source_id is None:
        return []
    return list(tip.source.tips.exclude(pk=tip.pk)) if tip.source else []


def link(tip: SupplyTip, other: SupplyTip, *, by: User, at: datetime) -> None:
    """Somebody judges that the two are about one source; two sources become one.

    Raises:
        ValueError: they are not of the same unit.
    """
    if tip.organisation_id != other.organisation_id:
        raise ValueError("Tips of two units are never linked.")
    with transaction.atomic():
        pair = SupplyTip.objects.select_for_update().filter(pk__in=(tip.pk, other.pk))
        sources = [row.source_id for row in pair if row.source_id]
        source = (
            SupplySource.objects.get(pk=sources[0])
            if sources
            else SupplySource.objects.create(
                organisation_id=tip.organisation_id, linked_by=by, linked_at=at
            )
        )
        same = Q(pk__in=(tip.pk, other.pk)) | Q(source_id__in=sources)
        SupplyTip.objects.filter(same).update(source=source)
        SupplySource.objects.filter(pk__in=sources).exclude(pk=source.pk).delete()


def unlink(tip: SupplyTip) -> None:
    """It was another source after all; a source of one tip is none."""
    source = tip.source_id
    if source is None:
        return
    with transaction.atomic():
        SupplyTip.objects.filter(pk=tip.pk).update(source=None)
        left = SupplyTip.objects.select_for_update().filter(source_id=source)
        if len(left) == 1:
            left.update(source=None)
        SupplySource.objects.filter(pk=source, tips__isnull=True).delete()


def _others(tip: SupplyTip) -> "QuerySet[SupplyTip]":
    others = SupplyTip.objects.filter(organisation=tip.organisation_id).exclude(pk=tip.pk)
    if tip.source_id:
        others = others.exclude(source_id=tip.source_id)
    return others.select_related("incident__municipality")
