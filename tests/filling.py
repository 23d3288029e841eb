"""Forms as a browser sends them: what the page suggests, and what somebody changed."""

import re
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from cases import workflow
from cases.fictive import fictive_number
from cases.forms import form_for
from cases.forms.incident import occasion_on
from cases.models import Person
from tests.cast import person
from tests.factories import born

NEW = "/handelser/ny/"


def local(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def form_of(case, action, by="karin", about=None, **data):
    """The form of a step as it comes back from the browser; unbound when nothing is sent."""
    form_class = form_for(case, action)
    blank = form_class(case=case, by=person(by), about=about)
    if not data:
        return blank
    # What the page suggests is sent along with what the officer changes.
    suggested = {
        name: field.widget.format_value(value) if name.endswith("at") else value
        for name, field in blank.fields.items()
        if (value := field.prepare_value(blank.get_initial_for_field(field, name)))
        not in (None, "", False)
    }
    sent = suggested | {"request_id": str(uuid4())} | data
    return form_class(sent, case=case, by=person(by), about=about)


def take(case, action, by="karin", about=None, **data):
    """Take a step by its form, as the page does."""
    form = form_of(case, action, by, about, **data)
    assert form.is_valid(), form.errors
    return workflow.perform(
        case,
        action,
        by=person(by),
        at=form.moment(),
        reason=form.cleaned_data.get("reason", ""),
        request_id=form.cleaned_data["request_id"],
        records=form.records(),
        **form.facts(),
    )


def faults(form):
    assert not form.is_valid()
    return {name: errors[0] for name, errors in form.errors.items()}


def person_now(case):
    """The young person as the register has them after a correction."""
    return Person.objects.get(pk=case.person_id)


def number(age):
    return fictive_number(born(age, timezone.localdate()), 0)


def sent(*youths, **event):
    """What the browser sends: the fields of the stop, and of each youth's card."""
    cards = youths or [{"category": "A", "personal_number": number(15)}]
    data = {
        "request_id": str(uuid4()),
        "started_at": f"{timezone.localtime() - timedelta(minutes=20):%Y-%m-%dT%H:%M}",
        "place_type": "park",
        "place": "Linnéparken",
        "occasion": str(occasion_on(timezone.now())),
        "municipality": "0780",
        "found_by": "patrol",
        "participants": "Karin Ek",
        "youth-TOTAL_FORMS": len(cards),
        "youth-INITIAL_FORMS": 0,
    } | event
    for at, card in enumerate(cards):
        suggested = {
            "protection": "unknown",
            "language": "sv",
            "custodian_1_relation": "parent",
            "custodian_1_lives_with_youth": "on",
            "custodian_2_relation": "parent",
            "custodian_2_lives_with_youth": "on",
        }
        data |= {f"youth-{at}-{name}": value for name, value in (suggested | card).items()}
    return {name: value for name, value in data.items() if value is not None}


def text_of(answer):
    return answer.content.decode()


def faults_of(answer):
    """The lines of the error summary."""
    summary = text_of(answer).partition('class="faults"')[2].partition("</div>")[0]
    return re.findall(r"<li>(?:<a [^>]*>)?([^<]*)", summary)
