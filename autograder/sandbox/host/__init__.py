"""The trusted side: starts processes for submissions, bounds them from outside, and distrusts what they answer."""
