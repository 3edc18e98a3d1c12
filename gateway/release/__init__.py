"""The corridor: calls the stages in order and holds a release's life: build, submit, approve, seal, deliver, receipt.

What may happen when is in ``model.release`` (transitions), ``opening`` (policies) and ``review`` (permissions); every
step appends one event to the ledger, on the head that it decided on."""
