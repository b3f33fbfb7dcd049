"""Faults of pages, tables and PDF files, beside those that every source may have."""

from __future__ import annotations

from retrieval.errors import RecordBroken, SourceError


class PageWithoutArticle(SourceError):
    """A page with too little text to be an article. Values: path."""

    code = "page_without_article"


class PageIsListing(PageWithoutArticle):
    """A page of links to articles. Values: path."""

    code = "page_is_listing"


class PageMissing(PageWithoutArticle):
    """What a site shows for an address that it does not have: error 404 and the like. Values: path."""

    code = "page_missing"


class PageWantsLogin(PageWithoutArticle):
    """A page that asks for a name and a password. Values: path."""

    code = "page_wants_login"


class PageNeedsScripts(PageWithoutArticle):
    """A page whose text is put in by scripts when it is opened. Values: path."""

    code = "page_needs_scripts"


class PageAsksConsent(PageWithoutArticle):
    """A page that asks for consent, or whether the reader is human, before it shows anything. Values: path."""

    code = "page_asks_consent"


class TableWithoutText(SourceError):
    """A table none of whose columns is known to hold the text. Values: path, columns."""

    code = "table_without_text"


class PdfScanned(SourceError):
    """A PDF of pictures, without text. Values: path."""

    code = "pdf_scanned"


class PdfEncrypted(SourceError):
    """A PDF that opens with a password only. Values: path."""

    code = "pdf_encrypted"


class PdfBroken(SourceError):
    """A file that is no PDF, or one cut off or damaged. Values: path."""

    code = "pdf_broken"


class PdfUnreadableOrder(SourceError):
    """A PDF whose letters come in an order, or under codes, from which the text cannot be told. Values: path."""

    code = "pdf_unreadable_order"


class FeedTorn(RecordBroken):
    """A feed that is not well-formed, of which all that could be made out was read. Values: path, line."""

    code = "feed_torn"


class FeedBroken(SourceError):
    """What should be a feed and is none, or a broken one without a single whole entry. Values: path."""

    code = "feed_broken"
