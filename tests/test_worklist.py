"""The work list: what waits, in which views, taken and handed on one at a time or many at once."""

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import access, reminders, workflow
from cases.models import AccessEntry, JournalEntry, Referral, SavedView
from kronoberg import worklists
from tests import cast
from tests.factories import make_case, make_incident, make_referral
from tests.stops import HOUR, call, end, meet, notify, report, review

HERE = ZoneInfo("Europe/Stockholm")
LIST, MANY = reverse("worklist"), reverse("worklist-many")
DAY = timedelta(days=1)


def shown(client, who, query=""):
    client.force_login(cast.person(who))
    return [row.reference for row in client.get(f"{LIST}?{query}").context["rows"]]


def many(client, who, action, *cases, batch=None, **answers):
    client.force_login(cast.person(who))
    posted = {"action": action, "batch": str(batch or uuid4()), "case": [str(c.pk) for c in cases]}
    answer = client.post(MANY, posted | answers, follow=True)
    return [str(message) for message in answer.context["messages"]]


def owner_of(case):
    return Referral.objects.get(pk=case.pk).owner


# Views -------------------------------------------------------------------------------------------


def test_what_is_overdue_stands_first_and_in_the_tab(client):
    young = make_referral("received")
    old = make_referral("received", arrived_at=timezone.now() - 9 * DAY)

    assert shown(client, "sara") == [old.reference, young.reference]
    assert "<title>(1) Arbetslista" in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("n_late", "words"), [(1, "<b>1</b> försenad<"), (2, "<b>2</b> försenade<")]
)
def test_one_late_case_is_counted_as_one(client, n_late, words):
    for _ in range(n_late):
        make_referral("received", arrived_at=timezone.now() - 9 * DAY)
    client.force_login(cast.person("sara"))

    assert words in client.get(LIST).content.decode()


@pytest.mark.parametrize("view", ["utan-handlaggare", "paminda"])
def test_a_list_of_what_nobody_has_looks_up_no_owner_row_by_row(client, view):
    client.force_login(cast.person("sara"))

    with CaptureQueriesContext(connection) as asked:
        client.get(LIST, {"vy": view})

    lists = [each["sql"] for each in asked if 'FROM "cases_referral"' in each["sql"]]
    assert lists
    assert not [sql for sql in lists if "is_active" in sql]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["mine", "hers", "nobodys"]),
        ("vy=mina", ["mine"]),
        ("vy=utan-handlaggare", ["nobodys"]),
        ("vy=sena", ["nobodys"]),
        ("tillstand=received", ["nobodys"]),
        ("handlaggare=ingen", ["nobodys"]),
        ("steg=protection_assessment", ["nobodys"]),
        ("vy=okand&tillstand=okant", ["mine", "hers", "nobodys"]),
    ],
)
def test_a_view_and_a_filter_narrow_the_list(client, query, found):
    cases = {
        "mine": make_referral("preliminary_assessment"),
        "hers": make_referral("preliminary_assessment"),
        "nobodys": make_referral("received", arrived_at=timezone.now() - 5 * DAY),
    }
    hanna = cast.person("hanna")
    workflow.perform(cases["hers"], "assign", by=hanna, owner=hanna)

    assert set(shown(client, "sara", query)) == {cases[name].reference for name in found}


def test_the_second_page_holds_the_rest(client):
    for _ in range(27):
        make_referral("received")

    assert len(shown(client, "sara")) == 25
    assert len(shown(client, "sara", "page=2")) == 2


def test_a_saved_view_is_ones_own_and_can_be_let_go(client):
    client.force_login(cast.person("sara"))
    client.post(reverse("worklist-views"), {"vy": "sena", "tillstand": "received", "label": "Nya"})

    [kept] = client.get(LIST).context["saved"]
    assert (kept["label"], kept["url"]) == ("Nya", f"{LIST}?vy=sena&tillstand=received")
    client.force_login(cast.person("hanna"))
    assert client.get(LIST).context["saved"] == []
    client.post(reverse("worklist-views"), {"forget": kept["id"]})
    assert SavedView.objects.filter(pk=kept["id"]).exists()
    client.force_login(cast.person("sara"))
    client.post(reverse("worklist-views"), {"forget": kept["id"]})
    assert not SavedView.objects.exists()


