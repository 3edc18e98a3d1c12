"""The gateway: a platform's records go in, statistics that give nobody away come out, signed and provable."""

__version__ = "0.1.0"
