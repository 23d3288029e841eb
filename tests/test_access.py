"""Who may: the table of roles, and what fetching a case answers to whom – always with a log row."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from cases import access
from cases.access import ReasonNeeded
from cases.models import (
    AccessEntry,
    Organisation,
    OrganisationUserPermission,
    PersonGroupPermission,
    Right,
    Role,
    User,
)
from cases.models.grants import rights_on
from cases.workflow import perform
from tests import cast, machines, tables
from tests.factories import make_case, make_referral, request_of

# "x": the role holds the right on its own unit.
ROLES = """
                    patr yout supe poli inta soci head coor log_ admi serv
log_incident        x    x    x    ·    ·    ·    ·    ·    ·    ·    ·
view_own_youthcase  x    x    x    ·    ·    ·    ·    ·    ·    ·    ·
view_youthcase      ·    x    x    x    ·    ·    ·    ·    ·    ·    ·
handle_youthcase    x    x    x    ·    ·    ·    ·    ·    ·    ·    ·
review_youthcase    ·    x    x    ·    ·    ·    ·    ·    ·    ·    ·
notify_youthcase    ·    x    x    ·    ·    ·    ·    ·    ·    ·    ·
follow_up_youthcase ·    x    x    ·    ·    ·    ·    ·    ·    ·    ·
annul_youthcase     ·    ·    x    ·    ·    ·    ·    ·    ·    ·    ·
view_supply_tips    ·    x    x    ·    ·    ·    ·    ·    ·    ·    ·
view_referral       ·    ·    ·    ·    x    x    x    ·    ·    ·    ·
receive_referral    ·    ·    ·    ·    x    x    x    ·    ·    ·    ·
assess_referral     ·    ·    ·    ·    ·    x    x    ·    ·    ·    ·
decide_referral     ·    ·    ·    ·    ·    x    x    ·    ·    ·    ·
support_referral    ·    ·    ·    ·    ·    x    x    ·    ·    ·    ·
transfer_referral   ·    ·    ·    ·    ·    x    x    ·    ·    ·    ·
assign_referral     ·    ·    ·    ·    x    ·    x    ·    ·    ·    ·
handle_post         ·    x    x    ·    x    x    x    ·    ·    ·    ·
approve_erasure     ·    ·    x    ·    ·    ·    x    ·    ·    ·    ·
name_readers        ·    ·    x    ·    ·    ·    x    ·    ·    ·    ·
edit_wording        ·    ·    x    x    ·    ·    x    x    ·    ·    ·
view_statistics     ·    ·    ·    x    ·    ·    x    x    ·    ·    ·
view_supply_statistics ·  ·    ·    x    ·    ·    ·    ·    ·    ·    ·
plan_measures       ·    ·    ·    x    ·    ·    x    x    ·    ·    ·
review_log          ·    ·    ·    ·    ·    ·    ·    ·    x    ·    ·
manage_settings     ·    ·    ·    ·    ·    ·    ·    ·    ·    x    ·
exchange_messages   ·    ·    ·    ·    ·    ·    ·    ·    ·    ·    x
"""

# Who gets what on opening a case: it is shown, a reason is asked for, or it does not exist.
# own: written by the reader. waits: a colleague's, open. ended: a colleague's, closed.
POLICE = """
         own     waits   ended   theirs  other
karin    shown   absent  absent  absent  absent
omar     shown   shown   reason  absent  absent
lena     shown   shown   reason  absent  absent
magnus   shown   reason  reason  absent  absent
nils     absent  absent  absent  absent  absent
asta     absent  absent  absent  absent  absent
"""
SOCIAL = """
         own     waits   ended   theirs  other
