"""The data of an evaluation: what a protocol asks, taken from a version of the store or a file, or why it cannot be."""
