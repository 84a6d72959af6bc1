"""Screens compared with how they looked when somebody read them."""
