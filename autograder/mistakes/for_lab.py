"""The mistakes of a lab's functions and paper sections, computed when they are first needed."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograder.graph import DerivativeSite, Graph, Node, Operation, parse
from autograder.graph.operation import Value
from autograder.graph.quantities import derivative, expected
from autograder.mistakes.catalogue import FunctionModel, Mutant, catalogue, elsewhere
from autograder.mistakes.forward import in_values
from autograder.mistakes.procedure import Mistake, Procedure
from autograder.rubric import Lab, LabMistake

Known = tuple[FunctionModel, Sequence[Mutant]]
PaperResults = tuple[Mapping[str, Value], Sequence[Mapping[str, Value]]]


@dataclass(frozen=True)
class Mistakes:
    """The mistakes that can be made in each function and each paper section of a lab."""

    lab: Lab
    _known: dict[str, Known] = field(default_factory=dict)
    _on_paper: dict[str, PaperResults] = field(default_factory=dict)
    like: "Mistakes | None" = None  # of a lab that differs only in its published inputs; what is the same is reused

    def in_function(self, name: str) -> Known:
        """The model of the function `name`, and the mistakes that can be made in it."""
        function = self.lab.rubric.functions[name]
        if name not in self._known and self.like:
            self._known[name] = self._moved(function.graph, *self.like.in_function(name))
        elif name not in self._known:
            model = self._model(function.graph, function.returns, function.settings, by_hand=function.by != "autograd")
            self._known[name] = model, catalogue(model) if model.graph.is_known else ()
        return self._known[name]

    def on_paper(self, section: str) -> Known:
        """The model of the paper answers on the graph `section`, and the mistakes that can be made in them."""
        key = f"paper {section}"
        if key not in self._known and self.like:
            self._known[key] = self._moved(section, *self.like.on_paper(section))
        elif key not in self._known:
            model = self._model(section, self.lab.paper().get(section, ()), {}, by_hand=True)
            self._known[key] = model, catalogue(model)
        return self._known[key]

    def paper_results(self, section: str) -> PaperResults:
        """The right paper answers on the graph `section`, and those with each mistake that the rubric accepts there."""
        if section not in self._on_paper:
            task, _ = self.on_paper(section)
            inputs = self.lab.published(section)
            accepted = [
                mistake.apply(task.right).results(task.returns, inputs)
                for entry in self.lab.rubric.mistakes
                if entry.graph == section and entry.on_paper == "right"
                for mistake in special_mistakes(self.lab, entry, by_hand=True)
            ]
            self._on_paper[section] = expected(task.graph, task.returns, inputs), accepted
        return self._on_paper[section]

    def names(self, ids: Collection[str]) -> dict[str, str]:
        """The names of these mistakes, by id, as far as they are possible in the lab.

        That of a mistake with a parameter is true of all its values. Rare mistakes are made only if no other one has
        an id that is asked for.
        """
        names: dict[str, str] = {}
        for id, name in self._all_names():
            if id in ids:
                names.setdefault(id, name)
                if len(names) == len(ids):
                    break
        return names

    def _all_names(self) -> Iterator[tuple[str, str]]:
        """Every id with its name, those that take the longest to make last; the first of an id is the one to take."""
        tasks = [self.in_function(name) for name in self.lab.rubric.functions]
        tasks += [self.on_paper(name) for name in self.lab.known_graphs]
        models = [model for model, _ in tasks]
        for model in models:
            yield from ((family.id, family.name) for family in model.families)
        for _, mutants in tasks:
            yield from ((made.mistake.id, made.mistake.name) for made in mutants)
        for model in models:
            yield from ((family.id, family.name) for family in (*model.places, *model.in_each_call))
            yield from ((family.id, family.name) for family in model.rare)

    def _moved(self, graph: str, model: FunctionModel, mutants: Sequence[Mutant]) -> Known:
        """The mistakes of another lab, moved to this lab's published inputs of `graph`."""
        moved = replace(model, published=self.lab.published(graph))
        return moved, elsewhere(moved, mutants)

    def _model(
        self, graph: str, returns: Sequence[str], settings: Mapping[str, float | int], *, by_hand: bool
    ) -> FunctionModel:
        published = self.lab.published(graph)
        own = [each for each in self.lab.rubric.mistakes if each.graph == graph]
        special = tuple(mistake for each in own for mistake in special_mistakes(self.lab, each, by_hand=by_hand))
        return FunctionModel(self.lab.graphs[graph], returns, published, settings, by_hand, special)


def special_mistakes(lab: Lab, entry: LabMistake, *, by_hand: bool) -> tuple[Mistake, ...]:
    """A mistake that the rubric defines: a wrong expression in the place of a local derivative, or of a node.

    by_hand: whether derivatives are computed by hand, so that a wrong node may go with correct ones; see `in_values`.
    """
    graph = lab.graphs[entry.graph]
    if entry.instead_of in graph.names:
        return tuple(_wrong_node(graph, entry, by_hand=by_hand))
    return (_wrong_derivative(graph, entry),)


def _wrong_node(graph: Graph, entry: LabMistake, *, by_hand: bool) -> Iterator[Mistake]:
    before = graph.names[: graph.names.index(entry.instead_of)]
    computed = parse({name: str(text) for name, text in entry.nodes.items()})
    assert set(computed.inputs) <= set(before)  # the rubric has been validated

    def value(*operands: float) -> float:
        return computed.values(dict(zip(computed.inputs, operands, strict=True)))[computed.output]

    def partial(index: int) -> Callable[..., float]:
        def slope(*operands_and_value: float) -> float:
            at = dict(zip(computed.inputs, operands_and_value, strict=False))
            return computed.gradients(computed.values(at))[computed.inputs[index]]

        return slope

    operation = Operation(entry.id, value, tuple(map(partial, range(len(computed.inputs)))))
    node = Node(entry.instead_of, entry.id, computed.inputs)
    position = len(before) - len(graph.inputs)
    yield from in_values(entry.id, entry.name, entry.hint, position, node, by_hand, {entry.id: operation})


def _wrong_derivative(graph: Graph, entry: LabMistake) -> Mistake:
    link = derivative(graph, entry.instead_of)
    assert link is not None  # the rubric has been validated
    computed = parse({name: str(text) for name, text in entry.nodes.items()}, graph.names)

    def rule(site: DerivativeSite) -> float:
        return computed.values({name: site.values[name] for name in graph.names})[computed.output]

    def apply(procedure: Procedure) -> Procedure:
        return replace(procedure, local={**procedure.local, link: rule})

    return Mistake(entry.id, entry.name, entry.hint, apply)
