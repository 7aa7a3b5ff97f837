"""Computation graphs: the table of operations, values and derivatives, and how a graph is written in formulas."""

from autograder.graph.derivative_site import DerivativeSite, Rule
from autograder.graph.engine import Graph, GraphError, Link, Node
from autograder.graph.expressions import parse
from autograder.graph.operation import ArrayOperation, LabOperation, Operand, Operation, shape_of
from autograder.graph.operations import OPERATIONS
from autograder.graph.quantities import depends_on, derivative_name, split_derivative

__all__ = [
    "OPERATIONS",
    "ArrayOperation",
    "DerivativeSite",
    "Graph",
    "GraphError",
    "LabOperation",
    "Link",
    "Node",
    "Operand",
    "Operation",
    "Rule",
    "depends_on",
    "derivative_name",
    "parse",
    "shape_of",
    "split_derivative",
]
