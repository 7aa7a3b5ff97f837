right = 1.0
