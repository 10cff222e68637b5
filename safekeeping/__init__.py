"""Backing a SQLite file up while it is worked with, and putting a backup back without losing what was there."""
