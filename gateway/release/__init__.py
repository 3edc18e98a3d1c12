"""The corridor: calls the stages in order and holds a release's life: build, submit, approve, seal, deliver, receipt.

Its folders, in the order in which each may use those after it: ``upkeep``, ``sending``, ``review``, ``build``,
``history``, ``terms``, ``site``; ``protect`` stands by itself. What may happen when is in ``model.release``
(transitions), ``terms.opening`` (policies) and ``review.approving`` (permissions); every step appends one event to the
ledger, on the head that it decided on."""
