"""What the unit knows of a youth already, as a case page shows it: numbers and days, no more."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from cases import access, earlier
from cases.models import User, YouthCase


@dataclass(frozen=True)
class Other:
    """Another case, as far as a link to it."""

    reference: str
    url: str


@dataclass(frozen=True)
class Known:
    days: tuple[date, ...]
    suggestion: str
    duplicates: tuple[Other, ...]
    # Where a duplicate is merged, for whoever may.
    merge_url: str
    merged_into: Other | None
    merged_from: tuple[Other, ...]

    @property
    def is_anything(self) -> bool:
        return bool(self.days or self.duplicates or self.merged_into or self.merged_from)


def known(case: YouthCase, *, by: User) -> Known:
    """Earlier stops in the reader's circle, likely duplicates, and what was merged with this."""
    if not access.may_read_identity(by, case):
        # A case with the same number would tell who this is.
        return Known(days=(), suggestion="", duplicates=(), merge_url="", merged_into=None,
                     merged_from=())  # fmt: skip
    days = tuple(earlier.earlier_days(case, by=by))
    doubles = tuple(map(_other, earlier.duplicates(case, by=by)))
    may_merge = bool(doubles) and access.may_take(by, case, "merge")
    mine = access.findable_cases(by)
    merged = mine.filter(merged_into=case.pk, state="merged")
    into = mine.filter(pk=case.merged_into_id).first()
    return Known(
        days=days,
        suggestion=earlier.suggestion(case, len(days)) if days else "",
        duplicates=doubles,
        merge_url=reverse("step", args=[case.pk, "merge"]) if may_merge else "",
        merged_into=_other(into) if into else None,
        merged_from=tuple(map(_other, merged.order_by("reference"))),
    )


def _other(case: YouthCase) -> Other:
    return Other(case.reference, reverse("case", args=[case.pk]))
