"""Preview results.json as Gradescope shows it, to the instructor and to the student before and after the due date and
after publication."""

import json
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from autograder.gradescope.results_json import SEEN_IN, VIEWS, Results, TestEntry, View
from autograder.render import html_page
from autograder.rubric import Visibility
from autograder.text import plural

LONGEST_STDOUT = 200_000  # characters
HIDDEN: dict[Visibility, str] = {
    "visible": "",
    "after_due_date": "hidden from students until the due date",
    "after_published": "hidden from students until grades are published",
    "hidden": "never shown to students",
}
LATER: dict[Visibility, str] = {"after_due_date": "after the due date", "after_published": "after publication"}


@dataclass(frozen=True)
class PreviewCard:
    """A test as the page shows it."""

    place: int
    number: str
    name: Markup
    output: Markup
    points: str
    state: str  # "passed", "failed" or ""
    tags: tuple[str, ...]
    views: tuple[View, ...]
    hidden: str  # when it is hidden from students; "" if never


@dataclass(frozen=True)
class PreviewSummary:
    """What is shown beside the tests in one view."""

    view: View
    total: str  # "" if it is not shown
    passed: tuple[PreviewCard, ...]
    failed: tuple[PreviewCard, ...]
    later: str  # what the view leaves out, and when it is shown; "" if nothing


def render(results: Results, source: str, stdout: str = "") -> str:
    """Render the page.

    Args:
        results: the content of results.json.
        source: the name of the file.
        stdout: what the grader printed, if known.
    """
    cards = [_card(place, number, test, results) for place, (number, test) in enumerate(results.numbered(), 1)]
    return html_page.render(
        "preview.html",
        source=source,
        views=VIEWS,
        summaries=[_summary(view, cards, results) for view in VIEWS],
        cards=cards,
        results=results,
        stdout=stdout[:LONGEST_STDOUT],
        stdout_views=SEEN_IN[results.stdout_visibility],
        extra=json.dumps(results.extra_data, indent=2, ensure_ascii=False) if results.extra_data else "",
    )


def stdout_beside(path: Path) -> str:
    """What the grader printed, which Gradescope's harness writes beside results.json; "" if that is missing."""
    try:
        return path.with_name("stdout").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _card(place: int, number: str, test: TestEntry, results: Results) -> PreviewCard:
    return PreviewCard(
        place,
        number,
        html_page.one_line(test.name, test.name_format or results.test_name_format or "text"),
        html_page.formatted(test.output, test.output_format or results.test_output_format or "text")
        if test.output
        else Markup(""),
        _points(test.score, test.max_score),
        test.state or "",
        test.tags or (),
        results.seen_in(test),
        HIDDEN[results.visibility_of(test)],
    )


def _summary(view: View, cards: list[PreviewCard], results: Results) -> PreviewSummary:
    total = results.total(view)
    passed, failed = (tuple(c for c in cards if c.state == state and view in c.views) for state in ("passed", "failed"))
    return PreviewSummary(view, _points(*total) if total else "", passed, failed, _later(view, results))


def _later(view: View, results: Results) -> str:
    """A sentence on the tests that a view leaves out."""
    out = [results.visibility_of(test) for test in results.tests if view not in results.seen_in(test)]
    never = out.count("hidden")
    when = [f"{out.count(each)} {words}" for each, words in LATER.items() if each in out]
    later = len(out) - never
    if not later:
        return f"{plural(never, 'more check')} {'is' if never == 1 else 'are'} never shown." if never else ""
    said = f"{plural(later, 'more check')} {'is' if later == 1 else 'are'} shown later: {' and '.join(when)}"
    return f"{said}; {never} never." if never else f"{said}."


def _points(score: float | None, out_of: float | None) -> str:
    """The score as "4 / 6"; "" for a test without points."""
    if out_of is None:
        return "" if score is None else f"{score:g}"
    return f"{score or 0:g} / {out_of:g}"
