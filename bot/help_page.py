"""Typer's help pages and complaints in the reader's language, one line for each complaint."""

from __future__ import annotations

import difflib
import re

import typer
from typer.core import TyperCommand, TyperGroup

from bot.language import preferred_language
from bot.messages import Messages
from retrieval.errors import UsageError


class UnknownCommand(UsageError):
    """A word where a command is wanted. Values: name, suggestion."""

    code = "unknown_command"


class Command(TyperCommand):
    """A command whose help page speaks the reader's language."""

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]
        return _translated(super().get_help(ctx))


class Group(TyperGroup):
    """A group of commands whose help page speaks the reader's language."""

    def get_help(self, ctx: typer.Context) -> str:  # type: ignore[override]
        return _translated(super().get_help(ctx))

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Command | Group | None:  # type: ignore[override]
        """The command of that name. Raises `UnknownCommand`."""
        if cmd_name not in self.commands:
            close = difflib.get_close_matches(cmd_name, self.commands, n=1)
            raise UnknownCommand(name=cmd_name, suggestion="".join(close))
        return self.commands[cmd_name]  # type: ignore[return-value]


def _translated(page: str) -> str:
    """Typer's own words on a help page, which come in English."""
    messages = Messages(preferred_language())
    for word in ("usage", "arguments", "options", "commands"):
        page = re.sub(rf"^{word}:", messages(f"page.{word}"), page, flags=re.MULTILINE | re.IGNORECASE)
    return page.replace("[required]", messages("page.required")).replace("[default:", messages("page.default"))


def localize(command: TyperCommand | TyperGroup, messages: Messages, path: str = "") -> None:
    """Puts the help and example of the table on a command, its parameters and its subcommands, all the way down."""
    if f"help{path}" in messages:
        command.help = command.short_help = messages(f"help{path}")
    if f"example{path}" in messages:
        examples = "\n".join(f"  {line}" for line in messages(f"example{path}").split("\n"))
        command.epilog = f"\b\n{messages('page.example')}\n{examples}"
    help_option = command.get_help_option(typer.Context(command))
    for parameter in [*command.params, *([help_option] if help_option else [])]:
        for key in (f"help{path}.{parameter.name}", f"help.*.{parameter.name}"):
            if key in messages:
                parameter.help = messages(key)  # type: ignore[attr-defined]
                break
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            localize(inner, messages, f"{path}.{name}")  # type: ignore[arg-type]


def _expected(parameter: object, error: typer.TyperException) -> str:
    least, most = getattr(parameter, "min", None), getattr(parameter, "max", None)
    return error.message.rstrip(".") if least is None or most is None else f"{least}-{most}"


def complaint(error: typer.TyperException, messages: Messages) -> str:
    """Typer's complaint about a command line as one line. Its kinds are private, hence by name."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "dalil"
    parameter = getattr(error, "param", None)
    name = parameter.get_error_hint().strip("'") if parameter else ""
    match type(error).__name__:
        case "MissingParameter" if name:
            return messages("usage.missing", name=name, command=command)
        case "NoSuchOption":
            return messages("usage.option", name=getattr(error, "option_name", ""), command=command)
        case "BadOptionUsage":
            return messages("usage.option_value", name=getattr(error, "option_name", ""), command=command)
        case "BadParameter" if name:
            return messages("usage.value", name=name, expected=_expected(parameter, error), command=command)
    if extra := re.fullmatch(r"Got unexpected extra argument(?:s|\(s\))? \((.*)\)", error.message, re.DOTALL):
        return messages("usage.extra", words=extra[1], command=command)
    if error.message == "Missing command.":
        return messages("usage.command", command=command)
    return messages("usage.other", problem=error.message, command=command)
