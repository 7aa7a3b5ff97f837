"""The operations that only vectors and matrices have, as rows of the table of operations.

Their functions are given the module NumPy, which only a lab with arrays imports. They are those of torch.nn.functional
with its defaults: the last axis, and means over the batch.
"""

from collections.abc import Callable
from typing import Any

from autograder.graph.operation import ArrayOperation, Shape, ShapeError, always


def _only_arrays(*_: Any) -> Any:
    raise ValueError("this operation needs a vector or a matrix")


def broadcast(*shapes: Shape) -> Shape:
    """The shape of an operation that works element by element, as NumPy and torch broadcast. Raises ShapeError."""
    longest = max(map(len, shapes), default=0)
    padded = [(1,) * (longest - len(shape)) + shape for shape in shapes]
    sizes = [{size for size in axis if size != 1} or {1} for axis in zip(*padded, strict=True)]
    if any(len(each) > 1 for each in sizes):
        raise ShapeError("the shapes must be equal, or broadcast to one")
    return tuple(each.pop() for each in sizes)


def _product_shape(a: Shape, b: Shape) -> Shape:
    if not (1 <= len(a) <= 2 and 1 <= len(b) <= 2):
        raise ShapeError("the operands of @ must be vectors or matrices")
    if a[-1] != b[0]:
        raise ShapeError(f"the last size of the first, {a[-1]}, must be the first size of the second, {b[0]}")
    return (*a[:-1], *b[1:])


def _equal_shapes(a: Shape, b: Shape) -> Shape:
    if a != b:
        raise ShapeError("the two must have one shape, or broadcasting pairs every element with every other")
    return ()


def _class_shapes(logits: Shape, labels: Shape) -> Shape:
    if len(logits) != 2 or labels != logits[:1]:
        raise ShapeError("it needs logits of shape (n, k), and a label for each of the n rows")
    return ()


def _matrix(shape: Shape) -> Shape:
    if len(shape) != 2:
        raise ShapeError("it must be a matrix")
    return shape[::-1]


def _rows(shape: Shape) -> Shape:
    if not shape:
        raise ShapeError("it must be a vector or a matrix")
    return shape


def _without(axis: int) -> Callable[[Shape], Shape]:
    def shape(of: Shape) -> Shape:
        if len(of) <= axis:
            raise ShapeError(f"it has no axis {axis}")
        return (*of[:axis], *of[axis + 1 :])

    return shape


def _pull_first(np: Any, g: Any, a: Any, b: Any, y: Any) -> Any:
    if a.ndim == b.ndim == 1:
        return g * b
    if b.ndim == 1:
        return np.outer(g, b)
    return g @ b.T


def _pull_second(np: Any, g: Any, a: Any, b: Any, y: Any) -> Any:
    if a.ndim == b.ndim == 1:
        return g * a
    if a.ndim == 1:
        return np.outer(a, g)
    return a.T @ g


def _spread(axis: int, *, mean: bool) -> Callable[..., Any]:
    """What becomes of the gradient of a sum or a mean along an axis: each element gets its share."""

    def pull(np: Any, g: Any, a: Any, y: Any) -> Any:
        return np.broadcast_to(np.expand_dims(g, axis), a.shape) / (a.shape[axis] if mean else 1)

    return pull


