"""Let a PostgreSQL role that owns nothing do the product's work, after each `migrate`.

Whoever has the product's own login to the database can then neither change a log nor take away the
triggers that refuse it, and each request reaches its own unit's rows alone (`kronoberg.borders`);
`migrate` and `rotate_keys` need the owner's.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from cases.models import guards
from kronoberg import borders

# What no grant takes away: also whoever is a member of the owner can become it.
ASKED = """
    SELECT rolsuper, rolcreaterole, rolbypassrls, EXISTS (
        SELECT FROM pg_tables
        WHERE schemaname = 'public' AND pg_has_role(pg_roles.oid, tableowner, 'MEMBER'))
    FROM pg_roles WHERE rolname = %s
"""


class Command(BaseCommand):
    help = "Give a role of the PostgreSQL server what the web and worker processes need, no more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", help="made before: CREATE ROLE name LOGIN PASSWORD '…'")

    def handle(self, *args: Any, role: str, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite har inga roller. Sätt DATABASE_URL till en PostgreSQL.")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ASKED, [role])
            found = cursor.fetchone()
            if found is None:
                raise CommandError(f"Rollen {role} finns inte. Skapa den först: CREATE ROLE.")
            if any(found):
                raise CommandError(
                    f"Rollen {role} är superuser, skapar roller, går förbi raders gränser eller "
                    "äger tabellerna: den kan ändra loggarna eller läsa alla enheters rader, vad "
                    "som än står. Skapa en egen: CREATE ROLE."
                )
            tables = connection.introspection.table_names(cursor)
            n_kept_apart = sum(map(borders.is_guarded, borders.models()))
            for statement in (*guards.grants(role, tables), *borders.statements()):
                cursor.execute(statement)
        self.stdout.write(
            f"{role} får läsa och lägga till i loggarna, och sköta {len(tables)} tabeller: i "
            f"{n_kept_apart} av dem var enhets egna rader."
        )
