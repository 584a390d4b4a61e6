"""A workbook file as a package of parts (ECMA-376, part 2): what changes is written part by part, all else byte for byte.

Nothing here knows what our sheets mean. openpyxl is not used here: it would drop what it does not know.
"""
