"""A message by e-mail to the staff of a channel, through the mail server of EMAIL_URL."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from uuid import UUID

from django.core.mail import EmailMessage

from reconciler.alerts.message import Message
from reconciler.alerts.results import NotSentError, Result


def send(addresses: Sequence[str], message: Message, message_id: UUID) -> None:
    """One mail to all of them. Raises NotSentError."""
    mail = EmailMessage(
        subject=message.subject,
        body=message.text,
        to=list(addresses),
        headers={"X-Inventory-Admin-Delivery": str(message_id), "Auto-Submitted": "auto-generated"},
    )
    try:
        mail.send()
    except smtplib.SMTPResponseException as error:
        raise NotSentError(Result.MAIL_REFUSED, error.smtp_code) from error
    except smtplib.SMTPRecipientsRefused as error:
        raise NotSentError(Result.MAIL_REFUSED) from error
    except TimeoutError as error:
        raise NotSentError(Result.TIMED_OUT) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(Result.NO_MAIL_SERVER) from error
