"""The privacy room measured with values made from the standards' own definitions, beside vanilla tools.

Nothing here imports a recognizer, a check or a shape: what is tested is written twice."""
