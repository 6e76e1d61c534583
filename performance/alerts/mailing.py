"""E-mails about alerts, sent by a duty: each once if all goes well, at least once if a process dies while sending.

The row is taken for LEASE_S before it is sent, so that no two processes send it, and no transaction waits for a mail
server. A mail has the same Message-ID at each attempt: who gets it twice sees one.
"""

import logging
import smtplib
import time
from collections import deque
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from performance.alerts.models import AlertMail

logger = logging.getLogger(__name__)
# Longer than a round can take: ROUND_S, and the last mail's steps with EMAIL_TIMEOUT each.
LEASE_S = 120.0
MOST_AT_ONCE = 20
# Whoever sends looks at the rules, too: a mail server that takes its time gets the rest the next time.
ROUND_S = 10.0
# Seconds after each failed attempt; then it is given up.
DELAYS_S = (30.0, 60.0, 300.0, 900.0, 1800.0, 3600.0, 7200.0, 14_400.0)


def is_configured() -> bool:
    """Whether there is a mail server and somebody to write to."""
    return bool(settings.EMAIL_HOST and settings.ALERT_EMAILS)


def send_due(*, at: datetime) -> int:
    """A duty: over one connection, the longest due first; how many went out."""
    if not is_configured():
        return 0
    mails = _taken(at=at)
    return _send(mails, at=at) if mails else 0


@transaction.atomic
def _taken(*, at: datetime) -> Sequence[AlertMail]:
    due = AlertMail.objects.due(at=at).select_for_update(skip_locked=True)
    mails = list(due[:MOST_AT_ONCE])
    for mail in mails:
        mail.attempts += 1
        mail.next_attempt_at = at + timedelta(seconds=LEASE_S)
    AlertMail.objects.bulk_update(mails, ["attempts", "next_attempt_at"])
    return mails


def _send(mails: Sequence[AlertMail], *, at: datetime) -> int:
    waiting, sent, until = deque(mails), 0, time.monotonic() + ROUND_S
    connection = get_connection()
    try:
        connection.open()
        while waiting and time.monotonic() < until:
            sent += _send_one(waiting[0], connection, at=at)
            waiting.popleft()
        _give_back(waiting, at=at)
    except (OSError, smtplib.SMTPException) as error:
        # No mail server: all that is left of this round failed, after the time-out of one.
        for mail in waiting:
            _failed(mail, error, at=at)
    finally:
        connection.close()
    return sent


def _send_one(mail: AlertMail, connection: BaseEmailBackend, *, at: datetime) -> bool:
    """A refusal is this mail's; a connection that breaks is raised."""
    try:
        _message(mail, connection).send()
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, ValueError) as error:
        _failed(mail, error, at=at)
        return False
    mail.state, mail.sent_at, mail.error = AlertMail.State.SENT, at, ""
    mail.save(update_fields=["state", "sent_at", "error"])
    return True


def _give_back(mails: Collection[AlertMail], *, at: datetime) -> None:
    """They weren't tried."""
    for mail in mails:
        mail.attempts, mail.next_attempt_at = mail.attempts - 1, at
        mail.save(update_fields=["attempts", "next_attempt_at"])


def _message(mail: AlertMail, connection: BaseEmailBackend) -> EmailMessage:
    host = urlsplit(settings.PUBLIC_URL).hostname or "assay.local"
    return EmailMessage(
        subject=f"[Assay] {mail.subject}",
        body=mail.body,
        to=settings.ALERT_EMAILS,
        connection=connection,
        headers={"Message-ID": f"<alert-{mail.transition_id}@{host}>", "Auto-Submitted": "auto-generated"},
    )


def _failed(mail: AlertMail, error: Exception, *, at: datetime) -> None:
    logger.warning("the e-mail %r was not sent: %s", mail.subject, error)
    mail.error = f"{type(error).__name__}: {error}".replace("\x00", "")[:500]
    if mail.attempts > len(DELAYS_S):
        mail.state = AlertMail.State.FAILED
    else:
        mail.next_attempt_at = at + timedelta(seconds=DELAYS_S[mail.attempts - 1])
    mail.save(update_fields=["error", "state", "next_attempt_at"])
