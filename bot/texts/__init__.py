"""What Dalil says, in Arabic and in English: key -> (Arabic, English). Placeholders are the same in both."""

from bot.texts.commands import COMMANDS
from bot.texts.errors import ERRORS
from bot.texts.replies import REPLIES
from bot.texts.source_errors import SOURCE_ERRORS
from bot.texts.telegram import TELEGRAM
from bot.texts.web_errors import WEB_ERRORS

TABLE: dict[str, tuple[str, str]] = {
    **ERRORS,
    **SOURCE_ERRORS,
    **REPLIES,
    **COMMANDS,
    **TELEGRAM,
    **WEB_ERRORS,
}
