"""The register extract: what one unit has on record about a person, after a test of secrecy."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from cases import access, search
from cases.models import AccessEntry, Attendee, DutyContact, Protection, RecordEntry, YouthCase
from cases.workflow import perform
from kronoberg import erasure, extracts
from kronoberg.case_facts import MASK
from notices import handouts
from notices.models import Handout
from tests import cast, households
from tests.factories import (
    call,
    make_appointment,
    make_case,
    make_custodian,
    make_person,
    request_of,
)
from tests.posting import local, take
from tests.test_handouts import ordered

WORDS = {"words": "Modern, legitimerad vid besök.", "tested": "on"}


@pytest.fixture
def case():
    made = make_case("handed_over", by="karin", person=make_person(name="Alva Kanarie"))
    make_custodian(made.person, name="Hemlig Förälder", phone="+46701740699")
    access.get_case(request_of("lena"), made.pk)
    return made


def content(cases, *, by, withheld):
    return extracts.content(cases, extracts.told(cases, by=by), by=by, withheld=withheld)


def shown(case, *, withheld=()) -> str:
    lena = cast.person("lena")
    return str(content(extracts.cases_of(case, by=lena), by=lena, withheld=withheld))


def test_the_extract_tells_what_is_on_record_and_who_has_looked(case) -> None:
    text = shown(case)

    for told in ("Alva Kanarie", case.reference, "Gallras", "Förman"):
        assert told in text
    for hidden in ("Hemlig Förälder", "701740699", "Lena Strand"):
        assert hidden not in text


def test_what_is_withheld_is_named_and_not_told(case) -> None:
    lena = cast.person("lena")
    [first, *_] = extracts.headings(extracts.told([case], by=lena))

    found = content([case], by=lena, withheld=[first, extracts.WHO])

    assert found["withheld"] == [first, extracts.WHO]
    assert found["looks"] == []
    assert first not in [title for each in found["cases"] for title, _ in each["sections"]]


def test_what_was_disputed_and_what_stood_before_a_correction_is_in_it(case) -> None:
    omar = cast.person("omar")
    perform(case, "note_dispute", by=omar, reason="Ungdomen: jag hade inte druckit.")
    case.refresh_from_db()
    case.person.name = "Alva Rätt"
    perform(case, "correct_person", by=omar, reason="Fel i utkastet", records=[case.person])

    sections = dict(content([case], by=omar, withheld=[])["cases"][0]["sections"])

    today = str(timezone.localdate())
    assert sections["Invändningar"] == [(today, "Ungdomen: jag hade inte druckit.")]
    [(when, said)] = sections["Rättade personuppgifter"]
    assert today in when and "Alva Kanarie" in said
    assert "Invändningar" in extracts.headings(extracts.told([case], by=omar)), (
        "it can be withheld, like the rest"
    )


def test_the_journal_of_a_referral_is_in_it_with_what_was_said_against_it() -> None:
    (_, case), sara = households.notified(), cast.person("sara")
    entry, against = (
        RecordEntry(
            referral=case, kind=kind, text=text, author=sara, happened_at=timezone.now()
        )
        for kind, text in (("note", "Ungdomen var orolig."), ("dispute", "Jag var inte orolig."))
    )  # fmt: skip
    entry.save()
    against.about = entry
    perform(case, "note_dispute", by=sara, records=[against])

    sections = dict(content([case], by=sara, withheld=[])["cases"][0]["sections"])

    today = timezone.localdate()
    assert sections["Journal"] == [
        (f"Anteckning {today}", "Ungdomen var orolig."),
        (f"Den enskildes invändning {today}, om anteckning {today}", "Jag var inte orolig."),
    ]


def called(**protection) -> YouthCase:
    """A case with a call home, and one to the duty team."""
    case = make_case("picked_up", by="karin")
    mother = make_custodian(case.person, relation="mother", **protection)
    said = {"leave_for_other_adult": "Moster Kanarie", "note": "Bor hos Kanarie."}
    case = call(
        case, "cannot_collect", custodian=mother, phone="+46701740699", language="ar", **said
    )
    duty = DutyContact(
        youth_case=case, at=timezone.now(), result="advises", decision="Kör hem.",
        spoke_with="Siv Jour", phone="+46701740698", made_by=case.author,
    )  # fmt: skip
    return perform(case, "record_duty_contact", by=case.author, records=[duty])


def calls_in(case, *, by) -> list[tuple[str, str]]:
    [found] = content([case], by=cast.person(by), withheld=[])["cases"]
    sections: dict[str, list[tuple[str, str]]] = dict(found["sections"])
    return sections["Samtal"]


def test_the_calls_home_are_in_it_without_what_is_somebody_else_s() -> None:
    (home, told), (team, advice) = calls_in(called(), by="lena")

    assert home.endswith(" Mamma") and team.endswith(" Socialjouren")
    assert told == ("Svarade – kan inte hämta, får hämtas av: Moster Kanarie, Bor hos Kanarie.")
    assert advice == "Ger råd, vi fortsätter, Kör hem."


@pytest.mark.parametrize(("by", "advice"), [("lena", "Skyddade uppgifter"), ("karin", "Kör hem.")])
def test_of_a_hidden_custodian_is_told_only_that_there_was_a_call(by, advice) -> None:
    case = called(protection=Protection.PROTECTED)

    [(home, told), (_, team)] = calls_in(case, by=by)

    assert home.endswith(" Vårdnadshavare") and told == "Skyddade uppgifter"
    assert team == f"Ger råd, vi fortsätter, {advice}"
    access.name_reader(cast.person("lena"), case.person)
    assert "Moster Kanarie" in calls_in(case, by="lena")[0][1]


def test_who_was_called_to_a_talk_and_how_the_follow_up_went_is_in_it() -> None:
    (_, case), sara = households.notified(), cast.person("sara")
    case = households.fresh(households.decided(case))
    talk = make_appointment(case, at=timezone.now() - timedelta(hours=1), result="held")
    attendee = Attendee(appointment=talk, attendance="late")
    perform(case, "call_to_talk", by=sara, records=[talk, attendee])
    take(case, "start_follow_up", follow_up_answer="custodians", months=["3"])
    take(case, "record_follow_up", kind="phone", at=local(), youth="attended",
         custodians="absent", outcome="better", note="Sover bättre.")  # fmt: skip

    extract = content([case], by=sara, withheld=[])

    sections = dict(extract["cases"][0]["sections"])
    [(when, came)] = sections["Samtal"]
    assert when.endswith("Samtal, hölls") and "Ungdomen: kom sent" in came
    [(_, showed), (_, note)] = sections["Uppföljningar"]
    assert "vårdnadshavarna: kom inte, bättre än vid anmälan" in showed
    assert note == "Sover bättre."
    titles = {letter["title"] for letter in extract["letters"]}
    assert "Kvittens till den som anmälde" in titles, "by its name, not by its code"


def test_what_was_said_at_talks_and_contacts_is_lifted_out_by_named_readers_only() -> None:
    (_, case), sara = households.notified(), cast.person("sara")
    case = households.fresh(households.decided(case))
    talk = make_appointment(case, at=timezone.now(), place="Hemma hos mamma", result="held")
    perform(case, "call_to_talk", by=sara, records=[talk])
    take(case, "record_contact", who="youth", kind="phone", result="reached", at=local(),
         note="Är hos mormor.")  # fmt: skip
    words = ("Hemma hos mamma", "Är hos mormor.")
    told = str(content([case], by=sara, withheld=[]))
    assert all(each in told for each in words)
    case.person.custodians.update(protection=Protection.PROTECTED)

    case = households.fresh(case)

    told = str(content([case], by=sara, withheld=[]))
    assert "Kontakter" in told and not any(each in told for each in words)
    access.name_reader(sara, case.person)
    told = str(content([case], by=sara, withheld=[]))
    assert all(each in told for each in words)


def test_of_a_hidden_custodian_an_office_tells_only_that_there_was_a_contact() -> None:
    (_, case), sara = households.notified(), cast.person("sara")
    case = households.fresh(households.decided(case))
    mother, father = case.person.custodians.order_by("name")
    talk = make_appointment(case, at=timezone.now(), result="held", interpreter="arabiska")
    came = [Attendee(appointment=talk, custodian=each, attendance="late")
            for each in (mother, father)]  # fmt: skip
    perform(case, "call_to_talk", by=sara, records=[talk, *came])
    take(case, "record_contact", who=str(mother.pk), kind="phone", result="reached", at=local(),
         interpreter="arabiska")  # fmt: skip
    told = str(content([case], by=sara, withheld=[]))
    assert told.count("arabiska") == 2 and told.count("kom sent") == 2
    case.person.custodians.filter(pk=mother.pk).update(protection=Protection.PROTECTED)

    [found] = content([households.fresh(case)], by=sara, withheld=[])["cases"]

    sections = dict(found["sections"])
    assert "arabiska" not in str(sections)
    assert str(sections["Samtal"]).count("kom sent") == 1
    [(when, what)] = sections["Kontakter"]
    assert when.endswith(" Vårdnadshavare") and what == MASK


def test_an_extract_reads_the_record_of_a_matter_once(client) -> None:
    (_, case), sara = households.notified(), cast.person("sara")
    client.force_login(sara)

    with CaptureQueriesContext(connection) as asked:
        client.post(reverse("extract", kwargs={"pk": case.pk}), WORDS)

    books = [each for each in asked if 'FROM "cases_contactmade"' in each["sql"]]
    assert len(books) == 1


def test_the_home_that_a_hidden_custodian_shares_is_not_in_the_extract(case) -> None:
    case.person.street = "Kanariegatan 7"
    case.person.save()
    assert "Kanariegatan" in str(content([case], by=cast.person("lena"), withheld=()))

    case.person.custodians.update(protection=Protection.PROTECTED)
    case.refresh_from_db()

    assert "Kanariegatan" not in str(content([case], by=cast.person("lena"), withheld=()))


def test_words_that_can_name_a_hidden_custodian_are_not_lifted_out(case) -> None:
    perform(case, "note_dispute", by=cast.person("omar"), reason="Mamma bor på Kanariegatan.")
    assert "Kanariegatan" in shown(case)
    case.person.custodians.update(protection=Protection.PROTECTED)
    case.refresh_from_db()

    assert "Kanariegatan" not in shown(case)
    access.name_reader(cast.person("lena"), case.person)
    assert "Kanariegatan" in shown(case)


def test_all_of_the_units_cases_about_the_same_number_are_in_it(case) -> None:
    person = make_person(name="Alva Kanarie", personal_number=case.person.personal_number)
    again = make_case("picked_up", by="omar", person=person)
    other = make_case("picked_up", by="per", person=make_person(
        name="Alva Kanarie", personal_number=case.person.personal_number))  # fmt: skip

    text = shown(case)

    assert again.reference in text and other.reference not in text


def test_the_page_gives_a_pdf_and_leaves_a_row_with_its_words(client, case) -> None:
    client.force_login(cast.person("lena"))
    page = reverse("extract", kwargs={"pk": case.pk})
    assert client.post(page, {"words": WORDS["words"]}).status_code == 422, "secrecy is tested"

    leaves = PdfReader(io.BytesIO(ordered(client, page, WORDS))).pages

    text = "".join(leaf.extract_text() for leaf in leaves)
    assert "Alva Kanarie" in text and case.reference in text
    entry = AccessEntry.objects.get(kind="export", subject_id=case.pk)
    assert entry.purpose == "request" and entry.remark_id


def test_no_extract_of_a_hidden_identity_by_who_is_not_named(client, case) -> None:
    case.person.protection = Protection.PROTECTED
    case.person.save()
    client.force_login(cast.person("lena"))

    assert client.get(reverse("extract", kwargs={"pk": case.pk})).status_code == 403


def test_an_extract_does_not_open_once_the_identity_is_hidden(client, case) -> None:
    client.force_login(cast.person("lena"))
    page = client.post(reverse("extract", kwargs={"pk": case.pk}), WORDS)["Location"]
    handouts.make_waiting()

    case.person.protection = Protection.PROTECTED
    case.person.save()

    assert client.get(page.rstrip("/") + ".pdf").status_code == 404


def test_who_has_looked_for_the_person_is_told_too(case) -> None:
    for typed in ("Kanarie Alva", case.person.personal_number, case.reference, "Bo Annan"):
        search.find(request_of("omar", "post"), search.query(typed), purpose="match")
    per = request_of("per", "post")
    search.find(per, search.query(case.person.name), purpose="match")

    found = [look for look in extracts.looks([case]) if look.what == "Sökte"]

    assert len(found) == 3, "nor another's search, nor another unit's"
    assert {(look.role, look.why) for look in found} == {
        ("Ungdomspolis", "Ser om ungdomen är känd i enheten")
    }


def test_an_extract_is_erased_with_its_case(client, case) -> None:
    client.force_login(cast.person("lena"))
    client.post(reverse("extract", kwargs={"pk": case.pk}), WORDS)

    erasure.erase(case)

    assert not Handout.objects.exists()
