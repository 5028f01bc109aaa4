"""What people look at: summaries for the terminal, one row in full, the texts behind a mix."""
