"""Where the rubric gives no rule, students' numbers look like those that are published."""

from autograder.graph import parse
from autograder.individual.rule import draw_rule
from autograder.rubric import GraphEntry
from autograder.rubric.draw import Drawn

GRAPH = parse({"y": "a * b"})
ENTRY = GraphEntry({"y": "a * b"}, {"published": {"a": 4, "b": 0.25, "c": -12, "d": 0, "e": 1.0}})


def test_rule_follows_the_published_inputs() -> None:
    drawn = draw_rule(ENTRY, GRAPH)
    assert drawn.intervals == {
        "a": ((1.0, 9.0),),
        "b": ((0.1, 0.99),),
        "c": ((-99.0, -10.0), (10.0, 99.0)),
        "d": ((0.0, 0.0),),
        "e": ((1.0, 9.0),),
    }
    assert drawn.decimals == {"a": 0, "b": 2, "c": 0, "d": 0, "e": 0}


def test_the_rubrics_own_rule_counts() -> None:
    given = Drawn({"a": ((1.0, 2.0),)})
    assert draw_rule(GraphEntry(ENTRY.nodes, ENTRY.inputs, individual=given), GRAPH) is given


def test_rule_keeps_the_order_of_magnitude() -> None:
    entry = GraphEntry({"y": "a * b"}, {"published": {"a": 120, "b": 0.034, "c": -0.5, "d": 2.50}})
    drawn = draw_rule(entry, GRAPH)
    assert drawn.intervals == {
        "a": ((100.0, 999.0),),
        "b": ((0.01, 0.099),),
        "c": ((-0.9, -0.1), (0.1, 0.9)),
        "d": ((1.0, 9.9),),
    }
    assert drawn.decimals == {"a": 0, "b": 3, "c": 1, "d": 1}
