"""The tables of the catalogue, version by version. A step that has been released is never changed, only followed by another."""

from __future__ import annotations

STEPS: tuple[tuple[str, ...], ...] = (
    (  # 1: articles and passages; files written before versions were counted have these tables already
        "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        """CREATE TABLE IF NOT EXISTS articles (
            article_id TEXT PRIMARY KEY, title TEXT NOT NULL, url TEXT, outlet TEXT, published TEXT, origin TEXT NOT NULL,
            body TEXT NOT NULL, subtitle TEXT, captions TEXT NOT NULL, hash TEXT NOT NULL, ready INTEGER NOT NULL)""",
        "CREATE INDEX IF NOT EXISTS articles_by_ready ON articles (ready)",
        """CREATE TABLE IF NOT EXISTS passages (
            key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
            article_id TEXT NOT NULL REFERENCES articles (article_id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL)""",
        "CREATE INDEX IF NOT EXISTS passages_by_article ON passages (article_id)",
    ),
    (  # 2: who wrote it and when it was changed; dates that were inferred; copies and versions; times spoken of; files read
        "ALTER TABLE articles ADD COLUMN author TEXT",
        "ALTER TABLE articles ADD COLUMN modified TEXT",
        "ALTER TABLE articles ADD COLUMN dated_by TEXT",  # JSON list of reasons; NULL where the date was given
        "ALTER TABLE articles ADD COLUMN copy_of TEXT",  # the fullest of the articles that report the same in the same words
        "ALTER TABLE articles ADD COLUMN superseded_by TEXT",  # the corrected version of this one
        "CREATE INDEX articles_by_origin ON articles (origin)",
        "CREATE INDEX articles_by_date ON articles (published)",
        "CREATE INDEX articles_by_url ON articles (url)",
        "CREATE INDEX articles_by_leader ON articles (copy_of) WHERE copy_of IS NOT NULL",
        "CREATE INDEX articles_by_successor ON articles (superseded_by) WHERE superseded_by IS NOT NULL",
        """CREATE TABLE passages_of_builds (
            key INTEGER PRIMARY KEY AUTOINCREMENT, build INTEGER NOT NULL DEFAULT 0, id TEXT NOT NULL,
            article_id TEXT NOT NULL REFERENCES articles (article_id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL,
            copied INTEGER NOT NULL DEFAULT 0, UNIQUE (build, id))""",  # copied: it says nothing that what it copies does not
        """INSERT INTO passages_of_builds (key, id, article_id, ordinal, start, stop)
            SELECT key, id, article_id, ordinal, start, stop FROM passages""",
        "DROP TABLE passages",
        "ALTER TABLE passages_of_builds RENAME TO passages",
        "CREATE INDEX passages_by_article ON passages (article_id)",
        "INSERT INTO facts VALUES ('build', '0')",  # whose passages are searched; others are being made, or are left over
        # part of the name of its collection on a server that serves several folders
        "INSERT INTO facts SELECT 'home', lower(hex(randomblob(4))) WHERE NOT EXISTS (SELECT 1 FROM articles)",
        """CREATE TABLE sketches (
            article_id TEXT NOT NULL REFERENCES articles (article_id) ON DELETE CASCADE, hash INTEGER NOT NULL,
            PRIMARY KEY (hash, article_id)) WITHOUT ROWID""",
        "CREATE INDEX sketches_by_article ON sketches (article_id)",
        """CREATE TABLE mentions (
            passage_key INTEGER NOT NULL REFERENCES passages (key) ON DELETE CASCADE,
            first INTEGER NOT NULL, last INTEGER NOT NULL)""",  # days YYYYMMDD, both included
        "CREATE INDEX mentions_by_day ON mentions (first, last)",
        "CREATE INDEX mentions_by_passage ON mentions (passage_key)",
        """CREATE TABLE versions (
            article_id TEXT NOT NULL, number INTEGER NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, published TEXT,
            modified TEXT, hash TEXT NOT NULL, PRIMARY KEY (article_id, number))""",  # earlier texts; shown, never searched
        # files read to their end without a fault, each with how many articles are stored of it: all that it holds
        "CREATE TABLE files (origin TEXT PRIMARY KEY, digest TEXT NOT NULL, articles INTEGER NOT NULL)",
    ),
    (  # 3: what was taken out on request; an article_id of "" stands for the whole of a file or address
        "CREATE TABLE withdrawn (origin TEXT NOT NULL, article_id TEXT NOT NULL, PRIMARY KEY (origin, article_id))",
    ),
)
