"""Records of events that a user holds: one documented layout a kind of file."""
