"""What may leave in a log or an error report: never a name, a number or what somebody wrote.

A log cannot know which words are a name, so it does not get them: of an exception only its kind and
its lines of code are written, of an address only the route. Numbers are masked on top of that.
"""

import logging
import re
import traceback
from types import TracebackType
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

HIDDEN = "***"
# Longest first: a personal number holds what looks like a phone number.
PATTERNS = (
    (re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE), "<id>"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "<e-post>"),
    (re.compile(r"(?<!\d)(?:\d{2})?\d{6}[-+ ]?\d{4}(?!\d)"), "<nummer>"),
    (re.compile(r"(?<![\w:.-])(?:\+|00)?\d(?:[ -]?\d){7,14}(?![\w:-])"), "<nummer>"),
    (re.compile(r"(/[^\s?'\"]*)\?[^\s'\"]*"), r"\1?…"),
)


def scrub(text: str) -> str:
    """The text without ids, numbers, addresses of mail and queries."""
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text


class ScrubbedFormatter(logging.Formatter):
    """Every line of every log passes here: `settings.LOGGING` knows no other formatter."""

    def format(self, record: logging.LogRecord) -> str:
        # A record is shared by handlers: what is cached on it would be another formatter's.
        record.exc_text = None
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = scrub(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:
        kind, _, frames = ei
        return "\n".join(_lines(kind, frames))

    def formatStack(self, stack_info: str) -> str:
        return scrub(stack_info)


def _lines(kind: type[BaseException] | None, frames: TracebackType | None) -> list[str]:
    """Where it happened and what kind of fault; the fault's own words may hold anything."""
    found = [
        f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(frames)
    ]
    return [*found, f"{kind.__module__}.{kind.__qualname__}" if kind else ""]


class NothingPersonal(SafeExceptionReporterFilter):
    """Django's error reports hide only what is called a password; here they hide every value."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return dict.fromkeys(request.POST, HIDDEN) if request is not None else {}

    def get_traceback_frame_variables(self, request: Any, tb_frame: Any) -> Any:
        return [(name, HIDDEN) for name in tb_frame.f_locals]

    def get_safe_request_meta(self, request: Any) -> dict[str, Any]:
        return {"REQUEST_METHOD": request.META.get("REQUEST_METHOD", "")} if request else {}

    def get_safe_cookies(self, request: Any) -> dict[str, Any]:
        return {}


class RefuseUploads(FileUploadHandler):
    """No page asks for a file: whoever sends one is refused before a byte is kept."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise SuspiciousOperation("A file was sent to a page that takes none.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
