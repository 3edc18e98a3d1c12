"""From an approved release to the bureau and back: sealed, sent with proof, received, or recalled."""
