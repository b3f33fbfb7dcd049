"""The Telegram door: updates in, stored before they are confirmed; answers out, each delivered once."""
