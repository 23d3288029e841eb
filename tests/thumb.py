"""A thumb on a phone: presses and types what the page really offers, and counts both.

Only what stands in the HTML can be pressed or filled in; what is folded costs a tap to unfold.
What the page suggests is sent as it stands, as a browser would.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client


@dataclass
class Control:
    """Something on the page that can be pressed or filled in."""

    kind: str
    name: str
    value: str
    form: int
    fold: int
    words: str = ""
    is_on: bool = False
    href: str = ""


@dataclass
class Page(HTMLParser):
    """What a page offers: its controls in order, each in its form and under its fold."""

    controls: list[Control] = field(default_factory=list)
    form: int = 0
    folds: list[int] = field(default_factory=list)
    n_folds: int = 0
    select: str = ""
    inside: Control | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def add(self, kind: str, attributes: dict[str, Any], **more: Any) -> Control:
        fold = next((number for number in self.folds if number), 0)
        name, value = attributes.get("name") or "", attributes.get("value") or ""
        control = Control(kind, name, value, self.form, fold, **more)
        self.controls.append(control)
        return control

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        attributes = dict(attrs)
        match tag:
            case "form":
                self.form += 1
            case "details":
                self.n_folds += 1
                self.folds.append(0 if "open" in attributes else self.n_folds)
            case "input":
                kind = attributes.get("type") or "text"
                self.add(kind, attributes, is_on="checked" in attributes)
            case "textarea":
                self.inside = self.add("textarea", attributes)
            case "select":
                self.select = attributes.get("name") or ""
            case "option":
                named = attributes | {"name": self.select}
                self.inside = self.add("option", named, is_on="selected" in attributes)
            case "button":
                self.inside = self.add("button", attributes)
            case "a":
                self.inside = self.add("a", attributes, href=attributes.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "details":
            self.folds.pop()
        elif self.inside and tag in (self.inside.kind, "option"):
            self.inside = None

    def handle_data(self, data: str) -> None:
        if self.inside is None:
            return
        self.inside.words += data
        if self.inside.kind == "textarea":
            self.inside.value += data


class Thumb:
    """Somebody's thumb; `taps` and `fields` are what it has cost so far."""

    def __init__(self, client: Client, url: str) -> None:
        self.client, self.taps, self.fields = client, 0, 0
        self.load(client.get(url))

    def load(self, answer: Any) -> None:
        while answer.status_code == 302:
            self.url = answer.url
            answer = self.client.get(answer.url)
        assert answer.status_code == 200, answer.content.decode()
        self.url = answer.request["PATH_INFO"]
        self.page, self.unfolded = Page(), {0}
        # The page's own content; the menu around it is the same everywhere.
        text = answer.content.decode()
        self.page.feed(text[text.index("<main") :])

    def find(
        self, kinds: tuple[str, ...], *, name: str = "", value: str = "", says: str = ""
    ) -> Control:
        for control in self.page.controls:
            fits = control.kind in kinds and name in ("", control.name)
            if fits and value in ("", control.value) and says in " ".join(control.words.split()):
                return control
        raise AssertionError(f"{self.url} offers no {kinds} {name} {value} {says}")

    def reach(self, control: Control) -> Control:
        """Unfold what the control is folded under."""
        self.taps += control.fold not in self.unfolded
        self.unfolded.add(control.fold)
        return control

    def opens(self, says: str) -> None:
        link = self.reach(self.find(("a",), says=says))
        self.taps += 1
        if not link.href.startswith("tel:"):
            self.load(self.client.get(link.href.partition("#")[0]))

    def chooses(self, name: str, value: str) -> None:
        chosen = self.reach(self.find(("radio", "checkbox"), name=name, value=value))
        self.taps += 1
        for control in self.page.controls:
            if control.kind == "radio" and control.name == name:
                control.is_on = False
        chosen.is_on = True

    def types(self, name: str, text: str) -> None:
        typed = self.reach(self.find(("text", "tel", "number", "textarea"), name=name))
        self.fields += 1
        typed.value = text

    def presses(self, says: str) -> None:
        """Press a button and send its form as it stands."""
        button = self.reach(self.find(("button",), says=says))
        self.taps += 1
        data = {
            control.name: control.value
            for control in self.page.controls
            if control.form == button.form and control.name and self.is_sent(control, button)
        }
        self.load(self.client.post(self.url, data))

    def is_sent(self, control: Control, button: Control) -> bool:
        if control.kind in ("radio", "checkbox", "option"):
            return control.is_on
        return control is button or control.kind not in ("button", "a")
