"""Lists of facilities from elsewhere, before they are anything of ours: files, columns, cells. Pure: nothing is asked of a database."""
