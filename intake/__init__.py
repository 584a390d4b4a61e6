"""The shell: mailbox, parsing, readers, ledger, workbook, clock, command line. It may touch everything."""
