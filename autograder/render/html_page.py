"""Render standalone pages: one HTML file that loads nothing. Text from others is escaped or sanitized."""

import base64
import hashlib
from functools import cache
from pathlib import Path

import nh3
from ansi2html import Ansi2HTMLConverter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from autograder.gradescope.results_json import Format

TEMPLATES = Path(__file__).parent / "templates"
COLOURS = {"color", "background-color", "font-weight", "font-style", "text-decoration"}


def render(template: str, **values: object) -> str:
    """Render `template`, a file in templates/, with these values."""
    return _environment().get_template(template).render(values)


def render_long(template: str, **values: object) -> str:
    """The same for a page of many lines, in a quarter of the memory, because its pieces are joined as they come."""
    pieces = _environment().get_template(template).stream(values)
    pieces.enable_buffering(1000)
    return "".join(pieces)


@cache
def inline(template: str) -> tuple[Markup, str]:
    """A style sheet or script of ours for a page, and its hash for the Content-Security-Policy."""
    text = render(template)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(text), f"'sha256-{digest}'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["formatted"] = formatted
    return environment


def formatted(text: str, how: Format) -> Markup:
    """`text` in one of Gradescope's formats as harmless HTML."""
    match how:
        case "text":
            return Markup("<pre>{}</pre>").format(text)
        case "ansi":
            coloured = Ansi2HTMLConverter(inline=True, scheme="dracula").convert(text, full=False)
            safe = nh3.clean(coloured, tags={"span"}, attributes={"span": {"style"}}, filter_style_properties=COLOURS)
            return Markup('<pre class="ansi">{}</pre>').format(Markup(safe))
        case "md":
            return Markup(nh3.clean(MarkdownIt("js-default").render(text)))
        case "html":
            return Markup(nh3.clean(text))
        case "simple_format":
            paragraphs = [part.replace("\n", "<br>") for part in text.replace("\r\n", "\n").split("\n\n")]
            return Markup(nh3.clean("".join(f"<p>{part}</p>" for part in paragraphs if part.strip())))


def one_line(text: str, how: Format) -> Markup:
    """A name in one of Gradescope's formats, without a paragraph around it."""
    if how == "text":
        return escape(text)
    return Markup(nh3.clean(formatted(text, how), tags={"b", "strong", "i", "em", "code", "span", "sub", "sup"}))
