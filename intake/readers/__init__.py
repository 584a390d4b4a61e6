"""Reading attachments: any file in, a Reading out.

The reading itself happens in worker processes with limits, so that nothing a file does can stop the worker or
another letter; `pool` is the door to them. To add a format: one file here, one line in `formats`.
"""
