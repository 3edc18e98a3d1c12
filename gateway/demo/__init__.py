"""Made-up platform data and the guided month. The only room, beside ``export``, that writes data in plain text."""
