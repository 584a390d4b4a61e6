"""`intake demo`: the worker's own code over embedded servers. Nothing outside this package may need its extra packages."""
