"""What somebody else wrote in a case while a form of it lay open: both are kept, and whoever sends
the form is asked which holds.

The form carries a print of each column as it stood when the page was drawn, keyed so that it says
nothing. A column that nobody else touched is written as always; one that only the other touched
stays as the other left it; where both wrote, the form asks.
"""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.utils.crypto import salted_hmac

MINE, THEIRS, BOTH = "mine", "theirs", "both"
ASKED = "keep_"


def prints(case: UUID, columns: dict[str, Any]) -> dict[str, str]:
    """A short keyed print of each value; equal values have equal prints in the same case."""
    return {
        name: salted_hmac("seen", f"{case}:{name}:{_plain(value)}").hexdigest()[:16]
        for name, value in columns.items()
    }


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple | set):
        return json.dumps(sorted(map(str, value)))
    return str(value) if value else ""


class Changes:
    """The question of one form: which columns both have written, and what was answered."""

    def __init__(self, form: forms.BaseForm, case: UUID, columns: dict[str, Any]) -> None:
        self.form, self.case = form, case
        self.columns = {name: value for name, value in columns.items() if name in form.fields}
        self.now = prints(case, self.columns)
        # What was chosen away, in words, for the journal.
        self.set_aside: list[str] = []
        for name in self.columns:
            if form.is_bound and ASKED + name in form.data:
                self._ask(name)

    def seen(self) -> str:
        """What the page carries: the prints of what stood in the case when it was drawn."""
        return json.dumps(self.now)

    def settle(self, *, tells: bool) -> None:
        """Judge the cleaned form; `tells` says whether what the other wrote may be shown."""
        for name in self._written_by_both():
            value, mine = self.columns[name], self.form.cleaned_data[name]
            chosen = self.form.cleaned_data.get(ASKED + name, "")
            if not chosen:
                self._ask(name)
                self.form.add_error(ASKED + name, self._question(name, tells=tells))
            elif chosen.startswith(THEIRS):
                self.form.cleaned_data[name] = value
                self._put_aside(name, mine)
            elif chosen.startswith(BOTH):
                self.form.cleaned_data[name] = f"{value}\n{mine}"
            else:
                self._put_aside(name, value)

    def _written_by_both(self) -> list[str]:
        seen = self._sent()
        data = self.form.cleaned_data
        mine = prints(self.case, {name: data[name] for name in self.columns if name in data})
        both = []
        for name, print_now in self.now.items():
            if name not in seen or name not in mine or seen[name] == print_now:
                continue
            if mine[name] == seen[name]:
                # Only the other wrote: it stands.
                data[name] = self.columns[name]
            elif mine[name] != print_now:
                both.append(name)
        return both

    def _sent(self) -> dict[str, str]:
        try:
            sent = json.loads(self.form.data.get("seen") or "{}")
        except ValueError:
            return {}
        return sent if isinstance(sent, dict) else {}

    def _ask(self, name: str) -> None:
        """Put the question beside its field; an answer holds for what stands there now only."""
        field = self.form.fields[name]
        choices = [(f"{MINE}:{self.now[name]}", "Det jag skrev")]
        choices.append((f"{THEIRS}:{self.now[name]}", "Det som redan står"))
        if isinstance(field.widget, forms.Textarea):
            choices.append((f"{BOTH}:{self.now[name]}", "Båda, efter varandra"))
        self.form.fields[ASKED + name] = forms.ChoiceField(
            label=f"Vad ska gälla för {field.label}?",
            choices=choices,
            widget=forms.RadioSelect,
            required=False,
            error_messages={
                "invalid_choice": "Det har ändrats igen sedan du valde. Läs och välj en gång till."
            },
        )
        names = [each for each in self.form.fields if each != ASKED + name]
        names.insert(names.index(name) + 1, ASKED + name)
        self.form.order_fields(names)

    def _question(self, name: str, *, tells: bool) -> str:
        stands = f" Nu står det: ”{self._words(name, self.columns[name])}”." if tells else ""
        return (
            f"Någon annan har ändrat det här sedan du öppnade sidan.{stands} Välj vad som gäller."
        )

    def _put_aside(self, name: str, value: Any) -> None:
        if value:
            label = self.form.fields[name].label
            self.set_aside.append(f"Valdes bort ({label}): {self._words(name, value)}")

    def _words(self, name: str, value: Any) -> str:
        labels = dict(getattr(self.form.fields[name], "choices", []))
        return str(labels.get(value, value)) or "–"
