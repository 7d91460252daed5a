"""Rules that turn observations into alerts with a degree and a reason."""
