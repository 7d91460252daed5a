"""Simulated event records, and the effects of simulated measures that are planted in them."""
