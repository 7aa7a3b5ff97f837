"""What an instructor does before students see a lab: start it, audit it, make the handout, the key and the upload."""
