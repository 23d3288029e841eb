"""Finding by whole name, number or case number: only in the own circle, with a reason, logged."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import access, identity, search
from cases.models import AccessEntry, Person, Protection
from cases.models.fields import blind_name
from tests import cast
from tests.factories import make_case, make_person, make_referral, request_of
from tests.test_case_pages import without_tokens

NAME = "Anna-Lisa Kanarieström"


def known(by: str = "omar", **columns: Any):
    return make_case("draft", by=by, person=make_person(**{"name": NAME} | columns))


def found(username: str, text: str) -> list[str]:
    cases = search.find(request_of(username, "post"), search.query(text), purpose="match")
    return [case.reference for case in cases]


def ask(client, username: str, what: str, **more: str):
    client.force_login(cast.person(username))
    return client.post(reverse("search"), {"what": what, "purpose": "match"} | more)


@pytest.mark.parametrize(
    "typed",
    [
        "Anna-Lisa Kanarieström",
        "kanarieström anna",
        "LISA  KANARIESTRÖM",
        "Änna Kanarieström",
        "Anna Kanariestrom",
        "Anna Kanarie",
        "Annika Kanarieström",
    ],
)
def test_only_whole_and_rightly_spelt_parts_of_a_name_find(typed: str) -> None:
    case = known()

    hit = typed in ("Anna-Lisa Kanarieström", "kanarieström anna", "LISA  KANARIESTRÖM")

    assert found("omar", typed) == ([case.reference] if hit else [])


def test_number_and_case_number_find() -> None:
    case = known()
    number = case.person.personal_number

    assert found("omar", f"{number[:8]}-{number[8:]}") == [case.reference]
    assert found("omar", case.reference.lower()) == [case.reference]


@pytest.mark.parametrize("typed", ["Anna", "A B", "K", "", "201102301234", "19", "%% __"])
def test_part_of_a_name_or_a_wrong_number_is_no_question(typed: str) -> None:
    with pytest.raises(search.NotSearchable) as refusal:
        search.query(typed)

    assert len(typed) < 3 or typed not in str(refusal.value)


@pytest.mark.parametrize("reader", ["karin", "per", "pia", "sara", "alva"])
def test_nobody_finds_outside_the_own_circle(reader: str) -> None:
    case = known(by="omar")

    for typed in (NAME, case.person.personal_number, case.reference):
        assert found(reader, typed) == []


def test_each_authority_finds_its_own_case_of_the_same_person() -> None:
    case, referral = known(), make_referral("received", person=make_person(name=NAME))

    assert found("omar", NAME) == [case.reference]
    assert found("sara", NAME) == [referral.reference]


def test_a_protected_person_is_found_by_who_is_named_and_by_nobody_else() -> None:
    case = known(by="karin", protection=Protection.PROTECTED)

    assert found("karin", NAME) == [case.reference]
    assert found("lena", NAME) == found("lena", case.person.personal_number) == []
    assert found("lena", case.reference) == [case.reference], "the number of a case names nobody"

    access.name_reader(cast.person("lena"), case.person)

    assert found("lena", NAME) == [case.reference]


def test_elsewhere_and_nowhere_answer_with_the_same_page_and_the_same_questions(client) -> None:
    known(by="omar")
    answers = []
    for name in (NAME, "Ingen Alls"):
        ask(client, "per", name)  # whatever is asked once a session is asked
        with CaptureQueriesContext(connection) as queries:
            answer = ask(client, "per", name)
        body = without_tokens(answer).replace(name, "")
        answers.append((answer.status_code, body, len(queries)))

    assert answers[0] == answers[1]


def test_a_search_leaves_a_row_with_its_reason_and_without_the_name(client) -> None:
    known()
    ask(client, "omar", NAME, purpose="request", words="Modern har bett om att få veta.")
    ask(client, "omar", NAME)
    ask(client, "omar", "Ingen Alls")

    first, second, third = AccessEntry.objects.filter(kind="search").order_by("id")
    assert (first.actor.username, first.purpose, third.purpose) == ("omar", "request", "match")
    assert first.subject_id == second.subject_id != third.subject_id
    assert first.remark_id and not second.remark_id
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM cases_accessentry")
        assert "kanarie" not in str(cursor.fetchall()).lower()


def test_no_reason_no_answer(client) -> None:
    known()

    answers = [
        ask(client, "omar", NAME, purpose=""),
        ask(client, "omar", NAME, purpose="other"),
        ask(client, "omar", NAME, purpose="other", words="Därför"),
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert NAME in answers[0].content.decode(), "what was typed is kept"
    assert not AccessEntry.objects.filter(kind="search").exists()


def test_nothing_is_looked_for_through_the_address(client) -> None:
    known()
    client.force_login(cast.person("omar"))

    answer = client.get(reverse("search"), {"what": NAME, "purpose": "match"})

    assert "K-20" not in answer.content.decode()
    assert not AccessEntry.objects.filter(kind="search").exists()


def test_the_work_lists_box_keeps_the_number_and_asks_why(client) -> None:
    case = known()
    client.force_login(cast.person("omar"))
    page = client.get(reverse("worklist")).content.decode()
    [form] = re.findall(r'<form class="search".*?</form>', page, re.DOTALL)
    assert f'method="post" action="{reverse("search")}"' in form and 'name="what"' in form

    asked = client.post(reverse("search"), {"what": case.reference, "begin": "1"})

    assert asked.status_code == 200
    assert case.reference in asked.content.decode() and "Varför söker du?" in asked.content.decode()
    assert not AccessEntry.objects.filter(kind="search").exists(), "nothing is looked for yet"
    answer = ask(client, "omar", case.reference)
    assert answer.url == reverse("case", kwargs={"pk": case.pk})
    assert AccessEntry.objects.get(kind="search").purpose == "match"


@pytest.mark.parametrize("there", [True, False])
def test_a_number_in_an_address_looks_for_nothing(client, there: bool) -> None:
    number = known().reference if there else "K-2020-999999"
    client.force_login(cast.person("omar"))

    answer = client.get(reverse("worklist"), {"q": number})

    assert answer.status_code == 200
    assert not AccessEntry.objects.filter(kind="search").exists()


def test_trying_out_numbers_is_stopped_too(client) -> None:
    for number in range(search.AN_HOUR):
        ask(client, "omar", f"K-2020-{number:06}")

    assert "Vänta en stund" in ask(client, "omar", known().reference).content.decode()


def test_trying_out_a_list_is_stopped_and_shows_in_the_log(client, time_machine) -> None:
    known()
    for _ in range(search.AN_HOUR):
        found("omar", NAME)

    answer = ask(client, "omar", NAME)

    assert answer.status_code == 422
    assert "Vänta en stund" in answer.content.decode()
    assert AccessEntry.objects.filter(kind="refused", page="search").exists()
    time_machine.move_to(timezone.now() + timedelta(hours=1, minutes=1))
    assert len(found("omar", NAME)) == 1


def test_a_name_that_many_have_shows_none_of_them() -> None:
    for _ in range(search.MOST + 1):
        known()

    with pytest.raises(search.TooMany, match="Fler än tio"):
        found("omar", NAME)


def test_the_index_of_a_name_is_keyed_and_another_in_another_unit() -> None:
    [part] = identity.name_parts("Kanarieström")
    here, there = (cast.person(who).organisation_id for who in ("omar", "per"))

    assert part not in known().person.name_index
    assert blind_name(part, here) in known().person.name_index
    assert blind_name(part, here) != blind_name(part, there)


def test_a_corrected_name_is_found_and_the_old_one_is_not() -> None:
    case = known()
    person = Person.objects.get(pk=case.person_id)
    person.name = "Annelie Ljung"
    person.save()

    assert found("omar", NAME) == []
    assert found("omar", "Annelie Ljung") == [case.reference]
