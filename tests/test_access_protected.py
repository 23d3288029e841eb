"""Who may, when nobody may know: protected identities, and what asking costs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import access
from cases.models import (
    OrganisationGroupPermission,
    OrganisationUserPermission,
    PersonGroupPermission,
    PersonUserPermission,
    Protection,
    User,
)
from tests import cast
from tests.factories import make_case, make_person, make_referral

# "x": the role holds the right on its own unit.

# Who gets what on opening a case: it is shown, a reason is asked for, or it does not exist.
# own: written by the reader. waits: a colleague's, open. ended: a colleague's, closed.


# Protected identities --------------------------------------------------------------------------


@pytest.mark.parametrize("protection", [Protection.PROTECTED, Protection.UNKNOWN])
def test_a_protected_or_unknown_identity_is_read_only_by_name(protection: str) -> None:
    case = make_case("draft", person=make_person(protection=protection))
    lena, karin = cast.person("lena"), cast.person("karin")
    assert access.may_read_identity(karin, case), "who wrote it knows it already"
    assert not access.may_read_identity(lena, case)

    access.name_reader(lena, case.person)

    assert access.may_read_identity(cast.person("lena"), case)
    assert not access.may_read_identity(cast.person("omar"), case)


def test_an_unprotected_identity_is_read_by_whoever_sees_the_case() -> None:
    case = make_case("draft")

    assert access.may_read_identity(cast.person("omar"), case)


def test_a_named_reader_who_is_no_longer_active_reads_nothing() -> None:
    case = make_case("draft", person=make_person(protection=Protection.PROTECTED))
    access.name_reader(cast.person("lena"), case.person)

    User.objects.filter(username="lena").update(is_active=False)

    assert not access.may_read_identity(cast.person("lena"), case)


# Cost ------------------------------------------------------------------------------------------


def test_the_visible_cases_are_one_query() -> None:
    """Of units that are known: those are asked once a request, whatever is then listed of them."""
    make_case("draft")
    karin = cast.person("karin")
    access.visible_cases(karin)

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(access.visible_cases(karin)) == 1

    assert len(queries) == 1, [query["sql"] for query in queries]


def test_the_rows_of_rights_do_not_grow_with_the_cases() -> None:
    def rows() -> int:
        tables_of_rights = (
            OrganisationGroupPermission,
            OrganisationUserPermission,
            PersonGroupPermission,
            PersonUserPermission,
        )
        return sum(table.objects.count() for table in tables_of_rights)

    before = rows()
    for _ in range(5):
        make_case("draft")
        make_referral("received")

    assert rows() == before < 200
