"""A whole shop in one thread: real hub and tills, a faulty network, crashes, and one seed that decides it all."""
