"""A mail to a unit, sent once from a row that says so. Nothing personal is ever in one.

A row first: a mail that could not leave is tried again, and none is sent twice over. Whoever sends
holds the row for a while, and it is sent once the mail has left: a process that is killed loses no
mail. Killed between the two, the same mail leaves again under the same Message-ID, by which a mail
system knows it.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Model, Q

# Longer than any mail takes to leave.
LEASE = timedelta(minutes=30)
WAITING, SENT = "waiting", "sent"
log = logging.getLogger(__name__)


def send(row: Model, *, to: str, subject: str, text: str, name: str, at: datetime) -> bool:
    """Send the mail of a waiting row; False when somebody else does, or it could not leave.

    The row has `state`, `leased_until` and `sent_at`; `name` says what kind of mail it is.
    """
    # Taken before it is sent: two sweeps at once send one mail.
    rows = type(row)._default_manager.filter(pk=row.pk, state=WAITING)
    is_free = Q(leased_until=None) | Q(leased_until__lte=at)
    if not rows.filter(is_free).update(leased_until=at + LEASE):
        return False
    number = f"<{name}-{row.pk}@{urlsplit(settings.ADDRESS).hostname}>"
    try:
        EmailMessage(subject, text, to=[to], headers={"Message-ID": number}).send()
    except (SMTPException, OSError):
        log.warning("%s %s could not be sent, it waits", name, row.pk)
        rows.update(leased_until=None)
        return False
    rows.update(state=SENT, sent_at=at, leased_until=None)
    return True
