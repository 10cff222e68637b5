"""The black box: real processes, networks that fail, deaths at any moment, and a checker that looks afterwards."""
