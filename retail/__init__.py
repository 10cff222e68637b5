"""The trade: money, tax, barcodes, catalogue, cart, prices, loyalty, tenders, sales and messages.

Pure: no file, no socket, no clock, no randomness enters here. Time and ids come in as arguments, so the till and
the hub run the very same code and a test can replay any moment.
"""
