"""Pages about documents: opening one, and the files of a request at the desk."""
