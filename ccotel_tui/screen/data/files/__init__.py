"""Files of the user: the last choices, what rules have told."""
