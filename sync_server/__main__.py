"""`python -m sync_server`."""

from gevent import monkey

# Before anything that opens a socket or makes a lock is imported.
monkey.patch_all()

from sync_server.cli import main  # noqa: E402
from sync_server.exchange.commands import export_command, import_command  # noqa: E402
from sync_server.voucher_commands import vouchers  # noqa: E402

main.add_command(vouchers)
main.add_command(export_command)
main.add_command(import_command)
main()
