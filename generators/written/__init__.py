"""Written: passages to have questions written about, and what is checked of what comes back."""
