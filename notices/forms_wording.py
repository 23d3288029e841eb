"""The form of a letter's words: one field a text, whatever is wrong said beside it."""

from typing import Any

from django import forms

from notices import editions, wording
from notices.languages import LANGUAGES
from notices.models import Edition

PREFIX = "text-"
LONGEST = 4000


class WordingForm(forms.Form):
    """The texts of a letter in one language, beginning from the newest edition."""

    # Which version the form was drawn with: two who write at once are told of each other.
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, code: str, newest: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code, self.newest = code, newest
        self.initial["version"] = newest.version
        language = LANGUAGES[newest.language]
        swedish = wording.shipped(code, "sv")
        for key, original in swedish.items():
            text = newest.texts.get(key, "")
            attrs = {"rows": max(2, text.count("\n") + 1, len(text) // 70 + 1)}
            attrs |= {"lang": language.tag, "dir": "rtl" if language.is_right_to_left else "ltr"}
            self.fields[f"{PREFIX}{key}"] = forms.CharField(
                label=key,
                initial=text,
                max_length=LONGEST,
                help_text="" if language.code == "sv" else original,
                widget=forms.Textarea(attrs=attrs),
                error_messages={"required": "Skriv en text: brevet kan inte göras utan den."},
            )

    def texts(self) -> dict[str, str]:
        """What was written, by the texts' own names."""
        return {key.removeprefix(PREFIX): text for key, text in self._given()}

    def _given(self) -> list[tuple[str, str]]:
        return [
            (key, "\n".join(line.strip() for line in text.splitlines() if line.strip()))
            for key, text in self.cleaned_data.items()
            if key.startswith(PREFIX)
        ]

    def clean_version(self) -> int:
        given: int = self.cleaned_data["version"]
        if given != self.newest.version:
            # What is sent again has seen it.
            self.data = dict(self.data.items()) | {"version": str(self.newest.version)}
            raise forms.ValidationError(
                "Någon annan sparade version %(version)s medan du skrev. Din text står kvar. "
                "Läs skillnaden nedan och spara igen om din text ska gälla.",
                params={"version": self.newest.version},
            )
        return given

    def clean(self) -> dict[str, Any]:
        for key, text in self._given():
            faults = wording.faults_of(self.code, key.removeprefix(PREFIX), text)
            if strange := editions.undrawable(self.newest.language, text):
                faults.append(f"Brevets typsnitt saknar: {' '.join(strange[:10])}")
            for fault in faults:
                self.add_error(key, fault)
        if not self.errors and self.texts() == self.newest.texts:
            raise forms.ValidationError("Inget är ändrat: det finns inget att spara.")
        return self.cleaned_data
