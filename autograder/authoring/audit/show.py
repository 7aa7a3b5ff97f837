"""The audit of a rubric, shown in a terminal or as a page."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from autograder.authoring.audit import training_bounds
from autograder.authoring.audit.draws import Escape
from autograder.authoring.audit.programs import DRAWS, FunctionPrograms, WrongProgram
from autograder.authoring.audit.result import Caught, FunctionAudit
from autograder.authoring.audit.run import Audit
from autograder.graph import shape_of
from autograder.graph.operation import Value
from autograder.render.html_page import render
from autograder.text import join_first, join_names, plural

WIDEST = 1000  # columns, to measure a table without a limit
MOST_LISTED = 12  # in the terminal; the page has all
OF_FUNCTIONS = ("mistakes", "caught", "by hidden\ninputs", "named\nfirst", "pairs\ntried", "by hidden\ninputs")
OF_PROGRAMS = ("wrong\nprograms", "caught", "named", "right\nline", "wrong\nline", "no\nline", "no\nresult")
ABOUT_PROGRAMS = (
    "Each wrong program is the reference with one small change, graded as a submission. Where a function returns no "
    "result, the exception says the line. The search for a line tries changes of the same kinds, so of students' "
    "mistakes it finds fewer lines."
)


def show(found: Audit, console: Console | None = None) -> None:
    """Print a table of the functions, what to improve, and the verdict."""
    console = console or Console()
    console.print(f"\n[bold]{found.lab}[/bold]")
    console.print(
        f"The reference gets {found.reference:g} of {found.out_of:g} points, the template {found.template:g}. "
        f"{what_was_graded(found)}\n"
    )
    _print_table(console, OF_FUNCTIONS, {each.function: row(each) for each in found.functions})
    if found.programs:
        console.print()
        _print_table(console, OF_PROGRAMS, {each.function: [*map(str, each.row)] for each in found.programs})
        console.print(f"\n{ABOUT_PROGRAMS}", highlight=False)
    for line in remarks(found):
        console.print(f"\n{line}", highlight=False, markup=False)
    console.print(f"\n[bold]{verdict(found)}[/bold]")


def _print_table(console: Console, headings: Sequence[str], rows: Mapping[str, Sequence[str]]) -> None:
    """Print figures of functions as a table, or function by function where the terminal is too narrow for one."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("function", no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, figures in rows.items():
        table.add_row(name, *figures)
    if console.measure(table, options=console.options.update(max_width=WIDEST)).maximum <= console.width:
        console.print(table)
        return
    for name, figures in rows.items():
        said = (f"{' '.join(heading.split())} {figure}" for heading, figure in zip(headings, figures, strict=True))
        console.print(f"{name}: {', '.join(said)}", highlight=False)


def what_was_graded(found: Audit) -> str:
    """What the audit is about, in one sentence."""
    if _knows_mistakes(found):
        return "Every known mistake was graded by the rubric's own checks, alone and in pairs."
    return "No mistakes are known here: no function has a graph, and the audit leaves out checks in Python."


def _knows_mistakes(found: Audit) -> bool:
    return any(each.singles for each in found.functions)


def verdict(found: Audit) -> str:
    """The result in one sentence."""
    if found.reference < found.out_of:
        return "The reference loses points."
    if any(each.problem or each.unsafe for each in found.trained):
        return "The reference may lose points when it trains again."
    if found.escaped:
        return "At least one mistake can get full credit."
    if not found.finished:
        return "No mistake that was tried gets full credit, but time was up before all were tried."
    if not _knows_mistakes(found):
        return "The reference gets full points; no mistake was tried."
    draws = max((each.draws for each in found.functions), default=0)
    return "No mistake gets full credit" + (f"; hidden inputs were drawn {draws:,} times." if draws else ".")


def row(each: FunctionAudit) -> tuple[str, ...]:
    """The figures of one function, for the table."""
    many, diagnosed = len(each.singles), sum(caught.diagnosed for caught in each.singles)
    of_all = f" of {diagnosed}" if diagnosed < many else ""
    return (
        str(many),
        str(many - len(each.survivors)),
        str(many - len(each.only_published)),
        f"{sum(caught.named for caught in each.singles):.4g}{of_all}",
        f"{len(each.pairs):,} of {each.of_pairs:,}",
        str(len(each.pairs) - len(each.pairs_that_pass)),
    )


