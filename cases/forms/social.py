"""The forms of the social services side."""

from cases.forms.base import StepForm

SOCIAL_FORMS: dict[str, type[StepForm]] = {}
