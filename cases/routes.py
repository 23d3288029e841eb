"""Every route says who may come in. A route that says nothing stops the start.

@needs(Right.LOG_INCIDENT)     one of these rights, on the own unit
@needs.signed_in               anybody logged in; the view itself fetches through `access`
@needs.nobody                  public
@needs.fresh                   above one of these: the login is minutes old
@needs.opens_lock              above one of these: reached while the session is locked
@needs.background              above one of these: a page asks by itself, nobody's hand does
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

    def signing_in(self, view: View) -> View:
        """Anybody logged in, also before there is a second factor."""
        view.is_signing_in = True  # type: ignore[attr-defined]
        return self._declare(view, SIGNED_IN)

    def fresh(self, view: View) -> View:
        """On top of the others: whoever comes has proved who it is just now."""
        view.needs_fresh = True  # type: ignore[attr-defined]
        return view

    def background(self, view: View) -> View:
        """On top of the others: asked by a page on its own, so it never puts off the lock."""
        view.is_background = True  # type: ignore[attr-defined]
        return view

    def opens_lock(self, view: View) -> View:
        """On top of the others: how a locked session is opened, so it is reached while locked."""
        view.opens_lock = True  # type: ignore[attr-defined]
        return view

    def nobody(self, view: View) -> View:
        return self._declare(view, NOBODY)

    def _declare(self, view: View, what: object) -> View:
        view.needs = what  # type: ignore[attr-defined]
        return view


needs = Needs()


def declared(view: View) -> Any:
    """What the view declared: rights, SIGNED_IN, NOBODY, or None when it forgot."""
    return getattr(view, "needs", None)


def methods(view: View) -> list[str]:
    """The HTTP methods that a view takes, as it was decorated or as its class handles them."""
    found: View | None = view
    while found is not None:
        names, cells = found.__code__.co_freevars, found.__closure__ or ()
        if "request_method_list" in names:
            taken = cells[names.index("request_method_list")].cell_contents
            return sorted(set(taken) - {"HEAD"})
        found = getattr(found, "__wrapped__", None)
    handled = getattr(view, "view_class", None)
    named = getattr(handled, "http_method_names", ())
    return [
        verb for verb in ("GET", "POST") if verb.lower() in named and hasattr(handled, verb.lower())
    ]


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
    unguarded: list[CheckMessage] = [
        Error(f"/{path} does not say who may come in.", id="kronoberg.E001")
        for path, pattern in routes()
        if declared(pattern.callback) is None
    ]
    return unguarded + [
        Error(f"/{path} does not say which methods it takes.", id="kronoberg.E002")
        for path, pattern in routes()
        if not methods(pattern.callback)
    ]
