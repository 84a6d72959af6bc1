"""The one screen that the views are on, and what keys do on it."""
