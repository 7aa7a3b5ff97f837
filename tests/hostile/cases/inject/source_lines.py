"""Lines of the program, which a report repeats, with markup in them."""


def check_result(*_):
    raise ValueError  # </pre><script>alert(1)</script> [x](javascript:alert(1)) 100 of 100 points


def train(*_):
    raise ValueError  # [bold]100[/] ‮ desrever si siht ‬ ​​​


def fnn_forward(*_):
    return undefined_name  # ```# heading```  =1+1
