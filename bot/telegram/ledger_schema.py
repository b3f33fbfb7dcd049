"""The tables of the ledger, and how its file is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

STEPS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE IF NOT EXISTS inbox (
            update_id INTEGER PRIMARY KEY, kind TEXT NOT NULL, chat_id INTEGER, user_id INTEGER, raw TEXT NOT NULL,
            taken REAL NOT NULL, done INTEGER NOT NULL DEFAULT 0)""",
        "CREATE INDEX IF NOT EXISTS inbox_waiting ON inbox (done, update_id)",
        """CREATE TABLE IF NOT EXISTS exchanges (
            id TEXT PRIMARY KEY, update_id INTEGER UNIQUE, chat_id INTEGER NOT NULL, user_id INTEGER NOT NULL,
            question TEXT NOT NULL, asked REAL NOT NULL, answer TEXT, state TEXT NOT NULL DEFAULT 'asked')""",
        "CREATE INDEX IF NOT EXISTS exchanges_by_person ON exchanges (user_id, chat_id, asked)",
        """CREATE TABLE IF NOT EXISTS sent (
            exchange_id TEXT NOT NULL REFERENCES exchanges (id) ON DELETE CASCADE, part INTEGER NOT NULL,
            after INTEGER NOT NULL, message_id INTEGER, PRIMARY KEY (exchange_id, part))""",
        "CREATE TABLE IF NOT EXISTS said (number INTEGER PRIMARY KEY, chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL)",
        """CREATE TABLE IF NOT EXISTS votes (
            exchange_id TEXT NOT NULL REFERENCES exchanges (id) ON DELETE CASCADE, user_id INTEGER NOT NULL,
            vote TEXT NOT NULL, voted REAL NOT NULL, PRIMARY KEY (exchange_id, user_id))""",
        """CREATE TABLE IF NOT EXISTS conversations (
            chat_id INTEGER NOT NULL, user_id INTEGER NOT NULL, since REAL NOT NULL, PRIMARY KEY (chat_id, user_id))""",
    ),
)
"""The tables, version by version. A step that has been released is never changed, only followed by another."""


def connected(path: Path, *, synchronous: str) -> sqlite3.Connection:
    """A connection whose commits reach the disk as SQLite's `synchronous` says. Raises `sqlite3.Error`."""
    connection = sqlite3.connect(path, timeout=5.0, check_same_thread=False, isolation_level=None)
    for pragma in ("foreign_keys = ON", "journal_mode = WAL", f"synchronous = {synchronous}", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection
