from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "cases"

    def ready(self) -> None:
        # Importing it registers the check that every route declares its right.
        from cases import routes  # noqa: F401
