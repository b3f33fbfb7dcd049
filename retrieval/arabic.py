"""Arabic text: `clean` for display, `normalize`, `words`, `stem` and `grams` for matching, `sentences` for quoting.

Pure functions. Normalised text is for matching only and is never shown.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from retrieval.types import Span

NORMALIZER_VERSION = "4"
"""Part of the index fingerprint: raise it when `normalize`, `stem`, `grams` or `sentences` change what they return, and when
lexical indexes already written are to be made anew: they have no version of their own."""

# ---------------------------------------------------------------------------------------------- cleaning for display

_STRING_END = "(?:\x07|\x1b\\\\|\x9c)"
_TERMINAL_SEQUENCE = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # ESC [ … a letter: colours and the cursor
    "|(?:\x1b[]PX^_]|[\x90\x98\x9d-\x9f])[^\x00-\x1f\x7f-\x9f]*" + _STRING_END + "|"  # ESC ] … BEL: titles, links
    "\x1b[#%()*+./-]?[0-~]"
)
"""ECMA-48; no part of a sequence can begin another, so that looking for them takes linear time."""
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"  # control characters but tab, newline, return
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"  # soft hyphen, joiners, Arabic letter mark, fillers
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"  # zero width, bidi, selectors
    "\ud800-\udfff\U000e0000-\U000e0fff]"  # lone surrogates, tags
)
_LINE_ENDS = re.compile(r"\r\n?|[\v\f\x1c-\x1e\u2028\u2029\u0085]")
_BLANKS = re.compile(r"[^\S\n ][^\S\n]*| [^\S\n]+")
"""Runs of blanks but for a single space, which stays as it is."""


def clean(text: str) -> str:
    """Text as it may be stored and shown: no control, invisible, direction or tag characters, no lone surrogates.

    A control sequence of terminals goes as a whole: its `[31m` would be read as a word. Letters, marks, tatweel and
    punctuation stay as written (NFC); runs of blanks become one space and lines are stripped. Idempotent. The one
    function for articles, questions and output.
    """
    if _is_clean(text):
        return text.strip()
    text = _INVISIBLE.sub("", _LINE_ENDS.sub("\n", _TERMINAL_SEQUENCE.sub("", text)))
    text = _BLANKS.sub(" ", unicodedata.normalize("NFC", text))
    return "\n".join(line.strip() for line in text.split("\n"))


def _is_clean(text: str) -> bool:
    """Whether nothing is to be done but to strip a line: most are such, and are told in a fifth of the time."""
    return (
        text.isprintable()  # no control or format characters, no white space but the plain one, no surrogates
        and "  " not in text
        and not _INVISIBLE.search(text)
        and unicodedata.is_normalized("NFC", text)
    )


def clean_line(text: str) -> str:
    """`clean`, on one line."""
    return " ".join(clean(text).split())


# ---------------------------------------------------------------------------------------------- normalising

_MARKS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0640]")
_LETTERS = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        **dict.fromkeys("ىیې", "ي"),
        **dict.fromkeys("ةھہۀە", "ه"),
        "ؤ": "و",
        "ئ": "ي",
        "ء": None,
        **dict.fromkeys("کگڪ", "ك"),
        "ڤ": "ف",
        "پ": "ب",
        "چ": "ج",
        "ژ": "ز",
        "٫": ".",
        "_": " ",
        **{chr(0x0660 + digit): str(digit) for digit in range(10)},
        **{chr(0x06F0 + digit): str(digit) for digit in range(10)},
    }
)
_THOUSANDS = re.compile(r"(?<=\d)[,٬](?=\d{3}(?!\d))")
_LATIN_ACCENTS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"\d+|[^\W\d]+")


def normalize(text: str) -> str:
    """Text with spelling variants made one: letter forms, marks, tatweel, both digit sets, thousands marks, case.

    Idempotent. The chain and its order are measured (README, "How search works").
    """
    text = _MARKS.sub("", unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)))
    text = text.translate(_LETTERS).lower()
    if not unicodedata.is_normalized("NFKD", text):
        text = _LATIN_ACCENTS.sub("", unicodedata.normalize("NFKD", text))
        text = _MARKS.sub("", text).translate(_LETTERS)
    return _THOUSANDS.sub("", text)


def words(text: str) -> list[str]:
    """The normalised words of a text, in order, stop words included; digits part from letters (1994م, ب30)."""
    return words_of(normalize(text))


def words_of(normalized: str) -> list[str]:
    """The words of a text that has been normalised."""
    return _WORD.findall(normalized)


def raw_words(text: str) -> list[str]:
    """The words of a text as they are written: what search without normalising would go by."""
    return _WORD.findall(text)


_PLAIN = re.compile("[ -~\n\u0621-\u0652\u0660-\u0669،؛؟«»“”‘’–—…]*")
"""Texts whose words can be told before they are normalised: normalising joins nothing here but letters and marks."""
_PLAIN_WORD = re.compile("[0-9A-Za-z\u0621-\u0652\u0660-\u0669]+")


def pieces_of(text: str) -> list[str]:
    """Pieces whose words are together those of the text: of most texts what stands between blanks and punctuation.

    So that a word that was met before need not be normalised again, which takes most of the time to analyse a text.
    """
    if not _PLAIN.fullmatch(text) or _THOUSANDS.search(text):
        return words(text)
    return _PLAIN_WORD.findall(text)


_QUESTION_WORDS = """
من ما ماذا متي اين كيف كم هل لماذا اي ايه ايا لم لما بماذا عماذا مما فيم فيما علام الام بم عم لمن ممن كيفيه ايهما ايهم
مين فين وين ليش ليه شو ايش ازاي شلون شنو وش امتي امتا قديش كام منو هوين علاش واش اش شكون فاش
who what when where why how which whom whose does did do is are was were has have had
"""
_FUNCTION_WORDS = """
في من الي علي عن مع ب ل و ف ك ان انه انها انهم اننا اني انك او ام ثم بل لكن لكنه لكنها لكنهم حتي اذا اذ اذن لو لولا
قد لقد كان كانت كانوا يكون تكون كنت كنا هو هي هم هن هما انا نحن انت انتم هذا هذه هذان هاتان هولا ذلك تلك ذاك اوليك
الذي التي الذين اللذين اللذان اللتان اللواتي اللاتي ما لا لن لم ليس ليست ليسوا غير سوي بين بعد قبل عند عندما حيث حين
حينما منذ خلال كل كلا كلتا بعض جميع اي ايضا فقط كما كي لكي لان لانه لانها مثل نحو دون بدون ضد حول لدي لدينا لديه
لديها له لها لهم لنا لي لك به بها بهم فيه فيها فيهم منه منها منهم عنه عنها عنهم عليه عليها عليهم اليه اليها اليهم
معه معها معهم بينما بينهم بينهما هناك هنا هنالك الان ولا وما ولم ولن وهو وهي وهم وان وانه وانها وكان وكانت وقد وفي
ومن وعلي والي وعن ومع فان فانه فانها وذلك وهذا وهذه والتي والذي والذين كذلك رغم سوف يا ايها لعل ليت عبر اثر وفق
اللي يلي دي ده دا دول كده علشان عشان مش موش مو بس كمان برضه هاد هاي هيك ال رح راح هلق هسه لسه بدي بدو بدها بدهم ايش
a an the of to in on at by for from with and or not be been it its this that these those as
"""
QUESTION_WORDS = frozenset(_QUESTION_WORDS.split())
STOP_WORDS = QUESTION_WORDS | frozenset(_FUNCTION_WORDS.split())
"""Normalised words that carry no topic: function words and question words, of the standard language and of dialects."""

_RADICAL_WAW = re.compile(
    "و(?:زار|زير|زرا|لاي|كال|كيل|كلا|حد[هاتوي]|حيد|سط|سيط|ساط|سام|سايل|سيل|قت(?!ل)|فاه|فات|فيات|فد|فود|فق$|فاق"
    "|افد|افق|قع|قوع|اقع|قاي|قف|قوف|قود|ضع|ضوح|اضح|جه|جوه|جود|جد|جب|اجب|اجه|احد|احه|لد(?!ي$)|لاد|ليد|ثيق|ثاي?ق"
    "|رق[هتيا]|رد|رود|ارد|را$|رش|رث|ريث|راث|زن|صف|صل|صول|اصل|صي|صاي|اشنط|اسع|طن|ظيف|ظايف|دي[هع]|دا?ع|باي?$|عد(?!د)"
    "|عي[هاي]?$)"
)
"""Words that begin with a radical و rather than with the conjunction: الوزراء، واشنطن، وكالة، ولاية …"""
_RADICAL_AL_WORDS = """
التقي التقت التقيا التقوا التقط التقطت الغي الغت القي القت التزم التزمت التحق التحقت التهم التهمت الهام المانيا الماني المانيه
"""
_RADICAL_AL = frozenset(_RADICAL_AL_WORDS.split())
"""Words whose ال belongs to them: التقى، ألغى، إلهام، ألمانيا …"""
_ARTICLE_PREFIXES = ("وبال", "فبال", "ولل", "فلل", "وال", "بال", "كال", "فال", "ال", "لل")

_AND_THE = ("وال", "ولل", "وبال")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي")
_PRONOUN_SUFFIXES = ("هما", "كما", "هم", "هن", "كم", "نا")


def is_stop_word(word: str) -> bool:
    """Whether a normalised word carries no topic, alone or after the conjunction و (ولماذا، وهو)."""
    return word in STOP_WORDS or (word[:1] == "و" and word[1:] in STOP_WORDS)


@lru_cache(maxsize=1 << 18)
def stem(word: str) -> str:
    """The light stem of a normalised word: article and conjunction off in front, inflection off behind.

    Light10 (Larkey, Ballesteros and Connell 2007) with compound prefixes (وبال، ولل) and pronoun suffixes, which need
    three letters left.
    """
    if len(word) > 3 and word[0] == "و" and not word.startswith(_AND_THE) and not _RADICAL_WAW.match(word):
        word = word[1:]
    for prefix in () if word in _RADICAL_AL else _ARTICLE_PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= 2:
            word = word[len(prefix) :]
            break
    for suffix in _PRONOUN_SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    if word.endswith("يا") and len(word) >= 5:
        return word[:-2]  # أرمينيا and أرميني, روسيا and روسي: what is left keeps its ين or ان
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 2:
            word = word[: -len(suffix)]
    return word


def grams(word: str, size: int = 4) -> list[str]:
    """All character windows of `_word_`; the word itself, bordered, when it is shorter than the window."""
    bordered = f"_{word}_"
    if len(bordered) <= size:
        return [bordered]
    return [bordered[i : i + size] for i in range(len(bordered) - size + 1)]


def content_words(text: str) -> list[str]:
    """The normalised words of a text that carry its topic, in order."""
    return [word for word in words(text) if not is_stop_word(word)]


# ---------------------------------------------------------------------------------------------- sentences

_BREAK = re.compile(r"(?P<stop>[.!؟?…]+)(?P<close>[»”\"')\]]*)(?=\s|$)|\n+")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(«\"'])(?:[^\W\d_]\.)*[^\W\d_]\.$"  # one letter, or letters with points: د. أ.ف.ب. U.S.
    r"|(?:^|[\s(«\"'])(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|Inc|Gen|Sen|ود|أد|مج|ط|ص)\.$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\d\s+[مه]ـ?\.$")
_SOFT_BREAK = re.compile(r"[؛;]\s+")
LONG_SENTENCE = 320
"""Characters from which a sentence is also divided at ؛ (about 55 words)."""


def sentences(text: str) -> list[Span]:
    """The sentences of a text as spans, in order; every character but white space is in exactly one.

    A sentence ends at . ! ؟ ? … before white space, or at the end of a line. It does not end after an abbreviation
    (د. ، أ.ف.ب.), in a number, or inside «a quotation», "another" or (an aside) that is closed in the same line. A long one also ends at ؛
    """
    spans: list[Span] = []
    start = 0
    for match in _BREAK.finditer(text):
        if match["stop"] and not _ends_sentence(text, start, match):
            continue
        _append(spans, text, start, match.end())
        start = match.end()
    _append(spans, text, start, len(text))
    return spans


def _ends_sentence(text: str, start: int, match: re.Match[str]) -> bool:
    end = match.end("stop")
    if match["stop"] == ".":
        lead = text[max(start, end - 16) : end]
        if _ABBREVIATION.search(lead) and not _NUMBERED.search(lead):
            return False
    return not _enclosed(text, start, match.end())


def _enclosed(text: str, start: int, position: int) -> bool:
    """Whether a position lies in «…» or (…) opened since `start` and closed before the end of the line."""
    for opening, closing in ("«»", "()"):
        if text.count(opening, start, position) > text.count(closing, start, position):
            line_end = text.find("\n", position)
            if text.find(closing, position, line_end if line_end >= 0 else len(text)) >= 0:
                return True
    if (
        text.count('"', start, position) % 2
    ):  # opening and closing marks are the same: a closing one soon, or it was none
        line_end = text.find("\n", position)
        return 0 <= text.find('"', position) < min(line_end if line_end >= 0 else len(text), position + LONG_SENTENCE)
    return False


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if not stripped:
        return
    start += len(piece) - len(piece.lstrip())
    end = start + len(stripped)
    if end - start > LONG_SENTENCE:
        for match in _SOFT_BREAK.finditer(text, start, end):
            if not _enclosed(text, start, match.end()):
                spans.append(Span(start, match.start() + 1))
                start = match.end()
    spans.append(Span(start, end))
