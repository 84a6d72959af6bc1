"""Why no data comes: facts, gathered once, and rules over them in the order of the data's way."""
