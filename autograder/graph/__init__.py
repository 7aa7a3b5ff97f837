"""Computation graphs: the table of operations, values and derivatives, and how a graph is written in formulas."""

from autograder.graph.engine import Graph, GraphError, Node, derivative_name, parse, split_derivative
from autograder.graph.operations import OPERATIONS, LabOperation, Operand, Operation

__all__ = [
    "OPERATIONS",
    "Graph",
    "GraphError",
    "LabOperation",
    "Node",
    "Operand",
    "Operation",
    "derivative_name",
    "parse",
    "split_derivative",
]
