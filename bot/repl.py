"""The chat in the terminal: questions in, answers with numbered citations out, and a few commands."""

from __future__ import annotations

import asyncio
import difflib
import os
import shutil
from collections.abc import Iterable
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from bot.also import source_notes, version_notes
from bot.messages import Messages
from bot.render import Page, answer_text, article_text, citation_lines, evidence_lines, note_lines, numbered_source
from retrieval.arabic import clean, clean_line
from retrieval.errors import DalilError
from retrieval.types import Answer, Citation, Turn

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import History

    from retrieval.assistant import Assistant
    from retrieval.index import Index

COMMANDS = ("/sources", "/open", "/new", "/help", "/quit")
KEPT_TURNS = 6
"""Earlier questions that a follow-up may refer to."""
LISTED_ARTICLES = 20


class Chat:
    """One conversation. `out` takes what was asked for, `err` the faults; `live` shows an answer as it is written."""

    def __init__(
        self,
        assistant: Assistant,
        index: Index,
        messages: Messages,
        *,
        page: Page,
        out: TextIO,
        err: TextIO,
        live: bool = False,
    ) -> None:
        self._assistant = assistant
        self._index = index
        self._messages = messages
        self._page = page
        self._out = out
        self._err = err
        self._live = live
        self._turns: list[Turn] = []

    # ---------------------------------------------------------------------------------------------- the two loops

    def read(self, lines: Iterable[str]) -> None:
        """Answers line by line: the chat without a terminal."""
        with asyncio.Runner() as runner:
            for line in lines:
                if not self.handle(line, runner):
                    return

    def talk(self, session: PromptSession[str], *, model: str | None) -> None:
        """Asks for lines until Ctrl-D or /quit. Ctrl-C clears the line, or stops the answer."""
        self._greet(model)
        with asyncio.Runner() as runner:
            while True:
                try:
                    line = session.prompt("> ")
                except KeyboardInterrupt:
                    continue
                except EOFError:
                    return
                try:
                    if not self.handle(line, runner):
                        return
                except KeyboardInterrupt:
                    self._say("", self._messages("chat.stopped"), "")

    def handle(self, line: str, runner: asyncio.Runner) -> bool:
        """Carries out one line; False when it ends the chat. A fault is one line on `err`, and the chat goes on."""
        line = clean_line(line)
        try:
            if line == "/quit":
                return False
            if line.startswith("/"):
                self._carry_out(line)
            elif line:
                runner.run(self._answer(line))
        except DalilError as error:
            self._complain(error)
        return True

    # ---------------------------------------------------------------------------------------------- answers

    async def _answer(self, question: str) -> None:
        writing = _Writing(self._out, self._page)
        if self._live:
            writing.wait(self._messages("answer.working"))
        try:
            pieces = self._assistant.stream(question, self._turns, language=self._messages.language)
            async with aclosing(pieces):
                async for piece in pieces:
                    if isinstance(piece, Answer):
                        self._finish(question, piece, writing)
                    elif self._live:
                        writing.add(piece.text)
        finally:
            writing.end()

    def _finish(self, question: str, answer: Answer, writing: _Writing) -> None:
        self._turns = [*self._turns, Turn(question, answer)][-KEPT_TURNS:]
        writing.end()
        if writing.shows(answer.text):
            self._say(*evidence_lines(answer, self._messages, self._page), "")
        else:
            writing.take_back()
            self._say(answer_text(answer, self._messages, self._page), "")
        if answer.notice:
            self._complain(answer.notice)

    # ---------------------------------------------------------------------------------------------- commands

    def _carry_out(self, line: str) -> None:
        name, _, argument = line.partition(" ")
        match name:
            case "/sources":
                self._show_sources()
            case "/open":
                self._open(argument.strip())
            case "/new":
                self._turns = []
                self._say(self._messages("chat.new"))
            case "/help":
                self._say(self._messages("chat.help"))
            case _:
                close = difflib.get_close_matches(name, COMMANDS, n=1)
                key = "chat.unknown" if close else "chat.unknown.bare"
                self._say(self._messages(key, name=name, suggestion="".join(close)))

    def _show_sources(self) -> None:
        if cited := self._cited():
            for citation in cited:
                notes = note_lines(source_notes(citation.passage.source, self._messages), self._page, indent="    ")
                self._say(*citation_lines(citation, citation.passage.text, self._page), *notes, "")
            return
        articles = self._index.articles()
        if not articles:
            self._say(self._messages("chat.no_articles"))
        for number, source in enumerate(articles[:LISTED_ARTICLES], 1):
            self._say(*numbered_source(number, source, self._page))
        if len(articles) > LISTED_ARTICLES:
            self._say(self._messages("chat.more", articles=self._messages.count("article", len(articles))))

    def _open(self, argument: str) -> None:
        if not argument.isdecimal():
            self._say(self._messages("chat.open.which"))
            return
        number, cited = int(argument), self._cited()
        if cited:
            article_id = next((c.passage.source.article_id for c in cited if c.label == number), None)
        else:
            listed = self._index.articles()[:LISTED_ARTICLES]
            article_id = listed[number - 1].article_id if 1 <= number <= len(listed) else None
        if article_id is None:
            self._say(self._messages("chat.open.none", number=number))
            return
        quotes = [citation for citation in cited if citation.passage.source.article_id == article_id]
        article, versions = self._index.article(article_id), self._index.versions(article_id)
        source = quotes[0].passage.source if quotes else article.source
        notes = [*source_notes(source, self._messages), *version_notes(versions, self._messages)]
        self._say(article_text(article, quotes, self._page, notes), "")

    def _cited(self) -> list[Citation]:
        """What the last answer shows under numbers."""
        if not self._turns:
            return []
        answer = self._turns[-1].answer
        return list(answer.citations or answer.nearest)

    # ---------------------------------------------------------------------------------------------- the screen

    def _greet(self, model: str | None) -> None:
        mode = self._messages("chat.mode.llm", model=model) if model else self._messages("chat.mode.quotes")
        articles = self._messages.count("article", self._index.article_count)
        self._say(self._messages("chat.welcome", articles=articles, mode=mode))

    def _say(self, *lines: str) -> None:
        self._out.write("".join(f"{line}\n" for line in lines))
        self._out.flush()

    def _complain(self, error: DalilError) -> None:
        self._err.write(self._messages.error(error) + "\n")
        self._err.flush()


