"""The observatory: API, pages, tiles."""
