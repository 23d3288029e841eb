"""What makes the PDFs is a closed box: whatever a page refers to, nothing is fetched."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from notices import engine, rendering

SECRET = "kanariehemlighet"
# Each way in which a page can ask for something; {} is where it lies.
WAYS = {
    "image": '<img src="{}" alt="x">',
    "image by density": '<img srcset="{} 2x" src="{}" alt="x">',
    "attachment of the page": '<link rel="attachment" href="{}">',
    "attachment of a link": '<a rel="attachment" href="{}">x</a>',
    "stylesheet": '<link rel="stylesheet" href="{}">',
    "imported stylesheet": '<style>@import url("{}");</style>',
    "background": "<style>p {{ background-image: url('{}') }}</style><p>x</p>",
    "list marker": "<style>li {{ list-style-image: url('{}') }}</style><ul><li>x</li></ul>",
    "generated content": "<style>p::before {{ content: url('{}') }}</style><p>x</p>",
    "border": "<style>p {{ border: 1px solid; border-image-source: url('{}') }}</style><p>x</p>",
    "font": "<style>@font-face {{ font-family: x; src: url('{}') }} p {{ font-family: x }}</style>"
    "<p>x</p>",
    "drawing": '<svg width="9" height="9"><image href="{}" width="9" height="9"/></svg>',
    "object": '<object data="{}">x</object>',
    "embedded": '<embed src="{}">',
    "base": '<base href="{}"><img src="y" alt="x">',
}


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def places(folder: Path, port: int) -> list[str]:
    """A file on the disk, and this machine by every protocol that could be tried."""
    file = folder / "secret.txt"
    file.write_text(SECRET)
    here = f"127.0.0.1:{port}/secret.txt"
    return [
        file.as_uri(),
        f"file://localhost{file}",
        f"http://{here}",
        f"https://{here}",
        f"ftp://{here}",
    ]


@pytest.mark.parametrize("way", WAYS)
def test_a_page_reaches_nothing_outside_itself(
    way: str, tmp_path: Path, listener: socket.socket
) -> None:
    for place in places(tmp_path, listener.getsockname()[1]):
        html = f'<html lang="sv"><title>x</title>{WAYS[way].format(place, place)}</html>'
        pdf = b""
        with suppress(rendering.Unprintable):
            pdf = rendering.page(html, style="letter")
        if pdf:
            read = PdfReader(BytesIO(pdf))
            assert not read.attachments
            assert SECRET not in "".join(page.extract_text() for page in read.pages)
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.parametrize("style", ["letter", "report"])
def test_a_fetcher_that_would_fetch_everything_reaches_nothing_either(
    style: str, tmp_path: Path, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second lock: were the fetcher got round, whoever lays out opens no connection."""
    monkeypatch.setattr(engine.engine().fetcher, "_allowed_protocols", None)

    for place in places(tmp_path, listener.getsockname()[1])[2:]:
        html = f'<html lang="sv"><title>x</title>{WAYS["image"].format(place, place)}</html>'
        with pytest.raises(rendering.Unprintable):
            rendering.page(html, style=style)
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.parametrize("ask", ["connect", "name", "child"])
def test_whoever_lays_out_asks_nobody_and_afterwards_may_again(
    ask: str, listener: socket.socket
) -> None:
    def asking() -> None:
        match ask:
            case "connect":
                socket.create_connection(listener.getsockname()).close()
            case "name":
                socket.getaddrinfo("localhost", 80)
            case _:
                subprocess.run(["true"], check=True)

    with engine.nobody_asked(), pytest.raises(PermissionError, match="laid out"):
        asking()
    asking()


def test_the_ways_are_as_many_as_were_promised(tmp_path: Path) -> None:
    assert len(WAYS) * len(places(tmp_path, 1)) >= 60


def test_something_that_would_be_fetched_is_refused_and_not_left_out(tmp_path: Path) -> None:
    [disk, *_] = places(tmp_path, 1)
    html = f'<html lang="sv"><title>x</title>{WAYS["image"].format(disk)}</html>'

    with pytest.raises(rendering.Unprintable, match="utanför sig själv"):
        rendering.page(html, style="letter")
