"""Simulated measures: registers and payments in the layouts that Maillage proposes."""
