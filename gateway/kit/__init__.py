"""The bureau's kit: receiving, verifying and checking a ledger as one file that needs nothing but Python.

``gateway kit`` packs the independent verifier, the receiver's register and this room's program into a zipapp. The two
libraries that they use are replaced by what ``pure`` has of them, in plain Python: nothing is installed on the
receiver's machine. Slower than the libraries, and the same to the byte: a receipt that it signs is the one that
``gateway receive`` would sign."""
