"""Between the two authorities run five messages and no key; personal text lies sealed."""

import pytest
from django.apps import apps
from django.http import HttpResponse
from django.urls import path

from cases.models.fields import SealedField
from cases.routes import every_route_declares_its_right
from kronoberg import urls

POLICE = {
    "youthcase",
    "incident",
    "patrolpass",
    "alcoholseizure",
    "supplytip",
    "supplysource",
    "custodiancontact",
    "dutycontact",
}
SOCIAL = {
    "referral",
    "appointment",
    "attendee",
    "contactmade",
    "recordentry",
    "workingnote",
    "followupcheck",
    "cover",
    "informationmeeting",
}
OURS = ("cases", "notices", "kronoberg")
# Names that personal facts go by: a column called so must be sealed.
PERSONAL = ("name", "personal_number", "street", "phone", "birth_date", "note", "concern", "place")
# Staff and units are no secret; a rule's note is the lawyer's.
OPEN = {
    *("organisation", "user", "municipality", "postalcode", "rule"),
    # When an office is open, and what the unit has agreed on: about nobody.
    *("dutyhours", "escalationstep", "specialday", "responsiblefunction"),
}


def keys():
    """Every foreign key, also the two of each many-to-many's own table."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if field.related_model is not None:
                yield model._meta.model_name, field.name, field.related_model._meta.model_name


def test_no_key_joins_the_police_and_the_social_services():
    joined = [
        (here, name, there)
        for here, name, there in keys()
        if (here in POLICE and there in SOCIAL) or (here in SOCIAL and there in POLICE)
    ]

    assert joined == []


def test_no_table_between_two_joins_what_no_key_may():
    for model in apps.get_models(include_auto_created=True):
        joined = {there for here, _, there in keys() if here == model._meta.model_name}

        assert not (joined & POLICE and joined & SOCIAL), model._meta.label


def test_letters_and_messages_hold_no_key_to_either_sides_cases():
    ours = {model._meta.model_name for model in apps.get_app_config("notices").get_models()}

    assert not [key for key in keys() if key[0] in ours and key[2] in POLICE | SOCIAL]


@pytest.mark.parametrize("column", PERSONAL)
def test_every_column_with_a_personal_name_is_sealed(column):
    bare = [
        model._meta.label
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if field.name == column
        and model._meta.model_name not in OPEN
        and not isinstance(field, SealedField)
    ]

    assert bare == []


# Every text column that is neither sealed nor a choice, and why it may lie open.
OPEN_COLUMNS = """
referencecounter.prefix       K, R, H
person.number_index           keyed fingerprint, unreadable without the key
person.name_index             keyed fingerprints, another key per unit
person.language               code of the language
custodian.number_index        keyed fingerprint
custodian.language            code of the language
incident.reference            number of the stop, given out in order
incident.call_sign            the patrol's, not the youth's
patrolpass.title              what the unit calls it, never a person
reminder.step                 key of a rule
calendaraddress.secret_sha256 hash of a secret
recovery.first_sha256         hash of half a code
recovery.second_sha256        hash of half a code
heldform.page                 keyed fingerprint of an address
savedview.label               a caseworker's own word for a filter
savedview.query               keys and codes of the list's filter
custodiancontact.language      code of the language
supplytip.nick_index           keyed fingerprint
supplytip.phone_index          keyed fingerprint
supplytip.plate_index          keyed fingerprint
frozentable.key               which table
runningerror.scope            code of a municipality or county
runningerror.span             length of a period
frozentable.cells             figures that may be shown to anybody
countysum.county_code         code of a county
countysum.key                 which table
countysum.cells               figures that may be shown to anybody
supplytip.crime_report        number of another register
youthcase.crime_report        number of another register
erasureitem.reference         number of the record, blank once it is erased
erasureitem.rule              key of a rule
chainhead.chain               which log
chainhead.mac                 link of the chain
journalentry.role             code
journalentry.remark_digest    keyed digest of the sealed remark
journalentry.previous_mac     link of the chain
journalentry.mac              link of the chain
journalentry.action           name of the step
journalentry.from_state       state
journalentry.to_state         state
journalentry.facts            codes, numbers and times only: journal.coded
accessentry.role              code
accessentry.remark_digest     keyed digest of the sealed remark
accessentry.previous_mac      link of the chain
accessentry.mac               link of the chain
accessentry.page              name of the route, never the address
appointment.interpreter       language of the interpreter
contactmade.interpreter       language of the interpreter
referral.reference            number of the matter, given out in order
referral.due_step             key of a rule
referral.notice_sha256        proof of the snapshot
referral.sender               the authority's name
referral.sender_reference     the authority's number
referral.ongoing_reference    number of another matter
referral.delegation           number in the board's order of delegation
youthcase.reference           number of the case, given out in order
youthcase.due_step            key of a rule
youthcase.receipt_number      the municipality's number
youthcase.state_before_merge  state
edition.code                  row of the catalogue
edition.language              code of the language
edition.texts                 the wording of a letter, about nobody
edition.reviewed_by           the translator's name, staff
letter.reference              number of the letter
letter.code                   row of the catalogue
letter.language               code of the language
letter.addressee              "vårdnadshavare 1": a role, never a name
letter.template_version       version
letter.layout                 digest of the layout
heldletter.code               row of the catalogue
heldletter.addressee          "vårdnadshavare 1": a role, never a name
heldletter.reason             a gate's own sentence, names nobody
heldletter.other_way          the same
letter.window                 H2 or V2
letter.facts_sha256           proof of the facts
letter.failure                name of the fault, never a personal fact
handout.title                 what kind of paper, never a name
handout.file_name             the same, as a file's name
handout.style                 name of a stylesheet
handout.failure               name of the fault, never a personal fact
printrun.failure              why the pile cannot be made, never a personal fact
runitem.fault                 why a letter is left out, never a personal fact
posting.address_key           keyed fingerprint, unreadable without the key
letter.pdf_sha256             proof of the PDF
message.payload_sha256        proof of the content
message.legal_ground          paragraph
"""


def test_every_open_text_column_has_a_reason():
    known = dict(line.split(maxsplit=1) for line in OPEN_COLUMNS.strip().splitlines())
    texts = ("CharField", "TextField", "SlugField", "EmailField", "URLField", "JSONField")
    found = {
        f"{model._meta.model_name}.{field.name}"
        for app in OURS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if field.get_internal_type() in texts
        and not field.choices
        and model._meta.model_name not in OPEN
    }

    assert found == set(known)
    assert all(known.values())


def test_a_route_that_says_nothing_of_who_may_come_in_stops_the_start(monkeypatch):
    assert every_route_declares_its_right() == []

    monkeypatch.setattr(urls, "urlpatterns", urls.urlpatterns)
    urls.urlpatterns.append(path("hemligt/", lambda request: HttpResponse()))
    try:
        faults = every_route_declares_its_right()
    finally:
        urls.urlpatterns.pop()

    assert [fault.id for fault in faults] == ["kronoberg.E001", "kronoberg.E002"]