def remarks(found: Audit) -> Iterator[str]:
    """What the instructor should know, function by function: which mistakes pass, which look the same, which tolerances
    are too wide, and which inputs would distinguish more mistakes."""
    if found.reference < found.out_of:
        yield (
            f"The reference solution itself gets {found.reference:g} of {found.out_of:g} points: "
            "run ./run_autograder reference, and fix the reference or the rubric."
        )
    if left := untried(found):
        yield f"Time was up after {found.seconds:g} seconds. Not tried: {left}; to try all, give --seconds 0."
    if found.fixed:
        yield (
            "Hidden inputs that are the same for every submission can be learned by resubmitting; move these from "
            f"`inputs` to `drawn`, with intervals in place of numbers: {', '.join(found.fixed)}."
        )
    yield from training_bounds.remarks(found.trained)
    for each in found.functions:
        if each.survivors:
            yield f"{each.function}: these mistakes lose no points: {named(each.survivors)}."
        for escape in each.escapes[:MOST_LISTED]:
            yield escaped(each, escape)
        if len(each.escapes) > MOST_LISTED:
            more = len(each.escapes) - MOST_LISTED
            go = "goes" if more == 1 else "go"
            yield f"{each.function}: {plural(more, 'more mistake')} {go} undetected in some draws."
        if hidden := [caught for caught in each.only_published if not caught.passes]:
            yield (
                f"{each.function}: only the published inputs detect these mistakes, and a student can fit a program to "
                f"those: {named(hidden)}."
            )
        if each.pairs_that_pass:
            yield f"{each.function}: these pairs cancel out on the hidden inputs: {named(each.pairs_that_pass)}."
        if each.unclear:
            yield f"{each.function}: on the current inputs these mistakes lead to the same numbers: {alike(each)}."
        if each.suggestion:
            yield f"{each.function}: this set of inputs would distinguish more mistakes: {_inputs(each.suggestion)}"
        if each.tolerance:
            yield (
                f"{each.function}: your relative tolerance on hidden inputs, {each.rtol:g}, is safe: only from "
                f"{each.tolerance.slack:.2g} on it would accept that {each.tolerance.mistakes[0].name}."
                if each.rtol < each.tolerance.slack
                else f"{each.function}: your relative tolerance on hidden inputs, {each.rtol:g}, is too wide: from "
                f"{each.tolerance.slack:.2g} on it accepts that {each.tolerance.mistakes[0].name}."
            )

    for programs in found.programs:
        yield from about_programs(programs)


def untried(found: Audit) -> str:
    """What there was no time for, as a clause; "" if there was for everything."""
    work = [(each.function, each.untried) for each in found.functions]
    counted = [
        ("{}", "mistake", [(name, each.mistakes) for name, each in work]),
        ("{} of the hidden inputs", "draw", [(name, each.draws) for name, each in work]),
        ("what the feedback says about {}", "mistake", [(name, each.diagnoses) for name, each in work]),
        ("{} of mistakes", "pair", [(name, each.pairs) for name, each in work]),
        ("{}", "wrong program", [(each.function, each.untried) for each in found.programs]),
    ]
    parts = [
        f"{text.format(plural(total, noun))} ({', '.join(name for name, number in each if number)})"
        for text, noun, each in counted
        if (total := sum(number for _, number in each))
    ]
    return join_names(parts) if parts else ""


def about_programs(found: FunctionPrograms) -> Iterator[str]:
    """What to know about the wrong programs of a function: for the instructor, so with the changes."""
    for each in found.escapes:
        yield (
            f"{found.function}: this change of the reference lost no points, though in {each.shows} of {DRAWS} other "
            f"draws of the hidden inputs it would: {each.change.text}"
        )
    if found.harmless:
        yield (
            f"{found.function}: no check takes points off for these changes of the reference, in {DRAWS} draws of the "
            f"hidden inputs. Each is equivalent, or the checks miss it: {_listed(found.harmless)}"
        )
    if found.wrong_lines:
        yield (
            f"{found.function}: for these changes of the reference the feedback names another line: "
            f"{_listed(found.wrong_lines)}"
        )


def _listed(programs: Sequence[WrongProgram]) -> str:
    return join_first([each.change.text for each in programs], MOST_LISTED, "; ")


def what_is_said(program: WrongProgram) -> str:
    """What the grader says about a wrong program, for the page."""
    if not program.caught:
        return f"loses points in {program.shows} of {DRAWS} draws" if program.shows else "equivalent, or missed"
    if not program.answered and program.line == "none":
        return "no result"
    line = {"right": "right line", "wrong": "wrong line", "none": "no line"}[program.line]
    return f"{'named' if program.named else 'not named'}, {line}"


def escaped(audit: FunctionAudit, escape: Escape) -> str:
    """A mistake that goes undetected in some draws, with the first of these."""
    first = ", ".join(f"{name} {_inputs(inputs)}" for name, inputs in escape.first.items())
    return (
        f"{audit.function}: in {escape.draws:,} of {audit.draws:,} draws no hidden input reveals that "
        f"{escape.mistake.name} (the first: {first}); change the intervals under `drawn`."
    )


def _inputs(inputs: Mapping[str, Value]) -> str:
    """A set of inputs, written as in the rubric."""
    return f"{{ {', '.join(f'{name}: {_written(value)}' for name, value in inputs.items())} }}"


def _written(value: Value) -> str:
    """A number, or an array as nested lists."""
    if shape_of(value):
        return f"[{', '.join(map(_written, value))}]"
    return f"{value:g}"


def named(caught: Sequence[Caught]) -> str:
    """Mistakes by name, the first few of them."""
    names = [join_names([mistake.name for mistake in each.mistakes]) for each in caught]
    return join_first(names, MOST_LISTED, "; ")


def alike(each: FunctionAudit) -> str:
    """Groups of mistakes that lead to the same numbers."""
    groups = {frozenset((caught.id, *caught.like)) for caught in each.unclear}
    words = each.words
    named = (join_names(sorted(words.get(id, id) for id in group)) for group in sorted(groups, key=sorted))
    return "; ".join(named)


def page(found: Audit) -> str:
    """The audit as a page: every mistake with the checks that detect it."""
    return render(
        "audit.html",
        audit=found,
        row=row,
        verdict=verdict(found),
        what_was_graded=what_was_graded(found),
        remarks=list(remarks(found)),
        of_programs=OF_PROGRAMS,
        about_programs=ABOUT_PROGRAMS,
        what_is_said=what_is_said,
    )
