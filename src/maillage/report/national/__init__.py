"""The national assessment of CPTS, medical assistants and the other measures for access to primary care."""
