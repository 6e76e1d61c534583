"""USE per resource (Gregg, "The USE Method"): how much of it is used, what waits for it, what fails in it."""
