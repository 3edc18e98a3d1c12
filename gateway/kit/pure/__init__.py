"""Ed25519, AES-256 in counter mode and SM3 in plain Python, for a machine on which nothing may be installed.

Not in constant time: for checking, and for signing on one's own machine. The gateway itself uses ``cryptography``."""
