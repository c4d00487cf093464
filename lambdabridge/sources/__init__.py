"""The front doors: one module for each, listed in registry.py."""
