"""The tests; README.md in this folder says what judges what."""
