"""The support bench: claims derived from a small article, each checked by hand; scores, intervals, the command."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from retrieval.chunking import chunk
from retrieval.evals.claims.invented_claims import FALSE_INVENTED
from retrieval.evals.claims.name_claims import FALSE_NAMES
from retrieval.evals.claims.names import people_in, places_in
from retrieval.evals.claims.number_claims import FALSE_NUMBERS
from retrieval.evals.claims.numbers import numbers_in
from retrieval.evals.claims.polarity_claims import FALSE_POLARITY
from retrieval.evals.claims.scene import Claim, Pool, Scene, clauses, keeps_quotations, overlap, statements
from retrieval.evals.claims.true_claims import TRUE
from retrieval.evals.support_bench import FALSE, KINDS, OTHER_ARTICLE, SAME_ARTICLE, derive, run, wilson
from retrieval.support import Checked
from retrieval.types import Article, Passage, Source, Span
from tests.beir import write_dataset
from tests.test_cli import dalil, folder  # noqa: F401 - fixtures

MAKERS = {**TRUE, **FALSE_NUMBERS, **FALSE_NAMES, **FALSE_POLARITY, **FALSE_INVENTED}
FLOOD = (
    "قال وزير الداخلية محمد الناصر، اليوم الثلاثاء، إن السيول قتلت أربعة أشخاص في صفاقس وألحقت أضرارا بنحو 300 منزل.\n\n"
    "وأضاف أن الحكومة خصصت 20 مليون دينار لإصلاح الطرقات، مؤكدا أن نسبة الأشغال بلغت 35 بالمائة في سبتمبر 2016.\n\n"
    "ولم يعلن الرئيس التونسي الباجي قايد السبسي عن زيارة إلى الجهة، وقال المحتجون إنهم «لن يغادروا الساحة قبل الحصول على حقوقهم»."
)
MATCH = (
    "فاز النادي الصفاقسي على ضيفه في المباراة التي جرت أمس الأحد في تونس، وسجل أحمد العكايشي هدفين في الشوط الأول.\n\n"
    "وأكد المدرب لطفي الدريدي أن عددا من اللاعبين سيغيبون عن اللقاء القادم بسبب الإصابة."
)


def article(name: str, body: str) -> Article:
    return Article(Source(name, name), body)


def scene(text: str, *, before: str = "", after: str = "", seed: int = 0) -> Scene:
    """A sentence beside a passage that holds it, with a pool of two people."""
    body = " ".join(part for part in (before, text, after) if part)
    passage = Passage("a#0", Source("a", "a"), 0, body, 0, len(body))
    pool = Pool([passage], ["سامي الطاهري", "فاطمة المسدي"], {})
    return Scene(text, passage, [passage], pool, Random(seed), after, before)


def made(kind: str, text: str, **around: Any) -> str | None:
    return MAKERS[kind](scene(text, **around))


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        (
            "number form",
            "وأعلنت أرمينيا مقتل أربعة من جنودها في المنطقة.",
            "وأعلنت أرمينيا مقتل 4 من جنودها في المنطقة.",
        ),
        ("number form", "وشارك ثلاثة آلاف شخص في المسيرة.", "وشارك 3000 شخص في المسيرة."),
        ("number form", "وأصيب خمسة وعشرون عاملا في الحادث.", "وأصيب 25 عاملا في الحادث."),
        ("number form", "وأوقفت الشرطة 4 أشخاص في العاصمة.", "وأوقفت الشرطة أربعة أشخاص في العاصمة."),
        ("number form", "وأصيب أحد عشر عاملا في الحادث.", None),
        ("month name", "وقع الهجوم في 3 سبتمبر 2016 قرب الحدود.", "وقع الهجوم في 3 أيلول 2016 قرب الحدود."),
        ("month name", "واستعادتها في 3 سبتمبر (أيلول) الماضي.", None),
        (
            "reordered",
            "تمكنت الوحدات الأمنية من القبض على ثلاثة أشخاص، وفق ما أكده مصدر أمني.",
            "وفق ما أكده مصدر أمني، تمكنت الوحدات الأمنية من القبض على ثلاثة أشخاص.",
        ),
        ("shortened", "أعلنت الوزارة، اليوم الثلاثاء، فتح تحقيق.", "أعلنت الوزارة فتح تحقيق."),
        ("shortened", "يتواصل الإضراب منذ يوم الثلاثاء، في المدينة.", None),
        ("title dropped", "وحضر السيد محمد الناصر الجلسة.", "وحضر محمد الناصر الجلسة."),
        ("title dropped", "قال الرئيس الروسي فلاديمير بوتين إنه سيسافر.", "قال فلاديمير بوتين إنه سيسافر."),
    ],
)
def test_rewordings_that_stay_true(kind: str, text: str, wanted: str | None) -> None:
    assert made(f"true/{kind}", text) == wanted


def test_a_verb_of_speech_takes_its_particle_along() -> None:
    found = {made("true/reporting verb", "وقالت الوزارة إنها فتحت تحقيقا.", seed=seed) for seed in range(20)}
    assert found == {f"و{verb} الوزارة أنها فتحت تحقيقا." for verb in ("ذكرت", "أوضحت", "أفادت")}


def test_the_speaker_of_the_sentence_before_is_named_only_when_there_is_one() -> None:
    said = "وأضاف أن الأشغال انتهت."
    assert made("true/pronoun named", said, before="قال الوزير محمد الناصر إن الطريق مفتوح.") == (
        "وأضاف محمد الناصر أن الأشغال انتهت."
    )
    two = "قال الوزير محمد الناصر إن أحمد العكايشي استقال."
    assert made("true/pronoun named", said, before=two) is None
    assert made("true/pronoun named", said, before="قالت الوزيرة سلمى اللومي إن الطريق مفتوح.") is None


def test_neighbours_are_joined_with_one_and() -> None:
    assert made("true/joined", "وصل الوزير.", after="وقال إنه سعيد.") == "وصل الوزير وقال إنه سعيد."
    assert made("true/joined", "وصل الوزير.", after="وزير الدفاع غادر.") == "وصل الوزير ووزير الدفاع غادر."


def test_spelling_changes_letters_not_words() -> None:
    text = "وأعلنت الوزارة يوم 14 مارس فتح المدرسة إلى غاية الشهر القادم."
    found = {made("true/spelling", text, seed=seed) for seed in range(20)}
    assert len(found) >= 4 and text not in found
    assert all(overlap(claim or "", scene(text).passage) == 1.0 for claim in found)


def test_a_clause_is_a_statement_by_itself() -> None:
    assert clauses("تمكنت وحدات الحرس الوطني في ولاية صفاقس ليلة أمس، من القبض على ثلاثة أشخاص.") == []
    assert clauses("أعلن الوزير أن السلطات فتحت كل الطرقات المغلقة في الجهة، مؤكدا عودة الدروس.") == [
        "أعلن الوزير أن السلطات فتحت كل الطرقات المغلقة في الجهة."
    ]
    assert clauses("أعلن وزير الداخلية في تصريح صحفي له صباح اليوم، أن الطريق فتح.") == []
    assert clauses("أعلن الوزير أن السلطات ستفتح كل الطرقات المغلقة في الجهة، إلا الطريق الساحلية.") == []


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("negation/put in", "وأعلنت الوزارة فتح تحقيق.", "ولم تعلن الوزارة فتح تحقيق."),
        ("negation/put in", "كان الطريق مغلقا.", "لم يكن الطريق مغلقا."),
        ("negation/put in", "الوزير سيعلن القرار غدا.", "الوزير لن يعلن القرار غدا."),
        ("negation/put in", "ولم تعلن الوزارة القرار.", None),
        ("negation/taken out", "ولم تعلن الوزارة القرار.", "وأعلنت الوزارة القرار."),
        ("negation/taken out", "الوزير لا يشارك في الجلسة.", "الوزير يشارك في الجلسة."),
        ("negation/taken out", "لا يزال الطريق مغلقا.", None),
        ("negation/taken out", "لم يحضر الجلسة إلا الوزير.", None),
        ("negation/denied", "ونفت الوزارة الخبر.", "وأكدت الوزارة الخبر."),
        ("negation/denied", "رفض الوزير العرض.", "قبل الوزير العرض."),
        ("negation/opposite", "ارتفع سعر النفط.", "انخفض سعر النفط."),
        ("negation/opposite", "كان ذلك أول أمس.", None),
        ("negation/before", "وصل بعد الحفل.", "وصل قبل الحفل."),
        ("negation/before", "ولم يصل بعد الحفل.", None),
        ("date/today", "وصل اليوم الثلاثاء.", "وصل أمس الثلاثاء."),
        ("date/today", "وصف هذا اليوم الدامي.", None),
        ("number/age", "لم يتجاوز عمره 16 سنة.", None),
        ("number/digits", "وأوقفت أكثر من 50 شخصا.", None),
        ("negation/put in", "الوزير تدخل لفتح تحقيق.", None),
        ("number/magnitude", "وبلغت الكلفة 20 ألف دينار.", "وبلغت الكلفة 20 مليون دينار."),
        ("role/swapped", "انتقل من سوسة إلى باريس.", "انتقل من باريس إلى سوسة."),
        ("role/swapped", "اللقاء بين تونس ومصر قاد إلى ليبيا.", None),
        (
            "role/swapped",
            "قال محمد الناصر إن أحمد العكايشي استقال.",
            "قال أحمد العكايشي إن محمد الناصر استقال.",
        ),
    ],
)  # fmt: skip
def test_what_is_turned_round(kind: str, text: str, wanted: str | None) -> None:
    assert made(kind, text) == wanted


@pytest.mark.parametrize(
    ("kind", "text", "kept", "lost"),
    [
        ("number/digits", "وأوقفت الشرطة 12 شخصا يوم 3 مارس 2016.", "يوم 3 مارس 2016", "12"),
        ("number/percent", "وبلغت النسبة 35 بالمائة من 80 مدرسة.", "80 مدرسة", "35"),
        ("number/age", "وتوفي شاب (25 عاما) مع 4 آخرين.", "4 آخرين", "25"),
        ("number/word", "وأوقفت الشرطة سبعة أشخاص.", "أشخاص", "سبعة"),
        ("number/added", "وأوقفت الشرطة عددا من المحتجين.", "من المحتجين", "عددا"),
        ("date/year", "وتأسس الحزب عام 1994 وفيه 12 عضوا.", "12 عضوا", "1994"),
        ("date/day", "وصل يوم 12 مارس 2016.", "مارس 2016", "12"),
        ("date/month", "وصل يوم 12 مارس 2016.", "وصل يوم 12", "مارس"),
        ("date/weekday", "وصل يوم الجمعة إلى تونس.", "إلى تونس", "الجمعة"),
        ("name/person of other", "قال محمد الناصر إنه سيحضر.", "إنه سيحضر", "محمد الناصر"),
        ("name/place", "وصل الوفد إلى فرنسا صباحا.", "صباحا", "فرنسا"),
        ("name/nationality", "وصل الوفد الفرنسي صباحا.", "وصل الوفد ال", "الفرنسي"),
        ("name/organisation", "وأعلنت وزارة الداخلية القرار.", "وأعلنت وزارة ال", "الداخلية"),
        ("quotation/word", 'وقال "إن القرار صعب على الجميع" أمام الصحفيين في المدينة.', "أمام الصحفيين", "القرار صعب على الجميع"),
    ],
)  # fmt: skip
def test_what_is_exchanged(kind: str, text: str, kept: str, lost: str) -> None:
    for seed in range(10):
        claim = made(kind, text, after="وشاركت جمعيات كثيرة", seed=seed)
        assert claim and kept in claim and lost not in claim


def test_a_number_of_the_passage_is_never_the_new_one() -> None:
    text, after = "وأوقفت الشرطة 5 أشخاص.", "وأصيب ستة وجرح 3 و4 و8 و9 و7 آخرين."
    assert {made("number/digits", text, after=after, seed=seed) for seed in range(30)} == {
        "وأوقفت الشرطة 2 أشخاص.",
    }
    assert {made("number/from passage", text, after=after, seed=seed) for seed in range(30)} <= {
        f"وأوقفت الشرطة {number} أشخاص." for number in (3, 4, 7, 8, 9)
    }


def test_names_and_places_are_found() -> None:
    text = "قال الوزير محمد علي النصري والنائب عبد الكريم الهاروني إنهما وصلا إلى بباريس على متن طائرة من مصر."
    assert [person.text for person in people_in("وصل رئيس الحكومة يوسف الشاهد إلى صفاقس.")] == ["يوسف الشاهد"]
    assert [person.text for person in people_in("أكد الرئيس الأوكراني زيلينسكي اليوم على التعاون.")] == []
    assert people_in("وعلى الصيد تنظيم القطاع، على الأقل هذا العام.") == ()
    assert [place.text for place in places_in(text)] == ["باريس", "مصر"]
    assert [(number.word.text, number.counts) for number in numbers_in("فاز 2-1 يوم 3 مارس 2016 بنسبة 40% في 90 دقيقة")] == [
        ("3", "day"), ("2016", "year"), ("40", "percent"), ("90", "amount"),
    ]  # fmt: skip


def test_claims_are_the_same_for_a_seed_and_cover_the_kinds() -> None:
    articles = [article("flood", FLOOD), article("match", MATCH)]
    claims = list(derive(articles, seed=7))
    assert claims == list(derive(articles, seed=7)) != list(derive(articles, seed=8))
    assert {claim.kind for claim in claims} >= {
        "true/sentence",
        "number/percent",
        "name/person of other",
        OTHER_ARTICLE,
    }
    passages = {passage.id: passage for each in articles for passage in chunk(each)}
    for claim in claims:
        assert claim.true == (claim.kind in TRUE) and claim.kind in KINDS
        assert passages[claim.passage.id] == claim.passage
        if claim.kind == "true/sentence":
            assert claim.text in claim.passage.text
        if not claim.true:
            assert claim.text not in claim.passage.text
        if claim.true and claim.kind != "true/spelling":
            assert keeps_quotations(claim.text, claim.passage)


def test_a_sentence_is_cited_elsewhere_only_where_it_is_not_said() -> None:
    twice = article("twice", FLOOD)
    claims = list(derive([article("flood", FLOOD), twice]))
    assert not [claim for claim in claims if claim.kind in (OTHER_ARTICLE, SAME_ARTICLE, "invented/other article")]


def test_headings_questions_and_lists_are_no_statements() -> None:
    body = "اشتباك حدودي بين أرمينيا وأذربيجان يضرب مساعي السلام في المنطقة كلها\n\nهل أعلنت الوزارة فتح تحقيق في هذه الحادثة الخطيرة؟"
    assert statements(chunk(article("a", body))[0]) == []


def test_scores_count_what_is_let_through_and_what_is_stopped() -> None:
    passage = scene("نص").passage
    claims = [Claim(text, passage, kind in TRUE, kind) for text, kind in (
        ("أ", "true/sentence"), ("ب", "true/sentence"), ("ج", "true/clause"), ("د", "date/year"), ("ه", "number/digits"),
    )]  # fmt: skip
    stopped = {"ب", "د"}
    scores = {
        score.kind: score
        for score in run(claims, lambda text, _: Checked(Span(0, 1), "number" if text in stopped else None, 1.0))
    }
    assert list(scores) == [
        "true/sentence",
        "true/clause",
        "number/digits",
        "date/year",
        "true",
        "number",
        "date",
        "false",
    ]
    assert (scores["true/sentence"].share, scores["true"].right, scores["true"].count) == (0.5, 2, 3)
    assert (scores["number"].share, scores["date"].share, scores["false"].share) == (0.0, 1.0, 0.5)
    assert [claim.text for claim, _ in scores["true/sentence"].misses] == ["ب"]
    assert [claim.text for claim, _ in scores["number/digits"].misses] == ["ه"]
    assert run([], lambda text, passage: Checked(None, Span(0, 1))) == []


def test_intervals_are_wilsons() -> None:
    assert wilson(8, 10) == (0.4902, 0.9433)
    assert wilson(0, 20) == (0.0, 0.1611)
    assert wilson(20, 20) == (0.8389, 1.0)


def test_every_false_kind_is_marked_false() -> None:
    assert not FALSE.keys() & TRUE.keys() and len(set(KINDS)) == len(KINDS) == len(TRUE) + len(FALSE) + 2


# ------------------------------------------------------------------------------------------------------ the command


@pytest.fixture
def news(tmp_path: Path) -> Path:
    documents = {name: (name, body.replace("\n\n", " ")) for name, body in (("flood", FLOOD), ("match", MATCH))}
    return write_dataset(tmp_path / "sets" / "news", documents=documents, queries={"q": "س"}, qrels=[("q", "flood", 1)])


def test_json_gives_each_kind_and_each_group(dalil: Any, news: Path) -> None:  # noqa: F811
    outcome = dalil("eval", "support", str(news), "--json", "--seed", "3")
    found = json.loads(outcome.out)
    assert (outcome.code, found["articles"], found["seed"]) == (0, 2, 3)
    rows = {row["kind"]: row for row in found["kinds"]}
    assert rows["true/sentence"]["claims"] == 2 and rows["false"]["claims"] >= 10
    assert rows["false"].keys() == {"kind", "true", "claims", "right", "share", "interval"}
    assert json.loads(dalil("eval", "support", str(news), "--json", "--limit", "1").out)["articles"] == 1


def test_the_table_parts_true_from_false(dalil: Any, news: Path) -> None:  # noqa: F811
    out = dalil("eval", "support", str(news), "--misses").out
    true, false = out.split("false claims: count, share stopped, 95 % interval\n")
    assert "true/sentence" in true and "number/percent" not in true and "number/percent" in false


def test_what_cannot_be_read_is_told(dalil: Any) -> None:  # noqa: F811
    outcome = dalil("eval", "support", "nowhere.txt")
    assert (outcome.code, outcome.out) == (1, "") and "nowhere.txt" in outcome.err
