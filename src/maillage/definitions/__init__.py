"""One file a definition: indicators, alert rules, parameters, corrections."""
