"""How the encoder is taught to see that two customers ask the same: the corpus, the training script, and what came out of it."""
