"""``gateway protect``: one table protected by itself, with the history that a person keeps; no deployment."""
