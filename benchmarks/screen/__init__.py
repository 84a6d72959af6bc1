"""The dashboard in a terminal: how soon, how steady, beside a bare Textual app."""
