"""Floating-catchment access scores: arrays in, frozen results out."""
