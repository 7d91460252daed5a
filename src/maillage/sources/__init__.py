"""A producer's file in its published layout becomes a typed table; one module a producer."""
