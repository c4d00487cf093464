"""The site's one Django app."""
