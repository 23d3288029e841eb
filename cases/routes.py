"""Every route says who may come in. A route that says nothing stops the start.

@needs(Right.LOG_INCIDENT)     one of these rights, on the own unit
@needs.signed_in               anybody logged in; the view itself fetches through `access`
@needs.nobody                  public
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from cases.models import Right

View = Callable[..., Any]
SIGNED_IN, NOBODY = "signed in", "nobody"


class Needs:
    """The decorator `needs`; what was declared is read back by `declared`."""

    def __call__(self, *rights: Right) -> Callable[[View], View]:
        return lambda view: self._declare(view, rights)

    def signed_in(self, view: View) -> View:
        return self._declare(view, SIGNED_IN)

    def nobody(self, view: View) -> View:
        return self._declare(view, NOBODY)

    def _declare(self, view: View, what: object) -> View:
        view.needs = what  # type: ignore[attr-defined]
        return view


needs = Needs()


def declared(view: View) -> Any:
    """What the view declared: rights, SIGNED_IN, NOBODY, or None when it forgot."""
    return getattr(view, "needs", None)


def routes(
    resolver: URLResolver | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every route of the product, as (path, pattern)."""
    for entry in (resolver or get_resolver()).url_patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, path)
        else:
            yield path, entry


@register()
def every_route_declares_its_right(**_: Any) -> list[CheckMessage]:
    """A system check: the start fails on a route that anybody could come in by."""
    return [
        Error(f"/{path} does not say who may come in.", id="kronoberg.E001")
        for path, pattern in routes()
        if declared(pattern.callback) is None
    ]
