"""Advice for exceptions that students meet: one table, by exception and message.

The messages are those of Python 3.10 to 3.14 and of the pinned version of torch. Some advice is given only if the line
that raised the exception, or the program, contains a certain pattern.
"""

import re
from dataclasses import dataclass

from autograder.checks.newer_python import newer
from autograder.sandbox.host.protocol import Failure


@dataclass(frozen=True)
class ExceptionRow:
    """Advice on one kind of exception."""

    message: str  # a pattern in "Type: message"
    advice: str  # one or two sentences
    line: str = ""  # a pattern that has to be in the line that raised it
    program: str = ""  # a pattern that has to be in the program

    def fits(self, failure: Failure, program: str) -> bool:
        """Whether the row applies to this exception of this program."""
        places = ((self.message, f"{failure.type}: {failure.message}"), (self.line, failure.source or ""))
        return all(re.search(pattern, text) for pattern, text in (*places, (self.program, program)))


def advice(failure: Failure, program: str) -> str:
    """What to look at; "" if the exception says enough, or if no row applies. program: its text."""
    return newer(failure) or next((row.advice for row in TABLE if row.fits(failure, program)), "")


LAYERS = "(ReLU|LeakyReLU|Sigmoid|Tanh|Softmax|Linear|Sequential)"
LOSSES = "(MSELoss|L1Loss|BCELoss|CrossEntropyLoss|HuberLoss|SmoothL1Loss)"
MADE_FIRST = "{0}.__init__\\(\\) takes|'{0}' object has no attribute|operand.*'{0}'|not '?{0}'?$|'{0}' object is not"
OF_TENSORS = (
    "(backward|requires_grad\\w*|grad|item|detach|clone|data|to|size|shape|dim|sigmoid|view|mean|sum|pow|zero_|numpy)"
)
MISSPELLED_INIT = r"def (_init_|_init__|__init_|init|__int__|__inti__|__initi__)\("
NOT_DEFINED = r"NameError: name '\w+' is not defined"

