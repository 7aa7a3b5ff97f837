"""The preview shows each reader what Gradescope would, runs nothing, and asks the network for nothing."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
from browser import Page, needs_browser
from conftest import ROOT, RunVerb
from selenium.webdriver.common.keys import Keys

from autograder.gradescope import results_json
from autograder.gradescope.results_json import Format
from autograder.render import html_page, preview

RESULTS: dict[str, Any] = {
    "score": 7.5,
    "output": "2 of 4 checks are right.\n\nSince your last attempt:\ntrain: up from 6 to 22 of 26 points",
    "output_format": "text",
    "stdout_visibility": "hidden",
    "extra_data": {"grader": "0.1.0", "seconds": {"1": 0.5}},
    "leaderboard": [{"name": "Points", "value": 7.5}, {"name": "Stars", "value": "***", "order": "asc"}],
    "tests": [
        {"number": "1", "name": "early", "score": 2, "max_score": 2, "output": "early text", "tags": ["a_tag"]},
        {"number": "2", "name": "due", "score": 1.5, "max_score": 3, "output": "x y", "visibility": "after_due_date"},
        {"number": "3", "name": "late", "score": 4, "max_score": 4, "visibility": "after_published"},
        {"number": "4", "name": "never", "score": 0, "max_score": 1, "output": "never text", "visibility": "hidden"},
    ],
}  # fmt: skip
TESTS = {"before": ["early"], "after": ["early", "due"], "published": ["early", "due", "late"]}
LATER = {
    "before": ["2 more checks are shown later: 1 after the due date and 1 after publication; 1 never."],
    "after": ["1 more check is shown later: 1 after publication; 1 never."],
    "published": ["1 more check is never shown."],
    "instructor": [],
}
TESTS["instructor"] = [*TESTS["published"], "never"]
EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(1)><a href='javascript:alert(1)'>x</a>"
    "<style>*{display:none}</style><iframe src='https://example.com'></iframe>"
    "\x1b[31m\x1b]8;;javascript:alert(1)\x07y\x1b]8;;\x07 [z](javascript:alert(1)) </pre></details><h1 style='x'>"
)


def rendered(tmp_path: Path, data: dict[str, Any], stdout: str = "") -> str:
    (tmp_path / "results.json").write_text(json.dumps(data))
    return preview.render(results_json.read(tmp_path / "results.json"), "results.json", stdout)


def harmless(html: str) -> None:
    """Of a page or a part of one: nothing in it can run, load or leave its place."""
    tags = [tag.lower() for tag in re.findall(r"<[a-zA-Z][^>]*>", html)]
    assert not [tag for tag in tags if re.match(r"<(script|iframe|object|embed|link|base|form|svg)\b", tag)]
    assert not [tag for tag in tags if re.search(r"\son\w+\s*=|(href|src)\s*=\s*[\"']?\s*(javascript|data):", tag)]


@pytest.mark.parametrize("how", get_args(Format))
def test_text_in_any_format_is_harmless(how: Format) -> None:
    for html in (html_page.formatted(EVIL, how), html_page.one_line(EVIL, how)):
        harmless(html)
        assert "<style" not in html
        assert html.count("<pre") == html.count("</pre>")
        assert html.count("</details>") == 0


def test_a_page_of_hostile_text_is_harmless(tmp_path: Path) -> None:
    entries = [
        {
            "score": 1,
            "name": EVIL,
            "name_format": how,
            "output": EVIL,
            "output_format": how,
            "number": EVIL,
            "tags": [EVIL],
        }
        for how in get_args(Format)
    ]
    board = [{"name": EVIL, "value": EVIL}]
    data = {"output": EVIL, "tests": entries, "extra_data": {EVIL: EVIL}, "leaderboard": board}
    html = rendered(tmp_path, data, stdout=EVIL)
    harmless(html)
    assert html.count("</details>") == html.count("<details")
    assert "Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"" in html


def test_formats_are_shown_as_gradescope_shows_them() -> None:
    assert html_page.formatted("a  <b>\n* c", "text") == "<pre>a  &lt;b&gt;\n* c</pre>"
    assert html_page.formatted("a\nb\n\nc <b>d</b>", "simple_format") == "<p>a<br>b</p><p>c <b>d</b></p>"
    assert html_page.formatted("a <em>b</em>", "html") == "a <em>b</em>"
    assert "<strong>a</strong>" in html_page.formatted("**a** <i>b</i>", "md")
    assert "&lt;i&gt;" in html_page.formatted("**a** <i>b</i>", "md")
    assert re.search(
        r'<span style="color: ?#[0-9a-fA-F]{6}">red</span> &lt;', html_page.formatted("\x1b[31mred\x1b[0m <", "ansi")
    )
    assert html_page.one_line("**a** `b`", "md").strip() == "<strong>a</strong> <code>b</code>"


def test_without_tests_there_is_a_page(tmp_path: Path) -> None:
    html = rendered(tmp_path, {"score": 0, "output": "It is not your fault."})
    assert "It is not your fault." in html
    assert "<article" not in html


def test_command_writes_the_page_with_stdout(tmp_path: Path, run_verb: RunVerb) -> None:
    (tmp_path / "results.json").write_text(json.dumps(RESULTS))
    (tmp_path / "stdout").write_text("printed \x1b[1mhere\x1b[0m")
    done = run_verb("preview", "results.json", "--out", "there/page.html")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "there/page.html: open it in a browser\n"
    html = (tmp_path / "there/page.html").read_text()
    assert "printed " in html
    assert not re.search(r"(src|href)=\"(?!#)|url\(|@import", html)
    assert run_verb("preview", "results.json").returncode == 0
    assert (tmp_path / "preview.html").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none.json"], "none.json: it cannot be read"),
        (["bad.json"], "bad.json (tests[0].visibility): there is no value 'x'"),
        (["good.json", "--out", "good.json/page.html"], "cannot be written"),
        (["good.json", "--out", "."], "name another place with --out"),
        ([], "RESULTS"),
    ],
)
def test_wrong_use_is_one_sentence(tmp_path: Path, arguments: list[str], says: str, run_verb: RunVerb) -> None:
    (tmp_path / "bad.json").write_text('{"score": 1, "tests": [{"visibility": "x"}]}')
    (tmp_path / "good.json").write_text('{"score": 1}')
    done = run_verb("preview", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bad.json", "good.json"]


def test_marking_imports_nothing_of_the_page() -> None:
    code = (
        "import sys; from autograder import grader, cli; from autograder.render import terminal; "
        "print({'jinja2', 'nh3', 'ansi2html', 'markdown_it', 'importlib.metadata'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.fixture
def opened(chromium: Page, tmp_path: Path) -> Page:
    html = rendered(tmp_path, RESULTS, stdout="printed by the grader")
    (tmp_path / "preview.html").write_text(html, encoding="utf-8")
    chromium.resize(1200, 900)
    chromium.open(tmp_path / "preview.html")
    return chromium


@needs_browser
def test_each_view_shows_what_gradescope_shows(opened: Page) -> None:
    for view, names in TESTS.items():
        opened.click(f"label[for={view}]")
        assert [name.splitlines()[0] for name in opened.seen("article .name")] == names
        assert opened.seen(".total") == (["7.5 / 10"] if view == "instructor" else [])
        assert len(opened.seen(".none")) == (view != "instructor")
        assert opened.seen(".later") == LATER[view]
        assert len(opened.seen(".lists li")) == len(names)
        assert opened.seen("main > .text") == [RESULTS["output"]]
        assert opened.seen(".board td") == ["Points", "7.5", "Stars", "***"]
        assert len(opened.seen("main > .more")) == (2 if view == "instructor" else 0)
        assert opened.seen(".tags") == []  # inside what is closed
    assert opened.seen(".name .hidden") == [
        "hidden from students until the due date",
        "hidden from students until grades are published",
        "never shown to students",
    ]


@needs_browser
def test_first_view_is_before_the_due_date(opened: Page) -> None:
    assert opened.seen("article .name") == ["early"]
    assert "x y" not in " ".join(opened.seen("body"))


@needs_browser
def test_views_switch_and_cards_open(opened: Page) -> None:
    opened.press("#before", Keys.ARROW_RIGHT)
    assert opened.seen("article .name") == ["early", "due"]
    assert opened.seen(".output") == ["x y"]  # what failed is open from the start
    opened.click("#test-1 summary")
    assert opened.seen(".output") == ["early text", "x y"]


@needs_browser
def test_the_console_is_silent_and_nothing_is_fetched(opened: Page, tmp_path: Path) -> None:
    for view in TESTS:
        opened.click(f"label[for={view}]")
    assert opened.complaints() == []
    asked = opened.requests()
    assert (tmp_path / "preview.html").as_uri() in asked
    assert not [url for url in asked if not url.startswith("file:")]


@needs_browser
def test_browser_notices_requests_and_errors(chromium: Page, tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text('<img src="http://127.0.0.1:9/x.png"><script>console.error("oh")</script>')
    chromium.open(tmp_path / "bad.html")
    assert "http://127.0.0.1:9/x.png" in chromium.requests()
    assert any("oh" in complaint for complaint in chromium.complaints())


@needs_browser
def test_it_fits_a_phone_and_follows_dark_mode(chromium: Page, tmp_path: Path) -> None:
    long = {**RESULTS, "tests": [{"score": 1, "name": "x" * 300, "output": "y" * 3000, "max_score": 12.25}]}
    (tmp_path / "preview.html").write_text(rendered(tmp_path, long), encoding="utf-8")
    grounds = []
    for dark in (False, True):
        chromium.resize(360, 640, dark=dark)
        chromium.open(tmp_path / "preview.html")
        assert chromium.overflow() <= 0
        grounds.append(chromium.style("body", "background-color"))
    assert grounds[0] != grounds[1]


@needs_browser
def test_a_real_result_is_shown_whole(chromium: Page, tmp_path: Path, run_verb: RunVerb) -> None:
    target = tmp_path / "results.json"
    run_verb("grade", ROOT / "examples/forgot_zero_grad", "--quiet", "--results", target)
    assert run_verb("preview", target, "--out", tmp_path / "preview.html").returncode == 0
    chromium.resize(1200, 900)
    chromium.open(tmp_path / "preview.html")
    assert chromium.seen(".total") == ["77 / 100"]
    assert len(chromium.seen("article")) == 20
    assert chromium.seen("#test-6 .state") == ["✗ failed"]
    assert "What is in w.grad" in " ".join(chromium.seen("#test-6 .output"))
