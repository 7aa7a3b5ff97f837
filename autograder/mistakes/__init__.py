"""What students get wrong, as data: changes of a computation graph or a training loop, and a search for the ones that
explain wrong numbers."""
