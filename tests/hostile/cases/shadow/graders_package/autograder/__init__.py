print("another autograder")
