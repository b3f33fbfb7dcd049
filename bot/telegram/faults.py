"""Why the bot cannot start or go on; what a reader is told of is in `retrieval.errors`."""

from __future__ import annotations

from retrieval.errors import DalilError, UsageError


class BotTokenMissing(UsageError):
    """The Telegram bot was started without a token."""

    code = "bot_token_missing"


class BotTokenRefused(UsageError):
    """Telegram does not know the token."""

    code = "bot_token_refused"


class SecondBot(DalilError):
    """Another program asks Telegram for the updates of this bot."""

    code = "second_bot"


class BotRunning(DalilError):
    """A bot is at work on this data folder already. Values: path."""

    code = "bot_running"


class BotFailed(DalilError):
    """The bot came to an end that nobody had thought of. Values: kind."""

    code = "bot_failed"


class WebhookRefused(UsageError):
    """Telegram does not take the address of the webhook. Values: problem."""

    code = "webhook_refused"


class PortTaken(DalilError):
    """Another program listens on a port that the bot is to listen on. Values: port, setting."""

    code = "port_taken"


class PortForbidden(PortTaken):
    """The system does not let this user listen on a port. Values: port, setting."""

    code = "port_forbidden"
