"""Notebooks are read as the code of their cells, and notebook commands never move a line or touch Python."""

import ast
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, moments
from hypothesis import given
from hypothesis import strategies as st

from autograder import limited
from autograder.submission.model import PartUnreadable
from autograder.submission.notebook import MAX_CELLS, code_cells, without_commands


def notebook(*sources: object) -> str:
    frame = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    title = {"cell_type": "markdown", "metadata": {}, "source": "# Lab 4"}
    cells = [title, *({**frame, "source": source} for source in sources)]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


def test_code_cells_are_read_as_a_string_or_as_lines() -> None:
    cells = ("x = 1", "y = 2\nz = 3")
    assert code_cells(notebook("x = 1", ["y = 2\n", "z = 3"]), "Lab4.ipynb") == (cells, ())


@pytest.mark.parametrize("installed", [True, False])
def test_a_notebook_of_version_3_is_read(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not installed:
        monkeypatch.setitem(sys.modules, "nbformat", None)
    cell = {"cell_type": "code", "input": "x = 1", "language": "python", "outputs": [], "collapsed": False}
    sheet = {"cells": [{**cell, "metadata": {}}], "metadata": {}}
    text = json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet]})
    assert code_cells(text, "Lab4.ipynb") == (("x = 1",), ())


def test_commands_are_left_out_and_said() -> None:
    cells, notes = code_cells(notebook("!pip install torch\nimport torch", "x = 1"), "Lab4.ipynb")
    assert cells == ("pass\nimport torch", "x = 1")
    assert notes == ("Notebook commands (% ! ?) in Lab4.ipynb were left out: 1 line.",)


@pytest.mark.parametrize(
    ("source", "clean"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("%%time\nx = 1", "pass\nx = 1"),
        ("%%bash\n\nls", "pass\n\npass"),
        ("%%wandb -h 500\nx = 1\n!ls", "pass\nx = 1\npass"),
        ("%%memit\nx = 1", "pass\nx = 1"),
        ("%%!\nls", "pass\npass"),
        ("%%writefile Lab4.py\nx = 1", "pass\nx = 1"),
        ('%%file "lab4 (1).py"\nx = 1', "pass\nx = 1"),
        ("%time x = 1", "x = 1"),
        ("if x:\n    %time y = 2", "if x:\n    y = 2"),
        ("%time", "pass"),
        ("%timeit -n 3 f()", "pass"),
        ("%run helper.py --fast\nx", "exec(compile(open('helper.py').read(), 'helper.py', 'exec'))\nx"),
        ("%run other.ipynb", "pass"),
        ("pip install torch\nls\nls -l\ncd ..\ngit clone https://x", "pass\npass\npass\npass\npass"),
        ("if x:\n    pip install \\\n  torch\ny", "if x:\n    pass\n\ny"),
        ("ls = [1]\nls[0]\nls.append(cd)\ncp (1)\nrm -= 1\nmv /= 2\ncat is x\npwd: int", None),
        ("x = (\nls\n)", None),
        ("if x:\n    !ls\ny = 1", "if x:\n    pass\ny = 1"),
        ("!ls \\\n  -l\nx = 1", "pass\n\nx = 1"),
        ("files = !ls\n?torch\ntorch.tensor??", "pass\npass\npass"),
        ("x = (7\n% 4)", "x = (7\n% 4)"),
        ("x = 7 \\\n% 4", "x = 7 \\\n% 4"),
        ("s = '''\n%d ' \\' ''\n'''\n!ls", "s = '''\n%d ' \\' ''\n'''\npass"),
        ('s = "a\\"(" # ( \\\n%timeit x', 's = "a\\"(" # ( \\\npass'),
        ("s = 'a\\\n%b'\n%timeit x", "s = 'a\\\n%b'\npass"),
        ("s = 'open\n%timeit x", "s = 'open\npass"),
        ("d = {1: [2]}\n%timeit x", "d = {1: [2]}\npass"),
        (")\n%timeit x", ")\npass"),
    ],
)
def test_only_lines_that_are_commands_are_replaced(source: str, clean: str | None) -> None:
    assert without_commands(source, "Lab4.py")[0] == (source if clean is None else clean)


def test_a_cell_that_writes_a_file_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for magic in ("%%writefile helper.py", "%%writefile -a /content/helper.py", "%%file 'helper.txt' "):
        source = f"{magic}\nit's = 1\n\n%b"
        clean, lines = without_commands(source, "Lab4.py")
        assert (clean.count("\n"), lines) == (source.count("\n"), (1,))
        exec(clean)
    assert (tmp_path / "helper.py").read_text() == "it's = 1\n\n%b\n" * 2
    assert (tmp_path / "helper.txt").read_text() == "it's = 1\n\n%b\n"


def test_the_outputs_of_a_notebook_take_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "MEMORY", 64 << 20)
    outputs = '{"a": [1, {}]},' * 1_000_000
    cell = f'{{"cell_type": "code", "source": "x = 1", "outputs": [{outputs} {{}}]}}'
    assert code_cells(f'{{"nbformat": 4, "cells": [{cell}]}}', "Lab4.ipynb") == (("x = 1",), ())


def test_python_is_left_as_it_is() -> None:
    with open(ast.__file__, encoding="utf-8") as stream:
        source = stream.read()
    assert without_commands(source) == (source, ())


