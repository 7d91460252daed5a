"""A short protocol, whole and coherent."""

from __future__ import annotations

TEXT = """
id = "cpts_unplanned"
authors = ["A. Martin"]
written = 2026-11-22

[title]
fr = "Les CPTS et les passages légers aux urgences"
en = "CPTS and light emergency visits"

[question]
fr = "La signature d’une CPTS fait-elle baisser la part des passages légers ?"
en = "Does the agreement of a CPTS lower the share of light visits?"

[population]
level = "cpts"

[treatment]
measure = "cpts"
date = "signature"

[outcome]
indicator = "part_ccmu1"
first = 2019
last = 2024
source = "records"

[covid]
why = { fr = "Tous les territoires l’ont vécue.", en = "Every territory went through it." }

[decision]
smallest_effect = 1.0
good = "down"
rule = { fr = "Un effet d’un point au moins.", en = "An effect of one point at least." }
"""
