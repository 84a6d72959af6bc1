"""Rules that say in a word what somebody should look at now."""
