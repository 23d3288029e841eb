"""A pass (insats): planned, begun in a tap, carried by its stops, closed with its hours."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cases import passes
from cases.models import Incident, PatrolPass
from tests.cast import person
from tests.factories import make_case, make_incident
from tests.filling import NEW, local, sent, text_of

NOW = timezone.now


@pytest.fixture
def karin(client):
    client.force_login(person("karin"))
    return client


def make_pass(by="karin", *, started_at=None, **columns):
    """A pass of the cast's unit, with `by` in its team; begun when it has a start."""
    officer = person(by)
    begins = started_at or NOW()
    columns = {
        "occasion": "valborg",
        "planned_from": begins,
        "planned_to": begins + timedelta(hours=6),
        "municipality_id": "0780",
    } | columns
    made = PatrolPass.objects.create(
        organisation=officer.organisation, planned_by=officer, started_at=started_at, **columns
    )
    made.team.add(officer)
    return made


def planned(**changed):
    now = NOW()
    data = {
        "occasion": "school_end",
        "planned_from": local(now),
        "planned_to": local(now + timedelta(hours=5)),
        "team": [str(person("karin").pk), str(person("omar").pk)],
        "municipality": "0780",
        "n_others": "1",
        "places": "Stortorget 18–21\nEvedal",
    }
    return {name: value for name, value in (data | changed).items() if value is not None}


# The plan -----------------------------------------------------------------------------------------


def test_a_pass_has_occasion_team_places_and_hours(karin):
    answer = karin.post(reverse("pass-new"), planned(save="plan"))

    made = PatrolPass.objects.get()
    assert answer.url == reverse("pass", args=[made.pk])
    assert (made.occasion, made.n_people, made.started_at) == ("school_end", 3, None)
    assert {user.username for user in made.team.all()} == {"karin", "omar"}
    assert "Evedal" in text_of(karin.get(answer.url))


def test_what_the_page_suggests_is_enough_to_begin(karin):
    page = karin.get(reverse("pass-new")).context["form"]
    suggested = {
        name: [str(key) for key in value] if name == "team" else value
        for name, value in page.initial.items()
    }
    suggested |= {name: local(suggested[name]) for name in ("planned_from", "planned_to")}

    karin.post(reverse("pass-new"), suggested | {"save": "begin"})

    assert passes.current(person("karin"), at=NOW()) == PatrolPass.objects.get()


@pytest.mark.parametrize("hours", [-1, 25])
def test_a_pass_ends_after_it_begins_and_within_a_day(karin, hours):
    answer = karin.post(
        reverse("pass-new"), planned(planned_to=local(NOW() + timedelta(hours=hours)))
    )

    assert answer.status_code == 422
    assert not PatrolPass.objects.exists()


def test_somebody_of_another_unit_cannot_be_put_in_the_team(karin):
    answer = karin.post(reverse("pass-new"), planned(team=[str(person("per").pk)]))

    assert answer.status_code == 422


def test_a_pass_of_another_unit_does_not_exist(client):
    made = make_pass()
    client.force_login(person("per"))

    assert client.get(reverse("pass", args=[made.pk])).status_code == 404
    assert client.post(reverse("pass-begin", args=[made.pk])).status_code == 404


# Out on it ----------------------------------------------------------------------------------------


def test_one_tap_begins_and_a_colleague_joins_without_moving_the_start(client, karin):
    made = make_pass(planned_from=NOW(), planned_to=NOW() + timedelta(hours=1))
    karin.post(reverse("pass-begin", args=[made.pk]))
    began = PatrolPass.objects.get().started_at

    client.force_login(person("omar"))
    client.post(reverse("pass-begin", args=[made.pk]))

    assert PatrolPass.objects.get().started_at == began
    assert passes.current(person("omar"), at=NOW()) == made


def test_a_stop_carries_the_pass_its_place_and_its_occasion(karin):
    made = make_pass(started_at=NOW() - timedelta(hours=2))
    make_case(incident=make_incident(patrol_pass=made, place="Ringsberg", place_type="school"))

    suggested = karin.get(NEW).context["form"].initial

    assert suggested["patrol_pass"] == made.pk
    assert (suggested["place"], suggested["place_type"]) == ("Ringsberg", "school")
    assert suggested["occasion"] == "valborg"
    karin.post(NEW, sent(patrol_pass=str(made.pk), occasion="valborg"))
    assert Incident.objects.filter(patrol_pass=made).count() == 2


