"""What the Telegram bot says. A line that begins with a /command has no full stop: it would be shown before the command."""

from __future__ import annotations

TELEGRAM: dict[str, tuple[str, str]] = {
    # while a question is answered, and when it is not
    "telegram.placeholder": ("🔎 أبحث في المقالات…", "🔎 Searching the articles…"),
    "telegram.waiting": (
        "⏳ وصل سؤالك، وسأجيب عنه بعد الذي قبله.",
        "⏳ Your question has arrived; it comes after the one before it.",
    ),
    "telegram.stop": ("أوقف", "Stop"),
    "telegram.stopped": ("توقفتُ كما طلبت. اسألني متى شئت.", "Stopped, as you asked. Ask me again any time."),
    "telegram.nothing_to_stop": ("لا جواب قيد الإعداد الآن.", "No answer is being prepared now."),
    "telegram.stopping": ("⏹ أتوقف…", "⏹ Stopping…"),
    "telegram.stop_not_yours": ("يوقفه من سأل.", "Only who asked can stop it."),
    "telegram.shown_above": ("المقطع معروض قبل قليل.", "The passage was shown a moment ago."),
    "telegram.failed": (
        "تعذّر الجواب لعطل عندي، لا لخطأ في سؤالك. أعد إرساله بعد قليل.",
        "I could not answer: the fault is mine, not your question's. Please send it again in a while.",
    ),
    "telegram.busy": (
        "عندي من أسئلتك ما لم أجب عنه بعد. انتظر أجوبتها، ثم أعد إرسال هذا السؤال.",
        "Some of your questions are still unanswered. Wait for their answers, then send this one again.",
    ),
    "telegram.limit.minute": (
        "الحدّ في الدقيقة: {questions}، وقد بلغته. اسألني من جديد بعد {wait}.",
        "You have reached the limit a minute: {questions}. Ask again in {wait}.",
    ),
    "telegram.limit.day": (
        "الحدّ في اليوم: {questions}، وقد بلغته. اسألني من جديد بعد {wait}.",
        "You have reached the limit a day: {questions}. Ask again in {wait}.",
    ),
    "telegram.not_allowed": (
        "عذرًا، هذا البوت خاص، ولا يجيب في هذه المحادثة.",
        "Sorry, this bot is private and does not answer in this chat.",
    ),
    "telegram.voice": (
        "لا أفهم الرسائل الصوتية بعد. اكتب لي سؤالك وسأجيبك.",
        "I do not understand voice messages yet. Write your question and I will answer.",
    ),
    "telegram.photo": (
        "لا أقرأ الصور بعد. اكتب لي سؤالك وسأجيبك.",
        "I cannot read pictures yet. Write your question and I will answer.",
    ),
    "telegram.other": (
        "لا أفهم إلا الكلام المكتوب. اكتب لي سؤالك وسأجيبك.",
        "I understand written text only. Write your question and I will answer.",
    ),
    "telegram.unknown_command": (
        "لا أعرف هذا الأمر. أوامري كلها هنا:\n/help",
        "I do not know that command. See:\n/help",
    ),
    # faults, as a reader on a phone needs them; most others are "telegram.failed"
    "telegram.error.empty_question": (
        "لا كلمة في رسالتك. اكتب لي سؤالًا عن خبر تريد معرفته.",
        "There is no word in your message. Write a question about something in the news.",
    ),
    "telegram.notice.model_failed": (
        "تعذّرت الاستعانة بالنموذج اللغوي هذه المرة، فالجواب من نصّ المقالات وحده.",
        "The language model could not help this time; the answer is in the articles' own words alone.",
    ),
    "telegram.notice.entailment_failed": (
        "تعذّر التحقق من كلام النموذج اللغوي هذه المرة، فالجواب من نصّ المقالات وحده.",
        "What the language model wrote could not be checked this time; the answer is in the articles' own words alone.",
    ),
    # buttons
    "telegram.up": ("👍", "👍"),
    "telegram.down": ("👎", "👎"),
    "telegram.chosen": ("✅ {vote}", "✅ {vote}"),
    "telegram.stale": (
        "هذا الزر قديم ولم يعد يعمل. أعد إرسال سؤالك لأجيبك من جديد.",
        "This button is old and no longer works. Send your question again for a new answer.",
    ),
    "telegram.voted.up": ("شكرًا! يسرّني أنه أفادك.", "Thank you! Glad it helped."),
    "telegram.voted.down": ("شكرًا لصراحتك، سُجّل رأيك.", "Thank you for telling me."),
    "telegram.voted.withdrawn": ("سُحب تقييمك.", "Your vote is withdrawn."),
    # documents
    "telegram.document.read": ("قرأتُ «{name}»", "I have read “{name}”"),
    "telegram.document.unread": ("تعذّرت قراءة «{name}»", "I could not read “{name}”"),
    "telegram.document.added": ("جديد: {articles}", "New: {articles}"),
    "telegram.document.updated": ("معدَّل: {articles}", "Changed: {articles}"),
    "telegram.document.unchanged": ("كما كان: {articles}", "As before: {articles}"),
    "telegram.document.failed": ("تعذّر: {number}", "Failed: {number}"),
    "telegram.document.ask": ("اسألني الآن عمّا فيه.", "Now ask me about it."),
    "telegram.document.nothing": ("لا مقال فيه.", "It holds no article."),
    "telegram.document.not_allowed": (
        "عذرًا، لا يضيف المقالات في هذه المحادثة إلا من أُذن له. أما أسئلتك فأهلًا بها.",
        "Sorry, only the editors of this bot can add articles. Your questions are welcome, though.",
    ),
    "telegram.document.not_fetched": (
        "تعذّر تنزيل الملف من تيليغرام. أعد إرساله.",
        "The file could not be fetched from Telegram. Please send it again.",
    ),
    "telegram.document.too_big": (
        "الملف «{name}» أكبر مما أستطيع تنزيله (الحدّ {megabytes} ميغابايت). قسّمه إلى ملفات أصغر.",
        "I cannot fetch “{name}”: it is bigger than {megabytes} MB. Divide it into smaller files.",
    ),
    # the articles
    "telegram.latest": ("أحدث المقالات", "Latest articles"),
    "telegram.sources": ("المقالات التي أجيب منها", "The articles I answer from"),
    "telegram.held": ("عندي {articles} ({passages}).", "I hold {articles} ({passages})."),
    "telegram.period": ("تواريخها من {oldest} إلى {newest}.", "Dated from {oldest} to {newest}."),
    "telegram.one_date": ("تاريخها {newest}.", "Dated {newest}."),
    "telegram.no_outlet": ("بلا اسم ناشر", "no outlet named"),
    "telegram.no_articles": ("لا مقالات عندي بعد.", "I hold no articles yet."),
    "telegram.more": ("… وغيرها", "… and more"),
    # the conversation
    "telegram.new": (
        "محادثة جديدة: نسيتُ ما قبلها. ما سؤالك؟",
        "A new conversation: what came before is forgotten. What is your question?",
    ),
    "telegram.forgotten": (
        "حذفتُ كل ما كان محفوظًا عنك: أسئلتك وأجوبتها وتقييماتك.",
        "All that was stored of you is deleted: your questions, their answers and your votes.",
    ),
    "telegram.start": (
        "أهلًا بك! أنا «دليل» 👋\n"
        "\n"
        "اسألني عن خبر، فأجيبك من المقالات التي عندي بكلامها، ومع كل جواب مصدره. وما لا أجده فيها لا أقوله.\n"
        "\n"
        "اكتب سؤالك الآن.\n"
        "\n"
        "/help كيف تسألني\n"
        "/sources المقالات التي أجيب منها",
        "Welcome! I am Dalil 👋\n"
        "\n"
        "Ask me about the news: I answer from the Arabic articles I hold, in their own words, and show the source of "
        "every answer. What they do not say, I do not say.\n"
        "\n"
        "Write your question now, in Arabic or in English.\n"
        "\n"
        "/help how to ask\n"
        "/sources the articles I answer from",
    ),
    "telegram.help": (
        "كيف تسألني\n"
        "\n"
        "• اكتب سؤالك كما تقوله، بالعربية أو الإنجليزية، ثم تابع إن شئت: «ومتى كان ذلك؟»\n"
        "• الأرقام [1] [2] شواهد الجواب: اضغط زر الشاهد تحته لتقرأ المقطع كاملًا.\n"
        "• قيّم الجواب بزر 👍 أو 👎، واضغط الزر مرة أخرى لسحب تقييمك.\n"
        "• في المجموعات: اذكرني باسمي في رسالتك، أو رُدّ على إحدى رسائلي، أو اكتب الأمر /ask ثم سؤالك.",
        "How to ask\n"
        "\n"
        "• Write your question as you would say it, in Arabic or in English, and go on if you like: “And when was that?”\n"
        "• The numbers [1] [2] are the evidence: press the button below the answer to read the whole passage.\n"
        "• Rate the answer with 👍 or 👎; press the button again to withdraw your vote.\n"
        "• In groups: mention me by name, reply to one of my messages, or write /ask and your question.",
    ),
    "telegram.help.inline": (
        "• للبحث من أي محادثة: اكتب اسمي ثم كلمات البحث.\n{bot_name} أذربيجان",
        "• To search from any chat: write my name, then your words.\n{bot_name} Azerbaijan",
    ),
    "telegram.about": (
        "دليل {version}\n"
        "\n"
        "أجيب عن الأسئلة من مقالات إخبارية عربية، وأعرض الشاهد على كل قول.\n"
        "الأجوبة: {mode}.\n"
        "برنامج حر برخصة MIT.",
        "Dalil {version}\n"
        "\n"
        "I answer questions from Arabic news articles, and show the evidence for every claim.\n"
        "Answers: {mode}.\n"
        "Free software under the MIT licence.",
    ),
    "telegram.privacy": (
        "الخصوصية\n"
        "\n"
        "• ما أحفظه: أسئلتك وأجوبتها وتقييماتك وأوقاتها، لأفهم ما تتابع به ولا يضيع شيء عند انقطاع الاتصال.\n"
        "• إلى متى: ثلاثين يومًا، وما قيّمته إلى أن تحذفه.\n"
        "• أين: على الجهاز الذي يعمل عليه هذا البوت، لا غير. وتيليغرام ينقل الرسائل بيننا.\n"
        "• من يراه: من يشغّل هذا البوت يستطيع قراءته، ولا أُطلع عليه أحدًا غيره. والنموذج اللغوي، إن استُعمل، نموذج يشغّله هو.\n"
        "\n"
        "/new لنسيان المحادثة السابقة\n"
        "/forget لحذف كل ما حُفظ عنك",
        "Privacy\n"
        "\n"
        "• What I store: your questions, their answers, your votes, and when, so that I understand what you go on "
        "with and nothing is lost when the connection breaks.\n"
        "• How long: 30 days; what you have rated, until you delete it.\n"
        "• Where: on the machine that runs this bot, and nowhere else. Telegram carries the messages between us.\n"
        "• Who sees it: whoever runs this bot can read it; it is passed on to nobody else. A language model, if one is "
        "used, is run by them.\n"
        "\n"
        "/new forgets the conversation so far\n"
        "/forget deletes everything stored of you",
    ),
    # the menu
    "telegram.command.start": ("البداية", "Start"),
    "telegram.command.help": ("كيف تسألني", "How to ask"),
    "telegram.command.new": ("محادثة جديدة", "New conversation"),
    "telegram.command.sources": ("المقالات التي أجيب منها", "The articles I answer from"),
    "telegram.command.latest": ("أحدث المقالات", "Latest articles"),
    "telegram.command.about": ("من أنا", "About me"),
    "telegram.command.privacy": ("الخصوصية: ما أحفظه وأين", "Privacy: what is stored, and where"),
    "telegram.command.forget": ("حذف كل ما حُفظ عنك", "Delete everything stored of you"),
    "telegram.command.stop": ("إيقاف الجواب الجاري", "Stop the answer being prepared"),
    # dates
    "telegram.date": ("{day} {month} {year}", "{day} {month} {year}"),
    "telegram.months": (
        "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
        "January February March April May June July August September October November December",
    ),
    # counted nouns; the durations stand after «بعد»
    "question.zero": ("لا أسئلة", "no questions"),
    "question.one": ("سؤال واحد", "1 question"),
    "question.two": ("سؤالان", "{n} questions"),
    "question.few": ("{n} أسئلة", "{n} questions"),
    "question.many": ("{n} سؤالًا", "{n} questions"),
    "question.other": ("{n} سؤال", "{n} questions"),
    "second.zero": ("لحظة", "a moment"),
    "second.one": ("ثانية واحدة", "1 second"),
    "second.two": ("ثانيتين", "{n} seconds"),
    "second.few": ("{n} ثوانٍ", "{n} seconds"),
    "second.many": ("{n} ثانية", "{n} seconds"),
    "second.other": ("{n} ثانية", "{n} seconds"),
    "minute.zero": ("لحظة", "a moment"),
    "minute.one": ("دقيقة واحدة", "1 minute"),
    "minute.two": ("دقيقتين", "{n} minutes"),
    "minute.few": ("{n} دقائق", "{n} minutes"),
    "minute.many": ("{n} دقيقة", "{n} minutes"),
    "minute.other": ("{n} دقيقة", "{n} minutes"),
    "hour.zero": ("لحظة", "a moment"),
    "hour.one": ("ساعة واحدة", "1 hour"),
    "hour.two": ("ساعتين", "{n} hours"),
    "hour.few": ("{n} ساعات", "{n} hours"),
    "hour.many": ("{n} ساعة", "{n} hours"),
    "hour.other": ("{n} ساعة", "{n} hours"),
}
