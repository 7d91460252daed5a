"""The run: stages, their inputs and outputs, progress."""
