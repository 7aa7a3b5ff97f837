"""What students get wrong, as data: mutations of a computation graph or a training loop, and the matching of wrong
numbers with their cause."""
