"""What each view of the work list means, as somebody would write it who knows the database."""

from datetime import timedelta
from typing import Any

# What each view means, by hand.
REMINDED = (
    "AND (c.owner_id = {me} OR c.owner_id IS NULL) AND c.id IN (SELECT m.case_id FROM "
    "cases_reminder m WHERE m.organisation_id = {home} AND m.level = 'owner' AND m.state = 'open')"
)
SOCIAL = {
    "": "",
    "mina": "AND c.owner_id = {me}",
    "utan-handlaggare": "AND c.owner_id IS NULL",
    "sena": "AND c.due_at < {now}",
    "paminda": REMINDED,
}
POLICE = {
    "": "",
    "mina": "AND (c.owner_id = {me} OR c.author_id = {me})",
    "sena": "AND c.due_at < {now}",
    "paminda": REMINDED,
    "granska": "AND c.state = 'reported' AND c.author_id <> {me}",
    "utan-kvittens": "AND c.acknowledged_at IS NULL AND c.notified_at < {receipt}",
    "sen-aterkoppling": "AND c.feedback = '' AND c.notified_at < {expected_feedback}",
}
ENDED = {
    "cases_referral": "c.state IN ('closed', 'transferred')",
    "cases_youthcase": "c.state IN ('closed', 'annulled', 'merged')",
}
COUNT = """
    SELECT count(*), count(*) FILTER (WHERE c.due_at < {now}),
           count(*) FILTER (WHERE c.due_at >= {now} AND c.due_at <= {day}),
           count(*) FILTER (WHERE c.due_at > {day} AND c.due_at <= {week}), max(c.opened_at),
           coalesce(sum(c.version), 0)
    FROM TABLE c WHERE c.organisation_id IN UNITS AND NOT (ENDED) {where}
"""
PAGE = """
    SELECT COLUMNS FROM TABLE c
    JOIN cases_person p ON p.id = c.person_id
    JOIN cases_organisation o ON o.id = c.organisation_id
    LEFT JOIN cases_user u ON u.id = c.owner_id
    WHERE c.organisation_id IN UNITS AND NOT (ENDED) {where}
    ORDER BY c.due_at ASC NULLS LAST, c.reference LIMIT 25
"""
# Of many units: the first rows of each by its own index, and the soonest of those.
PAGE_OF_MANY = """
    SELECT COLUMNS FROM EACH AS unit (id) CROSS JOIN LATERAL (
        SELECT * FROM TABLE c WHERE c.organisation_id = unit.id AND NOT (ENDED) {where}
        ORDER BY c.due_at ASC NULLS LAST, c.reference LIMIT 25
    ) c
    JOIN cases_person p ON p.id = c.person_id
    JOIN cases_organisation o ON o.id = c.organisation_id
    LEFT JOIN cases_user u ON u.id = c.owner_id
    ORDER BY c.due_at ASC NULLS LAST, c.reference LIMIT 25
"""
COLUMNS = "c.*, p.*, o.*, u.*"


class Hand:
    """One reader's statements, written by hand: units and limits are known, no right is asked."""

    def __init__(self, user: Any) -> None:
        from django.db import connection
        from django.utils import timezone

        from cases import rules
        from cases.models import Referral, Right, Rule, YouthCase

        self.user, self.connection = user, connection
        self.model: Any = YouthCase if user.organisation.is_police else Referral
        self.views = POLICE if user.organisation.is_police else SOCIAL
        right = Right.VIEW_YOUTHCASE if user.organisation.is_police else Right.VIEW_REFERRAL
        units = user.groups.get().organisationgrouppermission_set.filter(permission__codename=right)
        now = timezone.now()
        limits = {
            key: rules._latest_overdue(Rule.objects.get(key=key), at=now)
            for key in ("receipt", "expected_feedback")
        }
        times = {"now": now, "day": now + timedelta(hours=4), "week": now + timedelta(days=7)}
        self.known: dict[str, Any] = {
            "me": self._key(user.pk), "home": self._key(user.organisation_id),
        } | {name: self._time(at) for name, at in (times | limits).items()}  # fmt: skip
        keys = sorted(units.values_list("content_object_id", flat=True))
        self.keys = keys
        self.known |= {f"unit{at}": self._key(key) for at, key in enumerate(keys)}
        names = [f"{{unit{at}}}" for at in range(len(keys))]
        self.units = f"({', '.join(names)})"
        self.each = f"(VALUES {', '.join(f'({name}::uuid)' for name in names)})"
        is_many = len(keys) > 1 and connection.vendor == "postgresql"
        self.page = PAGE_OF_MANY if is_many else PAGE

    def _key(self, key: Any) -> Any:
        return key.hex if self.connection.vendor == "sqlite" else key

    def _time(self, at: Any) -> Any:
        from datetime import UTC

        if self.connection.vendor != "sqlite":
            return at
        return str(at.astimezone(UTC).replace(tzinfo=None))

    def statement(self, text: str, view: str, columns: str = COLUMNS) -> tuple[str, dict[str, Any]]:
        table = self.model._meta.db_table
        text = text.replace("{where}", self.views[view]).replace("UNITS", self.units)
        text = (
            text.replace("EACH", self.each)
            .replace("COLUMNS", columns)
            .replace("ENDED", ENDED[table])
        )
        text = text.replace("TABLE", table)
        names = {name: f"%({name})s" for name in self.known}
        made = text.format(**names)
        return made, {name: value for name, value in self.known.items() if names[name] in made}

    def rows(self, view: str) -> list[str]:
        """The same rows and counts in two statements."""
        with self.connection.cursor() as cursor:
            for text in (COUNT, self.page):
                cursor.execute(*self.statement(text, view))
                rows = cursor.fetchall()
            columns = [column[0] for column in cursor.description]
        at = columns.index("reference")
        return [row[at] for row in rows]


class Handed:
    """A list that is two hand-written statements, in the shape that the page slices."""

    def __init__(self, hand: Hand, view: str) -> None:
        self.hand, self.view = hand, view

    def __getitem__(self, _: slice) -> Any:
        from django.db.models import prefetch_related_objects

        text, used = self.hand.statement(self.hand.page, self.view, columns="c.*")
        rows = list(self.hand.model.objects.raw(text, used))
        related = ["incident"] if self.hand.user.organisation.is_police else []
        prefetch_related_objects(rows, "person", "owner", "organisation", *related)
        return rows

    def counted(self) -> dict[str, Any]:
        names = ("n_all", "n_overdue", "n_today", "n_week", "newest", "n_steps")
        with self.hand.connection.cursor() as cursor:
            cursor.execute(*self.hand.statement(COUNT, self.view))
            found = dict(zip(names, cursor.fetchone(), strict=True))
        found["newest"] = None
        return found
