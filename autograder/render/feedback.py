"""Render a student's feedback as a standalone page: the report, with drawings of the graphs and the losses."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from autograder.checks.said_once import referred_to
from autograder.gradescope import results_writer
from autograder.gradescope.metadata import Metadata
from autograder.outcome import ITEM, SIGNS, CheckResult, GradeReport, Outcome
from autograder.render import graph_svg, html_page, loss_plot
from autograder.render.graph_svg import MISTAKES
from autograder.render.player import Player, players
from autograder.render.player import script as player_script
from autograder.rubric import (
    Check,
    CodeCheck,
    DeviceCheck,
    Lab,
    LearnsCheck,
    PaperCheck,
    PythonCheck,
    ReceivedCheck,
    Visibility,
    published,
)
from autograder.text import plural

LATER: dict[Visibility, str] = {
    "after_due_date": "after the due date",
    "after_published": "when grades are published",
}


@dataclass(frozen=True)
class FeedbackCard:
    """A check as the page shows it."""

    check: CheckResult
    sign: str
    word: str
    pictures: tuple[Markup, ...]
    steps: str = ""  # the name of the player that has its numbers, if one of them is wrong
    players: tuple[Player, ...] = ()  # whose last check this is

    @property
    def said(self) -> str:
        """The first line of the advice."""
        return self._advice[0]

    @property
    def alternatives(self) -> list[str]:
        """The mistakes of which each explains all results, if there are several."""
        return [line.removeprefix(ITEM) for line in self._advice if line.startswith(ITEM)]

    @property
    def more(self) -> list[str]:
        """The other lines of the advice."""
        return [line for line in self._advice[1:] if not line.startswith(ITEM)]

    @property
    def _advice(self) -> list[str]:
        return self.check.outcome.hint.split("\n")

    @property
    def open(self) -> bool:
        """Whether the card has more to read than its heading."""
        return self.check.state != "right" or bool(self.check.outcome.notes) or not self.check.out_of


def render(report: GradeReport, lab: Lab, who: str, metadata: Metadata) -> str:
    """Render the page with the checks that the student may see now; it says when others become visible.

    Args:
        report: the finished report.
        lab: the lab that it belongs to.
        who: the line below the title, for the student.
        metadata: who submitted, when, and the earlier attempts.
    """
    shown = results_writer.shown(report, lab)
    partial = len(shown) < len(report.checks) and report.total is None
    checks = {check.number: check for check in lab.rubric.checks}
    playable = players(lab, [(checks[check.number], check.outcome.own) for check in shown])
    script, digest = player_script() if playable else (Markup(""), "")
    return html_page.render(
        "feedback.html",
        policy=Markup(f"default-src 'none'; style-src 'unsafe-inline'{f'; script-src {digest}' if playable else ''}"),
        script=script,
        lab=lab.rubric.lab,
        who=who,
        message=results_writer.finished(report, lab, metadata),
        points=report.sum_of(shown) if partial else report.points,
        out_of=_out_of(report, shown if partial else report.checks) if report.checks else lab.rubric.points,
        partial=partial,
        later=_later(lab),
        linked=lambda text: linked(text, {check.number for check in shown}),
        cards=[_card(lab, checks[check.number], check, playable) for check in shown],
        signs=SIGNS,
    )


def linked(text: str, numbers: Collection[str]) -> Markup:
    """A sentence in which a reference to one of these checks is a link to its card."""
    number = referred_to(text)
    if number not in numbers:
        return escape(text)
    before, after = text.rsplit(number, 1)
    return Markup('{}<a href="#check-{}">{}</a>{}').format(before, number, number, after)


def _out_of(report: GradeReport, checks: Iterable[CheckResult]) -> float:
    return round(report.scale * sum(check.out_of for check in checks), 2)


def _card(lab: Lab, check: Check, graded: CheckResult, playable: Iterable[Player]) -> FeedbackCard:
    own = [player for player in playable if check.number in player.checks]
    wrong = any(each.state in MISTAKES for each in graded.outcome.own)
    return FeedbackCard(
        graded,
        SIGNS[graded.state],
        graded.word,
        tuple(_pictures(lab, check, graded.outcome)),
        own[0].name if own and wrong else "",
        tuple(player for player in own if player.checks[-1] == check.number),
    )


def _pictures(lab: Lab, check: Check, outcome: Outcome) -> list[Markup]:
    name = _graph(lab, check)
    drawn: list[Markup] = []
    if name and outcome.path:
        shapes = lab.shapes(name) if _of_published(check) else {}
        drawn = [graph_svg.remembered_figure(lab.graphs[name], check.name, outcome.path, shapes)]
    return [*drawn, *([loss_plot.loss_figure(outcome.curve)] if outcome.curve else [])]


def _graph(lab: Lab, check: Check) -> str | None:
    """The name of the graph that a check is about."""
    match check:
        case ReceivedCheck() | DeviceCheck() | LearnsCheck() | PythonCheck():
            return None
        case PaperCheck():
            return check.section
        case _:
            graph = lab.rubric.functions[check.function].graph
            return graph if graph in lab.known_graphs else None


def _of_published(check: Check) -> bool:
    """Whether a check uses the published inputs; others may have other shapes, which are not shown."""
    return isinstance(check, PaperCheck) or (isinstance(check, CodeCheck) and published(check))


def _later(lab: Lab) -> list[str]:
    """A sentence for each time at which more checks become visible."""
    seen = [lab.visibility(check) for check in lab.rubric.checks]
    return [
        f"You can see {plural(seen.count(visibility), 'more check')} {when}."
        for visibility, when in LATER.items()
        if visibility in seen
    ]
