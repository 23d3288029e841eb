"""Who may review the log and change the rules, what they see, and that looking leaves a trace."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases import access, search
from cases.models import AccessEntry, Person, Remark, Rule
from cases.models.rulebook import OutOfOrder
from tests import cast, server
from tests.arrivals import arrived
from tests.factories import make_case, make_custodian, make_person, make_referral, request_of

NOBODYS_PAGE = ("karin", "omar", "lena", "magnus", "ines", "sara", "hanna", "klara")


def logged_in(name: str) -> Client:
    client = Client()
    client.force_login(cast.person(name))
    return client


def look(by: str, **entry: Any) -> AccessEntry:
    """Somebody of the cast has read something."""
    user = cast.person(by)
    entry = {"kind": "read", "page": "case"} | entry
    return AccessEntry.append(user.organisation, by=user, **entry)


def page(by: str = "nora", **query: Any) -> Any:
    return logged_in(by).get(reverse("log"), query)


# The log --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*NOBODYS_PAGE, "asta"])
def test_log_is_shown_to_reviewers_only(name: str):
    assert page(name).status_code == 403


def test_whoever_is_not_logged_in_is_sent_to_log_in():
    assert Client().get(reverse("log")).status_code == 302


def test_log_is_only_read():
    assert logged_in("nora").post(reverse("log")).status_code == 405


def test_reviewer_sees_the_own_unit_only_newest_first():
    look("sara")
    look("karin")
    look("hanna")

    whose = [row.who for row in page().context["rows"]]

    assert whose == ["Nora Ask", "Hanna Falk", "Sara Nord"]


def test_each_look_at_the_log_is_a_row_in_it():
    look("sara")

    page()
    page(person=cast.person("sara").pk)

    looks = AccessEntry.objects.filter(kind="log", actor=cast.person("nora")).order_by("pk")
    assert [entry.subject_id for entry in looks] == [None, cast.person("sara").pk]


@pytest.mark.parametrize("whose", ["youth", "custodian", "nobody"])
def test_a_reason_about_a_protected_home_is_not_read_by_the_reviewer(whose: str):
    case = make_referral("received")
    if whose == "youth":
        Person.objects.filter(pk=case.person_id).update(protection="protected")
    elif whose == "custodian":
        make_custodian(case.person, protection="protected")
    look("sara", subject_id=case.pk, purpose="other", words="Kanariens mor ringde")

    said = page().content.decode()

    assert ("Kanariens" in said) == (whose == "nobody")
    assert ("skyddade personuppgifter" in said) == (whose != "nobody")


@pytest.mark.parametrize("protection", ["protected", "unknown", "not_protected"])
def test_a_reason_beside_a_search_for_somebody_protected_is_not_read_either(protection: str):
    person = make_person(name="Kanariefågel Ek", protection=protection)
    case = make_referral("received", person=person)
    for number, typed in enumerate(("Ek Kanariefågel", person.personal_number, case.reference)):
        words = f"Kanariens mor ringde {number}"
        search.find(request_of("sara", "post"), search.query(typed), purpose="other", words=words)

    said = page().content.decode()

    assert ("Kanariens" in said) == (protection == "not_protected")
    assert said.count("skyddade personuppgifter") == (0 if protection == "not_protected" else 3)


def test_a_search_for_somebody_protected_in_another_unit_tells_nothing_of_them():
    """A reason that is hidden would say that they are there."""
    make_case("picked_up", person=make_person(name="Kanariefågel Ek", protection="protected"))
    asked = search.query("Kanariefågel Ek")
    search.find(request_of("sara", "post"), asked, purpose="other", words="En granne ringde")

    assert "En granne ringde" in page().content.decode()


def test_log_can_be_narrowed_to_a_person_and_a_kind():
    look("sara")
    look("sara", kind="print", page="letter")
    look("hanna")

    rows = page(person=cast.person("sara").pk, kind="print").context["rows"]

    assert [(row.who, row.what, row.page) for row in rows] == [
        ("Sara Nord", "Öppnade brev", "ett brev")
    ]


def test_somebody_of_another_unit_cannot_be_asked_for():
    offered = page().context["filter"].fields["person"].queryset

    assert cast.person("karin") not in offered


def test_reviewer_sees_the_number_and_nothing_else_of_a_case():
    case = arrived()
    look("sara", subject_id=case.pk)

    shown = page().content.decode()

    assert case.reference in shown
    assert str(case.pk) not in shown
    assert "Alvmarker" not in shown


def test_case_of_another_unit_shows_no_number():
    look("alva", subject_id=arrived().pk)
    user = cast.person("alva")
    user.role = "log_reviewer"
    user.save()
    access.enrol(user)

    assert [row.about for row in page("alva").context["rows"]] == ["", ""]


def test_reason_is_read_as_it_was_given():
    look("hanna", purpose="cover", words="Sara är sjuk idag.")

    [_, row] = page().context["rows"]

    assert (row.purpose, row.reason) == ("Vikarierar för en kollega", "Sara är sjuk idag.")
    assert row.flag == "inte eget ärende"


def test_erased_reason_is_said_to_be_erased():
    look("hanna", purpose="cover", words="Sara är sjuk idag.")
    Remark.objects.all().delete()

    [_, row] = page().context["rows"]

    assert row.reason == "Skälet är gallrat."


def test_refusal_is_flagged():
    logged_in("ines").get(reverse("log"))

    [_, row] = page().context["rows"]

    assert (row.what, row.flag) == ("Nekades", "nekad")


def test_log_shows_fifty_rows_a_page():
    for _ in range(51):
        look("sara")

    assert len(page().context["rows"]) == 50
    assert len(page(page=2).context["rows"]) == 3
    assert "Sida 1 av 2" in page().content.decode()


def test_page_of_the_log_asks_as_many_questions_however_long_it_is(django_assert_max_num_queries):
    for _ in range(30):
        look("sara", subject_id=arrived().pk, purpose="cover", words="Sjuk.")
    client = logged_in("nora")

    # Who is protected in another unit is asked too: told and taken back once more.
    with django_assert_max_num_queries(24 + 2 * server.TELLING):
        client.get(reverse("log"))


# Rules ----------------------------------------------------------------------------------------


def tomorrow(days: int = 1) -> str:
    return f"{timezone.localdate() + timedelta(days=days)}"


def change(key: str = "review", **posted: Any) -> Any:
    data = {"value": 48, "valid_from": tomorrow(), "standing": "practice"} | posted
    return logged_in("asta").post(reverse("rule", kwargs={"key": key}), data)


@pytest.mark.parametrize("name", [*NOBODYS_PAGE, "nora"])
def test_rules_are_shown_to_administrators_only(name: str):
    client = logged_in(name)

    assert client.get(reverse("rules")).status_code == 403
    assert client.get(reverse("rule", kwargs={"key": "review"})).status_code == 403


def test_rules_page_lists_what_holds_with_its_paragraph():
    shown = logged_in("asta").get(reverse("rules"))

    assert shown.status_code == 200
    assert "Förhandsbedömning" in shown.content.decode()
    assert "SoL 20:2" in shown.content.decode()


def test_unknown_rule_is_not_found():
    assert logged_in("asta").get(reverse("rule", kwargs={"key": "nothing"})).status_code == 404


def test_new_value_ends_the_old_one_the_day_before():
    assert change().status_code == 302

    old, new = Rule.objects.filter(key="review")
    assert (old.value, str(old.valid_to)) == (24, str(timezone.localdate()))
    assert (new.value, str(new.valid_from), new.valid_to) == (48, tomorrow(), None)
    assert new.changed_by == cast.person("asta")
    assert new.label == old.label


def test_history_is_shown_with_whoever_changed_it():
    change()

    shown = logged_in("asta").get(reverse("rule", kwargs={"key": "review"})).content.decode()

    assert "48 timmar" in shown
    assert "24 timmar" in shown
    assert "Asta Hed" in shown


@pytest.mark.parametrize(
    ("field", "posted"),
    [
        ("valid_from", {"valid_from": tomorrow(0)}),
        ("valid_from", {"valid_from": "2020-01-01"}),
        ("value", {"value": 10_000}),
        ("value", {"value": -1}),
        ("paragraph", {"standing": "law", "paragraph": ""}),
    ],
)
def test_impossible_new_value_is_refused(field: str, posted: dict[str, Any]):
    refused = change(**posted)

    assert refused.status_code == 422
    assert field in refused.context["form"].errors
    assert Rule.objects.filter(key="review").count() == 1


def test_value_that_is_planned_is_not_pushed_aside():
    change(valid_from=tomorrow(10))

    assert change(valid_from=tomorrow(5)).status_code == 422
    with pytest.raises(OutOfOrder):
        Rule.objects.filter(key="review")[0].follow(
            by=cast.person("asta"),
            value=1,
            valid_from=timezone.localdate() + timedelta(days=5),
            standing="practice",
        )
