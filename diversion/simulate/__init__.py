"""A simulated city that drives the product from outside, through its public HTTP interface only.

Nothing in this package imports the rest of the project: what the simulator knows, any dispatch system could
know, and what it does, any could do. The model (`city`, `crews`, `staff`, `story`) is pure: no clock, no
network, no randomness besides a seeded generator. `driver` alone touches the world.
"""
