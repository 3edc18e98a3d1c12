"""The words that all rooms share: values without behaviour towards the world. Frozen; no I/O."""
