"""What the stewards see of a release, and their votes."""
