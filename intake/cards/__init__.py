"""Cards: one static page for each application, beside the workbook, for eyes and paper. A projection, never read back."""
