"""Canonical JSON, digests, signatures, keys, files, errors. Knows nothing of statistics and imports nothing of ours."""
