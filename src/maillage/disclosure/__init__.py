"""Statistical confidentiality: what may be published, and the proof that nothing withheld can be recovered."""
