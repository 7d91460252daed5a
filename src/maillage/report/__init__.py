"""Documents for people: figures that walk back to their source, tables, charts, reports; as pages or files."""
