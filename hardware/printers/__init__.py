"""Receipt printers: the receipt as data, the ESC/POS protocol (pure), transports, and the spool."""
