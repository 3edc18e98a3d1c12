"""What the operator looks after: a new deployment, its keys, own files and backup; where everything stands."""
