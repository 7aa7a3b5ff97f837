"""What an instructor does with a lab before students see it: start it, audit it, hand it out, key it, upload it."""
