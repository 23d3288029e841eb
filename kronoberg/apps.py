"""The app that joins the others; its checks are registered when it starts."""

from django.apps import AppConfig


class KronobergConfig(AppConfig):
    name = "kronoberg"

    def ready(self) -> None:
        from kronoberg import checks  # noqa: F401  (registers itself)