class _Writing:
    """An answer on the screen while it is being written, whole words only, wrapped as it will be in the end."""

    def __init__(self, out: TextIO, page: Page) -> None:
        self._out = out
        self._page = page
        self._text = ""
        self._shown = ""
        self._waiting = False
        self._ended = False

    def wait(self, words: str) -> None:
        """Shows `words` until the first piece comes."""
        self._waiting = True
        self._put(words)

    def add(self, piece: str) -> None:
        self._text += piece
        settled = self._text[: max(self._text.rfind(" "), self._text.rfind("\n")) + 1]
        self._show(settled)

    def end(self) -> None:
        """Shows what is left, and ends the line."""
        if self._ended:
            return
        self._ended = True
        self._show(self._text)
        self._clear_waiting()
        if self._shown:
            self._put("\n")

    def shows(self, text: str) -> bool:
        """Whether the finished answer is on the screen as it stands."""
        return bool(self._shown) and clean_line(self._text) == clean_line(text)

    def take_back(self) -> None:
        """Removes from the screen what is not the answer after all; what has scrolled away stays."""
        rows = self._shown.count("\n") + 1
        if self._shown and rows < shutil.get_terminal_size().lines:
            self._put(f"\x1b[{rows}F\x1b[J")

    def _show(self, text: str) -> None:
        laid_out = "\n".join(self._page.lines(clean(text).strip()))
        if laid_out and laid_out.startswith(self._shown):
            self._clear_waiting()
            self._put(laid_out[len(self._shown) :])
            self._shown = laid_out

    def _clear_waiting(self) -> None:
        if self._waiting:
            self._waiting = False
            self._put("\r\x1b[K")

    def _put(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def open_session(history_file: Path) -> PromptSession[str]:
    """A prompt with history and completion of commands. A history that cannot be written lives in memory."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    history: History = InMemoryHistory()
    try:
        history_file.touch(mode=0o600)
        if os.access(history_file, os.W_OK):
            history = FileHistory(history_file)
    except OSError:
        pass  # a data folder that is read-only, or not there
    completer = WordCompleter(list(COMMANDS), sentence=True)
    return PromptSession(history=history, completer=completer, complete_while_typing=True)
