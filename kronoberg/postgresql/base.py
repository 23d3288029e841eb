"""PostgreSQL as Django speaks to it, where each new connection learns whose rows it may reach."""

from django.db.backends.postgresql import base

from cases import circle


class DatabaseWrapper(base.DatabaseWrapper):
    def init_connection_state(self) -> None:
        super().init_connection_state()
        circle.tell(self)
