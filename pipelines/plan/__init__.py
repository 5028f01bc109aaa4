"""What is decided before anything of the mix is written: recipe, inputs, documents, rows."""
