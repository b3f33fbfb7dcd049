"""Faults of backups and of what they are made from."""

from __future__ import annotations

from retrieval.errors import SourceError, StoreError, UsageError


class ArticleChanged(SourceError):
    """A stored article whose text is not the one that was stored. Values: path (where it was read from), article_id."""

    code = "article_changed"


class DatabaseDamaged(StoreError):
    """A database that is not whole: what no index can be made from. Values: path, problem."""

    code = "database_damaged"


class SourceNotStored(UsageError):
    """A name to withdraw that is no stored article's, nor of what one was read from. Values: path."""

    code = "source_not_stored"


class SourceNotWithdrawn(UsageError):
    """A name under which nothing was withdrawn. Values: path."""

    code = "source_not_withdrawn"


class StoreMissing(StoreError):
    """A folder without articles where some are wanted. Values: path."""

    code = "store_missing"


class BackupInside(UsageError):
    """A backup that would lie in the folder it is of. Values: path, folder."""

    code = "backup_inside"


class BackupBroken(StoreError):
    """A file that is no backup, or a cut or changed one. Values: path."""

    code = "backup_broken"


class FolderInUse(UsageError):
    """A folder with articles in the place of which a backup would be put. Values: path."""

    code = "folder_in_use"


class RestoreUnfinished(StoreError):
    """A folder into which a backup was being put back. Values: path."""

    code = "restore_unfinished"
