"""The Telegram bot: a door to Dalil on a phone."""
