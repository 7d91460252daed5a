"""Registers of measures and of what is paid for them: one documented layout a kind of file, ready to propose."""
