"""From the extract to a submitted statement: the stages of a month or of an ad-hoc answer, and their gates."""
