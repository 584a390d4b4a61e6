"""Reading attachments: any file in, a Reading out.

The reading itself happens in worker processes with limits, so that nothing a file does can stop the worker or
another letter. To add a format: one file here, one line in `formats`.
"""

from intake.readers.pool import ReaderPool

__all__ = ["ReaderPool"]
