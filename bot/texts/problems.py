"""What went wrong inside a fault, in Arabic: the English phrases that the library gives as `problem`."""

from __future__ import annotations

import re

PROBLEMS: dict[str, str] = {
    # records and data sets
    "not valid JSON": "ليس JSON صالحًا",
    "not valid UTF-8": "ليس بترميز UTF-8",
    "not a row of a table": "ليس صفًا من جدول",
    "not UTF-8": "ليس بترميز UTF-8",
    "not an object": "ليس كائن JSON",
    "text is not a string": "حقل النص ليس نصًا",
    "no text": "لا نص فيه",
    "no text: it cannot be found": "لا نص فيه، فلا يُعثر عليه",
    "nothing is relevant to query {}; it scores 0": "لا مستند يوافق السؤال {}، فدرجته 0",
    "no words in query {}": "لا كلمة في السؤال {}",
    "no question": "لا سؤال فيه",
    "no questions": "لا أسئلة فيه",
    "no _id": "ينقص الحقل _id",
    "no records": "لا سجلات فيه",
    "an id must be one word: {}": "المعرّف كلمة واحدة لا فراغ فيها: {}",
    "{} is not a list of strings": "الحقل {} ليس قائمة نصوص",
    "no judgements": "لا أحكام فيه",
    "not query, document and grade": "ليس سؤالًا ومستندًا ودرجة",
    "{} is not a grade": "ليست درجة: {}",
    "unknown document {}": "لا مستند بالمعرّف {}",
    "{} is judged twice for query {}": "حُكم على {} مرتين في السؤال {}",
    "no text to make passages of": "لا نص تُصنع منه مقاطع",
    "no lines of a TREC run": "لا سطور فيه بتنسيق TREC",
    "not the columns of a TREC run: {}": "ليست أعمدة TREC: {}",
    "{} is not a score": "ليست درجة: {}",
    "{} is there twice for query {}": "تكرر {} في السؤال {}",
    "duplicate id {}": "المعرّف {} مكرر",
    "unknown query {}": "لا يوجد سؤال بالمعرّف {}",
    "no answers for split {}": "لا أجوبة للقسم {}",
    "no qrels for split {}": "لا أحكام للقسم {}",
    "answerable is neither true nor false": "قيمة answerable ليست true ولا false",
    "another data set is called {}": "مجموعة أخرى اسمها {}",
    "no query of {}, split {}": "لا سؤال فيه من {}، القسم {}",
    "no document of {}": "لا مستند فيه من {}",
    "a run is measured in place of a search": "ملف النتائج يُقاس بدل البحث",
    "floors are of evidence, a run is judged by document": "الحدود الدنيا للحكم بالشاهد، وملف النتائج يُحكم فيه بالمستند",
    # entailment models
    "it gives one score, not labels": "يعطي درجة واحدة، لا تصنيفات",
    "no label is called entailment: {}": "ليس بين تصنيفاته entailment: {}",
    "a probability that is not a number": "أوزانه تالفة",
    # language models
    "the answer broke off": "انقطع الجواب",
    "the answer was cut (length)": "قُطع الجواب لطوله",
    "the answer was cut ({})": "قُطع الجواب: {}",
    "the answer is too long": "الجواب أطول مما ينبغي",
    "an empty answer": "الجواب فارغ",
    "it took too long": "تأخّر كثيرًا",
    "the question is too long for its window": "السؤال أطول مما يسعه النموذج",
    "model requires more system memory{}": "الذاكرة لا تكفيه",
    "server busy, please try again{}": "الخادم مشغول",
    "it thinks aloud; choose an instruct build": "يكتب تفكيره؛ اختر نسخة instruct منه",
    "JSONDecodeError: {}": "رد الخادم ليس JSON صالحًا",
    "ValidationError: {}": "رد الخادم على غير صورته",
    "RemoteProtocolError: {}": "قطع الخادم الاتصال",
    "ReadError: {}": "قطع الخادم الاتصال",
    "ReadTimeout: {}": "لم يجب الخادم في الوقت",
    "ValueError: No generation{}": "لم يكتب شيئًا",
    # files and the system
    "Permission denied": "لا إذن بذلك",
    "No such file or directory": "لا ملف بهذا الاسم",
    "Is a directory": "هو مجلد",
    "Not a directory": "ليس مجلدًا",
    "File name too long": "الاسم أطول مما ينبغي",
    "No space left on device": "امتلأ القرص",
    "Input/output error": "عطل في القرص",
    "database disk image is malformed": "الملف تالف",
    "file is not a database": "الملف تالف",
    "the store was used before it was opened": "استُعمل المخزن قبل فتحه",
}
"""English -> Arabic; `{}` stands for any words. The first that fits is taken."""


def problem_in_arabic(problem: str) -> str:
    """The phrase in Arabic where it is known, else as it is."""
    for english, arabic in PROBLEMS.items():
        if match := re.fullmatch(re.escape(english).replace(r"\{\}", "(.*)"), problem, re.DOTALL):
            return arabic.format(*match.groups())
    return problem
