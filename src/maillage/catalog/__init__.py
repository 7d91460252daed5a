"""What a table is, which fields it has, where its rows come from, and where it is kept."""
