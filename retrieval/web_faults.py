"""Faults of addresses: why a page or feed could not be fetched."""

from __future__ import annotations

from retrieval.errors import SourceError


class WebError(SourceError):
    """An address that could not be fetched. Values: path (the address), problem."""

    code = "web_failed"


class WebAddressUnusable(WebError):
    """What is no address of the web. Values: path."""

    code = "web_address"


class WebWithPassword(WebError):
    """An address with a name and password in it, which would be kept and shown. Values: path (without them)."""

    code = "web_password"


class WebUnreachable(WebError):
    """A host that does not answer. Values: path."""

    code = "web_unreachable"


class WebUntrusted(WebUnreachable):
    """A host whose certificate does not prove that it is the one. Values: path."""

    code = "web_untrusted"


class WebCut(WebError):
    """An answer that broke off, or is none that HTTP knows. Values: path."""

    code = "web_cut"


class WebRefused(WebError):
    """An answer that is an error. Values: path, status."""

    code = "web_refused"


class WebGone(WebRefused):
    """A page that is not, or no longer, there. Values: path, status."""

    code = "web_gone"


class WebBusy(WebError):
    """A host that wants to be asked later. Values: path, seconds."""

    code = "web_busy"


class WebPrivate(WebError):
    """A way that leads into a private network, which nobody named. Values: path, host."""

    code = "web_private"


class WebAstray(WebError):
    """Too many redirects, or one to what is no address, or out of the site of a feed. Values: path."""

    code = "web_astray"


class WebTooLarge(WebError):
    """More than is read of one page. Values: path, megabytes."""

    code = "web_too_large"


class WebKindUnknown(WebError):
    """A kind of content that no reader knows. Values: path, kind."""

    code = "web_kind"


class WebNotAllowed(WebError):
    """A page of a feed that the host's robots.txt keeps programs from. Values: path."""

    code = "web_robots"
