"""Documents: figures that can be walked back to their source, tables, charts; as HTML, PDF and XLSX."""
