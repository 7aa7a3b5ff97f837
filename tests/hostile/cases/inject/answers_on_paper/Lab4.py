"""Nothing but a program that does nothing: the texts are in answers.yaml."""
