"""Every page and role: who gets in, who is told no, and who may not know that it exists."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cases import access, workflow
from cases.models import AccessEntry, Reminder
from cases.workflow import perform
from tests.cast import PEOPLE, person
from tests.factories import call, make_case, make_custodian
from tests.filling import form_of

# Rows: pages. Columns: people. 200 open, 403 not yours to do, 404 you may not know, why = asks why.
PAGES = """
page            karin omar lena magnus per  sara hanna klara nils asta
worklist        200   200  200  200    200  200  200   403   403  403
search          200   200  200  200    200  200  200   403   403  403
passes          200   200  200  200    200  403  403   403   403  403
pass-new        200   200  200  403    200  403  403   403   403  403
log             403   403  403  403    403  403  403   403   200  403
reviews         403   403  403  403    403  403  403   403   200  403
emergency       200   200  200  200    200  200  200   403   403  403
emergencies     403   403  200  403    403  403  200   403   200  403
post            403   200  200  403    403  200  200   403   403  403
letters-unmade  403   200  200  403    403  200  200   403   403  200
notices-unreceipted 403 200 200 403    403  403  403   403   403  403
rules           403   403  403  403    403  403  403   403   403  200
statistics      403   403  403  200    403  403  200   200   403  403
incident-new    200   200  200  403    200  403  403   403   403  403
case            200   200  200  why    404  404  404   404   404  404
reason          200   200  200  200    404  404  404   404   404  404
step:report     200   200  200  403    404  404  404   404   404  404
step:review     403   200  200  403    404  404  404   404   404  404
step:nonsense   404   404  404  404    404  404  404   404   404  404
home            200   200  200  200    200  200  200   200   200  200
accessibility   200   200  200  200    200  200  200   200   200  200
"""


def table(text):
    head, *rows = [line.split() for line in text.strip().splitlines()]
    return [
        (row[0], who, expected)
        for row in rows
        for who, expected in zip(head[1:], row[1:], strict=True)
    ]


def without_tokens(answer):
    """A page without the token that is new each time, and without the address itself."""
    text = re.sub(
        r'(csrfmiddlewaretoken" value=|"x-csrftoken": )"\w+"', "", answer.content.decode()
    )
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", text)


def address(page, case):
    if page.startswith("step:"):
        return reverse("step", kwargs={"pk": case.pk, "action": page.removeprefix("step:")})
    if page in ("case", "reason"):
        return reverse(page, kwargs={"pk": case.pk})
    return reverse(page)


@pytest.mark.parametrize("who", dict.fromkeys(who for _, who, _ in table(PAGES)))
def test_each_page_answers_each_role_as_the_table_says(client, who):
    case = make_case(at="handed_over")
    client.force_login(person(who))
    expected = {page: says for page, reader, says in table(PAGES) if reader == who}

    found = {}
    for page in expected:
        answer = client.get(address(page, case))
        asks_why = answer.status_code == 302 and answer.url == reverse("reason", args=[case.pk])
        found[page] = "why" if asks_why else str(answer.status_code)

    assert found == expected


@pytest.mark.parametrize(
    "page", ["worklist", "log", "rules", "statistics", "incident-new", "case", "letters-unmade"]
)
def test_nobody_gets_in_without_logging_in(client, page):
    case = make_case(at="picked_up")

    answer = client.get(address(page, case))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("login"))


def test_a_case_that_is_not_yours_looks_like_one_that_does_not_exist(client):
    case = make_case(at="picked_up")
    client.force_login(person("per"))

    foreign = client.get(reverse("case", kwargs={"pk": case.pk}))
    nothing = client.get(reverse("case", kwargs={"pk": uuid4()}))

    assert foreign.status_code == nothing.status_code == 404
    assert without_tokens(foreign) == without_tokens(nothing)


@pytest.mark.parametrize(("who", "kind"), [("karin", "read"), ("per", "refused")])
def test_each_look_at_a_case_leaves_a_row_in_the_access_log(client, who, kind):
    case = make_case(at="picked_up")
    client.force_login(person(who))

    client.get(reverse("case", kwargs={"pk": case.pk}))

    entry = AccessEntry.objects.filter(subject_id=case.pk).get()
    assert (entry.actor.username, entry.kind, entry.page) == (who, kind, "case")


def test_a_reason_opens_the_case_and_stands_in_the_log(client):
    case = make_case(at="picked_up")
    client.force_login(person("magnus"))
    words = {"purpose": "supervision", "words": "Kvartalets stickprov"}

    client.post(reverse("reason", kwargs={"pk": case.pk}), words)

    assert client.get(reverse("case", kwargs={"pk": case.pk})).status_code == 200
    assert AccessEntry.objects.filter(subject_id=case.pk, purpose="supervision").exists()


def test_a_protected_identity_is_masked_for_a_reviewer_who_is_not_named(client):
    case = make_case(at="handed_over")
    case.person.protection = "protected"
    case.person.save()
    client.force_login(person("lena"))

    page = client.get(reverse("case", kwargs={"pk": case.pk})).content.decode()

    assert case.person.name not in page
    assert "Skyddad identitet" in page


@pytest.mark.parametrize("protection", ["protected", "unknown"])
def test_the_home_of_a_child_is_hidden_when_somebody_who_lives_there_is(client, protection):
    case = make_case(at="handed_over")
    make_custodian(case.person, name="Tove Kanarie", protection=protection)
    case.person.street = "Kanariegatan 7"
    case.person.save()
    client.force_login(person("lena"))
    address = reverse("case", kwargs={"pk": case.pk})

    page = client.get(address).content.decode()

    assert case.person.name in page
    assert "Kanariegatan" not in page
    assert "Adressen visas inte" in page
    access.name_reader(person("lena"), case.person)
    assert "Kanariegatan" in client.get(address).content.decode()


def test_the_custodians_of_a_protected_youth_are_masked_with_the_youth(client):
    case = make_case(at="handed_over")
    custodian = make_custodian(case.person, name="Tove Kanarie", street="Kanariegatan 7")
    case.person.protection = "protected"
    case.person.save()
    client.force_login(person("lena"))

    page = client.get(reverse("case", kwargs={"pk": case.pk})).content.decode()

    assert custodian.name not in page
    assert "Kanariegatan" not in page
    assert f"<dd>{case.handed_over_to}</dd>" not in page
    assert "<dd>Skyddade uppgifter</dd>" in page


def test_of_a_hidden_custodian_the_page_tells_only_that_there_was_a_call(client):
    case = make_case(at="picked_up", by="karin")
    mother = make_custodian(case.person, relation="mother")
    case = call(case, "abroad", custodian=mother, phone="+46701740699", language="ar")
    client.force_login(person("lena"))
    address = reverse("case", kwargs={"pk": case.pk})
    told = ("Svarade – är utomlands", "Arabiska", "Mamma</span>: ")
    assert all(each in client.get(address).content.decode() for each in told)

    case.person.custodians.update(protection="protected")

    page = client.get(address).content.decode()
    assert not [each for each in told if each in page]
    assert "Vårdnadshavare</span>: Skyddade uppgifter" in page
    access.name_reader(person("lena"), case.person)
    assert all(each in client.get(address).content.decode() for each in told)


def test_the_question_why_names_the_case_by_its_number(client):
    case = make_case(at="handed_over")
    client.force_login(person("magnus"))

    page = client.get(reverse("reason", kwargs={"pk": case.pk})).content.decode()

    assert f'<p class="head__over">{case.reference}</p>' in page


def test_a_step_somebody_else_has_taken_says_who_was_first_and_keeps_the_text(client):
    case = make_case(at="reported")
    client.force_login(person("omar"))
    page = reverse("step", kwargs={"pk": case.pk, "action": "review"})
    form = client.get(page).context["form"]
    workflow.perform(case, "review", by=person("lena"), decision="notify", decision_reason="")

    answer = client.post(
        page,
        {
            "request_id": form["request_id"].value(),
            "decision": "not_notify",
            "decision_reason": "Det jag hade skrivit",
        },
    )

    assert answer.status_code == 422
    assert (
        "En kollega hann före: ärendet står nu som Granskad. Lena Strand granskade ärendet"
        in answer.content.decode()
    )
    assert "Det jag hade skrivit" in answer.content.decode()


def test_the_same_form_sent_twice_is_one_step(client):
    case = make_case(at="reported")
    client.force_login(person("lena"))
    page = reverse("step", kwargs={"pk": case.pk, "action": "review"})
    typed = {
        "request_id": client.get(page).context["form"]["request_id"].value(),
        "decision": "notify",
        "decision_reason": "",
    }

    first, second = client.post(page, typed), client.post(page, typed)

    assert first.status_code == second.status_code == 302
    assert first.url == second.url


def test_every_page_of_somebody_logged_in_is_kept_out_of_the_cache(client):
    client.force_login(person("karin"))

    assert client.get(reverse("worklist"))["Cache-Control"] == "no-store"


def test_every_page_has_a_strict_content_policy(client):
    policy = client.get("/")["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_menu_shows_only_what_the_role_has(client):
    menus = {}
    for who in PEOPLE:
        client.force_login(person(who))
        context = client.get("/").context
        menus[who] = [entry.label for entry in [*context["nav"], *context["nav_more"]]]

    assert menus["karin"] == ["Arbetslista", "Sök", "Ny händelse", "Insatser"]
    assert menus["klara"] == ["Statistik", "Åtgärder", "Brevtexter"]
    assert menus["nils"] == ["Logg"]
    kept = ["Enheten", "Synpunkter", "Användare", "Regler", "Kommunens kalender"]
    assert menus["asta"] == ["Brev", "Kuvert", *kept]


def optional_words(page, name):
    """What stands in brackets after the label of a field."""
    [words] = re.findall(
        rf'(?:for|id)="id_{name}"[^>]*>(?:\s*<legend[^>]*>)?[^<]*<span[^>]*>\(([^)]*)\)', page
    )
    return words


def test_only_what_no_later_step_demands_is_called_optional(client):
    case = make_case(at="picked_up", observations="", is_in_danger=False)
    client.force_login(person("karin"))
    where = reverse("step", kwargs={"pk": case.pk, "action": "complete_record"})

    page = client.get(where).content.decode()

    later = "kan vänta, behövs för att avrapportera"
    for name in ("observations", "concern", "told_of_notice", "harm_if_told"):
        assert optional_words(page, name) == later
    assert optional_words(page, "hearsay") == "frivilligt"


def test_what_a_later_step_demands_only_sometimes_says_so():
    form = form_of(make_case(at="picked_up"), "take_into_custody")

    form.tell_what_waits("take_into_custody")

    assert form.fields["superior_reviewed_at"].waits == "kan behövas för att avrapportera"


def test_what_the_reviewer_asks_for_stands_first_until_it_is_reported_anew(client):
    case = make_case(at="reported", by="karin")
    perform(case, "send_back", by=person("lena"), reason="Skriv vem som sade det.")
    client.force_login(person("karin"))

    page, work = (
        client.get(each).content.decode()
        for each in (reverse("case", args=[case.pk]), reverse("worklist"))
    )

    first = page.split('class="case"')[0]
    assert "Skickad tillbaka</strong> av Lena Strand" in first
    assert "Skriv vem som sade det." in first
    assert "läs vad som ska kompletteras" in work and "Allt finns" not in work
    case.refresh_from_db()
    perform(case, "report", by=person("karin"))
    again = client.get(reverse("case", args=[case.pk])).content.decode()
    assert "Skickad tillbaka</strong>" not in again


def test_what_the_reviewer_wrote_of_a_hidden_youth_is_for_named_readers(client):
    case = make_case(at="reported", by="karin")
    perform(case, "send_back", by=person("lena"), reason="Skriv vem som sade det.")
    case.person.custodians.update(protection="protected")
    client.force_login(person("omar"))

    page = client.get(reverse("case", args=[case.pk])).content.decode()

    assert "Skickad tillbaka</strong>" in page and "Skriv vem" not in page


def test_a_reminder_is_named_also_when_its_clock_went_with_the_case_that_was_sent_back(client):
    case = make_case(at="reported", by="karin")
    due_at = timezone.now()
    moments = {"due_at": due_at, "raise_at": due_at, "raised_at": due_at}
    Reminder.objects.create(
        case_id=case.pk, organisation=case.organisation, step="review", level="owner", **moments
    )
    perform(case, "send_back", by=person("lena"), reason="Skriv vem som sade det.")
    client.force_login(person("karin"))

    shown = client.get(reverse("case", args=[case.pk])).context["reminders"]

    labels = [label for label, _ in shown]
    assert "Granskning" in labels and "" not in labels
