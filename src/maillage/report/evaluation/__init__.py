"""What people read of an evaluation: the check before any result, the report of a run, and its one-page summary."""