def test_a_saved_view_keeps_codes_and_nothing_that_was_typed(client):
    client.force_login(cast.person("sara"))

    client.post(
        reverse("worklist-views"), {"vy": "sena", "tillstand": "Alva Alvmarker", "label": "X"}
    )

    assert SavedView.objects.get().query == "vy=sena"


def waiting_for(who):
    """One case of each kind that waits before this reader, old enough to be late."""
    if cast.person(who).organisation.is_police:
        met = make_incident(started_at=timezone.now() - 9 * DAY)
        make_case("picked_up", incident=met)
        make_case("reported", incident=met)
        return
    make_referral("received", arrived_at=timezone.now() - 9 * DAY)
    owned = make_referral("received", arrived_at=timezone.now() - 9 * DAY)
    workflow.perform(owned, "take", by=cast.person(who))


@pytest.mark.parametrize("who", ["karin", "omar", "sara", "hanna"])
def test_every_view_costs_as_many_queries_for_one_case_as_for_ten(client, who):
    client.force_login(cast.person(who))
    views = [view.key for view in worklists.views_of(cast.person(who))]
    client.get(LIST)  # what a process reads once
    counted, n_rows = [], dict.fromkeys(views, 0)
    n_made = 0
    for n_cases in (1, 4, 10):
        for _ in range(n_cases - n_made):
            waiting_for(who)
        n_made = n_cases
        reminders.sweep(at=timezone.now())
        asked = {}
        for view in views:
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(LIST, {"vy": view})
            n_rows[view] = len(answer.context["rows"])
            asked[view] = len(queries)
        counted.append(asked)

    assert counted[0] == counted[1] == counted[2]
    assert n_rows[""] >= 10 and n_rows["sena"] >= 10


# Has it changed ----------------------------------------------------------------------------------


def test_the_page_is_told_when_the_list_is_another_and_nobody_is_logged(client):
    make_referral("received")
    client.force_login(cast.person("sara"))
    state = client.get(LIST).context["state"]
    n_logged = AccessEntry.objects.count()

    assert client.get(state["url"]).json()["seen"] == state["seen"]
    make_referral("received", arrived_at=timezone.now() - 9 * DAY)
    told = client.get(state["url"]).json()

    assert told["seen"] != state["seen"]
    assert (told["overdue"], told["seconds"], told["away"]) == (1, 60, 300)
    assert AccessEntry.objects.count() == n_logged


@pytest.mark.parametrize(("who", "step"), [("sara", "take"), ("hanna", "assign")])
def test_the_page_is_told_when_a_case_has_another_owner(client, who, step):
    case = make_referral("received")
    client.force_login(cast.person("sara"))
    state = client.get(LIST).context["state"]

    facts = {} if step == "take" else {"owner": cast.person("sara")}
    workflow.perform(case, step, by=cast.person(who), **facts)

    assert client.get(state["url"]).json()["seen"] != state["seen"]


def test_the_question_about_the_list_tells_of_no_case(client):
    case = make_referral("received")
    client.force_login(cast.person("sara"))

    told = client.get(reverse("worklist-state")).content.decode()

    assert case.reference not in told
    assert str(case.pk) not in told


# Take, hand over, assign -------------------------------------------------------------------------


def test_the_owner_hands_on_to_a_colleague_and_nobody_else_does(client):
    case = make_referral("preliminary_assessment")
    hanna = cast.person("hanna")

    assert not access.may_take(hanna, case, "hand_on")
    case = workflow.perform(case, "hand_on", by=cast.person("sara"), owner=hanna)

    assert case.owner == hanna
    assert not access.may_take(cast.person("sara"), case, "hand_on")