@pytest.mark.parametrize(
    "text",
    [
        *("", "x = 1", "[]", "3", "null", "{}", "[" * 100_000, '{"nbformat": 99, "cells": 3}'),
        *(f'{{"nbformat": 4, "cells": {cells}}}' for cells in ("3", "[3]", '"ab"', '[{"cell_type": "code"}]')),
        '{"nbformat": 4, "cells": [{"cell_type": "code", "source": [1]}]}',
    ],
    ids=lambda value: repr(value[:30]),
)
def test_a_malformed_notebook_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(PartUnreadable, match="is not a notebook that can be read"):
        code_cells(text, "Lab4.ipynb")


def test_a_notebook_of_very_many_cells_is_refused() -> None:
    with pytest.raises(PartUnreadable, match="code cells"):
        code_cells(notebook(*["x"] * (MAX_CELLS + 1)), "Lab4.ipynb")


@pytest.mark.no_cover  # tracing is not what is timed
@pytest.mark.parametrize("unit", [" ", "(", "'", '"""', "\\", "%", "a ", "!\\\n", "\n", "x = ", "?", "'''\\"])
def test_a_megabyte_of_anything_takes_a_moment(unit: str) -> None:
    start = time.process_time()
    without_commands("!" + unit * (500_000 // len(unit)))
    without_commands("x = '''!\n" + unit * (500_000 // len(unit)))
    assert time.process_time() - start < moments(300)


@given(st.text(alphabet="a1 \n\\'\"()[]#%!?=", max_size=60))
def test_the_number_of_lines_never_changes(source: str) -> None:
    clean, dropped = without_commands(source)
    assert clean.count("\n") == source.count("\n")
    assert all(1 <= line <= source.count("\n") + 1 for line in dropped)


def test_a_notebook_of_a_thousand_cells_is_read() -> None:
    assert len(code_cells(notebook(*["x"] * MAX_CELLS), "Lab4.ipynb")[0]) == 1000


def test_a_notebook_may_hold_a_megabyte_of_code() -> None:
    half = "x" * 500_000
    assert len(code_cells(notebook(half, half), "Lab4.ipynb")[0]) == 2
    with pytest.raises(PartUnreadable, match=r"contains more than 1.0 MB of code"):
        code_cells(notebook(half, half, "x"), "Lab4.ipynb")


def test_commands_are_counted_over_all_cells() -> None:
    (_, notes) = code_cells(notebook("!a\n!b", "%c", "x"), "Lab4.ipynb")
    assert notes == ("Notebook commands (% ! ?) in Lab4.ipynb were left out: 3 lines.",)


def test_line_ends_of_windows_and_half_characters_are_read() -> None:
    assert code_cells(notebook("a\r\nb", "'\ud800'"), "Lab4.ipynb")[0] == ("a\nb", "'?'")


@pytest.mark.parametrize(
    ("source", "dropped"),
    [
        ("x = 1\n!ls\n\n%time", (2, 4)),
        ("%%bash\n\nls", (1, 2, 3)),
        ("%%time\n!ls", (1, 2)),
        ("  %%capture out\nx", (1,)),
        ("!ls \\\n a \\\n b\nx", (1, 2, 3)),
        ("x = 1 # \\\n!ls", (2,)),
        ("x = '#'\n!ls", (2,)),
        ("x = ']'\n!ls", (2,)),
        ("x = [\n!ls\n]\n!ls", (4,)),
        ("x = ((\n)\n!ls\n)\n!ls", (5,)),
        ('x = """"\n!ls\n"""\n!ls', (4,)),
        ('x = """\'\'\'\n!ls\n"""\n!ls', (4,)),
        ("x = 'a' 'b'\n!ls", (2,)),
        ("x = 'it\\'s'\n!ls", (2,)),
        ("))\n(\n!ls\n)", ()),
        ("a, b = !ls", (1,)),
        ("x = 5 %2", ()),
        ("print('!')", ()),
    ],
)
def test_the_lines_of_commands_are_numbered(source: str, dropped: tuple[int, ...]) -> None:
    assert without_commands(source)[1] == dropped


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"nbformat":3,"worksheets":[{"cells":[' + "{}," * 33_000 + "{}]}]}", "has 33001 cells, and at most 10000"),
        ('{"nbformat":4,"cells":[' + "{}," * 3_300_000 + "{}]}", "has 3300001 cells, and at most 10000"),
    ],
    ids=["33,000 cells", "3.3 million cells"],
)
def test_notebook_with_too_many_cells_is_refused(text: str, says: str) -> None:
    with pytest.raises(PartUnreadable, match=f"Lab4.ipynb {says}.* submit the code as a .py file"):
        code_cells(text, "Lab4.ipynb")


def test_notebook_that_would_fill_the_memory_is_refused() -> None:
    code = """
from autograder import limited
from autograder.submission.notebook import code_cells
limited.MEMORY = 64 << 20
try:
    code_cells('{"nbformat":4,"cells":[{}],"x":[' + '{"a":{"":0}},' * 750_000 + "{}]}", "Lab4.ipynb")
except ValueError as error:
    print(error)
"""  # in a process of its own: one that has run other tests has much memory that is free already
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.match("Lab4.ipynb takes too much memory or time.* submit the code as a .py file", done.stdout)
