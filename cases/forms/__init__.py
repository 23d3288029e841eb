"""The form of each step, by the step's name."""

from cases.forms.base import ReasonForm, StepForm
from cases.forms.police import POLICE_FORMS
from cases.forms.social import SOCIAL_FORMS
from cases.models import Referral, YouthCase


def form_for(case: YouthCase | Referral, action: str) -> type[StepForm]:
    """The form of `action` in this case's machine; a bare one where nothing needs to be said."""
    forms = POLICE_FORMS if isinstance(case, YouthCase) else SOCIAL_FORMS
    method = getattr(type(case), action)
    asks_why = next(iter(method._django_fsm.transitions.values())).custom["needs_reason"]
    return forms.get(action, ReasonForm if asks_why else StepForm)
