"""The last line of a test run says what failed: a test, or a module that could not be read."""

import pytest
from run_tests_plugin import Report


def test_a_module_that_cannot_be_read_is_a_failure_counted_once(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report()
    report.done = 5
    assert "5 tests, all passed" in report.last_line()
    for _ in range(3):  # each process of pytest-xdist says so
        report.pytest_collectreport(pytest.CollectReport("tests/test_x.py", "failed", "SyntaxError", []))
    assert "5 tests, 1 FAILED" in report.last_line()
    assert capsys.readouterr().out.count("FAILED tests/test_x.py cannot be read") == 1
