"""Files of the user: settings, the last choices, what rules have told."""