ines     shown   shown   reason  absent  absent
sara     shown   shown   reason  absent  absent
hanna    shown   shown   reason  absent  absent
klara    absent  absent  absent  absent  absent
nora     absent  absent  absent  absent  absent
"""


def answer(username: str, pk: UUID, action: str = "view") -> str:
    """What a page would answer, in the words of the tables."""
    try:
        access.get_case(request_of(username), pk, action)
    except Http404:
        return "absent"
    except PermissionDenied:
        return "refused"
    except ReasonNeeded:
        return "reason"
    return "shown"


def log_of(pk: UUID) -> list[AccessEntry]:
    return list(AccessEntry.objects.filter(subject_id=pk).order_by("id"))


# The table of roles ----------------------------------------------------------------------------


def test_every_role_holds_the_rights_of_the_table() -> None:
    code = {
        right: {role: "x" if right in access.ROLES[role] else "·" for role in Role}
        for right in Right
    }

    assert tables.differences(tables.read(ROLES, names=Role.values), code) == []


def test_enrolling_gives_the_rights_of_the_role_and_no_others() -> None:
    unit = cast.person("karin").organisation
    for role in Role:
        user = machines.player(role, unit)

        held = {right for right in Right if access.may(user, right)}

        assert held == access.ROLES[role], role


def test_nobody_holds_a_right_on_another_unit() -> None:
    for user in User.objects.select_related("organisation"):
        for unit in Organisation.objects.exclude(pk=user.organisation_id):
            assert not rights_on(user, unit)


def test_no_unit_right_is_granted_past_the_roles() -> None:
    assert not OrganisationUserPermission.objects.exists()
    assert not PersonGroupPermission.objects.exists()


# Fetching --------------------------------------------------------------------------------------


def opened_by(username: str, role: Role, make: Any, at: str) -> Any:
    """A case that `username` opened in a role that opens cases, and has left since."""
    user = cast.person(username)
    now, user.role = user.role, role
    access.enrol(user)
    case = make(at, by=username)
    user.role = now
    access.enrol(user)
    return case


@pytest.mark.parametrize("username", tables.read(POLICE))
def test_police_cases_open_for_whom_the_table_says(username: str) -> None:
    colleague = "karin" if username == "omar" else "omar"
    open_case, ended = make_case("picked_up", by=colleague), make_case("annulled", by=colleague)
    wanted = tables.read(POLICE)[username]
    theirs, other = make_case("draft", by="per"), make_referral("received")

    found = {
        "waits": answer(username, open_case.pk),
        "ended": answer(username, ended.pk),
        "theirs": answer(username, theirs.pk),
        "other": answer(username, other.pk),
        "own": answer(username, opened_by(username, Role.PATROL_OFFICER, make_case, "draft").pk),
    }

    assert found == wanted
    for case in (open_case, ended, theirs, other):
        assert log_of(case.pk), "every answer leaves a row"


@pytest.mark.parametrize("username", tables.read(SOCIAL))
def test_referrals_open_for_whom_the_table_says(username: str) -> None:
    colleague = "hanna" if username == "ines" else "ines"
    open_case = make_referral("received", by=colleague)
    ended = make_referral("transferred", by=colleague)
    theirs, other = make_referral("received", by="alva"), make_case("draft")

    found = {
        "waits": answer(username, open_case.pk),
        "ended": answer(username, ended.pk),
        "theirs": answer(username, theirs.pk),
        "other": answer(username, other.pk),
        "own": answer(username, opened_by(username, Role.INTAKE, make_referral, "received").pk),
    }

    assert found == tables.read(SOCIAL)[username]
    for case in (open_case, ended, theirs, other):
        assert log_of(case.pk), "every answer leaves a row"


def test_per_sees_nothing_of_what_the_other_unit_does() -> None:
    cases = [make_case("draft"), make_case("picked_up"), make_case("annulled")]

    assert [answer("per", case.pk) for case in cases] == ["absent"] * 3
    assert not access.visible_cases(cast.person("per")).exists()
    assert not access.visible_cases(cast.person("pia")).exists()


def test_what_may_not_be_known_answers_as_what_does_not_exist() -> None:
    hidden, nothing = make_case("draft"), uuid4()

    assert answer("per", hidden.pk) == answer("per", nothing) == "absent"

    rows = [log_of(hidden.pk)[-1], log_of(nothing)[-1]]
    assert {(row.kind, row.actor.username, row.purpose) for row in rows} == {("refused", "per", "")}


@pytest.mark.parametrize(
    ("username", "action", "wanted", "kind"),
    [
        ("karin", "pick_up", "shown", "read"),
        ("karin", "review", "refused", "refused"),
        ("karin", "annul", "refused", "refused"),
        ("omar", "annul", "refused", "refused"),
        ("lena", "annul", "shown", "read"),
        ("magnus", "pick_up", "refused", "refused"),
        ("per", "pick_up", "absent", "refused"),
        ("sara", "pick_up", "absent", "refused"),
        ("lena", "no_such_step", "absent", "refused"),
    ],
)
def test_a_step_is_refused_to_who_may_only_look(
    username: str, action: str, wanted: str, kind: str
) -> None:
    case = make_case("draft")

    assert answer(username, case.pk, action) == wanted

    assert [entry.kind for entry in log_of(case.pk)] == [kind]


def test_a_read_is_logged_with_who_why_and_in_which_role() -> None:
    case = make_case("draft")

    answer("karin", case.pk)
    answer("omar", case.pk)

    assert [(entry.actor.username, entry.role, entry.purpose) for entry in log_of(case.pk)] == [
        ("karin", "patrol_officer", "own"),
        ("omar", "youth_officer", "duty"),
    ]
    assert list(AccessEntry.faults(case.organisation)) == []


def test_a_reason_opens_the_case_for_a_working_day_and_for_one_reader() -> None:
    case = make_case("annulled")
    assert answer("magnus", case.pk) == "reason"

    access.give_reason(
        request_of("magnus"), case.pk, purpose="supervision", words="Kvalitetskontroll"
    )

    assert answer("magnus", case.pk) == "shown"
    assert answer("omar", case.pk) == "reason"
    asked, given, read, refused = log_of(case.pk)
    assert [entry.kind for entry in (asked, given, read, refused)] == [
        "refused",
        "read",
        "read",
        "refused",
    ]
    assert (read.purpose, given.remark_id is not None) == ("supervision", True)


def test_a_reason_of_yesterday_opens_nothing(time_machine: Any) -> None:
    case = make_case("annulled")
    access.give_reason(request_of("magnus"), case.pk, purpose="other", words="Därför")

    time_machine.move_to(timezone.now() + access.REASON_HOLDS)

    assert answer("magnus", case.pk) == "reason"


def test_a_reason_is_not_asked_about_what_may_not_be_known() -> None:
    case = make_case("draft")

    with pytest.raises(Http404):
        access.give_reason(request_of("per"), case.pk, purpose="other", words="Nyfiken")

    assert [entry.kind for entry in log_of(case.pk)] == ["refused"]
    assert answer("per", case.pk) == "absent"


# Rights that change ----------------------------------------------------------------------------


def test_somebody_inactive_sees_and_may_nothing() -> None:
    case = make_case("draft")
    User.objects.filter(username="karin").update(is_active=False)
    karin = cast.person("karin")

    assert not access.visible_cases(karin).exists()
    assert not any(access.may(karin, right) for right in Right)
    assert answer("karin", case.pk) == "absent"
    with pytest.raises(PermissionDenied):
        perform(case, "pick_up", by=karin)


def test_a_new_role_holds_at_the_next_fetch() -> None:
    case, omar = make_case("draft"), cast.person("omar")
    assert answer("omar", case.pk) == "shown"

    omar.role = Role.LOG_REVIEWER
    omar.save()
    access.enrol(omar)

    assert answer("omar", case.pk) == "absent"
    with pytest.raises(PermissionDenied):
        perform(case, "pick_up", by=omar)


def test_whoever_moves_to_another_unit_leaves_also_the_own_cases_behind() -> None:
    case, karin = make_case("draft"), cast.person("karin")

    karin.organisation = cast.person("per").organisation
    karin.save()
    access.enrol(karin)

    assert answer("karin", case.pk) == "absent"
    assert karin.groups.count() == 1


def test_a_right_taken_from_the_role_is_gone_at_the_next_fetch(monkeypatch: Any) -> None:
    case = make_case("draft")
    monkeypatch.setitem(access.ROLES, Role.YOUTH_OFFICER, frozenset())

    access.enrol(cast.person("omar"))

    assert answer("omar", case.pk) == "absent"


def test_a_patrol_also_sees_the_case_that_a_colleague_opened_for_it() -> None:
    case = make_case("draft", by="omar")
    shared = make_case("draft", by="omar", owner=cast.person("karin"))

    assert [answer("karin", one.pk) for one in (case, shared)] == ["absent", "shown"]
