"""The pages of a terminal and the socket that keeps them up to date."""