def test_the_places_of_the_pass_are_suggested_as_they_are_typed(karin):
    make_pass(started_at=NOW() - timedelta(hours=2), places="Stortorget 18–21\nEvedal")

    assert '<option value="Evedal">' in text_of(karin.get(NEW))


def test_the_place_of_yesterday_is_not_suggested(karin):
    make_case(incident=make_incident(started_at=NOW() - timedelta(hours=20)))

    assert not karin.get(NEW).context["form"].initial["place"]


def test_a_stop_cannot_be_put_in_the_pass_of_another_unit(karin):
    theirs = make_pass("per")

    answer = karin.post(NEW, sent(patrol_pass=str(theirs.pk)))

    assert answer.status_code == 422


# The closing report -------------------------------------------------------------------------------


def close(client, made, **written):
    data = {"ended_at": local(NOW()), "n_talks": "78", "n_parents_called": "20"} | written
    return client.post(reverse("pass-close", args=[made.pk]), data)


def test_closing_counts_the_time_of_all_who_took_part(karin):
    made = make_pass(started_at=NOW().replace(second=0) - timedelta(hours=3), n_people=4)

    close(karin, made, summary="Lugnt.")

    made.refresh_from_db()
    assert made.effort_minutes == 4 * 3 * 60
    assert (made.n_talks, made.n_parents_called, made.summary) == (78, 20, "Lugnt.")
    assert made.closed_by == person("karin")


def test_the_hours_can_be_set_right(karin):
    made = make_pass(started_at=NOW() - timedelta(hours=3))

    close(karin, made, effort_minutes="500")

    made.refresh_from_db()
    assert made.effort_minutes == 500


def test_the_report_is_written_once_for_the_whole_team(client, karin):
    made = make_pass(started_at=NOW() - timedelta(hours=3))
    close(karin, made, summary="Först")
    client.force_login(person("omar"))

    close(client, made, summary="Sedan")

    made.refresh_from_db()
    assert made.summary == "Först"


def test_two_reports_at_the_same_instant_are_one():
    made = make_pass(started_at=NOW() - timedelta(hours=3))
    first, second = (PatrolPass.objects.get(pk=made.pk) for _ in range(2))
    for each in (first, second):
        each.ended_at, each.effort_minutes = NOW(), 60
    passes.close(first, by=person("karin"))

    with pytest.raises(passes.AlreadyClosed):
        passes.close(second, by=person("omar"))


def test_a_closed_pass_without_its_hours_is_refused_by_the_database():
    made = make_pass(started_at=NOW() - timedelta(hours=3))

    with pytest.raises(IntegrityError), transaction.atomic():
        PatrolPass.objects.filter(pk=made.pk).update(ended_at=NOW())


def test_a_pass_cannot_end_before_it_began(karin):
    made = make_pass(started_at=NOW() - timedelta(hours=1))

    answer = close(karin, made, ended_at=local(NOW() - timedelta(hours=2)))

    assert answer.status_code == 422


def test_the_sum_is_counted_from_the_cases_and_leaves_out_mistakes():
    made = make_pass(started_at=NOW() - timedelta(hours=3))
    incident = make_incident(patrol_pass=made)
    make_case("handed_over", incident=incident)
    make_case("picked_up", incident=incident, category="B")
    make_case("annulled", incident=incident)
    make_case("picked_up")

    counted = passes.summed(made)

    assert (counted.n_stops, counted.n_youths, counted.n_collected) == (1, 2, 1)
    assert [n for _, n in counted.by_category] == [1, 1, 0]


def test_the_work_list_says_which_pass_i_am_out_on(karin):
    make_pass(started_at=NOW() - timedelta(hours=1), title="Valborg 2026")

    assert "Valborg 2026" in text_of(karin.get("/arbetslista/"))


@pytest.mark.parametrize("days", [1, 4])
def test_a_stop_that_lay_on_a_phone_belongs_to_the_pass_it_was_made_in(karin, days):
    then = NOW() - timedelta(days=days)
    out_on = make_pass(started_at=then)
    out_on.planned_to = then + timedelta(hours=1)
    out_on.save()
    PatrolPass.objects.update(ended_at=then, effort_minutes=1, closed_by=person("karin"))

    stop = sent(started_at=local(then + timedelta(minutes=30)), patrol_pass=str(out_on.pk))
    answer = karin.post(NEW, stop)

    assert answer.status_code == 302
    assert Incident.objects.get().patrol_pass == out_on