def test_many_are_assigned_each_by_its_own_step(client):
    cases = [make_referral("received") for _ in range(3)]
    sara = cast.person("sara")

    told = many(client, "ines", "assign", *cases, owner=str(sara.pk))

    assert told == ["Du fördelade 3 ärenden."]
    assert [owner_of(case) for case in cases] == [sara] * 3
    for case in cases:
        steps = JournalEntry.objects.filter(case_id=case.pk, action="assign")
        assert [step.actor.username for step in steps] == ["ines"]
        assert AccessEntry.objects.filter(subject_id=case.pk, page="worklist-many").exists()


def test_a_selection_holds_what_one_may_not_and_the_rest_is_done(client):
    mine, taken = make_referral("received"), make_referral("preliminary_assessment")
    foreign = make_referral("received", by="alva")

    told = many(client, "sara", "take", mine, taken, foreign)

    assert told[0] == "Du tog 1 ärende."
    assert "Ett ärende fick du inte ta steget i." in told
    assert any(taken.reference in line and "har redan en handläggare" in line for line in told)
    assert owner_of(mine) == cast.person("sara")
    assert owner_of(foreign) is None


def test_the_same_selection_sent_twice_is_taken_once(client):
    case, batch, hanna = make_referral("received"), uuid4(), cast.person("hanna")

    for _ in range(2):
        many(client, "ines", "assign", case, batch=batch, owner=str(hanna.pk))

    assert JournalEntry.objects.filter(case_id=case.pk, action="assign").count() == 1


@pytest.mark.parametrize(("who", "action"), [("ines", "take"), ("sara", "assign")])
def test_no_right_is_won_by_taking_many(client, who, action):
    case = make_referral("received")

    many(client, who, action, case, owner=str(cast.person("sara").pk))

    assert owner_of(case) is None
    assert AccessEntry.objects.filter(subject_id=case.pk, kind="refused").exists()


@pytest.mark.parametrize("action", ["close", "open_investigation", ""])
def test_only_the_three_steps_of_ownership_are_taken_many_at_once(client, action):
    case = make_referral("received")

    [told] = many(client, "hanna", action, case)

    assert told.startswith("Välj vad")
    assert Referral.objects.get(pk=case.pk).version == case.version


@pytest.mark.parametrize("who", ["klara", "karin", "omar", "nils"])
def test_whoever_has_no_referrals_takes_none(client, who):
    client.force_login(cast.person(who))

    assert client.post(MANY, {"action": "take"}).status_code == 403


# The police side ---------------------------------------------------------------------------------


def test_the_reviewers_queue_holds_the_reports_of_others(client):
    report, own = make_case("reported"), make_case("reported", by="lena")
    make_case("handed_over")

    assert shown(client, "lena", "vy=granska") == [report.reference]
    assert shown(client, "omar", "vy=granska") == [report.reference, own.reference]


FRIDAY = datetime(2026, 5, 29, 20, tzinfo=HERE)


def notified(began_at):
    case = report(end(call(meet(began_at), 10)))
    return notify(review(case), hours=4)


@pytest.mark.parametrize(
    ("now", "is_late"),
    [
        # Monday is the weekday that follows; the night to Tuesday ends it.
        (datetime(2026, 6, 1, 23, 59, tzinfo=HERE), False),
        (datetime(2026, 6, 2, 0, 0, tzinfo=HERE), True),
    ],
)
def test_a_notice_without_receipt_is_late_after_a_weekday(client, now, is_late):
    with time_machine.travel(FRIDAY + 5 * HOUR, tick=False):
        case = notified(FRIDAY)
    with time_machine.travel(now, tick=False):
        found = shown(client, "omar", "vy=utan-kvittens")

    assert found == ([case.reference] if is_late else [])


def test_feedback_is_late_after_three_weeks_and_not_once_it_has_come(client):
    with time_machine.travel(FRIDAY + 5 * HOUR, tick=False):
        late, answered = notified(FRIDAY), notified(FRIDAY)
        workflow.perform(
            answered, "receive_feedback", by=access.service_account(answered.organisation),
            feedback="opened", feedback_on=timezone.localdate(),
        )  # fmt: skip
    with time_machine.travel(FRIDAY + 23 * DAY, tick=False):
        assert shown(client, "omar", "vy=sen-aterkoppling") == [late.reference]
