"""The forms of oversight: which rows of the log, and a rule's next value."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from cases.models import AccessEntry, Organisation, Rule, User

# Above these a value is a slip of the finger.
LARGEST = {
    Rule.Unit.MINUTES: 24 * 60,
    Rule.Unit.HOURS: 7 * 24,
    Rule.Unit.DAYS: 366,
    Rule.Unit.WEEKDAYS: 60,
    Rule.Unit.MONTHS: 60,
    Rule.Unit.YEARS: 120,
    Rule.Unit.AMOUNT: 23,  # the one amount is an hour of the day
}


class LogFilter(forms.Form):
    """Whose rows, and of what kind; empty is everybody's and all."""

    person = forms.ModelChoiceField(
        label="Person", queryset=User.objects.none(), required=False, empty_label="Alla"
    )
    kind = forms.ChoiceField(
        label="Vad", required=False, choices=[("", "Allt"), *AccessEntry.Kind.choices]
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = forms.ModelChoiceField(
            label="Person",
            queryset=User.objects.filter(organisation=organisation),
            required=False,
            empty_label="Alla",
        )
        self.order_fields(["person", "kind"])


class RuleForm(forms.Form):
    """A value from a day on. What has held so far is never changed."""

    value = forms.IntegerField(label="Värde", min_value=0)
    valid_from = forms.DateField(
        label="Gäller från",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Tidigast i morgon. Ärenden som redan finns behåller sin dags regel.",
    )
    standing = forms.TypedChoiceField(
        label="Vad värdet bygger på",
        choices=Rule.Standing.choices,
        coerce=Rule.Standing,
        widget=forms.RadioSelect,
    )
    paragraph = forms.CharField(label="Lagrum", max_length=80, required=False)
    note = forms.CharField(label="Anmärkning", max_length=200, required=False)

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        self.rule = rule
        names = ("value", "standing", "paragraph", "note")
        kwargs["initial"] = {name: getattr(rule, name) for name in names}
        super().__init__(*args, **kwargs)
        unit = rule.get_unit_display()
        self.fields["value"].label = f"Nytt värde i {unit}" if unit else "Nytt värde"

    def clean_value(self) -> int:
        value: int = self.cleaned_data["value"]
        largest = LARGEST[Rule.Unit(self.rule.unit)]
        if value > largest:
            raise forms.ValidationError(f"Värdet är orimligt: högst {largest}.")
        return value

    def clean_valid_from(self) -> date:
        chosen: date = self.cleaned_data["valid_from"]
        earliest = max(timezone.localdate(), self.rule.valid_from) + timedelta(days=1)
        if chosen < earliest:
            raise forms.ValidationError(f"Välj en dag från och med {earliest}.")
        return chosen

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("standing") == Rule.Standing.LAW and not data.get("paragraph"):
            self.add_error("paragraph", "Ange lagrummet.")
        return data
