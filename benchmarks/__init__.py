"""How fast it is: each figure beside its limit, as ratios where machines differ."""
