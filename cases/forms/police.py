"""The forms of the police side."""

from cases.forms.base import StepForm

POLICE_FORMS: dict[str, type[StepForm]] = {}
