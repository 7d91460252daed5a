"""Documents for people: what Maillage has to say, as a page or a file of its own."""