def softmax(np: Any, a: Any, axis: int = -1) -> Any:
    """The softmax along an axis, of NumPy and an array: exp(a) / sum(exp(a))."""
    powers = np.exp(a - a.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def _log_softmax(np: Any, a: Any) -> Any:
    small = a - a.max(-1, keepdims=True)
    return small - np.log(np.exp(small).sum(-1, keepdims=True))


def one_hot(np: Any, labels: Any, classes: int) -> Any:
    """A row for each label, of NumPy: 1 at the place of its class, else 0; -1 is the last class, as in indexing."""
    return np.eye(classes)[labels.astype(int)]


def _cross_entropy(np: Any, logits: Any, labels: Any) -> Any:
    chosen = one_hot(np, labels, logits.shape[1])
    return -(chosen * _log_softmax(np, logits)).sum(1).mean()


def _pull_logits(np: Any, g: Any, logits: Any, labels: Any, y: Any) -> Any:
    return g * (softmax(np, logits) - one_hot(np, labels, logits.shape[1])) / len(logits)


def _of_arrays(
    name: str, latex: str, gradients: tuple[str, ...], unicode: Callable[..., str], **more: Any
) -> ArrayOperation:
    """A row for an operation that only arrays have."""
    nothing = (_only_arrays,) * len(gradients)
    return ArrayOperation(name, _only_arrays, nothing, latex, gradients, unicode, _only_arrays, **more)


# fmt: off
ARRAY_OPERATIONS: tuple[ArrayOperation, ...] = (
    _of_arrays("@", r"{0} \, {1}", (r"{g} \, {1}^\top", r"{0}^\top {g}"), "{0} @ {1}".format, code="{0} @ {1}",
               array=lambda np, a, b: a @ b, pulls=(_pull_first, _pull_second), shape=_product_shape, exact=always),
    _of_arrays("T", r"{0}^\top", (r"{g}^\top",), "{0}ᵀ".format, code="{0}.T", array=lambda np, a: a.T,
               pulls=(lambda np, g, a, y: g.T,), shape=_matrix, exact=always, linear=True),
    _of_arrays("sum", r"\sum {0}", (r"{g} \text{{ at each place}}",), "sum({0})".format,
               to_number=True, array=lambda np, a: a.sum(), pulls=(lambda np, g, a, y: np.full(a.shape, g),),
               shape=lambda a: (), exact=always, linear=True),
    _of_arrays("sum axis 0", r"\sum_{{\text{{axis 0}}}} {0}", (r"{g} \text{{ in each row}}",),
               "sum({0}, axis=0)".format, code="sum({0}, axis=0)", array=lambda np, a: a.sum(0),
               pulls=(_spread(0, mean=False),), shape=_without(0), exact=always, linear=True),
    _of_arrays("sum axis 1", r"\sum_{{\text{{axis 1}}}} {0}", (r"{g} \text{{ in each column}}",),
               "sum({0}, axis=1)".format, code="sum({0}, axis=1)", array=lambda np, a: a.sum(1),
               pulls=(_spread(1, mean=False),), shape=_without(1), exact=always, linear=True),
    _of_arrays("mean", r"\mathrm{{mean}}({0})", (r"\frac{{1}}{{n}} {g} \text{{ at each place}}",), "mean({0})".format,
               to_number=True, array=lambda np, a: a.mean(), pulls=(lambda np, g, a, y: np.full(a.shape, g / a.size),),
               shape=lambda a: (), linear=True),
    _of_arrays("mean axis 0", r"{{\mathrm{{mean}}}}_{{\text{{axis 0}}}}({0})",
               (r"\frac{{1}}{{n}} {g} \text{{ in each row}}",), "mean({0}, axis=0)".format,
               code="mean({0}, axis=0)", array=lambda np, a: a.mean(0), pulls=(_spread(0, mean=True),),
               shape=_without(0), linear=True),
    _of_arrays("mean axis 1", r"{{\mathrm{{mean}}}}_{{\text{{axis 1}}}}({0})",
               (r"\frac{{1}}{{n}} {g} \text{{ in each column}}",), "mean({0}, axis=1)".format,
               code="mean({0}, axis=1)", array=lambda np, a: a.mean(1), pulls=(_spread(1, mean=True),),
               shape=_without(1), linear=True),
    _of_arrays("softmax", r"\mathrm{{softmax}}({0})",  # over the last axis, as in the two below
               (r"{1} \odot \left({g} - \sum_{{\text{{last}}}} {g} \odot {1}\right)",), "softmax({0})".format,
               array=softmax, shape=_rows,
               pulls=(lambda np, g, a, y: y * (g - (g * y).sum(-1, keepdims=True)),)),
    _of_arrays("log_softmax", r"\log\,\mathrm{{softmax}}({0})",
               (r"{g} - e^{{{1}}} \odot \sum_{{\text{{last}}}} {g}",), "log_softmax({0})".format,
               array=_log_softmax, shape=_rows,
               pulls=(lambda np, g, a, y: g - np.exp(y) * g.sum(-1, keepdims=True),)),
    _of_arrays("cross_entropy", r"\mathrm{{CE}}({0}, {1})",
               (r"\frac{{{g}}}{{n}} \left(\mathrm{{softmax}}({0}) - \mathrm{{onehot}}({1})\right)", "0"),
               "cross_entropy({0}, {1})".format, to_number=True, array=_cross_entropy, shape=_class_shapes,
               pulls=(_pull_logits, lambda np, g, a, b, y: np.zeros(b.shape))),
    _of_arrays("mse", r"\mathrm{{mean}}\left(({0} - {1})^2\right)",
               (r"\frac{{2 {g}}}{{n}} ({0} - {1})", r"-\frac{{2 {g}}}{{n}} ({0} - {1})"), "mse({0}, {1})".format,
               to_number=True, array=lambda np, a, b: np.mean((a - b) ** 2), shape=_equal_shapes,
               pulls=(lambda np, g, a, b, y: 2 * g * (a - b) / np.size(a),
                      lambda np, g, a, b, y: -2 * g * (a - b) / np.size(a))),
)
# fmt: on