TABLE = (
    # What is no mistake in the mathematics: things left over, and things that are not here.
    ExceptionRow(r"BdbQuit", "This is a breakpoint, and the grader cannot continue from it: remove breakpoint() and set_trace()."),
    ExceptionRow(r"EOF when reading a line", "Nobody can answer input() here: take the values from the parameters."),
    ExceptionRow(r"SystemExit", "argparse ends the program when a required argument is missing: give each argument a default.", program=r"parse_args\("),
    ExceptionRow(r"SystemExit", "Remove exit() and quit(): they end the program before it can be graded.", program=r"\b(exit|quit)\s*\("),
    ExceptionRow(r"LoadingTookTooLong", "Put slow code into a function, or under `if __name__ == \"__main__\":`."),
    ExceptionRow(r"PermissionError", "The program runs in a sandbox: it can read and write files only in its own folder, and cannot start other programs."),
    ExceptionRow(r"FileNotFoundError", "Only the files that you submitted are there, in the program's folder: submit each file that it reads, and open it by its name, without a path from your own computer."),
    ExceptionRow(r"ModuleNotFoundError", "If that module is a file of yours, submit it too; otherwise it is not installed here, and the lab needs only torch."),
    ExceptionRow(r"ImportError: cannot import name", "That module has no such name: compare its spelling with the documentation, capital letters too."),
    ExceptionRow(r"Expected one of cpu, cuda", "There is no device of that name: use the parameter `device`."),
    ExceptionRow(r"CUDA|NVIDIA|cuda:", "There is no GPU here: take the device from the parameter `device` instead of writing \"cuda\" into the code.", program=r"cuda"),
    ExceptionRow(r"can't allocate memory|MemoryError", "The program asks for far more memory than this lab needs: which size is too large?"),
    # Optimizers.
    ExceptionRow(r"'(method|function|builtin_function_or_method)' object is not iterable", "This is a function that is not called: add its parentheses, as in model.parameters()."),
    ExceptionRow(r"params argument given to the optimizer should be an iterable", "An optimizer takes a list of tensors: put the weight in brackets, as in SGD([w], lr=lr)."),
    ExceptionRow(r"can't optimize a non-leaf", "An optimizer can change only a tensor that was not computed from others: set requires_grad last, after every calculation, .to() and .double()."),
    ExceptionRow(r"optimizer can only optimize Tensors", "An optimizer changes tensors, and this is a plain number: make it by torch.tensor(…, requires_grad=True)."),
    ExceptionRow(r"empty parameter list", "The constructor of a class is called __init__, with two underscores on each side.", program=MISSPELLED_INIT),
    ExceptionRow(r"empty parameter list", "The optimizer has nothing to change: the list is empty, or the model keeps no layer or nn.Parameter in self."),
    ExceptionRow(r"unexpected keyword argument '(learning_rate|rate|alpha|eta|step_size)'", "The optimizers of torch call the learning rate lr.", line=r"SGD|Adam|RMSprop"),
    ExceptionRow(r"'torch\.optim' has no attribute '[a-z]", "The names of optimizers begin with capital letters, as in torch.optim.SGD."),
    ExceptionRow(r"'(SGD|Adam|AdamW|RMSprop)' object has no attribute 'backward'", "backward() belongs to the loss; an optimizer has step() and zero_grad()."),
    ExceptionRow(r"object has no attribute 'zero_grads?'", "zero_grad() belongs to optimizers and models. For a tensor, clear its .grad: w.grad.zero_(), or w.grad = None."),
    ExceptionRow(r"cannot assign '.*' as parameter", "A model's parameter has to stay a parameter: change its value inside `with torch.no_grad():`, or assign an nn.Parameter."),
    # Autograd.
    ExceptionRow(r"leaf Variable that requires grad.*in-place", "Change a weight inside `with torch.no_grad():`, so that autograd does not record the update."),
    ExceptionRow(r"modified by an inplace operation", "Something that backward() still needs was changed in place, by += or a function whose name ends in _: compute a new value instead."),
    ExceptionRow(r"backward through the graph a second time", "Compute the forward pass again in each epoch: backward() uses up the graph of the last one."),
    ExceptionRow(r"does not require grad and does not have a grad_fn", "The connection to the weight is lost somewhere: was it made with requires_grad=True, and is the loss computed from it?"),
    ExceptionRow(r"appears to not have been used in the graph", "The loss was not computed from that tensor: is a copy of it used, or another one?"),
    ExceptionRow(r"grad can be implicitly created only for scalar", "backward() starts from a single number: is the loss one?"),
    ExceptionRow(r"Can't call numpy\(\) on Tensor that requires grad", "Call .detach() before .numpy(), or .item() for a single number; in the forward pass use torch's functions instead of NumPy's."),
    ExceptionRow(r"[Oo]nly Tensors of floating point and complex dtype can require grad", "Give torch.tensor a float (4.0 instead of 4), or dtype=torch.float32."),
    ExceptionRow(r"attribute 'backwards'", "It is called backward(), without an s."),
    ExceptionRow(r"'(float|int|float64|float32|ndarray|numpy\.\w+)' object has no attribute 'backward'", "This is a plain number, which does not know how it was computed: call backward() on the tensor, before .item(), float() or .numpy()."),
    ExceptionRow(r"'(function|method|builtin_function_or_method)' object has no attribute 'backward'", "This is a function that is not called: add its parentheses."),
    ExceptionRow(r"'tuple' object has no attribute 'backward'", "This is a tuple: is there a comma at the end of the line that computes the loss, or does a function return several values?"),
    ExceptionRow(r"'(list|dict)' object has no attribute 'backward'", "backward() belongs to a tensor: take the loss out of the list or dict first."),
    ExceptionRow(r"'str' object has no attribute 'backward'", "This is a text; call backward() on the tensor that was written into it."),
    ExceptionRow(r"'NoneType' object has no attribute 'backward'", "This is None: does the function that computes the loss return it? print() returns nothing."),
    ExceptionRow(r"does not support the context manager protocol|AttributeError: __enter__", "Parentheses are missing: write `with torch.no_grad():`.", line=r"no_grad|enable_grad|inference_mode"),
    ExceptionRow(r"'NoneType' object has no attribute 'append'", "append() changes the list and returns None: write it alone, without `losses =` before it."),
    ExceptionRow(r"NoneType", "A .grad is None here: was backward() called, was that tensor made with requires_grad=True, and is it still the same tensor?", line=r"\.grad\b"),
    ExceptionRow(r"'NoneType' object is not subscriptable|cannot unpack non-iterable NoneType", "A function that is called here returned nothing."),
    ExceptionRow(r"NoneType", "One of the values is None: a function without a return, or a gradient that backward() never reached."),
    # Classes and modules.
    ExceptionRow(r"object has no attribute|takes no arguments|takes 1 positional argument", "The constructor of a class is called __init__, with two underscores on each side.", program=MISSPELLED_INIT),
    ExceptionRow(r"before Module\.__init__\(\) call|has no attribute '_(modules|parameters|buffers)'", "Begin __init__ with super().__init__()."),
    ExceptionRow(r"missing the required \"forward\" function", "A model needs a method forward(self, x): is its name spelled like this, and is it indented inside the class?"),
    ExceptionRow(r"super\(\): no arguments|name 'self' is not defined", "self is the first parameter of every method, and known only there."),
    ExceptionRow(MADE_FIRST.format(LOSSES), "Create a loss of torch.nn first, then call it: nn.MSELoss()(y_hat, y)."),
    ExceptionRow(MADE_FIRST.format(LAYERS), "nn.ReLU, nn.Sigmoid and similar classes are layers: create one and call it, as in nn.ReLU()(x), or use torch.relu and torch.sigmoid."),
    ExceptionRow(r"'torch\.nn' has no attribute '[a-z]", "torch.nn has layers, whose names begin with capital letters; the functions are torch.relu and torch.sigmoid."),
    ExceptionRow(r"AttributeError: module '.*' has no attribute", "That module has no such name: compare its spelling with the documentation, capital letters too."),
    ExceptionRow(r"\w\.\w+\(\) takes \d+ positional arguments? but \d+ w", "self has to be the first parameter of a method; else compare the arguments of this call with its parameters."),
    ExceptionRow(r"takes 1 positional argument but", "torch.tensor takes one value, a number or a list, and the rest by name, as in requires_grad=True.", line=r"\btensor\("),
    ExceptionRow(r"takes .*positional arguments? but|missing \d+ required|unexpected keyword argument", "Compare the arguments of this call with the parameters of the function that it calls."),
    # Kinds of values.
    ExceptionRow(r"cannot be interpreted as an integer|axis .* out of bounds", "max in torch or NumPy looks along an axis of one array. For the larger of two numbers, use max(a, b); for arrays, maximum(a, b).", line=r"\w\.(a?max|a?min)\("),
    ExceptionRow(r"(max|min)\(\) received an invalid combination|maximum\(\): argument", "torch.max of two values takes tensors only; torch.relu(x) and x.clamp(min=0) need no second one."),
    ExceptionRow(r"cannot be interpreted as an integer|only integer tensors of a single element", "A whole number is needed here: the number of epochs as it is given, or int(…) of it."),
    ExceptionRow(r"'(int|float)' object is not iterable", "A loop runs over something that has elements: write `in range(…)`.", line=r"\bfor\b"),
    ExceptionRow(r"'(int|float)' object is not iterable", "To add to a list, use append(value).", line=r"\+="),
    ExceptionRow(r"'(int|float)' object is not iterable|object of type '(int|float)' has no len", "This is a single number, where a list is needed."),
    ExceptionRow(r"'(float|int|Tensor|dict)' object has no attribute 'append'", "This is not a list, and only a list has append(): was another value assigned to that name?"),
    ExceptionRow(r"'(builtin_function_or_method|method|function)' object is not subscriptable", "A function is called with round brackets, as in append(value)."),
    ExceptionRow(r"'(torch\.)?device' object is not callable", "device is not a function: leave out its parentheses."),
    ExceptionRow(r"object is not callable", "Something that is not a function is called here: is a * missing before the bracket, or does a variable have the name of a function?"),
    ExceptionRow(r"new\(\): data must be a sequence|new\(\) received an invalid", "Write torch.tensor(…) with a small t."),
    ExceptionRow(r"'(float|int)' object has no attribute '(item|detach|numpy|data)'", "This is a plain number already: leave .item() and the like out."),
    ExceptionRow(r"'(float|int)' object has no attribute '(grad|requires_grad\w*|zero_)'", "This is a plain number, and only a tensor made with requires_grad=True has a gradient: was the tensor replaced by a number on the way?"),
    ExceptionRow(r"must be Tensor, not (float|int|list)|received an invalid combination of arguments - got \((float|int|list)|'(float|int)' object has no attribute '" + OF_TENSORS + "'", "torch needs a tensor here, and this is a plain number: was a tensor turned into one before? If it never was a tensor, make one of it, or use math."),
    ExceptionRow(r"expected Tensor as element|expected np\.ndarray", "These are plain numbers: torch.tensor(…) makes a tensor of them, or of a list of them."),
    ExceptionRow(r"zero-dimensional tensor .* cannot be concatenated", "torch.cat joins tensors with a dimension; for single numbers use torch.stack."),
    ExceptionRow(r"same dtype|expected scalar type|[Ff]ound dtype|can't be cast to the desired", "Numbers of two types are combined here: give all tensors the same dtype, as in dtype=torch.float32."),
    ExceptionRow(r"could not infer output dtype|not implemented for '(Long|Int)'", "These are whole numbers: make them floats, 4.0 instead of 4."),
    ExceptionRow(r"at least 1D, but they are 0D|self must be a matrix|dot.*1D tensors", "A layer and @ need dimensions: for single numbers write *, or make them of the shape (1, 1), as in torch.tensor([[x]])."),
    ExceptionRow(r"shapes cannot be multiplied|must match the size of tensor|is invalid for input of size|Mismatch in shape|size mismatch|inconsistent tensor size|not aligned|in its core dimension|could not be broadcast together", "The shapes do not match: print the .shape of every tensor that is used here."),
    ExceptionRow(r"cannot be converted to Scalar|only one element tensors can|only length-1 arrays|only 0-dimensional arrays", "A single number is needed here, and there are several: which of them is meant?"),
    ExceptionRow(r"Boolean value of Tensor with more|truth value of an array", "`if` needs one answer, and there are several values: compare them element by element, as torch.where does."),
    ExceptionRow(r"unsupported operand type\(s\) for \^|bitwise_xor", "In Python ^ is not a power: write **."),
    ExceptionRow(r"multiply sequence by non-int", "A list, a tuple or a text is multiplied here: take the number out of it, or convert a text with float(…)."),
    ExceptionRow(r"concatenate str|operand type.*'str'|could not convert string|invalid literal for int|invalid data type 'str'", "A number is stored as text here: leave out the quotes, or convert it with float(…)."),
    # Lists, dicts and names.
    ExceptionRow(r"list assignment index out of range", "An empty list has no elements to assign to: use append(value) to add one."),
    ExceptionRow(r"IndexError: list index out of range", "The list has no element at this index; the first element has index 0."),
    ExceptionRow(r"invalid index of a 0-dim tensor|out of bounds for dimension", "The tensor has no element at this index; use a single number without an index."),
    ExceptionRow(r"values to unpack|cannot unpack", "Compare how many names stand on the left with how many values there are: what does the function return?"),
    ExceptionRow(r"KeyError", "The dict has no such key: compare its spelling with the keys that it has."),
    ExceptionRow(r"(float|int|tuple|function|Tensor)' object is not subscriptable|(tuple|list) indices|'dict' object has no attribute", "Compare what this line reads with what the function that made it returns."),
    ExceptionRow(r"referenced before assignment|cannot access local variable", "A variable is used before it has a value on every path."),
    ExceptionRow(r"NameError: name '(true|false|none|null)'", "True, False and None begin with capital letters."),
    ExceptionRow(r"NameError: name '(np|nn|F|plt|pd|optim|torch|math|numpy|random|time|os|sys)'", "The import of that name is missing, as in `import torch.nn as nn`."),
    ExceptionRow(NOT_DEFINED, "This name is not defined: is it misspelled, or defined only under `if __name__ == \"__main__\":`?", program=r"__name__\s*=="),
    ExceptionRow(NOT_DEFINED, "This name is not defined: is it misspelled, or a variable of another function?"),
    # Arithmetic and the rest.
    ExceptionRow(r"math range error|Numerical result out of range|Result too large|OverflowError", "The numbers are too large for a float. With a learning rate that is too large this is expected, so your code must not raise an exception here."),
    ExceptionRow(r"math domain error|expected a (positive|nonnegative) input", "This function has no value there: a logarithm needs a number above 0, a square root one that is not negative."),
    ExceptionRow(r"ZeroDivisionError", "Which inputs make this line divide by zero?"),
    ExceptionRow(r"RecursionError|maximum recursion depth", "The function calls itself without end."),
    ExceptionRow(r"AssertionError", "An assert in your program failed: what does it compare?", line=r"\bassert\b"),
    # What Python cannot read.
    ExceptionRow(r"SyntaxError: Missing parentheses in call to", "print is a function: print(…)."),
    ExceptionRow(r"SyntaxError: '.' was never closed|unmatched|does not match opening", "Count the brackets: every opening bracket needs a closing one."),
    ExceptionRow(r"SyntaxError: (unterminated|EOL while scanning)", "The closing quotation mark of this text is missing."),
    ExceptionRow(r"SyntaxError: (expected ':'|expected '=')", "A colon is missing at the end of the line."),
    ExceptionRow(r"SyntaxError: invalid (non-printable )?character", "There is a character that Python does not accept. Word processors insert such characters (curly quotes, long dashes): type it again."),
    ExceptionRow(r"SyntaxError: (invalid syntax\. Maybe you meant '==|cannot assign to .*Maybe you meant '==)", "A single = assigns a value; == compares two values."),
    ExceptionRow(r"SyntaxError: '(return|yield|await)' outside function", "The line is indented too little: it belongs in the function above."),
    ExceptionRow(r"SyntaxError: '(break|continue)' (outside|not properly in) loop", "The line is indented too little: it belongs in the loop above."),
    ExceptionRow(r"TabError", "Tabs and spaces are mixed: indent all lines with four spaces."),
    ExceptionRow(r"IndentationError: expected an indented block", "The lines that belong to the line above have to be indented."),
    ExceptionRow(r"IndentationError", "The indentation does not fit the lines above."),
    ExceptionRow(r"SyntaxError", "Run the program and fix the line that Python names."),
)  # fmt: skip
